"""Replay: a history that the model made itself comes back, scores well, and gives its effort away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.charts import numbers
from analytics.errors import InputError, NotEnoughData
from analytics.staffing import replay as r, simulate as s
from analytics.staffing.effort import Effort
from analytics.staffing.plan import read_plan

from .conftest import make_inputs

TRUE = {"L1": 14.0, "L2": 33.0, "L3": 90.0}
PEOPLE = {"L1": 7.0, "L2": 4.0, "L3": 3.0}


def roster_of(inputs, plan):
    days = [d for d in pd.date_range(inputs.start, periods=inputs.days) if d.weekday() < 5]
    rows = [
        (d.date(), tier, people * plan.tier(tier).paid_hours_per_day) for d in days for tier, people in PEOPLE.items()
    ]
    return pd.DataFrame(rows, columns=["date", "tier", "hours"])


@pytest.fixture(scope="module")
def past(plan):
    """Ten weeks that the simulation lived through once, with efforts that nobody wrote down."""
    inputs = make_inputs(weeks=10, paths=1)
    known = {tier: Effort(m, m, m, "tracked", 99, 1.0) for tier, m in TRUE.items()}
    empty = pd.DataFrame({"tier": ["L1"], "week": [inputs.start], "backlog": [1.0]})
    lived = r.History(replace(inputs, effort=known), roster_of(inputs, plan), empty)
    seen = r.replay(lived, plan, replications=1, seed=99)
    observed = seen.weekly()[["tier", "week", *r.MEASURES]]
    return r.History(replace(inputs, effort={}), roster_of(inputs, plan), observed), known


def test_with_the_true_effort_it_scores_well(past, plan):
    history, known = past
    lived = replace(history, inputs=replace(history.inputs, effort=known))
    found = r.score(lived, r.replay(lived, plan, replications=20))
    errors = found.tiers.set_index(["tier", "measure"]).error
    assert errors[("L1", "backlog")] < 0.15
    assert errors[("L1", "sla_share")] < 0.05
    assert errors[("L1", "wait_p90_hours")] < 0.5
    assert "Replayed over the last 10 weeks" in found.sentence
    assert set(found.to_json()) == {"sentence", "tiers"}


def test_calibration_finds_the_effort_that_was_hidden(past, plan):
    """From the prior of 15, 30 and 100 minutes: the busy front line to 15 %, each interval over the truth."""
    history, _ = past
    found = r.calibrate(history, plan)
    assert found.failed == {}
    assert found.effort["L1"].minutes == pytest.approx(TRUE["L1"], rel=0.15)
    for tier, effort in found.effort.items():
        assert effort.source == "replay"
        assert effort.low * 0.9 <= TRUE[tier] <= effort.high * 1.1, (tier, effort)
    wrong = r.score(history, r.replay(history, plan, replications=20)).tiers.set_index(["tier", "measure"]).error
    right = found.score.tiers.set_index(["tier", "measure"]).error
    assert right[("L1", "wait_p50_hours")] <= wrong[("L1", "wait_p50_hours")] + 1e-9


def test_waits_that_no_effort_explains_are_said_to_be_so(past, plan):
    history, _ = past
    never = history.observed.assign(wait_p50_hours=1e5, wait_p90_hours=1e6, backlog=1e6)
    found = r.calibrate(replace(history, observed=never), plan)
    assert set(found.failed) == {"L1", "L2", "L3"}
    assert "not effort" in found.failed["L1"]


def test_too_few_visits_tell_no_effort(past, plan):
    """A hundredth of the tickets: 50 in the front line are enough, the few that climb are not, and each tier's are counted."""
    history, _ = past
    few = replace(history, inputs=replace(history.inputs, arrivals=np.floor(history.inputs.arrivals / 120)))
    found = r.calibrate(few, plan, replications=2)
    assert "too few to tell effort from" in found.failed["L3"]
    whole = r.calibrate(history, plan, replications=2).effort
    assert whole["L1"].visits > 4 * whole["L2"].visits > 4 * whole["L3"].visits


def test_score_by_hand(past, plan):
    """Observed 10, 20, 30 against simulated 11, 18, 30: error 3/60, bias -1/60."""
    error = r._agreement("backlog", pd.DataFrame({"observed": [10.0, 20, 30], "simulated": [11.0, 18, 30]}))
    assert error[:5] == pytest.approx((3, 20, 59 / 3, 3 / 60, -1 / 60))
    shares = r._agreement("sla_share", pd.DataFrame({"observed": [0.9, 0.8], "simulated": [0.8, 0.9]}))
    assert shares[3:5] == pytest.approx((0.1, 0.0))


