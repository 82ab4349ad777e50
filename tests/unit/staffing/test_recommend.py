"""The recommendation: each link of the chain by hand, its laws, its words, and what it refuses."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError, NotEnoughData, UnstableError
from analytics.staffing import deferred, live, mix, network, risk, simulate as simulation, team
from analytics.staffing.demand import demand_of, tier_demand
from analytics.staffing.effort import Effort
from analytics.staffing.inputs import (
    NO_BACKLOG,
    CategoryFlow,
    StaffingInputs,
    hour_profile,
    priority_shares,
    routing_counts,
)
from analytics.staffing.need import need_of
from analytics.staffing.plan import CalendarPlan, Hire, Launch, Plan, TierPlan, read_plan
from analytics.staffing.recommend import WEEK_COLUMNS, recommend

from .conftest import COUNTS, MONDAY, TIERS, make_inputs


def steady(per_day=100.0, days=28, minutes=15.0, **changes):
    """One tier, the same number of tickets on every weekday, none at weekends, no uncertainty at all."""
    week = np.array([per_day] * 5 + [0, 0])
    values = {
        "tiers": ("L1",),
        "start": MONDAY,
        "arrivals": np.tile(week, days // 7)[None, :, None],
        "routing_counts": np.array([[0, 100_000]]),
        "effort": {"L1": Effort(minutes, minutes, minutes, "tracked", 999, 0.0)},
    }
    return StaffingInputs(**{**values, **changes})


def test_a_steady_tier_by_hand():
    """100 tickets a day of 15 minutes are 25 h; 25 / (8 x .85 x .7) = 5.25 people, rounded once: 6; 25/6.8 working: 4."""
    answer = recommend(steady(), Plan().with_tier("L1", cost_per_hour=30.0)).tier("L1")
    assert answer.required_hours_per_day == pytest.approx(25)
    assert answer.headcount == 6
    assert answer.required_agents == 4
    assert (answer.headcount_low, answer.headcount_high) == (6, 6)
    assert answer.visits_per_week == pytest.approx(500)
    assert answer.work_hours_per_week == pytest.approx(125)
    assert answer.occupancy == pytest.approx(25 / (6 * 8 * 0.7))
    assert answer.cost_per_week == pytest.approx(6 * 40 * 30)
    assert answer.p_sla == 1.0
    assert answer.regime == "load"
    assert set(answer.headcount_by_rule.values()) == {6}


def test_rounded_once_not_twice():
    """4.1 agents' worth at 30 % shrinkage are 5.86 people, so 6; two roundings would say 8."""
    hours = 4.1 * 8 * 0.85
    answer = recommend(steady(per_day=hours * 4), Plan()).tier("L1")
    assert answer.headcount == 6


def test_the_launch_binds_and_is_named():
    """Three times the tickets for one day, due within two: (300 + 100) x 15 min over 3 days = 33.3 h."""
    plan = read_plan("[sla.default]\nresolution_hours = 16\n[[launches]]\ndate = 2025-11-11\nfactor = 3\ndays = 1\n")
    answer = recommend(steady(), plan).tier("L1")
    expected = deferred.required_capacity(np.array([25.0] * 6 + [75.0] + [25.0] * 13), 2)
    assert answer.required_hours_per_day == pytest.approx(expected.hours_per_day)
    assert expected.hours_per_day == pytest.approx(37.5)
    assert answer.binding_window == "Tue 11 Nov, after the launch on Tue 11 Nov"
    assert (answer.binding_start, answer.binding_end) == (date(2025, 11, 11), date(2025, 11, 11))
    assert answer.regime == "calendar"


def test_weekend_tickets_make_mondays():
    """50 tickets on each weekend day are Monday's work: 200 x 15 min = 50 h due on the day."""
    arrivals = np.tile([100.0] * 5 + [50, 50], 4)[None, :, None]
    plan = read_plan("[sla.default]\nresolution_hours = 8\n")
    answer = recommend(steady(arrivals=arrivals), plan).tier("L1")
    assert answer.required_hours_per_day == pytest.approx(50)
    assert answer.binding_window == "Mon 10 Nov"


def backlog(age_days, visits):
    return pd.DataFrame({"tier": ["L1"], "priority": ["default"], "age_days": [age_days], "visits": [visits]})


