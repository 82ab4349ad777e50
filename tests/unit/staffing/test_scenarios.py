"""Scenarios: changes and their round trips, comparison, tornado, break-even, hiring dates, pools."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.errors import InputError
from analytics.staffing import scenarios as s
from analytics.staffing.plan import Launch, Plan, Tier0, read_plan, write_plan
from analytics.staffing.recommend import recommend

from .conftest import make_inputs

MORE = s.Scenario("A tenth more", {"arrivals_factor": 1.1})
CHANGES = {
    "tiers.L1.headcount": 12,
    "tiers.L1.shrinkage": 0.25,
    "sla.high.resolution_hours": 8,
    "routing.L1>L2": 0.3,
    "rules.p_sla": 0.95,
    "tier0.deflection": 0.1,
    "arrivals_factor": 1.2,
    "launches": [{"date": "2025-11-10", "factor": 2.0}],
}


def test_changes_are_the_same_as_editing(plan):
    found = s.changed(plan, CHANGES)
    by_hand = replace(
        plan.with_tier("L1", headcount=12, shrinkage=0.25),
        routing={"L1": {"L2": 0.3}},
        sla={**plan.sla, "high": replace(plan.target("high"), resolution_hours=8)},
        rules=replace(plan.rules, p_sla=0.95),
        tier0=Tier0(0.1),
        arrivals_factor=1.2,
        launches=(Launch(date(2025, 11, 10), 2.0),),
    )
    assert found == by_hand
    assert s.changed(found, {"tiers.L1.headcount": None}).tier("L1").headcount is None
    assert s.changed(plan, {}) == plan


def test_names_with_dots_are_names():
    found = s.changed(Plan(), {"tiers.Desk v2.1.headcount": 3, "routing.Desk v2.1>L2": 0.1, "category_factors.v1.2": 2})
    assert found.tier("Desk v2.1").headcount == 3
    assert found.routing == {"Desk v2.1": {"L2": 0.1}}
    assert found.category_factors == {"v1.2": 2}
    assert read_plan(write_plan(found)) == found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tiers.L1.headcont": 3}, "Did you mean 'headcount'"),
        ({"arrival_factor": 3}, "Did you mean 'arrivals_factor'"),
        ({"arrivals_factor.x.y": 3}, "no table at"),
        ({"tiers.L1.shrinkage": 2}, "shrinkage"),
    ],
)
def test_a_change_that_does_not_fit_is_named(plan, changes, words):
    with pytest.raises(InputError, match=words):
        s.changed(plan, changes)


def test_links_and_files_come_back(plan):
    scenario = s.Scenario("Launch, ümläut & more", CHANGES)
    assert s.scenario_of_token(scenario.token()) == scenario
    assert set(scenario.token()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    file = s.ScenarioFile(plan, (scenario, MORE), "A tenth more")
    assert s.read_scenarios(file.to_json()) == file


@pytest.mark.parametrize("token", ["", "abc", s.Scenario("x").token()[:-6], "!!!!", "eJwDAAAAAAE"])
def test_broken_links_are_refused(token):
    with pytest.raises(InputError):
        s.scenario_of_token(token)


def test_broken_files_are_refused(plan):
    good = json.loads(s.ScenarioFile(plan, (MORE,)).to_json())
    for text in (
        "{",
        "[]",
        json.dumps({**good, "scenarios": good["scenarios"] * 2}),
        json.dumps({**good, "baseline": "x"}),
    ):
        with pytest.raises(InputError):
            s.read_scenarios(text)


def test_comparison_shows_differences(inputs, plan):
    table, answers = s.compare(inputs, plan, [MORE, s.Scenario("Slow", {"tiers.L2.effort_minutes": 60})])
    base, more = answers[""], answers["A tenth more"]
    rows = table.set_index(["scenario", "tier"])
    assert (rows.loc[""].filter(like="_diff").drop(columns="cost_per_week_diff") == 0).all(axis=None)
    assert rows.loc[("A tenth more", "all"), "headcount_diff"] == more.headcount - base.headcount
    assert rows.loc[("A tenth more", "L1"), "work_hours_per_week_diff"] == pytest.approx(
        more.tier("L1").work_hours_per_week - base.tier("L1").work_hours_per_week
    )
    assert rows.loc[("Slow", "L1"), "headcount_diff"] == 0
    assert np.isnan(rows.loc[("Slow", "all"), "cost_per_week"])
    turned, _ = s.compare(inputs, plan, [MORE, s.Scenario("Same")], baseline="A tenth more")
    turned = turned.set_index(["scenario", "tier"])
    assert turned.loc[("Same", "all"), "headcount_diff"] == base.headcount - more.headcount


def test_the_tornado_has_the_prior_on_top_or_near(inputs, plan):
    """L3's effort is known to a factor of two: it must outweigh the well-known arrows of the front line."""
    table = s.tornado(inputs, plan)
    assert table.swing.is_monotonic_decreasing
    swing = table.set_index("input").swing
    prior = swing[next(name for name in swing.index if name.startswith("L3 effort"))]
    arrow = swing[next(name for name in swing.index if name.startswith("L1 to L2"))]
    assert prior > 3 * arrow
    tenth = table.set_index("input").loc["Arrivals ± 10 %"]
    assert tenth.people_low < tenth.people < tenth.people_high
    assert tenth.swing == pytest.approx(0.2 * tenth.people, rel=0.15)


