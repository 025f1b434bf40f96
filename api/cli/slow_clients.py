"""HTTP as uvicorn reads it, from clients that have only so long and send only so much before it.

A client that sends its head slowly, never sends one, or does not read its answer holds a socket
and nothing else, for seconds; uvicorn alone would wait for ever.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.cli.joining import Joining


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    head_seconds = 10.0  # from connecting, or from the first byte of a further request
    read_seconds = 30.0  # in which a client takes what was sent, down to a few kilobytes
    head_bytes = 65_536
    connections_at_once = 4_096  # a process; further ones are closed unread

    _head_timer: asyncio.TimerHandle | None = None
    _read_timer: asyncio.TimerHandle | None = None
    _in_head = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, not for long."""
        super().connection_made(transport)
        self.transport = self._joining = Joining(transport)
        if len(self.connections) > self.connections_at_once:
            transport.abort()
        else:
            self._in_head = True
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Count what comes before a request's head is whole; a body may come along with its end."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self.head_bytes:
                self.transport.abort()
            elif self._head_timer is None:  # most heads come whole, and are never waited for
                self._await_head()

    def on_message_begin(self) -> None:
        """A further request on the same connection has its own time."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """The head is whole; the body is the application's."""
        _stop(self._head_timer)
        self._head_timer, self._head_bytes, self._in_head = None, 0, False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """A head without a body is sent too."""
        self._joining.flush()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is answered."""
        super().pause_writing()
        self._read_timer = self.loop.call_later(self.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It did after all."""
        _stop(self._read_timer)
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        _stop(self._head_timer)
        _stop(self._read_timer)
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_seconds, self.transport.abort)


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
