"""Targets: usual by urgency, kept with the dataset, refused where they are no hours."""

from __future__ import annotations

import pytest

from analytics.errors import InputError
from analytics.targets import load_targets, save_targets, targets_of, usual_targets, with_saved
from analytics.warehouse.store import Home, open_dataset
from tests.logs import drawn, warehouse_of
from tests.pages import small

HOSTILE = {
    'a "quoted" \\ name': (1.0, 2.5),
    "é 火 🚨": (0.5, 8.0),
    "line\nbreak\x7f": (3.0, 4.0),
    "a.b = [c]": (1.0, 1.0),
}


def test_usual_targets_follow_urgency():
    assert usual_targets(["low", "urgent", "normal", "high"]) == {
        "urgent": (1.0, 8.0), "high": (4.0, 24.0), "normal": (8.0, 40.0), "low": (8.0, 80.0)
    }  # fmt: skip
    assert usual_targets([f"v{n}" for n in range(13)]) == {}
    assert usual_targets([]) == {}


def test_what_is_saved_is_read_again_whatever_the_names(tmp_path):
    save_targets(tmp_path, HOSTILE)
    assert load_targets(tmp_path) == HOSTILE
    assert [path.name for path in tmp_path.iterdir()] == ["targets.toml"]  # nothing is left of the writing


def test_saved_targets_lie_over_the_usual_ones(tmp_path):
    assert load_targets(tmp_path) == {}
    save_targets(tmp_path, {"high": (2.0, 3.0), "gone": (1.0, 1.0)})
    assert with_saved({"high": (4.0, 24.0), "low": (8.0, 80.0)}, tmp_path) == {"high": (2.0, 3.0), "low": (8.0, 80.0)}


@pytest.mark.parametrize("hours", [0, -1, float("nan"), float("inf"), "8", True])
def test_a_target_is_hours_above_zero(tmp_path, hours):
    with pytest.raises(InputError, match="above zero"):
        save_targets(tmp_path, {"high": (1.0, hours)})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["[targets", "[targets]\nhigh = 3", "[targets]\nhigh = { resolution_hours = 3 }"])
def test_a_file_that_says_nothing_is_refused(tmp_path, text):
    (tmp_path / "targets.toml").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        load_targets(tmp_path)


def test_they_outlive_an_import_and_an_undo(tmp_path):
    small.put(tmp_path, "one", small.events(20))
    home = Home(tmp_path)
    save_targets(home.get("one").folder, {"high": (2.0, 5.0)})
    with home.new_version("one") as con:
        con.execute("INSERT INTO meta VALUES ('any', 'thing')")
    home.undo("one")
    warehouse = open_dataset("one", home)
    assert warehouse.dataset.version == 3
    assert targets_of(warehouse) == {"high": (2.0, 5.0), "low": (4.0, 24.0)}
    warehouse.close()


def test_a_dataset_without_priorities_has_no_targets(tmp_path):
    log = drawn("ticket_id at kind tier team\nA 2026-03-02T09:00 created L1 desk")
    assert targets_of(warehouse_of(log, tmp_path / "log.duckdb")) == {}
