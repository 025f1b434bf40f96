"""Two instructions of the processor that Python has no word for inside a kernel."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np import arrayobj

_BYTES = ir.IntType(8).as_pointer()
_INT = ir.IntType(32)
_PREFETCH = ir.FunctionType(ir.VoidType(), [_BYTES, _INT, _INT, _INT])
_TO_READ, _KEEP, _DATA = ir.Constant(_INT, 0), ir.Constant(_INT, 3), ir.Constant(_INT, 1)


def _popcount(_context: Any, _word: Any) -> Any:  # noqa: ANN401  # numba's own types
    def generate(_target: Any, builder: ir.IRBuilder, _form: Any, words: Any) -> Any:  # noqa: ANN401
        return builder.ctpop(words[0])

    return types.uint64(types.uint64), generate


def _prefetch(_context: Any, array: Any, _row: Any, _column: Any) -> Any:  # noqa: ANN401
    def generate(target: Any, builder: ir.IRBuilder, form: Any, values: Any) -> Any:  # noqa: ANN401
        as_array: Any = arrayobj.make_array
        rows = as_array(form.args[0])(target, builder, values[0])
        word = ir.IntType(64)
        address = builder.ptrtoint(rows.data, word)
        for axis in range(2):
            step = builder.extract_value(rows.strides, axis)
            address = builder.add(address, builder.mul(step, values[1 + axis]))
        function = builder.module.declare_intrinsic("llvm.prefetch", [_BYTES], _PREFETCH)
        builder.call(function, [builder.inttoptr(address, _BYTES), _TO_READ, _KEEP, _DATA])
        return target.get_dummy_value()

    return types.void(array, types.int64, types.int64), generate


popcount: Any = intrinsic(_popcount)  # of a uint64
prefetch: Any = intrinsic(_prefetch)  # of (array, row, column): that place is in the cache soon