def test_the_opening_backlog_is_due_too():
    """The peak keeps the opening backlog's deadlines; the headcount to ask for only works it off by the horizon's end.

    100 tickets two days old, due within 2 days: overdue, cleared over 10 days with the rest; 0 days old: due by day 1.
    Asked for: (20 x 25 + 25) / 20 h a day. One person does 8 x .85 x .7 = 4.76 h.
    """
    plan = read_plan("[sla.default]\nresolution_hours = 16\n[rules]\noverdue_within_days = 10\n")
    late = recommend(steady(backlog=backlog(2, 100)), plan)
    assert late.tier("L1").required_hours_per_day == pytest.approx(525 / 20)
    assert any("25.0 hours of the opening backlog are overdue" in note for note in late.notes)
    fresh = recommend(steady(backlog=backlog(0, 200)), plan)
    told = fresh.tier("L1")
    assert told.required_hours_per_day == pytest.approx((20 * 25 + 50) / 20)
    assert told.headcount == math.ceil(27.5 / 4.76) == 6
    assert told.headcount_peak == math.ceil((25 + 50) / 2 / 4.76) == 8
    assert told.headcount_typical == math.ceil(25 / 4.76) == 6
    assert told.regime == "backlog"
    assert told.peak_window == "the week of Mon 3 Nov, with what lies open now"
    assert told.p_sla == 1.0
    assert told.p_sla_with_backlog < 1.0
    assert told.cleared_on is not None
    assert told.cleared_on > MONDAY
    assert "Ask for 6" in told.why
    assert "The hardest week would need 8" in told.why
    assert (
        math.ceil((5 * 25 + 50) / 6 / 4.76) == 7
    )  # the second week begins with what is left of the first: its six days
    assert list(fresh.weeks["headcount_with_backlog"]) == [8, 7, 6, 6]


def test_without_an_opening_backlog_peak_and_headcount_are_one():
    told = recommend(steady(), Plan()).tier("L1")
    assert told.headcount == told.headcount_peak == told.headcount_typical == 6
    assert told.p_sla == told.p_sla_with_backlog
    assert told.cleared_on == MONDAY


@pytest.mark.parametrize("tier", [0, 1, 2])
def test_p_sla_is_what_the_fluid_team_does(inputs, plan, tier):
    """Closed form against working the same paths off day by day: no week with late hours, on paths that the team can do."""
    told = recommend(inputs, plan)
    heads = told.tiers[tier].headcount
    work = tier_demand(inputs, plan, demand_of(inputs, plan), tier)
    able = heads * work.hours_per_head
    steady_work = np.sum(work.steady_classes, axis=0).mean(axis=1)
    done = deferred.work_off(list(work.steady_classes), list(work.due_days), able)
    late = done.late.reshape(inputs.paths, 6, 5).sum(axis=2) > 1e-6
    kept = ~late & (steady_work <= able)[:, None]
    assert told.tiers[tier].p_sla == pytest.approx(kept.mean(), abs=0.02)
    assert 0.9 <= told.tiers[tier].p_sla <= 1


def test_nine_of_ten_weeks_keep_their_deadlines_with_one_person_fewer_they_do_not(inputs, plan):
    """The headcount is the least whose pooled share over paths and weeks reaches the wanted one."""
    told = recommend(inputs, plan)
    for tier in ("L1", "L2", "L3"):
        heads = told.tier(tier).headcount
        fewer = recommend(inputs, plan.with_tier(tier, headcount=float(heads - 1))).tier(tier)
        assert told.tier(tier).p_sla >= 0.9 - 1e-9
        assert fewer.p_sla_now is not None
        assert fewer.p_sla_now < 0.9 or heads - 1 < fewer.required_hours_per_day / (
            fewer.capacity_hours_per_day / heads
        )


def test_pending_time_stretches_the_deadline():
    arrivals = np.tile([300.0, 0, 0, 0, 0, 0, 0], 4)[None, :, None]
    strict = read_plan("[sla.default]\nresolution_hours = 8\n")
    assert recommend(steady(arrivals=arrivals), strict).tier("L1").required_hours_per_day == pytest.approx(75)
    paused = replace(strict, pending_share=0.5)
    assert recommend(steady(arrivals=arrivals), paused).tier("L1").required_hours_per_day == pytest.approx(37.5)


def test_minimum_seats_bind():
    plan = read_plan("[tiers.L1]\nmin_seats = 2\n[calendar]\ndays = 'Mon-Sun'\nhours = '0-24'\n")
    answer = recommend(steady(per_day=4), plan).tier("L1")
    assert answer.headcount == 12  # 2 x 168 h / (40 h x 0.7)
    assert answer.regime == "min_seats"
    assert "minimum of 2" in answer.binding_window


def test_a_tier_open_all_week_has_fewer_people_on_each_day():
    """Open 7 days, people work 5: capacity per head and day falls to 5/7."""
    plan = read_plan("[calendar]\ndays = 'Mon-Sun'\n")
    arrivals = np.full((1, 28, 1), 100.0)
    assert recommend(steady(arrivals=arrivals), plan).tier("L1").headcount == 8  # 25 / (4.76 x 5/7) = 7.35


def test_the_network_joins_the_tiers(inputs, plan):
    """One arrow moves the tiers above: visits are the closed form's, before and after."""
    base, more = recommend(inputs, plan), recommend(inputs, replace(plan, routing={"L1": {"L2": 0.4}}))
    assert base.routing["L1"]["L2"] == pytest.approx(0.18, abs=0.001)
    for answer, share in ((base, base.routing["L1"]["L2"]), (more, 0.4)):
        assert answer.routing["L1"]["L2"] == pytest.approx(share)
        assert sum(answer.routing["L1"].values()) == pytest.approx(1.0, abs=1e-5)
    assert more.tier("L2").work_hours_per_week > 1.8 * base.tier("L2").work_hours_per_week
    assert more.tier("L3").required_hours_per_day > base.tier("L3").required_hours_per_day
    demand = demand_of(inputs, plan)
    by_hand = network.visit_rates(inputs.arrivals.mean(axis=0), demand.routing)
    assert demand.visits.mean(axis=0) == pytest.approx(by_hand)


