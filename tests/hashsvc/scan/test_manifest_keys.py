"""Files that are no signing key are refused by one error of ours."""

import base64

import pytest

from hashsvc.scan.errors import ReportKeyError
from hashsvc.scan.manifest_keys import ReportKey, read_report_key

ED448, X25519, X448 = 0x71, 0x6E, 0x6F  # the last byte of the algorithm's name


def written(path, body):
    path.write_bytes(body)
    path.chmod(0o600)
    return path


def relabelled(pem, algorithm):
    """The same key under another algorithm's name, PKCS#8 of 48 bytes."""
    first, *lines, last = pem.splitlines()
    body = bytearray(base64.b64decode(b"".join(lines)))
    body[11] = algorithm
    return b"\n".join([first, base64.b64encode(bytes(body)), last, b""])


@pytest.mark.parametrize("algorithm", [ED448, X25519, X448])
def test_a_key_under_another_name_is_refused(tmp_path, algorithm):
    ReportKey.generate().save(tmp_path / "key.pem")
    pem = (tmp_path / "key.pem").read_bytes()

    with pytest.raises(ReportKeyError, match="key file"):
        read_report_key(written(tmp_path / "other.pem", relabelled(pem, algorithm)))
