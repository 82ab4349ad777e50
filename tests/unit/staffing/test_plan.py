"""The plan file: read, refuse, edit, write; and the calendars it names."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from analytics.errors import InputError
from analytics.staffing import calendars as c, plan as p

FULL = """
arrivals_factor = 1.1
chat_factors = [1, 1.6, 2.2]
pending_share = 0.2
[tiers.L1]
headcount = 12
paid_hours_per_day = 8
shrinkage = 0.30
occupancy_cap = 0.85
cost_per_hour = 31.5
effort_minutes = 15
live = false
min_seats = 1
attrition_per_year = 0.2
hiring_lead_weeks = 8
ramp_weeks = 6
[tiers."Tier two"]
live = true
chats_at_once = 2
[calendar]
days = "Mon-Fri"
hours = "9-17"
holidays = [2025-12-25, "2025-12-26"]
[calendars.L1]
hours = { Mon-Fri = "8-20", Sat = "10-14" }
[sla.high]
first_response_hours = 1
resolution_hours = 8
[routing.L1]
L2 = 0.25
[rules]
rule = "expected"
p_sla = 0.95
[[launches]]
date = 2025-11-03
factor = 2.5
[[hires]]
tier = "L1"
date = 2025-12-01
people = 2
[tier0]
deflection = 0.15
cost_per_contact = 0.4
"""


def test_every_table_is_read():
    plan = p.read_plan(FULL)
    assert plan.tier("L1").headcount == 12
    assert plan.tier("Tier two").chats_at_once == 2
    assert plan.target("high").resolution_hours == 8
    assert plan.calendar.holidays == (date(2025, 12, 25), date(2025, 12, 26))
    assert plan.calendar_of("L1").opening(date(2025, 11, 8)) == (600, 840)
    assert plan.calendar_of("L3").opening(date(2025, 11, 8)) is None
    assert plan.routing == {"L1": {"L2": 0.25}}
    assert plan.launches[0] == p.Launch(date(2025, 11, 3), 2.5)
    assert plan.hires[0].people == 2
    assert plan.rules.rule == "expected"


def test_defaults_are_those_of_the_issue():
    tier = p.Plan().tier("L1")
    assert (tier.paid_hours_per_day, tier.shrinkage, tier.occupancy_cap, tier.live, tier.min_seats) == (
        8,
        0.3,
        0.85,
        False,
        1,
    )
    assert tier.cost_per_hour is None
    assert tier.headcount is None
    assert p.Plan().rules.p_sla == 0.9
    monday = date(2025, 11, 3)
    assert [p.Plan().calendar_of("L1").opening(date.fromordinal(monday.toordinal() + d)) for d in (0, 4, 5)] == [
        (540, 1020), (540, 1020), None,
    ]  # fmt: skip


@pytest.mark.parametrize("text", [FULL, "", '[tiers."a \\"b\\" \\\\ c"]\nheadcount = 1.5\n'])
def test_written_plans_read_back(text):
    plan = p.read_plan(text)
    assert p.read_plan(p.write_plan(plan)) == plan
    assert p.plan_of(p.plan_table(plan)) == plan


names = st.text(min_size=1, max_size=8)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.dictionaries(names, st.floats(0, 0.99), max_size=3),
    st.dictionaries(names, st.dictionaries(names, st.floats(0, 1), min_size=1), max_size=2),
)
def test_any_names_survive_the_file(shrinkages, routing):
    plan = p.Plan(tiers={name: p.TierPlan(shrinkage=s) for name, s in shrinkages.items()}, routing=routing)
    assert p.read_plan(p.write_plan(plan)) == plan


def test_edits_leave_the_original():
    plan = p.read_plan(FULL)
    changed = plan.with_tier("L1", headcount=14.0)
    assert changed.tier("L1").headcount == 14
    assert changed.tier("L1").cost_per_hour == 31.5
    assert changed.routing == plan.routing == {"L1": {"L2": 0.25}}
    assert plan.tier("L1").headcount == 12


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tiers.L1]\nheadcont = 3", ["tiers.L1.headcont", "Did you mean 'headcount'?"]),
        ("[tier.L1]\nheadcount = 3", ["tier", "Did you mean"]),
        ("[tiers.L1]\nshrinkage = 1.0", ["tiers.L1", "shrinkage", "0.99"]),
        ("[tiers.L1]\noccupancy_cap = 1.1", ["occupancy_cap"]),
        ('[tiers.L1]\nshrinkage = "a third"', ["tiers.L1.shrinkage", "a number"]),
        ("[tiers.L1]\nlive = 1", ["tiers.L1.live", "true or false"]),
        ("[tiers.L1]\nmin_seats = true", ["min_seats", "whole number"]),
        ("[tiers.L1]\nmin_seats = 1.5", ["min_seats", "whole number"]),
        ("[tiers.L1]\nheadcount = nan", ["headcount"]),
        ('[rules]\nrule = "expceted"', ["expceted", "Did you mean 'expected'?"]),
        ("tiers = 3", ["[tiers] must be a table"]),
        ("[tiers]\nL1 = 3", ["tiers.L1", "table"]),
        ('[calendar]\nhours = "17-9"', ["calendar", "opens before it closes"]),
        ('[calendar]\nhours = "nine"', ["9-17"]),
        ('[calendar]\ndays = "Mon-Fry"', ["Did you mean 'Fri'?"]),
        ('[calendar]\nholidays = ["Christmas"]', ["date"]),
        ("[[launches]]\nfactor = 2", ["launches[0] lacks date"]),
        ("[routing.L1]\nL2 = 1.2", ["routing.L1.L2"]),
        ("[sla.high]\nresolution_hours = 0", ["sla.high", "resolution_hours"]),
        ("[sla.high\n", ["TOML", "line 1"]),
        ("chat_factors = [1.0]\n[tiers.L1]\nchats_at_once = 2", ["chat_factors", "1 to 2"]),
        ("chat_factors = [0.5]", ["chat_factors"]),
    ],
)
def test_what_does_not_fit_is_named(text, words):
    with pytest.raises(InputError) as caught:
        p.read_plan(text)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_business_days_by_hand():
    """
    Sat 1 Nov to Mon 10 Nov 2025, Wed 5 closed.
    date      Sa Su Mo Tu We Th Fr Sa Su Mo
    open       -  -  x  x  -  x  x  -  -  x
    work of    0  0  0  1  2  2  3  4  4  4
    """
    week = c.calendar_of("Mon-Fri", "9-17", [date(2025, 11, 5)])
    start = date(2025, 11, 1)
    assert week.open_days(start, 10).tolist() == [False, False, True, True, False, True, True, False, False, True]
    assert week.business_day_of(start, 10).tolist() == [0, 0, 0, 1, 2, 2, 3, 4, 4, 4]
    totals = c.by_business_day(np.arange(1.0, 11.0)[None], week, start)
    assert totals.tolist() == [[6, 4, 11, 7, 27]]
    assert c.by_business_day(np.arange(1.0, 10.0)[None], week, start).tolist() == [[6, 4, 11, 7]]


def test_openings_by_hand():
    week = c.calendar_of("Mon-Fri", {"Mon": "9-17", "Tue": "8:30-12:00"}, [])
    rows = c.openings_of(week, date(2025, 11, 2), 4, [0, 3, 4, 5])
    assert rows.tolist() == [[1440 + 540, 1440 + 1020, 0, 3], [2880 + 510, 2880 + 720, 480, 4]]
    assert (week.days_per_week, week.hours_per_week) == (2, 11.5)


@pytest.mark.parametrize(
    ("text", "days"),
    [("Mon-Fri", (0, 1, 2, 3, 4)), ("Sat–Mon", (0, 5, 6)), ("Tue, Thu", (1, 3)), (["Sun"], (6,)), ("monday", (0,))],
)
def test_weekdays(text, days):
    assert c.parse_days(text) == days


def test_a_calendar_that_never_opens_is_refused():
    week = c.calendar_of("Mon", "9-17", [date(2025, 11, 3)])
    with pytest.raises(InputError, match="closed on every day"):
        c.by_business_day(np.ones((1, 3)), week, date(2025, 11, 3))
