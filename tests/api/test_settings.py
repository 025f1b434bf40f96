"""What an operator may set."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings


def test_without_anything_set_sqlite_lies_in_the_data_folder(tmp_path):
    settings = Settings(data=tmp_path)

    assert settings.url == f"sqlite:///{tmp_path.resolve()}/hashsvc.db"


def test_the_environment_sets_and_an_argument_overrides(monkeypatch):
    monkeypatch.setenv("HASHSVC_DATA", "elsewhere")
    monkeypatch.setenv("HASHSVC_PORT", "9000")

    assert (Settings().data, Settings().port) == (Path("elsewhere"), 9000)
    assert Settings(port=9001).port == 9001


def test_another_database_is_named_by_its_url():
    url = "postgresql+psycopg://hashsvc@db/hashsvc"

    assert Settings(database_url=url).url == url


@pytest.mark.parametrize(
    "wrong",
    [
        {"database_url": "mysql://x"},
        {"database_url": "nonsense"},
        {"port": -1},
        {"port": 65536},
        {"survivor_body_bytes": 1023},
        {"platform_body_bytes": 0},
        {"index_poll_seconds": 0},
        {"index_poll_seconds": 5.1},
        {"index_stale_seconds": 0},
        {"index_base_from": -1},
    ],
)
def test_a_value_that_cannot_work_is_refused(wrong):
    with pytest.raises(ValidationError) as refusal:
        Settings(**wrong)

    assert "input_value" not in str(refusal.value)


def test_every_setting_says_what_it_is_for():
    assert all(field.description for field in Settings.model_fields.values())
