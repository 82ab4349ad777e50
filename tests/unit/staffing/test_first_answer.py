"""First answers in time: against hours counted by hand and against a team that is walked hour by hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from analytics.staffing.calendars import calendar_of
from analytics.staffing.deferred import required_capacity
from analytics.staffing.effort import stated_effort
from analytics.staffing.first_answer import NewTickets, first_answers
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import read_plan
from analytics.staffing.recommend import recommend

OFFICE = calendar_of("Mon-Fri", "9-17", ())
MONDAY = date(2026, 3, 2)


def tickets(by_day: list[float], targets=(1.0,), shares=(1.0,), minutes=15.0) -> NewTickets:
    return NewTickets(np.array([by_day], float), np.array(shares), tuple(targets), minutes, MONDAY)


def weeks(days: int) -> np.ndarray:
    return np.arange(days) // 5


def hourly(**shares: float) -> np.ndarray:
    """Arrivals by hour, the same on all weekdays: h9=1 is all of them between nine and ten."""
    profile = np.zeros((7, 24))
    for hour, share in shares.items():
        profile[:, int(hour[1:])] = share
    return profile


def test_what_came_while_closed_lies_there_when_the_tier_opens():
    """Friday's 10 tickets and the 6 of the weekend come at night. On Monday 26 first answers of a quarter of an hour are due
    within the first hour: 6.5 hours of work, which only people for 8 x 6.5 hours a day do."""
    by_day = [0.0, 0, 0, 0, 10, 3, 3, 10]
    told = first_answers(tickets(by_day), OFFICE, weeks(6), hourly(h22=0.5, h23=0.5), 0.9)
    assert told is not None
    night_before_monday = (10 + 3 + 3) * 0.25 * 8  # the second Monday's own ten come after closing
    assert told.capacity.max() == pytest.approx(night_before_monday)
    assert (told.begins, told.ends) == (datetime(2026, 3, 9, 9), datetime(2026, 3, 9, 10))


def test_a_longer_target_spreads_the_morning():
    by_day = [8.0, 8, 8, 8, 8]
    asked = {}
    for target in (2.0, 4.0, 8.0):
        told = first_answers(tickets(by_day, (target,)), OFFICE, weeks(5), hourly(h7=1), 0.9)
        assert told is not None
        asked[target] = told.capacity.max()
    assert asked == pytest.approx(
        {2.0: 8.0, 4.0: 4.0, 8.0: 2.0}
    )  # two hours of work within the target, times 8 / target


def test_even_arrivals_ask_for_less_than_whole_days_do():
    """Half an hour of answers an hour, due within four: a window of twelve hours, the longest that is looked at, asks for nine
    hours' answers. The mean of four hours a day is for the days to ask for."""
    told = first_answers(tickets([16.0] * 5, (4.0,)), OFFICE, weeks(5), None, 0.9)
    assert told is not None
    assert told.capacity.max() == pytest.approx(0.5 * 9 / 12 * 8)


def test_no_ticket_or_no_minutes_is_no_answer():
    assert first_answers(tickets([0.0] * 5), OFFICE, weeks(5), None, 0.9) is None
    assert first_answers(tickets([9.0] * 5, minutes=0), OFFICE, weeks(5), None, 0.9) is None


def walked(by_step: np.ndarray, due: list[int], per_step: float) -> bool:
    """Whether a team that does the most urgent first answers all in time; `by_step` is (priorities, steps) of answers."""
    waiting: dict[int, float] = {}
    for step in range(by_step.shape[1]):
        for work, within in zip(by_step[:, step], due, strict=True):
            waiting[step + within - 1] = waiting.get(step + within - 1, 0.0) + work
        room = per_step
        for deadline in sorted(waiting):
            done = min(room, waiting[deadline])
            waiting[deadline], room = waiting[deadline] - done, room - done
        if any(left > 1e-9 for deadline, left in waiting.items() if deadline <= step):
            return False
    return True


@settings(max_examples=40, deadline=None)
@given(
    days=st.lists(st.integers(0, 40), min_size=7, max_size=21).filter(any).map(lambda days: [*days, *[0] * 7]),
    profile=st.lists(st.integers(0, 5), min_size=24, max_size=24).filter(any),
    targets=st.tuples(st.integers(2, 9), st.integers(2, 9)),
    share=st.floats(0.1, 0.9),
)
def test_the_capacity_is_the_least_with_which_a_walked_team_is_in_time(days, profile, targets, share):
    """Steps of an hour, tickets placed by a loop over hours; two per cent less is late, the capacity itself is not. A week
    without tickets ends the horizon, so that all are due within it."""
    open_days = sum(1 for d in range(len(days)) if d % 7 < 5)
    told = first_answers(
        tickets(days, tuple(map(float, targets)), (share, 1 - share), 60.0), OFFICE,
        np.zeros(open_days, int), np.tile(profile, (7, 1)), 0.9,
    )  # fmt: skip
    came = np.zeros(open_days * 8 + 1)
    for day, count in enumerate(days):
        before = sum(1 for d in range(day) if d % 7 < 5)
        for hour in range(24):
            inside = min(max(hour - 9, 0), 8) if day % 7 < 5 else 0
            came[min(before * 8 + inside, open_days * 8)] += count * profile[hour] / sum(profile)
    by_step = np.array([share, 1 - share])[:, None] * came[:-1]
    assert told is not None
    per_hour, found = told.capacity.max() / 8.0, required_capacity(list(by_step), list(targets))
    whole = found.hours_per_day
    assert not walked(by_step, list(targets), per_hour * 0.98)
    assert walked(by_step, list(targets), whole * (1 + 1e-9))
    assert per_hour <= whole * (1 + 1e-9)
    reach = max(targets) + 8  # steps of the longest window that is looked at
    if found.binding_start + reach > found.binding_due:
        assert per_hour == pytest.approx(whole)


def known() -> StaffingInputs:
    """Four weeks of 80 tickets a weekday, half of them at night, of 15 minutes; a fifth climbs to L2."""
    arrivals = np.zeros((50, 28, 2))
    arrivals[:, [d for d in range(28) if d % 7 < 5], 0] = 80
    hours = np.zeros((2, 7, 24))
    hours[:, :, 9:17], hours[:, :, 20:24] = 1 / 16, 1 / 8
    effort = {"L1": stated_effort(15), "L2": stated_effort(30)}
    return StaffingInputs(
        ("L1", "L2"), MONDAY, arrivals, np.array([[0.0, 2000, 8000], [0, 0, 2000]]), effort, hour_profile=hours,
        headcount={"L1": 12.0, "L2": 5.0},
    )  # fmt: skip


def answer(first: float, minutes: float = 5.0, resolution: float = 40.0):
    text = f"[sla.default]\nfirst_response_hours = {first}\nresolution_hours = {resolution}\n"
    return recommend(known(), read_plan(f"{text}[tiers.L1]\nfirst_answer_minutes = {minutes}\n"))


def test_the_first_response_target_moves_the_headcount_and_is_named():
    slow, fast = answer(8.0).tier("L1"), answer(0.5).tier("L1")
    assert slow.regime != "first_answer"
    assert fast.headcount > slow.headcount
    assert fast.regime == "first_answer"
    assert "9:00–9:30: first answers in time" in fast.binding_window
    assert "within 0.5 working hours" in fast.regime_sentence
    assert fast.p_sla >= 0.9 > fast.p_sla_now  # twelve people keep the resolutions and not the first answers
    night = (40 + 80 / 16) * 5 / 60  # 40 of the night and those that come between nine and ten, at once
    assert fast.first_answer_hours_per_day == pytest.approx(night * 16, rel=0.05)


def test_only_tiers_where_tickets_enter_give_first_answers():
    assert answer(0.5).tier("L2").first_answer_hours_per_day == 0.0
    assert answer(0.5).tier("L2").headcount == answer(8.0).tier("L2").headcount


def test_an_answer_that_takes_no_time_asks_for_nobody():
    assert answer(0.5, minutes=0).tier("L1").headcount == answer(8.0, minutes=0).tier("L1").headcount


def test_shorter_targets_and_longer_answers_never_need_fewer():
    heads = [answer(target).tier("L1").headcount for target in (8.0, 4.0, 2.0, 1.0, 0.5)]
    assert heads == sorted(heads)
    heads = [answer(1.0, minutes).tier("L1").headcount for minutes in (0, 2, 5, 10, 15, 60)]
    assert heads == sorted(heads)
    assert heads[-1] == heads[-2]  # a first answer is no longer than the visit


def test_live_contacts_wait_for_no_first_answer():
    plan = read_plan("[sla.default]\nfirst_response_hours = 0.5\n[tiers.L1]\nlive = true\n")
    assert recommend(known(), plan).tier("L1").first_answer_hours_per_day == 0.0


def test_the_plan_keeps_the_minutes():
    plan = read_plan("[tiers.L1]\nfirst_answer_minutes = 3\n")
    assert plan.tier("L1").first_answer_minutes == 3
    assert replace(plan.tier("L1")).first_answer_minutes == 3
