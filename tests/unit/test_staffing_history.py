"""A dataset's own past as the replay wants it: weeks, people, arrivals, what was seen; and reasons where it cannot be."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics import daily
from analytics.errors import NotEnoughData
from analytics.staffing.plan import Plan
from analytics.staffing.recommend import recommend
from analytics.warehouse import questions
from analytics.workforce import history, inputs as staffing_inputs
from tests.logs import warehouse_of
from tests.pages import small


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """30 weeks from Monday 6 January 2025; agents are added, one per team."""
    events = small.events()
    return events.assign(agent=events["team"].where(events["kind"].isin(["acknowledged", "replied", "resolved"])))


@pytest.fixture(scope="module")
def warehouse(log, tmp_path_factory):
    return warehouse_of(log, tmp_path_factory.mktemp("past") / "log.duckdb")


def test_the_last_whole_weeks(warehouse):
    weeks = history.last_weeks(warehouse)
    last = pd.Timestamp(questions.period_bounds(warehouse).iloc[0]["last_day"]).date()
    assert len(weeks) == history.WEEKS
    assert all(monday.weekday() == 0 for monday, _, _ in weeks)
    assert weeks[-1][0] + timedelta(days=6) <= last < weeks[-1][0] + timedelta(days=13)
    assert all(end - start == 7 * 86_400_000_000 for _, start, end in weeks)  # UTC has no summer time


def test_arrivals_are_the_first_visits_of_the_period(warehouse, log):
    past, _ = history.history_of(warehouse, Plan())
    first = log.sort_values("at", kind="stable").groupby("ticket_id").first()
    start = pd.Timestamp(past.inputs.start, tz="UTC")
    came = first[(first["at"] >= start) & (first["at"] < start + pd.Timedelta(days=past.inputs.days))]
    assert past.inputs.arrivals.shape == (1, 91, 3)
    assert past.inputs.arrivals.sum() == len(came)
    by_day = came.groupby((came["at"] - start).dt.days).size()
    assert np.array_equal(past.inputs.arrivals[0].sum(axis=1)[by_day.index], by_day.to_numpy())


def test_without_a_roster_people_are_an_estimate_and_said_to_be(warehouse):
    told = history.replayed(warehouse, Plan(), calibrated=False)
    assert told.score is not None
    assert "estimate" in told.people_from
    carried = told.to_json()
    assert carried is not None
    assert "estimate" in carried["people_from"]


def test_the_score_is_carried_by_the_recommendation(warehouse):
    plan = staffing_inputs.plan_for(warehouse)
    inputs = staffing_inputs.staffing_inputs(warehouse, plan, 28)
    told = history.replayed(warehouse, plan)
    answer = recommend(history.with_replay(inputs, told), plan).to_json()
    assert {"sentence", "tiers", "people_from", "calibrated_effort_minutes"} == set(answer["replay_score"])
    assert any("Replayed over the last 13 weeks" in note for note in answer["notes"])


def test_nobody_known_is_a_reason_not_a_score(log, tmp_path):
    silent = warehouse_of(log.drop(columns="agent"), tmp_path / "log.duckdb")
    told = history.replayed(silent, Plan())
    assert told.score is None
    assert "no roster" in told.reason
    inputs = history.with_replay(staffing_inputs.staffing_inputs(silent, Plan(), 28), told)
    answer = recommend(inputs, Plan())
    assert answer.replay_score is None
    assert any("no roster" in note for note in answer.notes)


def test_three_weeks_are_too_few(log, tmp_path):
    short = log[log["at"] < log["at"].min() + pd.Timedelta(days=20)]
    told = history.replayed(warehouse_of(short, tmp_path / "log.duckdb"), Plan())
    assert told.score is None
    assert "at least 4 whole weeks" in told.reason


def test_the_dataset_s_hours_and_targets_stand_in_for_what_a_plan_does_not_say(warehouse):
    usual = staffing_inputs.plan_for(warehouse)
    assert set(usual.sla) == {"high", "low"}
    stated = staffing_inputs.plan_for(warehouse, "[sla.high]\nresolution_hours = 5\n[calendar]\nhours = '8-20'\n")
    assert set(stated.sla) == {"high"}
    assert stated.calendar_of("L1").hours_per_day == 12
    assert stated.calendars == {}


def test_pool_shares_sum_to_one(warehouse):
    shares = staffing_inputs.pool_shares(warehouse, "L1", "product")
    assert sum(shares.values()) == pytest.approx(1)
    assert set(shares) == {*small.PRODUCTS}


def test_pools_by_team_are_the_visits_that_came_to_each_first(warehouse, log):
    """L1's visits of the last half year by the team of their first event, counted in pandas."""
    shares = staffing_inputs.pool_shares(warehouse, "L1", "team")
    assert set(shares) == {"Desk North", "Desk South"}
    assert sum(shares.values()) == pytest.approx(1)
    ordered = log.sort_values(["ticket_id", "at"], kind="stable")
    starts = ordered[ordered["tier"] != ordered.groupby("ticket_id")["tier"].shift()]
    lately = daily.recent(warehouse, questions.NO_FILTER)
    created = log.groupby("ticket_id")["at"].min().dt.date
    recent = created[(created >= lately.start) & (created <= lately.end)].index
    ended = ordered.groupby("ticket_id")["kind"].last().isin(["resolved", "closed"])
    firsts = starts[(starts["tier"] == "L1") & starts["ticket_id"].isin(recent) & starts["ticket_id"].map(ended)]
    assert shares["Desk North"] == pytest.approx((firsts["team"] == "Desk North").mean(), abs=0.02)
    with pytest.raises(NotEnoughData, match="only one team"):
        staffing_inputs.pool_shares(warehouse, "L2", "team")


def test_a_closed_day_of_a_holiday_is_in_the_plan():
    from datetime import date

    from analytics.calendars import Calendar

    german = Calendar("Europe/Berlin", holidays_country="DE", holidays_region="BE")
    plan = staffing_inputs.calendar_plan(german, [date(2026, 12, 24) + timedelta(days=d) for d in range(10)])
    assert plan is not None
    assert plan.holidays == (date(2026, 12, 25), date(2027, 1, 1))
    assert (plan.days, plan.hours) == ("Mon, Tue, Wed, Thu, Fri", "9:00-17:00")
