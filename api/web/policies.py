"""What each file of the page may do, as Content-Security-Policy: the page and its worker apart."""

from collections.abc import Mapping

# The page talks to this origin alone. It sees no pixels.
PAGE = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types app"
)
# The worker sees pixels. It talks to nobody, this origin included.
WORKER = "default-src 'none'; script-src 'self'; connect-src 'none'"
# Its twin for HEIC runs a decoder in WebAssembly. It talks to nobody either.
HEIC_WORKER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'"
# A file that is loaded by one of the two has no rights of its own when somebody opens it.
FILE = "default-src 'none'; frame-ancestors 'none'"

_OF_FILES: Mapping[str, str] = {
    "js/signature-worker.js": WORKER,
    "js/heic-worker.js": HEIC_WORKER,
}


def policy_of(name: str) -> str:
    """The policy of a static file.

    Args:
        name: below `static`, with forward slashes.
    """
    return _OF_FILES.get(name, FILE)
