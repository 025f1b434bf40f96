"""The two key files: made once, for one user alone, refused when anything is odd."""

import stat

import pytest

from api.security.key_files import make_key_files, read_key_files
from indexer.errors import KeyFileError

NAMES = ["seal.keys", "pepper.keys"]


@pytest.fixture
def folder(tmp_path):
    make_key_files(tmp_path)
    return tmp_path


def test_made_files_are_read_back(folder):
    keys = read_key_files(folder)

    assert len(keys.seal.current) == len(keys.pepper.current) == 32
    assert keys.seal.current != keys.pepper.current


@pytest.mark.parametrize("name", NAMES)
def test_made_files_are_for_one_user_alone(folder, name):
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_nothing_else_is_left_in_the_folder(folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)


def test_files_that_exist_stay_as_they_are(folder):
    before = [(folder / name).read_bytes() for name in NAMES]

    make_key_files(folder)

    assert [(folder / name).read_bytes() for name in NAMES] == before


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_not_made_anew_beside_the_other(folder, name):
    (folder / name).unlink()

    make_key_files(folder)

    with pytest.raises(KeyFileError, match=rf"{name} is missing"):
        read_key_files(folder)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610])
def test_a_file_open_to_others_is_refused(folder, name, mode):
    (folder / name).chmod(mode)

    with pytest.raises(KeyFileError, match="chmod 600"):
        read_key_files(folder)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _text: "", id="empty"),
        pytest.param(lambda text: text[:-2], id="cut"),
        pytest.param(lambda text: text.upper(), id="upper case"),
        pytest.param(lambda text: text + "one more line\n", id="odd line"),
        pytest.param(lambda text: text.replace(" ", "  "), id="two spaces"),
        pytest.param(lambda text: "\u00e9" + text, id="no ASCII"),
        pytest.param(lambda text: text.split()[1] + "\n", id="no id"),
    ],
)
def test_a_damaged_file_is_refused_without_its_content(folder, name, damage):
    path = folder / name
    key = path.read_text().split()[1]
    path.write_text(damage(path.read_text()))

    with pytest.raises(KeyFileError, match=r"damaged|cannot be read") as refusal:
        read_key_files(folder)

    assert key not in str(refusal.value)


def test_one_key_in_both_files_is_refused(folder):
    key = (folder / "seal.keys").read_text().split()[1]
    (folder / "pepper.keys").write_text(f"00000000 {key}\n")

    with pytest.raises(KeyFileError, match="same key"):
        read_key_files(folder)


def test_the_first_line_makes_what_is_new_and_all_lines_open(folder):
    path = folder / "seal.keys"
    old = read_key_files(folder).seal.current
    path.write_text(f"abcd0123 {'5' * 64}\n{path.read_text()}")

    ring = read_key_files(folder).seal

    assert ring.current_id == "abcd0123"
    assert ring.current == bytes.fromhex("5" * 64)
    assert old in ring.keys.values()


def test_the_repr_of_read_keys_hides_them(folder):
    keys = read_key_files(folder)

    assert repr(keys.seal.current) not in repr(keys)
    assert keys.pepper.current.hex() not in repr(keys)