def test_break_even_by_hand(inputs, plan):
    """14 min at 30 an hour, 85 % busy, 30 % shrunk: 11.76 a visit; at 2.00 a try it must solve 17 %."""
    found = s.break_even(inputs, replace(plan, tier0=Tier0(0.25, 2.0)))
    assert found.human_cost == pytest.approx(14 / 60 * 30 / (0.85 * 0.7))
    assert found.deflection == pytest.approx(2.0 / found.human_cost)
    assert found.saving_per_contact == pytest.approx(0.25 * found.human_cost - 2.0)
    assert "pays from 17 %" in found.sentence
    assert "at 10 % it does not pay" in s.break_even(inputs, replace(plan, tier0=Tier0(0.1, 2.0))).sentence
    assert "never pay" in s.break_even(inputs, replace(plan, tier0=Tier0(0.1, 20.0))).sentence
    with pytest.raises(InputError, match="cost_per_contact"):
        s.break_even(inputs, plan)
    with pytest.raises(InputError, match="cost_per_hour"):
        s.break_even(inputs, Plan(tier0=Tier0(0.1, 2.0)))


def test_hire_by_dates_count_back_lead_and_ramp(inputs, plan):
    """One person too few from the start: needed on the first Monday, 8 + 6 weeks earlier at the latest."""
    few = plan.with_tier("L1", headcount=4.0, hiring_lead_weeks=8.0, ramp_weeks=6.0)
    table = s.hire_by_dates(inputs, few)
    own = table[table.tier == "L1"]
    first = own.iloc[0]
    weeks = recommend(inputs, few).weeks
    assert first.needed_on == date(2025, 11, 3)
    assert first.decide_by == date(2025, 7, 28)
    assert bool(first.too_late)
    assert own.people.sum() == (weeks[weeks.tier == "L1"].headcount - 4).max()
    plenty = plan.with_tier("L1", headcount=40.0).with_tier("L2", headcount=40.0).with_tier("L3", headcount=40.0)
    assert s.hire_by_dates(inputs, plenty).empty


def test_pools_cost_more_than_the_whole(inputs, plan):
    table = s.pooling(inputs, plan, "L1", {"English": 0.6, "German": 0.3, "Finnish": 0.1}).set_index("pool")
    assert table.headcount["together"] == recommend(inputs, plan).tier("L1").headcount
    assert table.headcount.drop("together").sum() > table.headcount["together"]
    with pytest.raises(InputError, match="sum to 1"):
        s.pooling(inputs, plan, "L1", {"a": 0.5})
    with pytest.raises(InputError, match="Did you mean"):
        s.pooling(inputs, plan, "L11", {"a": 1.0})


def test_unknown_headcount_has_no_hire_dates(plan):
    assert s.hire_by_dates(make_inputs(headcount={}), plan).empty
