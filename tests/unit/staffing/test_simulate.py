"""The simulation against closed forms, another simulator, hand-worked days, and its own promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError
from analytics.staffing import _kernel as kernel, erlang, network, simulate as s
from analytics.staffing.effort import Effort
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Hire, Plan, read_plan

from .conftest import MONDAY, make_inputs

CLIMB = [[0, 0.3, 0.7], [0, 0, 1], [0, 0, 0]]
BOUNCE = [[0, 0.2, 0], [0.05, 0, 0.1], [0, 0.15, 0]]


def covered(setup_of_seed, expected, *, days, replications, warm_up, seeds=100):
    """In how many seeds the 95 % interval of the mean wait covers the closed form, per tier."""
    hits = np.zeros(len(expected), int)
    for seed in range(seeds):
        result = s.run(setup_of_seed(seed), seed=seed, replications=replications)
        found = result.tiers(warm_up_days=warm_up)
        hits += ((found.wait_hours_low <= expected) & (expected <= found.wait_hours_high)).to_numpy()
    return hits


def test_one_tier_covers_erlang_c_in_ninety_of_a_hundred_seeds():
    """M/M/3 with lambda 6/h and 20 minutes: Wq = 4/27 h."""
    hits = covered(
        lambda seed: s.markov_setup([6.0], [[0.0]], 20.0, 3, days=22, seed=seed, paths=20),
        np.array([4 / 27]),
        days=22,
        replications=20,
        warm_up=2,
    )
    assert hits[0] >= 90


def test_a_network_covers_jackson_in_ninety_of_a_hundred_seeds():
    external, minutes, agents = [4.0, 2.0, 0.0], [12.0, 30.0, 100.0], [1, 2, 1]
    expected = network.mean_waits(external, BOUNCE, np.array(minutes) / 60, agents).wait_hours
    hits = covered(
        lambda seed: s.markov_setup(external, BOUNCE, minutes, agents, days=32, seed=seed, paths=20),
        expected,
        days=32,
        replications=20,
        warm_up=2,
    )
    assert (hits >= 90).all(), hits


def test_impatient_contacts_give_up_as_in_erlang_a():
    """Load 10 on 8 seats with patience of 5 minutes and 3-minute calls: shares within three standard errors."""
    setup = s.markov_setup([200.0], [[0.0]], 3.0, 8, days=6, seed=1, paths=30, patience_minutes=5.0)
    result = s.run(setup, seed=1, replications=30)
    expected = erlang.erlang_a(8, 10, 3, 5)
    gone = result.column("GONE").sum(axis=(1, 2)) / result.column("ARRIVED").sum(axis=(1, 2))
    assert gone.mean() == pytest.approx(expected.probability_abandon, abs=3 * gone.std() / np.sqrt(30))
    assert result.tiers().utilisation[0] == pytest.approx(expected.occupancy, abs=0.005)


def test_ciw_on_the_same_network():
    """Three tiers with returns: mean waits of both simulators within four standard errors of their difference."""
    import ciw

    rates, minutes, agents = [4.0, 2.0, 0.2], [12.0, 30.0, 60.0], [1, 2, 1]
    model = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(r) for r in rates],
        service_distributions=[ciw.dists.Exponential(60 / m) for m in minutes],
        number_of_servers=agents,
        routing=[[float(p) for p in row] for row in BOUNCE],
    )
    theirs = []
    for seed in range(6):
        ciw.seed(seed)
        run = ciw.Simulation(model)
        run.simulate_until_max_time(24 * 20)
        rows = [r for r in run.get_all_records() if r.arrival_date > 48]
        theirs.append([np.mean([r.waiting_time for r in rows if r.node == node]) for node in (1, 2, 3)])
    setup = s.markov_setup(rates, BOUNCE, minutes, agents, days=20, seed=5, paths=60)
    seen = s.run(setup, seed=5, replications=60).statistics[:, :, 2:].sum(axis=2)
    ours = seen[..., kernel.WAIT] / seen[..., kernel.STARTED] / 60
    error = np.sqrt(np.var(theirs, axis=0, ddof=1) / 6 + ours.var(axis=0, ddof=1) / 60)
    assert np.abs(np.mean(theirs, axis=0) - ours.mean(axis=0)) / error == pytest.approx(np.zeros(3), abs=4)


def test_littles_law_and_flow():
    setup = s.markov_setup([40.0, 4.0, 0.0], BOUNCE, [12.0, 20.0, 30.0], [10, 5, 2], days=40, seed=3, paths=10)
    result = s.run(setup, seed=3, replications=10)
    arrived, done, left = (result.column(c) for c in ("ARRIVED", "DONE", "BACKLOG"))
    assert (arrived.sum(axis=2) == done.sum(axis=2) + left[:, :, -1]).all()
    assert (
        result.column("ENTERED").sum(axis=(1, 2)) == result.column("RESOLVED").sum(axis=(1, 2)) + left[:, :, -1].sum(1)
    ).all()
    records = s.run(setup, seed=3, replications=2, records=True).records
    assert records is not None
    l2 = records[records.tier == "T1"]
    system = (l2.ended_minutes - l2.arrived_minutes).sum() / (2 * 40 * 1440)
    assert system == pytest.approx(left[:2, 1].mean(), rel=0.1)


def test_records_and_summaries_agree():
    setup = s.markov_setup([40.0, 4.0, 0.0], BOUNCE, [12.0, 20.0, 30.0], [10, 5, 2], days=5, seed=3, paths=3)
    result = s.run(setup, seed=3, replications=3, records=True)
    records = result.records
    assert records is not None
    assert len(records) == result.column("DONE").sum()
    assert records.effort_minutes.sum() == pytest.approx(result.column("WORK").sum())
    by_tier = records.groupby("tier").effort_minutes.mean()
    assert by_tier.to_numpy() == pytest.approx([12, 20, 30], rel=0.1)
    assert (records.started_minutes - records.arrived_minutes).to_numpy() == pytest.approx(
        records.wait_minutes.to_numpy()
    )
    chain = records.sort_values(["replication", "ticket", "visit"])
    follows = chain.groupby(["replication", "ticket"]).next_tier.shift() == chain.tier
    assert follows[chain.visit > 0].all()
    shares = records[records.tier == "T1"].next_tier.value_counts(normalize=True, dropna=False)
    assert shares["T0"] == pytest.approx(0.05, abs=0.02)


def test_waits_by_histogram_are_those_of_the_records():
    setup = s.markov_setup([6.0], [[0.0]], 20.0, 3, days=30, seed=2, paths=10)
    result = s.run(setup, seed=2, replications=10, records=True)
    assert result.records is not None
    exact = np.quantile(result.records.wait_minutes, [0.5, 0.9]) / 60
    row = result.tiers().iloc[0]
    assert row.wait_p50_hours == pytest.approx(exact[0], abs=0.01)
    assert row.wait_p90_hours == pytest.approx(exact[1], rel=0.02)


def test_seeds_threads_and_batches_change_nothing(inputs, plan):
    whole = s.simulate(plan, inputs, seed=4, replications=7, threads=1)
    threads = s.simulate(plan, inputs, seed=4, replications=7, threads=3)
    batches = s.merged(
        s.simulate(plan, inputs, seed=4, replications=3), s.simulate(plan, inputs, seed=4, replications=4, first=3)
    )
    for other in (threads, batches):
        assert (whole.statistics == other.statistics).all()
        assert (whole.waits == other.waits).all()
    assert (s.simulate(plan, inputs, seed=5, replications=7).statistics != whole.statistics).any()


def tickets(plan, inputs):
    """First visits by (arrival, effort), rounded, in one replication."""
    frame = s.simulate(plan, inputs, replications=1, records=True).records
    assert frame is not None
    first = frame[(frame.visit == 0) & (frame.arrived_minutes > 0)]
    return frame, {(round(a, 6), round(e, 6)) for a, e in zip(first.arrived_minutes, first.effort_minutes, strict=True)}


def test_a_tenth_more_tickets_leaves_the_others_alone(inputs, plan):
    """Common random numbers: nearly all tickets of the base are in the scenario, same minute, same effort."""
    roomy = plan.with_tier("L1", headcount=14).with_tier("L2", headcount=9).with_tier("L3", headcount=9)
    _, base = tickets(roomy, inputs)
    _, more = tickets(replace(roomy, arrivals_factor=1.1), inputs)
    assert len(more) == pytest.approx(1.1 * len(base), rel=0.02)
    assert len(base & more) >= 0.97 * len(base)


def test_one_arrow_moves_only_its_own_tickets(inputs, plan):
    roomy = plan.with_tier("L1", headcount=14).with_tier("L2", headcount=9).with_tier("L3", headcount=9)
    base, _ = tickets(roomy, inputs)
    moved, _ = tickets(replace(roomy, routing={"L1": {"L2": 0.25}}), inputs)
    first = [f[(f.tier == "L1") & (f.visit == 0)].set_index("ticket").next_tier.fillna("end") for f in (base, moved)]
    both = pd.concat(first, axis=1, keys=["before", "after"], join="inner")
    changed = both[both.before != both.after]
    assert set(changed.after) == {"L2"}
    assert len(changed) / len(both) == pytest.approx(0.07, abs=0.02)


DAY = """
[tiers.L1]
headcount = {people}
shrinkage = 0.0
occupancy_cap = 1.0
[sla.high]
resolution_hours = 4
[sla.low]
resolution_hours = 40
"""


def one_tier(arrivals, minutes=60.0, backlog=None, profile=None, start=MONDAY, shares=((0.0, 1.0),)):
    """One tier, effort without spread."""
    rows = {"tier": [], "priority": [], "age_days": [], "visits": []} if backlog is None else backlog
    return StaffingInputs(
        ("L1",),
        start,
        np.array(arrivals, float).reshape(1, -1, 1),
        np.array([[0, 10]]),
        effort={"L1": Effort(minutes, minutes, minutes, "tracked", 99, 0.0)},
        priorities=("high", "low"),
        priority_shares=np.array(shares),
        backlog=pd.DataFrame(rows),
        hour_profile=profile,
    )


def at_hour(*hours):
    profile = np.zeros((1, 7, 24))
    for hour in hours:
        profile[:, :, hour] = 1
    return profile


def test_a_night_and_a_weekend_cost_nothing():
    """
    Three tickets arrive on Friday between 16 and 17, an hour of work each, one agent, open Mon-Fri 9-17.
    They are worked on one after another: the first until Monday at most 9:xx, the last until Monday 11:xx; business
    waits are the backlog ahead, no nights.
    """
    friday = date(2025, 11, 7)
    setup_inputs = one_tier([3, 0, 0, 0], start=friday, profile=at_hour(16))
    frame = s.simulate(read_plan(DAY.format(people=1)), setup_inputs, replications=1, records=True).records
    assert frame is not None
    frame = frame.sort_values("started_minutes")
    first = frame.iloc[0]
    assert first.wait_minutes == pytest.approx(0, abs=1e-6)
    left = 17 * 60 - first.started_minutes
    assert first.ended_minutes == pytest.approx(3 * 1440 + 9 * 60 + 60 - left)
    gaps = frame.ended_minutes.diff().dropna().to_numpy()
    assert gaps == pytest.approx([60, 60])
    assert frame.wait_minutes.iloc[2] == pytest.approx(120 - (frame.arrived_minutes.iloc[2] - first.arrived_minutes))


def test_what_comes_while_closed_waits_for_the_opening():
    frame = s.simulate(
        read_plan(DAY.format(people=2)), one_tier([2, 0, 0], profile=at_hour(3)), replications=1, records=True
    ).records
    assert frame is not None
    assert frame.started_minutes.tolist() == [540, 540]
    assert frame.wait_minutes.tolist() == [0, 0]


def test_a_holiday_is_closed():
    plan = read_plan(DAY.format(people=1) + '[calendar]\nholidays = ["2025-11-03"]\n')
    frame = s.simulate(plan, one_tier([1, 0, 0], profile=at_hour(10)), replications=1, records=True).records
    assert frame is not None
    assert frame.started_minutes.iloc[0] == 1440 + 540


def test_the_urgent_overtake_and_the_old_go_first():
    """
    Opening backlog: low, 4 days old (due in 1 day); low, today (due in 5); high, today (due in half a day).
    One agent: high (due at 4 h), then the old low (8 h), then the young one (40 h).
    """
    backlog = {
        "tier": ["L1"] * 3,
        "priority": ["low", "low", "high"],
        "age_days": [4, 0, 0],
        "visits": [1, 1, 1],
    }
    frame = s.simulate(
        read_plan(DAY.format(people=1)), one_tier([0.001, 0, 0], backlog=backlog), replications=1, records=True
    ).records
    assert frame is not None
    frame = frame.sort_values("started_minutes")
    assert list(zip(frame.priority, frame.wait_minutes, strict=True))[:3] == [
        ("high", 0),
        ("low", 4 * 480 + 60),
        ("low", 120),
    ]


def test_capacity_is_that_of_the_closed_forms():
    """More work than the team can do: the hours done are heads x paid x cap x (1 - shrinkage), fractions included."""
    plan = Plan().with_tier("L1", headcount=4.5)
    result = s.simulate(plan, one_tier([200] * 28, minutes=30.0), replications=4)
    done = result.column("WORK").sum() / 60 / 4
    assert done == pytest.approx(20 * 4.5 * 8 * 0.85 * 0.7, rel=0.01)
    assert result.tiers().utilisation[0] == pytest.approx(0.85, rel=0.01)


def test_arrivals_follow_the_paths_and_the_hours(inputs, plan):
    result = s.simulate(plan, inputs, replications=inputs.paths)
    assert result.column("ENTERED").transpose(0, 2, 1) == pytest.approx(inputs.arrivals)
    frame = s.simulate(plan, inputs, replications=3, records=True).records
    assert frame is not None
    hours = frame[(frame.visit == 0) & (frame.arrived_minutes > 0) & (frame.tier == "L1")].arrived_minutes % 1440 / 60
    assert hours.between(7, 20).all()
    assert (hours < 13.5).mean() == pytest.approx(0.5, abs=0.03)


def test_fractions_of_tickets_come_with_their_probability(inputs, plan):
    result = s.simulate(replace(plan, arrivals_factor=0.37), inputs, replications=60)
    assert result.column("ENTERED").sum() == pytest.approx(0.37 * inputs.arrivals.sum(), rel=0.002)


def test_empirical_effort_keeps_its_quantiles():
    minutes = np.random.default_rng(3).gamma(0.8, 25, 4000)
    from analytics.staffing.effort import effort_of_samples

    effort = effort_of_samples(minutes)
    inputs = replace(one_tier([300] * 5 + [0] * 9), effort={"L1": effort})
    frame = s.simulate(Plan().with_tier("L1", headcount=60), inputs, replications=2, records=True).records
    assert frame is not None
    assert frame.effort_minutes.mean() == pytest.approx(minutes.mean(), rel=0.05)
    assert np.quantile(frame.effort_minutes, [0.25, 0.5, 0.9]) == pytest.approx(
        np.quantile(minutes, [0.25, 0.5, 0.9]), rel=0.08
    )


def test_lognormal_effort_has_mean_and_scv():
    effort = Effort(20, 20, 20, "tracked", 99, 2.0)
    inputs = replace(one_tier([2000] * 5 + [0] * 9), effort={"L1": effort})
    frame = s.simulate(Plan().with_tier("L1", headcount=400), inputs, replications=2, records=True).records
    assert frame is not None
    assert frame.effort_minutes.mean() == pytest.approx(20, rel=0.03)
    assert frame.effort_minutes.var() / 400 == pytest.approx(2.0, rel=0.25)


def test_live_seats_answer_as_erlang_c_says():
    """A live tier open around the clock with even arrivals: the share answered in time is Erlang C's."""
    plan = read_plan(
        "[tiers.L1]\nlive = true\nanswer_within_minutes = 1\nshrinkage = 0.0\nwork_days_per_week = 7\npaid_hours_per_day = 24\n"
        'occupancy_cap = 1.0\n[calendar]\ndays = "Mon-Sun"\nhours = "0-24"\n'
    )
    effort = Effort(6, 6, 6, "tracked", 99, 1.0)
    days = np.random.default_rng(1).poisson(960, (30, 28, 1)).astype(float)
    inputs = replace(one_tier([960] * 28), effort={"L1": effort}, arrivals=days)
    result = s.simulate(plan.with_tier("L1", headcount=6), inputs, replications=30)
    seats = result.setup.model.clock[0, :, 3]
    assert set(seats) <= {5, 6}
    share = result.tiers().sla_share[0]
    level = erlang.service_level(6, 4, 1, 6)
    assert share == pytest.approx(level, abs=0.05)


