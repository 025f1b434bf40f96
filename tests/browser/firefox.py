"""The system's Firefox, driven over Marionette: its own protocol, JSON on a socket of loopback.

Playwright drives a Firefox that it patched itself, and WebDriver needs one more program.
"""

import json
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
_START_SECONDS = 60
_CALL_MS = 90_000
_QUIET = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    # Nothing but loopback: a proxy that is not there.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}


class Firefox:
    """One tab."""

    def __init__(self, connection):
        self._connection = connection
        self._reader = connection.makefile("rb")
        self._calls = 0
        self._read()  # it introduces itself
        self.ask("WebDriver:NewSession", {})
        self.ask("WebDriver:SetTimeouts", {"script": _CALL_MS})

    def open(self, address):
        self.ask("WebDriver:Navigate", {"url": address})

    def choose(self, files):
        wanted = {"using": "css selector", "value": "input[type=file]"}
        found = self.ask("WebDriver:FindElement", wanted)["value"]
        names = "\n".join(str(Path(file).resolve()) for file in files)
        (element,) = found.values()
        self.ask("WebDriver:ElementSendKeys", {"id": element, "text": names})

    def call(self, function):
        """What a JavaScript function without parameters returns, or promises."""
        script = f"const done = arguments[0]; ({function})().then(done)"
        return self.ask("WebDriver:ExecuteAsyncScript", {"script": script, "args": []})["value"]

    def ask(self, command, parameters):
        """What Marionette answers to a command."""
        self._calls += 1
        body = json.dumps([0, self._calls, command, parameters]).encode()
        self._connection.sendall(b"%d:%b" % (len(body), body))
        _, _, error, answer = self._read()
        if error:
            raise AssertionError(f"{command}: {error['error']}: {error['message']}")
        return answer

    def quit(self):
        self.ask("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._reader.close()
        self._connection.close()

    def _read(self):
        length = b""
        while (byte := self._reader.read(1)) != b":":
            if not byte:
                raise AssertionError("Firefox has gone")
            length += byte
        return json.loads(self._reader.read(int(length)))


@contextmanager
def firefox(folder, **preferences):
    """A fresh profile in a folder of the test's.

    Args:
        folder: empty.
        preferences: of `about:config`, a double underscore for each dot.
    """
    given = {name.replace("__", "."): value for name, value in preferences.items()}
    port = _free_port()
    wanted = {**_QUIET, "marionette.port": port, **given}
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(wanted[name])});\n" for name in wanted)
    (folder / "user.js").write_text("".join(lines), encoding="utf-8")
    command = [PROGRAM, "--headless", "--no-remote", "--marionette", "--profile", str(folder)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            browser = Firefox(_connected(port, process))
            yield browser
            browser.quit()
            process.wait(timeout=_START_SECONDS)
        finally:
            process.kill()


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _connected(port, process):
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=2 * _CALL_MS / 1000)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError("Firefox does not start")