def test_a_category_brings_the_work_of_its_own_ways(inputs, plan):
    """A fifth of the tickets are bugs, of which half climb, of the others an eighth: twice the bugs are a fifth more tickets
    and nearly half as many visits more upstairs. Visits are those of the categories summed; the forecast enters as they did."""
    bugs, rest = (
        np.array([[0, 900, 100, 1000], [50, 0, 75, 825], [0, 15, 0, 160.0]]),
        np.array([[0, 900, 100, 7000], [50, 0, 75, 825], [0, 15, 0, 160.0]]),
    )
    flows = (
        CategoryFlow("v1.2 bugs", np.array([2000.0, 0, 0]), bugs),
        CategoryFlow("", np.array([8000.0, 370, 0]), rest),
    )
    known = replace(inputs, categories=flows)
    more = replace(plan, category_factors={"v1.2 bugs": 2.0})
    base, moved = demand_of(known, plan), demand_of(known, more)
    gain = moved.visits.mean(axis=(0, 1)) / base.visits.mean(axis=(0, 1))
    entering = np.array([flow.entering for flow in flows])
    alone = [network.rates_by_category(entering * np.array([[f], [1.0]]), known.category_routings) for f in (2.0, 1.0)]
    assert gain == pytest.approx(alone[0] / alone[1], rel=0.01)
    assert gain[1] > 1.3 > 1.25 > gain[0]
    assert recommend(known, more).tier("L2").headcount > recommend(known, plan).tier("L2").headcount
    assert demand_of(known, replace(plan, category_factors={"v1.2 bugs": 1.0})).visits == pytest.approx(base.visits)
    with pytest.raises(InputError, match="'bugs'"):
        demand_of(known, replace(plan, category_factors={"bugs": 2.0}))


def test_tier_zero_leaves_the_upper_tiers_alone(inputs, plan):
    base, fewer = demand_of(inputs, plan), demand_of(inputs, replace(plan, tier0=replace(plan.tier0, deflection=0.3)))
    entered = inputs.arrivals[..., 0]
    assert fewer.external[..., 0] == pytest.approx(0.7 * entered)
    assert fewer.visits.mean(axis=(0, 1))[1:] == pytest.approx(base.visits.mean(axis=(0, 1))[1:])
    with pytest.raises(InputError, match="Deflect at most"):
        recommend(inputs, replace(plan, tier0=replace(plan.tier0, deflection=0.9)))


@pytest.mark.parametrize("rule", ["probability", "expected", "least_cost"])
def test_the_rule_keeps_its_word(inputs, plan, rule):
    chosen = replace(plan, rules=replace(plan.rules, rule=rule))
    answer = recommend(inputs, chosen)
    for tier in answer.tiers:
        assert tier.headcount == tier.headcount_by_rule[rule]
        assert tier.headcount_low <= tier.headcount <= tier.headcount_high
        if rule == "probability":
            assert tier.p_sla >= 0.9
        if rule == "expected":
            weeks = answer.weeks[answer.weeks.tier == tier.tier]
            assert (weeks.late_share * weeks.work_hours).sum() / weeks.work_hours.sum() < 0.12


def test_p_sla_is_the_share_of_paths_within_capacity(inputs, plan):
    """The day-by-day team and the demand-bound formula count the same paths."""
    answer = recommend(inputs, plan)
    for k, name in enumerate(TIERS):
        work = tier_demand(inputs, plan, demand_of(inputs, plan), k)
        tight = deferred.tightness(list(work.classes), list(work.due_days), work.backlog)
        capacity = answer.tier(name).capacity_hours_per_day
        need = need_of(work, plan, None)
        for w, found in enumerate(answer.weeks[answer.weeks.tier == name].p_sla):
            days = np.flatnonzero(need.week == w)
            assert found == pytest.approx((tight[:, days] <= capacity + 1e-9).all(axis=1).mean(), abs=1e-9)


def test_one_person_fewer_breaks_the_promise(inputs, plan):
    answer = recommend(inputs, plan)
    for tier in answer.tiers:
        fewer = recommend(inputs, plan.with_tier(tier.tier, headcount=tier.headcount - 1.0)).tier(tier.tier)
        left = (tier.headcount - 1) * tier.capacity_hours_per_day / tier.headcount
        k = TIERS.index(tier.tier)
        need = need_of(tier_demand(inputs, plan, demand_of(inputs, plan), k), plan, None)
        assert (need.capacity <= left).mean(axis=0).min() < 0.9 or need.floor.max() > left
        assert fewer.p_sla_now is not None
        assert fewer.p_sla_now <= tier.p_sla
        assert fewer.gap == 1