def test_waits_far_from_those_seen_are_named_by_tier():
    """
    | tier | measure | model | seen | with a quarter of an hour on both | told |
    | L1   | p90     | 3.4   | 1.2  | 2.5                               | yes  |
    | L1   | p50     | 0.0   | 0.1  | 0.7                               | no: minutes are no wait |
    | L2   | p90     | 5.2   | 4.0  | 1.3                               | no   |
    | L2   | backlog | 90    | 10   |                                   | no: no wait |
    | L3   | p90     | 10    | 207  | 0.05                              | yes: hours, not days |
    """
    rows = [
        {"tier": "L1", "measure": "wait_p90_hours", "simulated": 3.4, "observed": 1.2},
        {"tier": "L1", "measure": "wait_p50_hours", "simulated": 0.0, "observed": 0.1},
        {"tier": "L2", "measure": "wait_p90_hours", "simulated": 5.2, "observed": 4.0},
        {"tier": "L2", "measure": "backlog", "simulated": 90.0, "observed": 10.0},
        {"tier": "L3", "measure": "wait_p90_hours", "simulated": 10.0, "observed": 207.3},
    ]
    assert r.far_waits(rows) == {
        "L1": "nine of ten waits up to 3.4 h in the model, 1.2 h seen",
        "L3": "nine of ten waits up to 10 h in the model, 207 h seen",
    }


def test_a_median_alone_is_told_of_where_it_is_asked_for():
    """Nine of ten are near, half are not: the wait chart, which shows nine of ten, says nothing against itself."""
    rows = [
        {"tier": "L2", "measure": "wait_p90_hours", "simulated": 5.2, "observed": 4.0},
        {"tier": "L2", "measure": "wait_p50_hours", "simulated": 0.0, "observed": 0.85},
    ]
    assert r.far_waits(rows) == {"L2": "half of its waits up to 0 min, 51 min seen"}
    assert r.far_waits(rows, ["wait_p90_hours"]) == {}


def test_working_hours_are_never_days():
    assert [r.working_hours(hours) for hours in (0.5, 7.6, 156.2, 2400)] == ["30 min", "7.6 h", "156 h", "2,400 h"]
    assert r.working_hours(float("nan")) == r.working_hours(float("inf")) == numbers.ABSENT


def test_the_roster_is_what_worked(past, plan):
    history, _ = past
    lazy = replace(history, roster=history.roster.assign(hours=history.roster.hours / 4))
    full, quarter = (r.replay(h, plan, replications=3) for h in (history, lazy))
    assert quarter.column("BACKLOG")[:, 0, -1].mean() > 5 * full.column("BACKLOG")[:, 0, -1].mean()
    hours = quarter.setup.available_hours[0].sum()
    assert hours == pytest.approx(history.roster[history.roster.tier == "L1"].hours.sum() / 4 * 0.7, rel=0.01)


def test_what_is_missing_is_named(past, plan):
    history, _ = past
    with pytest.raises(NotEnoughData, match="L3"):
        replace(history, roster=history.roster[history.roster.tier != "L3"])
    with pytest.raises(InputError, match="Nothing observed"):
        replace(history, observed=history.observed[["tier", "week"]])
    elsewhere = history.observed.assign(week=pd.Timestamp("2001-01-01"))
    with pytest.raises(NotEnoughData, match="No week"):
        r.score(replace(history, observed=elsewhere), r.replay(history, plan, replications=1))
    with pytest.raises(NotEnoughData, match="observed waits"):
        r.calibrate(replace(history, observed=history.observed[["tier", "week", "sla_share"]]), plan)


def test_stated_efforts_do_not_stop_calibration(past):
    history, _ = past
    plan = read_plan("[tiers.L1]\neffort_minutes = 40\n")
    found = r.calibrate(history, plan, replications=4)
    assert found.effort["L1"].minutes < 20
    assert np.isfinite(found.effort["L1"].high)


def test_a_replay_is_a_simulation(past, plan):
    history, _ = past
    result = r.replay(history, plan, replications=2)
    assert isinstance(result, s.SimulationResult)
    assert result.column("ENTERED").sum(axis=(0, 2)) == pytest.approx(2 * history.inputs.arrivals.sum(axis=(0, 1)))
