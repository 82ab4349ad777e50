"""Plan and scenarios kept beside a dataset: round trips, names, the baseline, files that cannot be."""

from __future__ import annotations

import json

import pytest

from analytics.errors import InputError
from analytics.staffing.plan import Plan, read_plan
from analytics.staffing.scenarios import Scenario
from analytics.workforce import scenario_store
from analytics.workforce.scenario_store import Kept, load, parse, save, to_text

BOT = Scenario("Bot", {"tier0.deflection": 0.2})
LAUNCH = Scenario("Launch", {"launches": [{"date": "2026-03-02", "factor": 2.0, "days": 10}], "routing.L1>L2": 0.3})


def test_what_is_saved_is_what_is_loaded(tmp_path):
    kept = (
        Kept(read_plan("[tiers.L1]\nshrinkage = 0.4\n")).with_scenario(BOT).with_scenario(LAUNCH).with_baseline("Bot")
    )
    save(tmp_path, kept)
    assert load(tmp_path) == kept
    assert [path.name for path in tmp_path.iterdir()] == [scenario_store.FILE]


def test_nothing_kept_is_nothing(tmp_path):
    assert load(tmp_path) == Kept()
    save(tmp_path, Kept().with_scenario(BOT))
    assert load(tmp_path).plan is None


def test_a_file_to_share_holds_the_plan(tmp_path):
    plan = Plan().with_tier("L1", cost_per_hour=40.0)
    shared = parse(to_text(Kept().with_scenario(BOT), plan))
    assert shared.plan == plan
    assert shared.names == ["Bot"]


def test_a_scenario_of_the_same_name_is_replaced_in_its_place():
    kept = Kept().with_scenario(BOT).with_scenario(LAUNCH).with_scenario(Scenario(" Bot ", {"arrivals_factor": 0.9}))
    assert kept.names == ["Bot", "Launch"]
    assert kept.scenario("Bot").changes == {"arrivals_factor": 0.9}


def test_deleting_the_baseline_goes_back_to_the_plan():
    kept = Kept().with_scenario(BOT).with_scenario(LAUNCH).with_baseline("Bot").without("Bot")
    assert kept.baseline == ""
    assert kept.names == ["Launch"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_scenario_needs_a_name(name):
    with pytest.raises(InputError, match="name of 1 to 80"):
        Kept().with_scenario(Scenario(name, {}))


def test_an_unknown_name_says_the_nearest():
    with pytest.raises(InputError) as refused:
        Kept().with_scenario(BOT).with_baseline("Bat")
    assert "Bot" in (refused.value.todo or "")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        json.dumps({"scenarios": [{"name": "A", "changes": {"tiers.L1.headcont": 3}}]}),
        json.dumps({"baseline": "A"}),
    ],
)
def test_files_that_cannot_be_are_refused(tmp_path, text):
    (tmp_path / scenario_store.FILE).write_text(text)
    with pytest.raises(InputError):
        load(tmp_path)


def test_at_most_a_hundred():
    kept = Kept(scenarios=tuple(Scenario(f"S{n}") for n in range(scenario_store.MOST)))
    with pytest.raises(InputError, match="At most"):
        kept.with_scenario(BOT)
    assert kept.with_scenario(Scenario("S5", {"arrivals_factor": 2.0})).scenario("S5").changes
