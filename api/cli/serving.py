"""Serving HTTP: in this process, or in workers that are kept alive."""

import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.cli.slow_clients import BoundedProtocol
from api.settings import Settings

# -P: a module that lies in the current folder is not imported.
_WORKER = (sys.executable, "-P", "-m", "api.cli.worker")
# FAISS with several threads gains nothing on one query; the workers are the parallel part.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
_LOOK_SECONDS = 0.1
_STOP_SECONDS = 30
_log = logging.getLogger("hashsvc.workers")


def serve(
    app: FastAPI, listener: socket.socket, *, started: Callable[[], None] = lambda: None
) -> bool:
    """Answer requests until a signal ends it.

    Args:
        app: the application.
        listener: a bound socket, shared with other processes or not.
        started: called once requests are answered.

    Returns:
        Whether it could start.
    """
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            http=BoundedProtocol,
            proxy_headers=False,  # whom to believe is a setting of ours
            lifespan="on",
        ),
        started,
    )
    with suppress(SystemExit):  # uvicorn's own code for a start that failed
        server.run(sockets=[listener])
    return server.started


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is here now stays: to look at 200,000 objects again and again stops every
            # answer for a tenth of a second.
            gc.collect()
            gc.freeze()
            self._tell()


@dataclass(slots=True)
class _Worker:
    """A child, and whether it ever answered requests."""

    child: subprocess.Popen[bytes]
    answered: bool = False

    def look(self) -> int | None:
        """Its exit code, once it ended."""
        code = self.child.poll()  # first: what it said before it ended can be read after
        if not self.answered and self.child.stdout is not None:
            self.answered = bool(self.child.stdout.read(1))
        return code


class Workers:
    """Several processes, each of which answers on a socket; one that dies is started anew."""

    def __init__(self, settings: Settings, listeners: Sequence[socket.socket]) -> None:
        """Nothing is started yet.

        Args:
            settings: of the service.
            listeners: one for each worker.
        """
        self._settings = settings
        self._listeners = listeners
        self._told: list[int] = []
        self._workers: list[_Worker] = []

    def run(self) -> bool:
        """Run until a signal tells otherwise, which then ends this process as it should.

        Returns:
            False: a worker gave up before it answered, and all were ended.
        """
        before = {number: signal.signal(number, self._hear) for number in _STOPPING}
        try:
            self._workers = [self._start(listener) for listener in self._listeners]
            could_start = self._watch()
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)
        for number in self._told[:1]:
            signal.raise_signal(number)
        return could_start

    def _watch(self) -> bool:
        pause = threading.Event()
        while not self._told:
            for place, worker in enumerate(self._workers):
                code = worker.look()
                if code is None:
                    continue
                if code >= 0 and not worker.answered:
                    return False  # it gave up itself; one that was killed may succeed next time
                _log.error("a worker ended with code %d and is started anew", code)
                self._workers[place] = self._start(self._listeners[place])
            pause.wait(_LOOK_SECONDS)
        return True

    def _start(self, listener: socket.socket) -> _Worker:
        inherited = listener.fileno()
        child = subprocess.Popen(  # noqa: S603  # our own words
            [*_WORKER, str(inherited)],
            stdin=subprocess.PIPE,  # never written to: its end tells that this process is gone
            stdout=subprocess.PIPE,
            env=os.environ | _ONE_THREAD | self._shared(),
            bufsize=0,
            pass_fds=[inherited],
            start_new_session=True,  # Ctrl+C is for this process, which ends its workers
        )
        if child.stdout is not None:
            os.set_blocking(child.stdout.fileno(), False)
        return _Worker(child)

    def _shared(self) -> dict[str, str]:
        """What a worker must know and the environment may not say."""
        settings = self._settings
        # Limits in memory are divided by the number of workers.
        return {"HASHSVC_DATA": str(settings.data), "HASHSVC_WORKERS": str(settings.workers)}

    def _end(self) -> None:
        """Let every worker finish what it answers; a worker that hangs is killed."""
        for worker in self._workers:
            worker.child.terminate()
        for worker in self._workers:
            try:
                worker.child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                worker.child.kill()
                worker.child.wait()
            for pipe in (worker.child.stdin, worker.child.stdout):
                if pipe is not None:
                    pipe.close()

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self._told.append(number)


_STOPPING: Sequence[int] = (signal.SIGTERM, signal.SIGINT)