@pytest.mark.parametrize(
    ("change", "tier"),
    [
        (lambda p: replace(p, arrivals_factor=1.5), "L1"),
        (lambda p: p.with_tier("L1", shrinkage=0.45), "L1"),
        (lambda p: p.with_tier("L1", occupancy_cap=0.6), "L1"),
        (lambda p: p.with_tier("L2", effort_minutes=60.0), "L2"),
        (lambda p: replace(p, routing={"L2": {"L1": 0.5}}), "L1"),
        (lambda p: replace(p, routing={"L2": {"L3": 0.4}}), "L3"),
        (lambda p: replace(p, rules=replace(p.rules, p_sla=0.995)), "L3"),
        (lambda p: replace(p, launches=(Launch(date(2025, 11, 17), 3.0, 5),)), "L1"),
    ],
)
def test_every_slider_moves_the_right_way(inputs, plan, change, tier):
    """People before rounding: hours over what one person does."""
    base, moved = recommend(inputs, plan).tier(tier), recommend(inputs, change(plan)).tier(tier)
    people = [x.required_hours_per_day * x.headcount / x.capacity_hours_per_day for x in (base, moved)]
    assert people[1] > people[0] * 1.01
    assert moved.headcount >= base.headcount


def test_effort_moves_the_interval(inputs, plan):
    """L3's prior is good to a factor of two: its interval is wide; a stated effort closes it to the routing's."""
    base = recommend(inputs, plan).tier("L3")
    stated = recommend(inputs, plan.with_tier("L3", effort_minutes=100.0)).tier("L3")
    assert base.headcount_high >= base.headcount_low + 2
    assert stated.headcount_high - stated.headcount_low < base.headcount_high - base.headcount_low
    assert "stated prior" in base.effort_source
    assert "plan" in stated.effort_source


def test_people_now_ramp_up_and_leave():
    """
    10 people, 20 % leave a year: 10 x .8^(1/12) after a month. A hire on day 7 with a ramp of 2 weeks from 50 %:
    nothing before, .5 on the day, .75 a week later, 1 after two.
    """
    plan = Plan(
        tiers={"L1": TierPlan(attrition_per_year=0.2, ramp_weeks=2, ramp_start=0.5)},
        hires=(Hire("L1", date(2025, 11, 10), 1.0),),
    )
    dates = tuple(date(2025, 11, day) for day in (3, 9, 10, 17, 24))
    found = team.productive_heads(plan, "L1", 10.0, MONDAY, dates)
    own = 10 * 0.8 ** (np.array([0, 6, 7, 14, 21]) / 365.25)
    assert found - own == pytest.approx([0, 0, 0.5, 0.75, 1.0])
    leaving = replace(plan, hires=(Hire("L1", date(2025, 11, 10), -2.0),))
    assert team.productive_heads(leaving, "L1", 10.0, MONDAY, dates) - own == pytest.approx([0, 0, -2, -2, -2])


def test_the_cost_of_the_team_counts_hires_in_full_and_attrition():
    """10 people at 40 h of 30 a week; two more from the third Monday, paid while they ramp up; a fifth leave in a year."""
    plan = Plan().with_tier("L1", headcount=10.0, cost_per_hour=30.0, ramp_weeks=8, ramp_start=0.25)
    plan = replace(plan, hires=(Hire("L1", MONDAY + timedelta(days=14), 2.0),))
    told = recommend(steady(), plan)
    assert told.weeks["cost_now"].tolist() == pytest.approx([12_000, 12_000, 14_400, 14_400])
    assert told.weeks["cost"].tolist() == [told.headcount * 1200] * 4
    assert (told.tier("L1").cost_per_week, told.tier("L1").cost_per_week_now) == (told.headcount * 1200, 12_000)
    leaving = recommend(steady(), plan.with_tier("L1", attrition_per_year=0.2)).weeks["cost_now"].tolist()
    assert leaving[0] == pytest.approx(12_000 * np.mean(0.8 ** (np.arange(5) / 365.25)))
    assert recommend(steady(), Plan()).weeks[["cost", "cost_now"]].isna().all().all()


def test_the_mean_wait_by_hand():
    """
    25 hours come evenly over each day, and a team of 50 hours a day is never behind: the wait is chance alone, Erlang C's. At
    exactly the load's capacity the backlog of 25 hours stays: everybody waits a day of 8 hours and chance.
    """
    from analytics.staffing import erlang

    plan, inputs = Plan(), steady(minutes=15.0)
    need = need_of(tier_demand(inputs, plan, demand_of(inputs, plan), 0), plan, None)
    per_head = need.work.hours_per_head
    ample, *_ = team.outlooks(need, [np.full(20, 50 / per_head)], None)
    seats, own = int(50 / need.work.plan.productive_hours_per_day), 15 * 8 / need.work.plan.productive_hours_per_day
    chance = erlang.mean_wait_minutes(seats, seats * 0.5, own) / 60
    assert ample.wait_mean_hours == pytest.approx(chance)
    late = steady(minutes=15.0, backlog=backlog(0, 100))
    need = need_of(tier_demand(late, plan, demand_of(late, plan), 0), plan, None)
    just, *_ = team.outlooks(need, [np.full(20, 25 / per_head)], None)
    seats = int(25 / need.work.plan.productive_hours_per_day + 1e-9)
    chance = erlang.mean_wait_minutes(seats, seats * 0.9, own) / 60
    assert just.wait_mean_hours == pytest.approx(8 + chance, rel=0.02)


