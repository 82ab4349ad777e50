"""Seats by hour and day by hand: calls by Erlang, tickets at any open hour, the prompt ones as they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.staffing import erlang, shifts
from analytics.staffing.effort import Effort
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan, read_plan
from analytics.staffing.seats import seats_needed

from .test_recommend import steady


def calls(share: float = 1.0):
    """78.125 erlangs of calls in every open hour (9 to 17), the share of them live, as inputs and plan."""
    week = np.array([78.125 * 8 * 60 / 15] * 5 + [0, 0])
    known = StaffingInputs(
        tiers=("L1",), start=date(2025, 11, 3), arrivals=np.tile(week, 4)[None, :, None],
        routing_counts=np.array([[0, 100_000]]), effort={"L1": Effort(15, 15, 15, "tracked", 999, 0.0)},
    )  # fmt: skip
    return known, read_plan(f"[tiers.L1]\nlive = true\nlive_share = {share}\nshrinkage = 0\noccupancy_cap = 1\n")


def test_calls_ask_for_erlang_s_agents():
    wanted = seats_needed(*calls(), "L1").by_hour
    assert wanted.max() == erlang.required_agents(78.125, 1.0, 15.0, 0.8, 1.0)  # its first hour fills up from nothing
    assert wanted.reshape(7, 24)[5:].sum() == 0
    assert (wanted.reshape(7, 24)[0, 9:17] > 0).all()


def test_tickets_go_into_what_calls_leave_and_all_work_is_done():
    need = seats_needed(*calls(share=0.5), "L1")
    assert need.by_day.sum() >= 5 * 78.125 * 8 - 1e-6
    assert (need.by_day >= need.by_hour.reshape(7, 24).sum(axis=1) - 1e-9).all()


def test_tickets_by_hand():
    """25 hours a day under a cap of 85 % are 29.4 hours on seat, at any open hour, with somebody there in each."""
    need = seats_needed(steady(), Plan(), "L1")
    assert need.by_hour.reshape(7, 24)[0].tolist() == [0.0] * 9 + [1.0] * 8 + [0.0] * 7
    assert need.by_day == pytest.approx([25 / 0.85] * 5 + [0, 0])


def test_tickets_due_within_the_day_are_worked_on_when_they_come():
    """All due within 4 of 8 open hours, a quarter of them from 9 to 10 and the rest from 16 to 17."""
    hours = np.zeros((1, 7, 24))
    hours[:, :, 9], hours[:, :, 16] = 1, 3
    plan = read_plan("[sla.default]\nresolution_hours = 4\n")
    need = seats_needed(replace(steady(), hour_profile=hours), plan, "L1")
    monday, seat_hours = need.by_hour.reshape(7, 24)[0], 25 / 0.85
    assert monday[9] == pytest.approx(0.25 * seat_hours)
    assert monday[16] == pytest.approx(0.75 * seat_hours)
    assert monday[10:16].tolist() == [1.0] * 6  # nothing comes, somebody is there


def test_a_day_s_hours_at_any_time_by_hand():
    """Open 8 to 20, somebody always there, 30 hours on seat a day: three shifts of 8 hours are 24, four are 32 and cover
    both ends. Spread evenly it would be 2.5 people, three, in each hour, and six shifts."""
    calendar = read_plan("[calendar]\ndays = 'Mon'\nhours = '8-20'\n").calendar_of("L1")
    one = np.zeros(168)
    one[8:20] = 1
    choices, daily = shifts.patterns(calendar, shift_hours=8, days_per_week=1), [30.0, 0, 0, 0, 0, 0, 0]
    found = shifts.cover(one, choices, day_hours=daily)
    assert (found.headcount, found.cost, found.proven) == (4, 32.0, True)
    assert (found.on_seat[8:20] >= 1).all()
    assert found.spare_share == pytest.approx(2 / 32)
    assert shifts.cover(3 * one, choices).headcount == 6
    fewer = shifts.cover(one, choices, day_hours=daily, headcount=3)
    assert fewer.short_by_day.tolist() == pytest.approx([6.0, 0, 0, 0, 0, 0, 0])
