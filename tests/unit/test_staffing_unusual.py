"""Unusual logs and impossible plans through the whole chain: a number that holds, or a sentence that says what to change."""

from __future__ import annotations

import json
import math
from datetime import timedelta

import pandas as pd
import pytest

from analytics.errors import NotEnoughData, TierscopeError
from analytics.staffing.recommend import recommend
from analytics.workforce.history import replayed, with_replay
from analytics.workforce.inputs import plan_for, staffing_inputs
from tests.logs import warehouse_of
from tests.pages import small

KEYS = {
    "tier", "visits_per_week", "work_hours_per_week", "required_agents", "headcount", "headcount_low", "headcount_high",
    "occupancy", "p_sla", "wait_p90_hours", "cost_per_week", "binding_window", "effort_source",
}  # fmt: skip


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """30 weeks, with an agent per team."""
    events = small.events()
    return events.assign(agent=events["team"].where(events["kind"].isin(["acknowledged", "replied", "resolved"])))


def answer(log: pd.DataFrame, folder, plan_text: str = "") -> dict:
    """What `staff --quick` prints, read back as strict JSON."""
    warehouse = warehouse_of(log, folder / "log.duckdb")
    plan = plan_for(warehouse, plan_text or None)
    inputs = with_replay(staffing_inputs(warehouse, plan, 28), replayed(warehouse, plan))
    told = json.loads(json.dumps(recommend(inputs, plan).to_json(), allow_nan=False))
    assert set(told) >= {"tiers", "routing", "replay_score", "notes"}
    for tier in told["tiers"]:
        assert set(tier) >= KEYS
        assert tier["headcount_low"] <= tier["headcount"] <= tier["headcount_high"]
        assert 0 <= tier["p_sla"] <= 1
        assert 0 <= tier["occupancy"] <= 1
        assert all(tier[key] is not None for key in KEYS - {"cost_per_week", "wait_p90_hours"})
    for row in told["routing"].values():
        assert math.isclose(sum(row.values()), 1.0, abs_tol=1e-5)
    assert not any(word in json.dumps(told["notes"]).lower() for word in ("nan", " inf"))
    return told


def only(log: pd.DataFrame, tiers: list[str]) -> pd.DataFrame:
    """The log of an organisation that has only these tiers: what climbs higher ends in the last of them."""
    last = tiers[-1]
    return log.assign(
        tier=log["tier"].where(log["tier"].isin(tiers), last), team=log["tier"].where(log["tier"].isin(tiers), last)
    )


def tiers_of(told: dict) -> dict[str, dict]:
    return {tier["tier"]: tier for tier in told["tiers"]}


def test_one_tier(log, tmp_path):
    told = answer(only(log, ["L1"]), tmp_path)
    assert told["routing"] == {"L1": {"resolved": 1.0}}
    assert tiers_of(told)["L1"]["headcount"] >= 1
    assert "fewer" in told["mix"]["sentence"]


def test_two_tiers(log, tmp_path):
    told = answer(only(log, ["L1", "L2"]), tmp_path)
    assert list(told["routing"]) == ["L1", "L2"]
    assert 0 < told["routing"]["L1"]["L2"] < 1


def test_no_acknowledgements(log, tmp_path):
    """Waits cannot be scored; backlog and deadlines can."""
    told = answer(log[log["kind"] != "acknowledged"], tmp_path)
    measures = {row["measure"] for row in told["replay_score"]["tiers"]}
    assert "backlog" in measures
    assert not {"wait_p50_hours", "wait_p90_hours"} & measures


def test_three_weeks(log, tmp_path):
    told = answer(log[log["at"] < log["at"].min() + pd.Timedelta(days=21)], tmp_path)
    assert told["replay_score"] is None
    assert any("at least 4 whole weeks" in note for note in told["notes"])


def test_no_teams(log, tmp_path):
    told = answer(log.drop(columns="team"), tmp_path)
    assert told["replay_score"] is not None