def test_too_few_people_are_shown_as_such(inputs, plan):
    answer = recommend(inputs, plan.with_tier("L1", headcount=3.0))
    weeks = answer.weeks[answer.weeks.tier == "L1"]
    assert answer.tier("L1").gap == answer.tier("L1").headcount - 3
    assert answer.tier("L1").p_sla_now == 0.0
    assert weeks.backlog_hours_now.is_monotonic_increasing
    assert (weeks.wait_p90_hours_now > weeks.wait_p90_hours).all()


def test_the_simulation_agrees_with_the_answer(inputs, plan):
    """Utilisation, and that steady tiers keep nearly all deadlines, in the event-driven team of the same size."""
    answer = recommend(inputs, plan)
    people = {tier.tier: float(tier.headcount) for tier in answer.tiers}
    seen = simulation.simulate(plan, inputs, headcount=people, replications=60).tiers().set_index("tier")
    for tier in answer.tiers:
        backlog_hours = 42 / 8 if tier.tier == "L1" else 0
        assert seen.utilisation[tier.tier] == pytest.approx(tier.occupancy, rel=0.12), backlog_hours
    assert seen.sla_share["L1"] > 0.97
    assert seen.wait_p90_hours["L1"] < answer.tier("L1").wait_p90_hours * 1.5


def test_weeks_have_the_columns_that_are_documented(inputs, plan):
    answer = recommend(inputs, plan)
    assert list(answer.weeks.columns) == list(WEEK_COLUMNS)
    assert len(answer.weeks) == 3 * 6
    l1 = answer.weeks[answer.weeks.tier == "L1"]
    assert l1.work_hours.sum() / 6 == pytest.approx(answer.tier("L1").work_hours_per_week, rel=1e-3)
    assert (l1.headcount <= answer.tier("L1").headcount).all()


def test_the_json_has_the_keys_of_the_command_line(inputs, plan):
    table = json.loads(json.dumps(recommend(inputs, plan).to_json(), allow_nan=False))
    wanted = {
        "tier", "visits_per_week", "work_hours_per_week", "required_agents", "headcount", "headcount_low", "headcount_high",
        "occupancy", "p_sla", "wait_p90_hours", "cost_per_week", "binding_window", "effort_source",
    }  # fmt: skip
    assert all(wanted <= set(row) for row in table["tiers"])
    assert {"routing", "replay_score", "notes"} <= set(table)
    assert table["tiers"][0]["cost_per_week"] == table["tiers"][0]["headcount"] * 1200
    assert table["tiers"][1]["cost_per_week"] is None
    assert table["replay_score"] is None
    assert any("not been scored" in note for note in table["notes"])


def test_the_same_question_has_the_same_answer(inputs, plan):
    assert recommend(inputs, plan).to_json() == recommend(make_inputs(), plan).to_json()


def test_mix_and_the_rules_of_thumb():
    """Escalation .2 and .1, 15/30/100 minutes: 65/26/9 of work, 80/18/2 resolved, and 60-70/25-30/<10 for 22-116 minutes."""
    routing = np.array([[0, 0.2, 0], [0, 0, 0.1], [0, 0, 0]])
    found = mix.mix_of(TIERS, np.array([100.0, 0, 0]), routing, np.array([15.0, 30, 100]), np.array([8.0, 3, 1]))
    assert found.work == pytest.approx((0.6522, 0.2609, 0.0870), abs=5e-5)
    assert found.resolved == pytest.approx((0.80, 0.18, 0.02))
    assert found.third_tier_minutes == pytest.approx((21.43, 116.67), abs=0.01)
    assert "as it does now" in found.sentence
    slow = mix.mix_of(TIERS, np.array([100.0, 0, 0]), routing, np.array([15.0, 30, 240]), np.array([8.0, 3, 3]))
    assert [round(100 * share) for share in slow.work] == [58, 23, 19]
    assert "but it takes 240" in slow.sentence
    even = mix.mix_of(TIERS, np.array([100.0, 0, 0]), routing, np.array([15.0, 75, 100]), np.array([8.0, 3, 3]))
    assert even.third_tier_minutes is None
    assert "no effort in L3" in even.sentence


LIVE = read_plan("[tiers.L1]\nlive = true\nanswer_within_minutes = 0.5\nanswer_share = 0.8\nmin_seats = 1\n")


def test_a_live_tier_is_erlang_c_by_the_hour():
    """800 contacts over 8 open hours, 3 minutes each: 5 erlangs in every hour; 8 agents answer 80 % in half a minute."""
    from analytics.staffing import erlang

    inputs = steady(per_day=800, minutes=3.0)
    answer = recommend(inputs, LIVE).tier("L1")
    work = tier_demand(inputs, LIVE, demand_of(inputs, LIVE), 0)
    week = need_of(work, LIVE, None).live[0]
    open_hours = week.agents > 0
    assert open_hours.sum() == 40
    assert week.load[open_hours].max() == pytest.approx(5.0, rel=0.01)
    assert answer.required_agents == erlang.required_agents(5.0, 0.5, 3, 0.8, 0.85)
    assert answer.headcount == erlang.headcount(answer.required_agents, 0.3)
    assert answer.p_sla == 1.0
    assert "(live)" in answer.binding_window


def test_patience_needs_fewer_agents_than_none():
    inputs = steady(per_day=800, minutes=3.0)
    endless = recommend(inputs, LIVE).tier("L1")
    patient = recommend(inputs, LIVE.with_tier("L1", patience_minutes=2.0)).tier("L1")
    assert patient.required_agents <= endless.required_agents


def test_vectorised_agents_are_the_scalar_ones():
    from analytics.staffing import erlang

    inputs = steady(per_day=800, minutes=3.0)
    for patience in (None, 4.0):
        plan = LIVE.with_tier("L1", patience_minutes=patience)
        work = tier_demand(inputs, plan, demand_of(inputs, plan), 0)
        loads = np.array([0.0, 0.4, 5.0, 37.3])
        for load, found in zip(loads, live.agents_for(work, loads), strict=True):
            if patience is None:
                assert found == erlang.required_agents(load, 0.5, 3, 0.8, 0.85)
            elif load > 0:
                level = [erlang.answered_in_time(c, load, 0.5, 3, patience) for c in (found - 1, found) if c > 0]
                cap = erlang.erlang_a(max(found - 1, 1), load, 3, patience).occupancy > 0.85
                assert level[-1] >= 0.8
                assert found == 1 or level[0] < 0.8 or cap


def test_waiting_chances_are_erlang_c():
    from analytics.staffing import erlang

    agents, load = np.array([3, 14, 20, 0, 5]), np.array([2.0, 10.0, 25.0, 1.0, 0.0])
    assert live.waiting_chances(agents, load) == pytest.approx(
        [erlang.erlang_c(c, a) for c, a in zip(agents, load, strict=True)]
    )


def test_live_answers_are_erlang_s_hour_by_hour():
    """Two weeks with seats of their own: the shares by the scalar Erlang C of each hour, the wait by its distribution."""
    from analytics.staffing import erlang

    inputs = steady(per_day=800, minutes=3.0)
    work = tier_demand(inputs, LIVE, demand_of(inputs, LIVE), 0)
    weeks = live.live_weeks(work, np.array([[800.0] * 5 + [0, 0], [400.0, 500, 600, 700, 800, 0, 0]]), None)
    seats = np.stack([week.agents + extra for week, extra in zip(weeks, (0, -1), strict=True)]).clip(0)
    scales = np.linspace(0.8, 1.3, 26)[:, None] * np.ones(2)
    chance, wait, mean = live.answers(work, weeks, seats, scales)
    for w, week in enumerate(weeks):
        busy = np.flatnonzero(week.arrivals)
        share = week.arrivals[busy] / week.arrivals.sum()
        level = [
            share @ [erlang.service_level(int(seats[w, h]), week.load[h] * x, 0.5, 3.0) for h in busy]
            for x in scales[:, w]
        ]
        good = np.mean(np.array(level) >= 0.8)
        assert abs(chance[w] - good) <= 0.1  # looked up on a grid of twelve scales
        late = [erlang.service_level(int(seats[w, h]), week.load[h], 60 * wait[w], 3.0) for h in busy]
        assert share @ late == pytest.approx(0.9, abs=1e-5) or (wait[w] < 1e-6 and share @ late >= 0.9)
        each = [erlang.mean_wait_minutes(int(seats[w, h]), week.load[h], 3.0) / 60 for h in busy]
        assert mean[w] == pytest.approx(share @ each, rel=1e-9)
    assert np.isinf(live.answers(work, weeks, np.minimum(seats, 4), scales)[2]).all()


def test_people_hired_for_calls_answer_from_their_first_day_on():
    """Too few until the third week, then twice as many: the weeks before are missed, those after kept."""
    inputs = steady(per_day=800, minutes=3.0)
    plan = LIVE.with_tier("L1", headcount=5, ramp_weeks=0)
    plan = replace(plan, hires=(Hire("L1", MONDAY + timedelta(days=14), 20),))
    kept = recommend(inputs, plan).weeks["p_sla_now"].tolist()
    assert kept == [0.0, 0.0, 1.0, 1.0]


def test_chats_at_once_share_the_agent():
    inputs = steady(per_day=800, minutes=9.0)
    one = recommend(inputs, LIVE).tier("L1")
    three = recommend(inputs, LIVE.with_tier("L1", chats_at_once=3)).tier("L1")
    assert three.work_hours_per_week == pytest.approx(one.work_hours_per_week / 2.5)
    assert three.headcount < 0.5 * one.headcount
    own = replace(LIVE.with_tier("L1", chats_at_once=3), chat_factors=(1.0, 1.5, 2.0))
    assert recommend(inputs, own).tier("L1").work_hours_per_week == pytest.approx(one.work_hours_per_week / 2.0)


def test_a_blended_team_gets_live_first_and_tickets_in_its_idle_time():
    """Live seats are idle much of the time: few tickets fit in for nothing, many bind themselves."""
    few = recommend(steady(per_day=800, minutes=3.0), LIVE.with_tier("L1", live_share=0.9)).tier("L1")
    only_live = recommend(steady(per_day=720, minutes=3.0), LIVE).tier("L1")
    assert few.headcount == only_live.headcount
    many = recommend(steady(per_day=800, minutes=3.0), LIVE.with_tier("L1", live_share=0.02)).tier("L1")
    assert many.headcount >= 40 / (8 * 0.85 * 0.7)


def test_the_regime_is_forecast_risk_where_the_level_is_unsure():
    wide = make_inputs()
    cube = wide.arrivals * np.random.default_rng(2).lognormal(0, 0.4, (wide.paths, 1, 1))
    plan = read_plan("[sla.default]\nresolution_hours = 240\n")
    answer = recommend(replace(wide, arrivals=np.round(cube)), plan).tier("L1")
    assert answer.regime == "forecast"
    assert "forecast's error binds" in answer.regime_sentence


ENDLESS = {"L1": {"L2": 1.0, "L3": 0.0}, "L2": {"L1": 1.0, "L3": 0.0}}
CLOSED = CalendarPlan(days="Mon", holidays=tuple(MONDAY + timedelta(weeks=w) for w in range(6)))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda p: replace(p, routing=ENDLESS), UnstableError, "L1 and L2"),
        (lambda p: replace(p, routing={"L1": {"L2": 0.95, "L3": 0.2}}), InputError, "more than all"),
        (lambda p: replace(p, routing={"L1": {"L4": 0.2}}), InputError, "L4"),
        (lambda p: replace(p, routing={"L1": {"L1": 0.2}}), InputError, "own tier"),
        (lambda p: p.with_tier("Level 1", headcount=3.0), InputError, "Level 1"),
        (lambda p: replace(p, calendars={"L3": CLOSED}), InputError, "closed on every day"),
    ],
)  # fmt: skip
def test_impossible_plans_say_what_would_have_to_change(inputs, plan, change, error, words):
    with pytest.raises(error, match=words):
        recommend(inputs, change(plan))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"arrivals": np.zeros((2, 7, 3))}, NotEnoughData),
        ({"arrivals": np.full((2, 7, 3), np.nan)}, InputError),
        ({"arrivals": np.ones((2, 7, 2))}, InputError),
        ({"routing_counts": np.zeros((3, 4))}, NotEnoughData),
        ({"routing_counts": np.ones((3, 3))}, InputError),
        ({"backlog": pd.DataFrame({"tier": ["L9"], "priority": ["high"], "age_days": [1], "visits": [2]})}, InputError),
        ({"hour_profile": np.ones((3, 24))}, InputError),
        ({"priority_shares": np.ones((3, 2))}, InputError),
    ],
)
def test_impossible_inputs_are_refused(changes, error):
    with pytest.raises(error):
        make_inputs(**changes)


def test_frames_become_arrays():
    frame = pd.DataFrame(
        {"from_tier": ["L1", "L1", "L2", "L2"], "to_tier": ["L2", None, "resolved", "L1"], "visits": [20, 80, 9, 1]}
    )
    assert routing_counts(frame, ["L1", "L2"]).tolist() == [[0, 20, 80], [1, 0, 9]]
    hours = pd.DataFrame({"tier": ["L1", "L1"], "weekday": [0, 6], "hour": [9, 23], "arrivals": [5, 2]})
    profile = hour_profile(hours, ["L1", "L2"])
    assert (profile[0, 0, 9], profile[0, 6, 23], profile.sum()) == (5, 2, 7)
    shares = pd.DataFrame({"tier": ["L1", "L2"], "priority": ["high", "low"], "visits": [3, 4]})
    assert priority_shares(shares, ["L1", "L2"], ["high", "low"]).tolist() == [[3, 0], [0, 4]]


def test_quantiles_of_columns_are_those_of_each():
    load = np.random.default_rng(0).random((37, 5))
    for p in (0.0, 0.5, 0.9, 1.0):
        assert risk.capacity_quantiles(load, p) == pytest.approx([risk.capacity_quantile(c, p) for c in load.T])


