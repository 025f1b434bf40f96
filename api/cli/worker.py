"""One of several workers: `python -m api.cli.worker LISTENER`, started by `hashsvc-server run`.

Its one argument is the number of the inherited socket; everything else comes from the environment.
It says one byte once it answers, and ends when its standard input does, as its parent did.
"""

import os
import signal
import socket
import sys
import threading
from contextlib import suppress

import typer

from api.app import create_app
from api.cli.preparing import FAILED, explained
from api.cli.serving import serve
from api.logs import set_up_logging
from api.security.key_files import read_key_files
from api.settings import Settings
from indexer.core_files import forbid_core_files

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_MASK = 0o077


def main() -> None:
    """Serve until a signal comes or the parent is gone."""
    forbid_core_files()
    os.umask(_MASK)
    set_up_logging()
    answers = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    served = False
    with suppress(typer.Exit), explained(), socket.socket(fileno=int(sys.argv[1])) as listener:
        settings = Settings()
        app = create_app(settings, read_key_files(settings.data))
        served = serve(app, listener, started=lambda: _say(answers))
    if not served:
        sys.exit(FAILED)


def _say(answers: int) -> None:
    os.write(answers, b".")


def _end_with_parent() -> None:
    os.read(_STDIN, 1)  # not through a buffer, whose lock would outlive the main thread
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