def test_people_hired_for_calls_sit_from_their_week_on():
    plan = read_plan("[tiers.L1]\nlive = true\nramp_weeks = 0\nheadcount = 6\n")
    hired = replace(plan, hires=(Hire("L1", MONDAY + timedelta(days=14), 6.0),))
    inputs = replace(one_tier([960] * 28), effort={"L1": Effort(3, 3, 3, "tracked", 99, 1.0)})
    six, twelve = (s.setup_of(plan.with_tier("L1", headcount=n), inputs).available_hours[0] for n in (6.0, 12.0))
    assert s.setup_of(hired, inputs).available_hours[0].tolist() == [*six[:14], *twelve[14:]]
    assert twelve.sum() > six.sum()


def test_daily_and_weekly_tell_the_same_story(inputs, plan):
    result = s.simulate(plan, inputs, replications=5)
    daily, weekly = result.daily(), result.weekly()
    assert set(s.COLUMNS) | {"tier", "day"} == set(daily.columns)
    assert daily.groupby("tier").visits.sum().to_numpy() == pytest.approx(
        weekly.groupby("tier").visits.sum().to_numpy()
    )
    last = daily.groupby("tier").backlog.last().to_numpy()
    assert weekly.groupby("tier").backlog.last().to_numpy() == pytest.approx(last)
    closed = daily[(daily.tier == "L3") & (pd.to_datetime(daily.day).dt.day_of_week == 6)]
    assert closed.wait_mean_hours.isna().all()
    assert not closed.empty
    known = weekly.dropna(subset=["sla_share_low"])
    assert (known.sla_share_low <= known.sla_share_high).all()
    assert (known.sla_share_low < known.sla_share_high).any()
    assert known.sla_share_high.max() <= 1


def test_nobody_for_work_is_refused(inputs, plan):
    with pytest.raises(InputError, match="L2 has work and nobody"):
        s.simulate(plan.with_tier("L2", headcount=0), inputs)
    with pytest.raises(InputError, match="no known headcount"):
        s.simulate(plan, make_inputs(headcount={}))
