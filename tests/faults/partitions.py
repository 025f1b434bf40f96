"""A network between two programs that can be made bad: a small proxy in a thread of its own."""

import asyncio
import socket
import threading
from contextlib import contextmanager, suppress
from enum import StrEnum


class Manner(StrEnum):
    """How it treats what comes."""

    PASS = "pass"
    DROP = "drop"  # takes connections and bytes, hands nothing on
    DELAY = "delay"  # hands everything on, late
    HALF_OPEN = "half-open"  # hands on what clients say, and no answer
    RESET = "reset"  # ends every connection at once, and each new one


_DELAY_SECONDS = 0.05
_PIECE = 65_536


class Network:
    """Between a port of its own and one that is there already."""

    def __init__(self, port):
        self._target = port
        self.manner = Manner.PASS
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def become(self, manner):
        """From now on; a reset ends what is open."""
        self.manner = manner
        if manner is Manner.RESET:
            self._loop.call_soon_threadsafe(self._reset)

    def close(self):
        """End everything."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        starting = asyncio.start_server(self._connected, sock=self._listener)
        server = self._loop.run_until_complete(starting)
        self._loop.run_forever()
        server.close()
        self._reset()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    def _reset(self):
        for writer in list(self._writers):
            writer.transport.abort()

    async def _connected(self, reader, writer):
        self._writers.add(writer)
        try:
            if self.manner is Manner.RESET:
                writer.transport.abort()
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(back)
            with suppress(OSError):
                await asyncio.gather(
                    self._carried(reader, back, to_client=False),
                    self._carried(there, writer, to_client=True),
                )
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._writers.discard(writer)

    async def _carried(self, reader, writer, *, to_client):
        while piece := await reader.read(_PIECE):
            while self._holds(to_client=to_client):
                await asyncio.sleep(0.02)  # a network that comes back delivers what was sent
            if self.manner is Manner.DELAY:
                await asyncio.sleep(_DELAY_SECONDS)
            writer.write(piece)
            await writer.drain()
        writer.close()

    def _holds(self, *, to_client):
        return self.manner is Manner.DROP or (self.manner is Manner.HALF_OPEN and to_client)


@contextmanager
def network_to(port):
    """A network that is closed afterwards."""
    network = Network(port)
    try:
        yield network
    finally:
        network.close()
