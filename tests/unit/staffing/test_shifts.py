"""Shift covering against every assignment of tiny weeks, and by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from analytics.errors import InputError
from analytics.staffing import shifts as s
from analytics.staffing.calendars import calendar_of

OFFICE = calendar_of("Mon-Fri", "9-17", [])


def week(**hours):
    need = np.zeros(168)
    for hour, agents in hours.items():
        need[int(hour[1:])] = agents
    return need


def cheapest(need, choices, most=4):
    """Every number of people on every pattern."""
    best = None
    for people in product(range(most + 1), repeat=len(choices)):
        seats = np.zeros(168)
        for number, pattern in zip(people, choices, strict=True):
            seats[list(pattern.hours)] += number
        if (seats >= need - 1e-9).all():
            cost = sum(n * p.cost for n, p in zip(people, choices, strict=True))
            best = cost if best is None else min(best, cost)
    return best


tiny = st.lists(
    st.tuples(st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True), st.integers(1, 9)),
    min_size=1,
    max_size=4,
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(tiny, st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_the_answer_is_the_cheapest_of_all(rows, need):
    choices = [s.Pattern(f"p{i}", tuple(hours), cost) for i, (hours, cost) in enumerate(rows)]
    wanted = np.zeros(168)
    wanted[:6] = need
    best = cheapest(wanted, choices)
    if best is None:
        with pytest.raises(InputError, match="no shift pattern"):
            s.cover(wanted, choices)
    else:
        found = s.cover(wanted, choices)
        assert found.cost == pytest.approx(best)
        assert found.proven
        assert (found.on_seat >= wanted - 1e-9).all()
        assert not found.short.any()


def test_overlapping_shifts_meet_a_peak():
    """Open 8-18 with three agents at noon and one at the ends: an early, a late and one more in between."""
    calendar = calendar_of("Mon", "8-18", [])
    need = np.zeros(168)
    need[8:18] = 1
    need[12] = 3
    found = s.cover(need, s.patterns(calendar, shift_hours=8, days_per_week=1))
    assert found.headcount == 3
    assert found.on_seat[12] == 3
    assert found.cost == 24


def test_office_hours_have_one_pattern():
    found = s.patterns(OFFICE, cost_per_hour=30.0)
    assert [(p.name, p.cost) for p in found] == [("Mon–Fri 9:00", 5 * 8 * 30)]
    assert len(found[0].hours) == 40


def test_around_the_clock_shifts_run_over_midnight_and_the_week():
    calendar = calendar_of("Mon-Sun", "0-24", [])
    found = {p.name: p for p in s.patterns(calendar)}
    assert len(found) == 7 * 24
    assert {166, 167, 0, 5} <= set(found["Wed–Sun 22:00"].hours)
    answer = s.cover(np.full(168, 2.0), list(found.values()))
    assert answer.headcount == 9  # 336 agent hours / 40, rounded up
    assert (answer.on_seat >= 2).all()


def test_the_break_is_off_seat_and_paid():
    (pattern,) = s.patterns(OFFICE, break_hour=4)
    assert len(pattern.hours) == 35
    assert pattern.cost == 40
    assert 13 not in pattern.hours


def test_short_openings_are_worked_whole():
    calendar = calendar_of("Mon-Sat", {"Mon-Fri": "9-17", "Sat": "10-14"}, [])
    found = s.patterns(calendar)
    assert len(found) == 6
    with_saturday = [p for p in found if max(p.hours) >= 120]
    assert len(with_saturday) == 5
    assert all({h for h in p.hours if h >= 120} == {130, 131, 132, 133} for p in with_saturday)
    assert s.cover(week(h131=2), found).headcount == 2
    saturday = s.patterns(calendar_of("Sat", "10-14", []), days_per_week=1)
    assert saturday[0].hours == (130, 131, 132, 133)


def test_shrinkage_is_divided_out():
    """7 agents on seats at 30 % are 10 people, not 9.1 rounded somewhere."""
    need = week(h9=7)
    found = s.cover(need, s.patterns(OFFICE), shrinkage=0.3)
    assert found.headcount == 10
    assert found.on_seat[9] == pytest.approx(7)


def test_a_limited_headcount_misses_as_little_as_can_be():
    calendar = calendar_of("Mon", "8-18", [])
    need = np.zeros(168)
    need[8:18] = 1
    need[12] = 3
    found = s.cover(need, s.patterns(calendar, days_per_week=1), headcount=2)
    assert found.headcount == 2
    assert found.short.sum() == pytest.approx(1)
    assert found.short[12] == pytest.approx(1)


def test_nothing_required_costs_nothing():
    found = s.cover(np.zeros(168), s.patterns(OFFICE))
    assert (found.headcount, found.cost, len(found.people)) == (0, 0.0, 0)


def test_an_answer_without_proof_says_so():
    """Around the clock with a wave of need, three seconds: an answer that covers, and what is known of the best."""
    hour = np.arange(168)
    need = np.round(6 + 10 * np.clip(np.sin((hour % 24 - 7) / 24 * 2 * np.pi), 0, 1) * np.where(hour // 24 < 5, 1, 0.4))
    choices = s.patterns(calendar_of("Mon-Sun", "0-24", []), break_hour=4)
    found = s.cover(need, choices, shrinkage=0.3, seconds=3.0)
    assert (found.on_seat >= need - 1e-6).all()
    assert found.cost_at_least <= found.cost
    assert found.proven == (found.cost - found.cost_at_least < 40 * (1 - 1e-6))


@pytest.mark.parametrize(
    "call",
    [
        lambda: s.cover(np.zeros(24), s.patterns(OFFICE)),
        lambda: s.cover(np.full(168, -1.0), s.patterns(OFFICE)),
        lambda: s.cover(week(h3=1), s.patterns(OFFICE)),
        lambda: s.cover(week(h9=1), []),
        lambda: s.cover(week(h9=1), s.patterns(OFFICE), shrinkage=1.0),
        lambda: s.Pattern("p", (), 1.0),
        lambda: s.Pattern("p", (168,), 1.0),
        lambda: s.Pattern("p", (1,), -1.0),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(InputError):
        call()
