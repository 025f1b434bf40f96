"""Sockets that take connections: one, or one for each of several workers on the same port."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_WAITING = 2048  # connections


@contextmanager
def listening(host: str, port: int, *, workers: int = 1) -> Iterator[list[socket.socket]]:
    """Take connections; who comes before a worker is ready waits for it.

    The system spreads connections over several sockets. Of one that workers share, whoever wakes
    first takes all that come together, as a platform's do.

    Args:
        host: an address.
        port: 0 picks a free one.
        workers: so many sockets.

    Raises:
        OSError: there is no such address, or the port is taken.
    """
    if port and workers > 1:
        _bound(host, port).close()  # sockets of this user that share it would not refuse
    with ExitStack() as opened:
        first = opened.enter_context(_bound(host, port, shared=workers > 1))
        number = first.getsockname()[1]
        others = [
            opened.enter_context(_bound(host, number, shared=True)) for _ in range(workers - 1)
        ]
        for listener in (first, *others):
            listener.listen(_WAITING)
        yield [first, *others]


def _bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener
