import hashlib

import pytest

from hashsvc.digests import digests_of


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_digests_are_those_of_the_whole_file(tmp_path, size):
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    path = tmp_path / "file"
    path.write_bytes(body)

    digests = digests_of(path)

    assert digests.md5 == hashlib.md5(body, usedforsecurity=False).hexdigest()
    assert digests.sha1 == hashlib.sha1(body, usedforsecurity=False).hexdigest()
    assert digests.sha256 == hashlib.sha256(body).hexdigest()


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        digests_of(tmp_path / "nothing")