def test_a_tier_without_work(log, tmp_path):
    """L3 has one visit long ago: next to no one is asked for there, and the replay of the last weeks does without it."""
    first = log.loc[log["tier"] == "L3", "at"].min() + timedelta(hours=1)
    late = (log["tier"] == "L3") & (log["at"] > first)
    told = answer(log.assign(tier=log["tier"].where(~late, "L2"), team=log["team"].where(~late, "Technical")), tmp_path)
    assert tiers_of(told)["L3"]["visits_per_week"] < 0.3
    assert tiers_of(told)["L3"]["headcount"] <= 2
    assert {row["tier"] for row in told["replay_score"]["tiers"]} == {"L1", "L2"}


def test_all_tickets_open(log, tmp_path):
    """Nobody knows where a visit to the last tier goes; who climbed is known."""
    told = answer(log[~log["kind"].isin(["resolved", "closed"])], tmp_path)
    assert tiers_of(told)["L1"]["headcount"] >= 1


def test_nothing_ever_ends(log, tmp_path):
    stuck = only(log, ["L1"])
    with pytest.raises(NotEnoughData, match="No tier visit has ended"):
        answer(stuck[~stuck["kind"].isin(["resolved", "closed"])], tmp_path)


def test_nobody_planned_for_work_is_a_sentence(log, tmp_path):
    told = answer(log, tmp_path, "[tiers.L2]\nheadcount = 0\n")
    assert any("L2 has work and nobody to do it" in note for note in told["notes"])
    assert tiers_of(told)["L2"]["p_sla_now"] < 0.5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tiers.L1]\noccupancy_cap = 1.2\n", "tiers.L1: occupancy_cap must be a number above 0 and at most 1"),
        ("[tiers.L1]\neffort_minutes = 0\n", "tiers.L1: effort_minutes must be a number above 0"),
        ("[tiers.L1]\nattrition_per_year = -0.1\n", "tiers.L1: attrition_per_year must be a number of at least 0"),
        ("[tiers.L1]\ncost_per_hour = -30\n", "tiers.L1: cost_per_hour must be a number of at least 0"),
        ("[tiers.L1]\nhead_count = 3\n", "does not exist: tiers.L1.head_count"),
        ("[tiers.L9]\nheadcount = 3\n", "names tier 'L9'"),
        ("[tiers.L1]\nheadcount = nan\n", "tiers.L1: headcount must be a number"),
        ("arrivals_factor = inf\n", "arrivals_factor must be a number"),
        ("[routing.L1]\nL2 = 1.0\nL3 = 0.0\n[routing.L2]\nL1 = 1.0\nL3 = 0.0\n", "circle for ever between L1 and L2"),
        ("[routing.L1]\nL2 = 0.8\nL3 = 0.4\n", "L1 hands on more than all of its visits"),
        ("[tier0]\ndeflection = 0.9\n", "Tier 0 cannot solve what the front line could not"),
        ("[calendar]\ndays = 'Mon-Fri'\nhours = '17-9'\n", "opens before it closes"),
        ("[rules]\nrule = 'luck'\n", "rule is unknown"),
        ("tiers = 3\n", "must be a table"),
        ("[tiers.L1\n", "not valid TOML"),
    ],
)
def test_an_impossible_plan_is_refused_in_words(log, tmp_path, text, words):
    with pytest.raises(TierscopeError) as caught:
        answer(log.head(400), tmp_path, text)
    assert words in caught.value.title


def test_closed_all_through_the_horizon(log, tmp_path):
    days = ", ".join(f"'{(pd.Timestamp('2025-07-01') + pd.Timedelta(days=d)).date()}'" for d in range(120))
    with pytest.raises(TierscopeError, match="closed on every day of the horizon"):
        answer(log, tmp_path, f"[calendar]\nholidays = [{days}]\n")