def test_counts_without_history_are_noted():
    few = make_inputs(routing_counts=COUNTS // 100)
    assert any("only" in note and "L3" in note for note in recommend(few, Plan()).notes)


def test_a_tier_without_visits_needs_nobody():
    counts = np.array([[0, 10, 0, 990], [0, 0, 0, 10], [0, 0, 0, 0]])
    plan = Plan(routing={"L1": {"L2": 0.0, "L3": 0.0}, "L2": {"L3": 0.0}})
    arrivals = np.tile([50.0, 0, 0], (3, 14, 1))
    answer = recommend(make_inputs(routing_counts=counts, arrivals=arrivals, backlog=NO_BACKLOG), plan)
    assert (answer.tier("L3").headcount, answer.tier("L3").binding_window) == (0, "no window: no work arrives")
    assert answer.tier("L1").headcount > 0


def test_no_tickets_is_an_answer_not_an_error(inputs, plan):
    """A slider at 0: only the opening backlog is worked off."""
    answer = recommend(inputs, replace(plan, arrivals_factor=0.0))
    assert "No tickets arrive" in answer.mix.sentence
    assert answer.tier("L1").headcount <= 2
    json.dumps(answer.to_json(), allow_nan=False)


def strange_case(random):
    """Inputs and a plan from the edges of what sliders and data can be."""
    n, days, paths = int(random.integers(1, 4)), int(random.integers(3, 40)), int(random.integers(1, 12))
    tiers = TIERS[:n]
    arrivals = random.poisson(random.choice([0, 0.2, 3, 60], size=n), (paths, days, n)).astype(float)
    arrivals[0, 0, 0] += 1
    counts = random.integers(0, random.choice([2, 50, 5000]), (n, n + 1)).astype(float)
    counts[np.arange(n), np.arange(n)] = 0
    counts[0, -1] += 1
    rows = int(random.integers(0, 4))
    backlog = pd.DataFrame(
        {
            "tier": random.choice(tiers, rows), "priority": random.choice(["hi", "lo"], rows),
            "age_days": random.integers(0, 40, rows), "visits": random.integers(0, 90, rows),
        }
    )  # fmt: skip
    inputs = StaffingInputs(
        tiers, MONDAY + timedelta(int(random.integers(7))), arrivals, counts, priorities=("hi", "lo"), backlog=backlog,
        headcount={t: float(random.choice([0, 0.5, 40])) for t in tiers if random.random() < 0.7},
    )  # fmt: skip
    plan = Plan(rules=replace(Plan().rules, rule=str(random.choice(["probability", "expected", "least_cost"]))))
    for tier in tiers:
        changes = {
            "shrinkage": float(random.choice([0, 0.3, 0.9])), "occupancy_cap": float(random.choice([0.1, 0.85, 1])),
            "live": bool(random.random() < 0.3), "live_share": float(random.choice([0.3, 1])),
            "patience_minutes": random.choice([None, 0.5, 5.0, 600.0]), "min_seats": int(random.choice([0, 1, 4])),
            "effort_minutes": random.choice([None, 0.1, 20.0, 400.0]),
            "attrition_per_year": float(random.choice([0, 1])),
        }  # fmt: skip
        plan = plan.with_tier(tier, **changes)
    factor = float(random.choice([0, 0.01, 1, 20]))
    return inputs, replace(plan, arrivals_factor=factor, launches=(Launch(MONDAY, float(random.choice([0, 1, 9]))),))


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.filterwarnings("error")
def test_the_edges_give_answers_without_nan(seed):
    inputs, plan = strange_case(np.random.default_rng(seed))
    answer = recommend(inputs, plan)
    json.dumps(answer.to_json(), allow_nan=False)
    for tier in answer.tiers:
        assert 0 <= tier.headcount_low <= tier.headcount <= tier.headcount_high
        assert 0 <= tier.p_sla <= 1
        assert 0 <= tier.occupancy <= 1 + 1e-9
        assert tier.binding_window
        assert 0 <= tier.slack <= 1


def test_visits_on_the_path_by_hand():
    """Of 100 tickets 30 climb from L1 to L2 and end there: a ticket at L1 makes 1.3 visits, one at L2 made 2."""
    arrivals = np.zeros((1, 7, 2))
    arrivals[:, :, 0] = 100
    counts = np.array([[0, 300_000, 700_000], [0, 0, 300_000]])
    found = StaffingInputs(tiers=("L1", "L2"), start=MONDAY, arrivals=arrivals, routing_counts=counts)
    assert found.visits_on_path == pytest.approx([1.3, 2.0], abs=1e-4)


def test_visits_on_the_path_by_walking(inputs):
    """Half a million tickets walked at random: the mean length of the paths through a visit to each tier."""
    random, matrix = np.random.default_rng(3), inputs.routing.matrix
    entry = inputs.arrivals.mean(axis=(0, 1))
    at = random.choice(3, 500_000, p=entry / entry.sum())
    seen, edges = [at], np.concatenate([matrix, 1 - matrix.sum(axis=1, keepdims=True)], axis=1).cumsum(axis=1)
    while (at < 3).any():
        at = np.where(at < 3, (random.random(at.size)[:, None] > edges[np.minimum(at, 2)]).sum(axis=1), 3)
        seen.append(at)
    path = np.stack(seen)
    length = (path < 3).sum(axis=0)
    walked = [((path == k).sum(axis=0) * length).sum() / (path == k).sum() for k in range(3)]
    assert inputs.visits_on_path == pytest.approx(walked, rel=0.02)


def test_a_target_with_a_fraction_of_a_day_gives_that_share_of_the_work_a_second_evening():
    """11.2 hours of 8-hour days are 1.4 days: of 25 h, 15 are due on the day and 10 on the next."""
    plan = read_plan("[sla.default]\nresolution_hours = 11.2\n")
    flat = steady()
    work = tier_demand(flat, plan, demand_of(flat, plan), 0)
    assert work.due_days == (1, 2)
    assert [float(c[0, 0]) for c in work.classes] == pytest.approx([15.0, 10.0])
