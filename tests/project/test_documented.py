"""`docs/operating.md` names every setting, route and metric, and none that is not there."""

import re
from pathlib import Path

import pytest

from api.metrics import GAUGES, Metrics
from api.settings import Settings
from tests.project.openapi import make_app, routes_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "operating.md"


def first_cells():
    """What stands in code type in the first cell of each table row."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return re.findall(r"^\|\s*`([^`|]+)`[^|]*\|", text, re.MULTILINE)


def rows_like(pattern):
    return sorted(cell for cell in first_cells() if re.fullmatch(pattern, cell))


def cells_of(first):
    """The cells of the one row that begins with this."""
    text = DOCUMENT.read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\|\s*`{re.escape(first)}`\s*\|(.*)\|\s*$", text, re.MULTILINE)
    return [cell.strip() for cell in row.split("|")]


@pytest.fixture(scope="module")
def metrics():
    """Every metric by its name on the wire, with its labels."""
    declared = Metrics()
    declared.watch(dict.fromkeys(GAUGES, lambda: 0))
    ours = [value for value in vars(declared).values() if hasattr(value, "_labelnames")]
    labels = {value._name: set(value._labelnames) for value in ours}
    names = {
        family.name: f"{family.name}_total" if family.type == "counter" else family.name
        for family in declared.registry.collect()
    }
    return {shown: labels.get(name, set()) for name, shown in names.items()}


def test_every_setting_is_documented():
    settings = sorted(f"HASHSVC_{name.upper()}" for name in Settings.model_fields)

    assert rows_like(r"HASHSVC_\w+") == settings


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_documented_default_is_the_real_one(name):
    default = Settings.model_fields[name].default

    shown = cells_of(f"HASHSVC_{name.upper()}")[0].strip("`")

    assert shown == ("" if default is None else str(default))


def test_every_metric_is_documented(metrics):
    assert rows_like(r"hashsvc_\w+") == sorted(metrics)


def test_every_label_is_documented(metrics):
    for name, labels in metrics.items():
        assert set(re.findall(r"`(\w+)`", cells_of(name)[0])) == labels


def test_every_route_is_documented(tmp_path):
    app = make_app(tmp_path)
    routes = sorted(
        f"{method} {route.path}"
        for route in routes_of(app.routes)
        for method in route.methods - {"HEAD"}
    )
    app.state.services.matching.store.close()

    assert len(routes) >= 10
    assert rows_like(r"[A-Z]+ /\S*") == routes
