"""An answer's head and body in one packet: uvicorn sends two, and wakes its client twice."""

import asyncio
from typing import Any

_ANSWER, _INTERIM = b"HTTP/1.1 ", b"HTTP/1.1 1"


class Joining(asyncio.Transport):
    """A connection's transport; a head that is written waits for what is written after it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Nothing waits yet."""
        super().__init__()
        self._transport = transport
        self._head = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send it, after the head that waits; an interim answer has nothing to wait for."""
        piece = bytes(data)
        if not self._head and piece.startswith(_ANSWER) and not piece.startswith(_INTERIM):
            self._head = piece
            return
        head, self._head = self._head, b""
        self._transport.write(head + piece)

    def flush(self) -> None:
        """Send a head after which nothing came."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Close, once everything is sent."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  # asyncio's
        """What is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another one read."""
        self._transport.set_protocol(protocol)

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()
