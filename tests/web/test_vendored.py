"""Code of others is what its table says."""

import hashlib
import re
from pathlib import Path

_VENDOR = Path(__file__).parents[2] / "api" / "web" / "static" / "js" / "vendor"
_NAME = b"web_user"


def test_the_heic_decoder_is_the_published_one_but_for_the_change_that_is_noted():
    table = (_VENDOR / "README.md").read_text(encoding="utf-8")
    noted = re.search(r"\| SHA-256 as published \| ([0-9a-f]{64}) \|", table)

    published = (_VENDOR / "libheif.js").read_bytes().replace(b"/home_web_user", b"/home/" + _NAME)

    assert noted is not None
    assert hashlib.sha256(published).hexdigest() == noted[1]


def test_its_license_is_beside_it():
    text = (_VENDOR / "libheif-LICENSE.txt").read_text(encoding="utf-8")

    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text
