"""The recommendation: how many people each tier needs, how sure, what binds, and what other rules would say.

    arrivals forecast (paths) -> external arrivals by tier entered -> visits (routing matrix) -> hours of work (effort)
    -> capacity that keeps the deadlines (deferred), agents per open hour (live) -> people (cap, shrinkage, calendar)

For deferred work, every path and week has the least constant capacity that keeps the deadlines falling in that week
(`deferred.tightness`). Over the paths that is a distribution; the rule picks from it. P(SLA met) of a week is the share
of paths all of whose deadlines of that week are kept. `recommend` is pure: the same inputs and plan give the same answer,
in a few tens of milliseconds, so that a slider can call it.

The headcount is what to ask for: with it nine of ten weeks (the wanted P(SLA met)) keep all their deadlines, the opening
backlog left out, and that is worked off by the horizon's end. Beside it stand a typical week, and the peak: what the
hardest week would need, the opening backlog included. Rejected: to give the peak as the headcount. It is asked for by days
in which nobody hired today can help, and left a third tier four times too large for the rest of the quarter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from analytics.staffing import live, network, wording
from analytics.staffing._check import round_up
from analytics.staffing.answer import TierAnswer
from analytics.staffing.demand import Demand, demand_of, tier_demand
from analytics.staffing.inputs import ROUTING_DRAWS as _DRAWS, StaffingInputs
from analytics.staffing.mix import Mix, mix_of
from analytics.staffing.need import (
    Need,
    answered_share,
    first_answer_hours,
    first_answers_bind,
    heads_by_rule,
    heads_for_hours,
    heads_for_seats,
    hours_needed,
    live_hours_per_day,
    need_of,
    own_hours_needed,
    peak_hours_needed,
    week_heads,
)
from analytics.staffing.plan import Plan
from analytics.staffing.team import Outlook, employed_heads, outlooks, productive_heads


@dataclass(frozen=True)
class Recommendation:
    """The whole answer."""

    tiers: tuple[TierAnswer, ...]
    weeks: pd.DataFrame
    """One row per tier and week, see `WEEK_COLUMNS`."""
    routing: Mapping[str, Mapping[str, float]]
    routing_interval: pd.DataFrame
    """One row per arrow: `from`, `to`, `share`, `low`, `high`, `visits`."""
    mix: Mix
    replay_score: Mapping[str, Any] | None
    notes: tuple[str, ...]

    def tier(self, name: str) -> TierAnswer:
        """The answer of one tier."""
        return next(answer for answer in self.tiers if answer.tier == name)

    @property
    def warnings(self) -> list[str]:
        """Sentences about planned teams that cannot do their work, with what would have to change."""
        return wording.shortages(self.tiers)

    @property
    def headcount(self) -> int:
        """People over all tiers."""
        return sum(answer.headcount for answer in self.tiers)

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`: the keys of the command line, and more."""
        return {
            "tiers": [_plain({f.name: getattr(answer, f.name) for f in fields(answer)}) for answer in self.tiers],
            "routing": {start: dict(row) for start, row in self.routing.items()},
            "replay_score": _plain(self.replay_score),
            "notes": [*self.warnings, *self.notes],
            "mix": _plain(self.mix.to_json()),
            "weeks": _plain(self.weeks.to_dict(orient="records")),
        }


WEEK_COLUMNS = {
    "tier": "",
    "week": "first date of the week in the horizon",
    "days": "business days",
    "visits": "expected visits that arrive",
    "work_hours": "expected hours of work that arrive",
    "work_hours_low": "their 10 % quantile over the paths",
    "work_hours_high": "their 90 % quantile",
    "required_hours_per_day": "hours of deferred work per day that the rule asks for in this week alone",
    "headcount": "people that the rule asks for in this week alone, without the opening backlog",
    "headcount_with_backlog": "the same with the opening backlog's deadlines",
    "headcount_now": "people now, after attrition, hires and their ramp-up (absent where not known)",
    "gap": "the tier's headcount less people now",
    "capacity_hours": "hours of work that the recommended people do in the week",
    "capacity_hours_now": "hours that the people now do",
    "offered_load": "mean erlangs (people busy at once) in open hours",
    "occupancy": "of the recommended people",
    "p_sla": "P(SLA met) with the recommended people, the opening backlog included",
    "p_sla_steady": "the same without the opening backlog",
    "p_sla_now": "P(SLA met) with the people now",
    "backlog_hours": "expected hours left at the week's end, recommended people",
    "backlog_hours_now": "expected hours left at the week's end, people now",
    "late_share": "expected share of the hours due that are late, recommended people",
    "late_share_now": "expected share late, people now",
    "wait_p90_hours": "business hours that nine of ten visits wait at most, recommended people",
    "wait_p90_hours_now": "the same, people now",
    "wait_mean_hours": "business hours that a visit waits in the mean, recommended people",
    "wait_mean_hours_now": "the same, people now",
    "cost": "of the recommended people (absent without a rate)",
    "cost_now": "of the people now, after attrition and with hires from their first day (absent without a rate)",
}
"""Columns of `Recommendation.weeks` and what they hold."""


def _plain(value: Any) -> Any:
    """Built-in values only; what is not a finite number is absent, since JSON has no NaN."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value


def recommend(inputs: StaffingInputs, plan: Plan) -> Recommendation:
    """Headcount per tier and week for these inputs and this plan.

    Errors: UnstableError (a routing loop without end), InputError (a plan that does not fit the data, a tier closed on
    all days), each saying what would have to change.
    """
    demand = demand_of(inputs, plan)
    spread = parameter_spread(inputs, plan, demand)
    needs = [need_of(tier_demand(inputs, plan, demand, k), plan, _hours(inputs, k)) for k in range(len(inputs.tiers))]
    both = [_tier(inputs, plan, need, spread[k], _hours(inputs, k)) for k, need in enumerate(needs)]
    answers = tuple(answer for answer, _ in both)
    return Recommendation(
        tiers=answers,
        weeks=pd.DataFrame({name: np.concatenate([weeks[name] for _, weeks in both]) for name in WEEK_COLUMNS}),
        routing=routing_table(inputs.tiers, demand.routing),
        routing_interval=_routing_interval(inputs, demand),
        mix=_mix(inputs, demand, answers),
        replay_score=inputs.replay_score,
        notes=(*wording.notes(inputs, plan, [need.work for need in needs]), *wording.live_notes(needs)),
    )


def _hours(inputs: StaffingInputs, k: int) -> np.ndarray | None:
    return None if inputs.hour_profile is None else inputs.hour_profile[k]


def _mix(inputs: StaffingInputs, demand: Demand, answers: tuple[TierAnswer, ...]) -> Mix:
    minutes = np.array([answer.effort_minutes for answer in answers])
    people = np.array([answer.headcount for answer in answers], dtype=float)
    return mix_of(inputs.tiers, demand.external.mean(axis=(0, 1)), demand.routing, minutes, people)


def routing_table(tiers: tuple[str, ...], routing: np.ndarray) -> dict[str, dict[str, float]]:
    """The matrix as nested tables with the share resolved, `{"L1": {"L2": ..., "resolved": ...}}`."""
    table = {}
    for i, start in enumerate(tiers):
        row = {end: round(float(routing[i, j]), 6) for j, end in enumerate(tiers) if i != j}
        table[start] = {**row, "resolved": round(max(0.0, 1.0 - sum(row.values())), 6)}
    return table


def _routing_interval(inputs: StaffingInputs, demand: Demand) -> pd.DataFrame:
    estimate, tiers = demand.estimate, inputs.tiers
    rows = [
        (start, end, demand.routing[i, j], estimate.low[i, j], estimate.high[i, j], int(estimate.visits[i]))
        for i, start in enumerate(tiers)
        for j, end in enumerate(tiers)
        if i != j
    ]
    return pd.DataFrame(rows, columns=["from", "to", "share", "low", "high", "visits"])


def parameter_spread(inputs: StaffingInputs, plan: Plan, demand: Demand) -> np.ndarray:
    """Factors on each tier's work from effort and routing as uncertain as they are, (tiers, 2): low and high.

    The load is linear in effort and, at a fixed mix of entries, in visits per ticket, so a draw scales the answer. Arrows
    and efforts that the plan sets are taken as known.
    """
    visits = _drawn_visits(inputs, plan, demand)
    normals = _normals(len(inputs.tiers))
    ends = [(1.0 - plan.rules.interval) / 2.0, (1.0 + plan.rules.interval) / 2.0]
    factors = []
    for k, name in enumerate(inputs.tiers):
        log_sd = 0.0 if plan.tier(name).effort_minutes is not None else inputs.effort_of(name).log_sd
        normal = normals[k]
        factors.append(np.quantile(visits[:, k] * np.exp(log_sd * normal), ends))
    return np.array(factors)


@lru_cache(maxsize=8)
def _normals(tiers: int) -> np.ndarray:
    """Evenly spread normal quantiles in a shuffled order for each tier, (tiers, draws), drawn once."""
    from scipy.special import ndtri  # not at the top: the package must import in a blink

    random = np.random.default_rng(0)
    normals = np.array([ndtri((random.permutation(_DRAWS) + 0.5) / _DRAWS) for _ in range(tiers)])
    normals.flags.writeable = False  # one array for all who ask
    return normals


def _drawn_visits(inputs: StaffingInputs, plan: Plan, demand: Demand) -> np.ndarray:
    """Visits per tier under plausible routing matrices over those under the mean one, (draws, tiers)."""
    gamma, estimate = demand.external.mean(axis=(0, 1)), demand.estimate
    draws = inputs.routing_draws.copy()
    for start, row in plan.routing.items():
        for end in row:
            i, j = inputs.tiers.index(start), inputs.tiers.index(end)
            draws[:, i, j] = estimate.matrix[i, j]
    draws /= np.maximum(1.0, draws.sum(axis=2, keepdims=True) * (1.0 + 1e-6))
    eye = np.eye(gamma.size)
    drawn = np.linalg.solve((eye - draws).transpose(0, 2, 1), np.broadcast_to(gamma[:, None], (_DRAWS, gamma.size, 1)))
    base = network.visit_rates(gamma, estimate.matrix)
    return np.divide(drawn[:, :, 0], base, out=np.ones((_DRAWS, gamma.size)), where=base > 0)


def _tier(
    inputs: StaffingInputs, plan: Plan, need: Need, spread: np.ndarray, hours: np.ndarray | None
) -> tuple[TierAnswer, dict[str, np.ndarray]]:
    name, dates = need.work.name, need.work.dates
    by_rule = heads_by_rule(need, plan)
    wanted = by_rule[plan.rules.rule]
    heads, now = int(wanted.max()), _heads_now(inputs, plan, name)
    teams = [np.full(len(dates), float(heads))]
    if now is not None:
        teams.append(productive_heads(plan, name, now, inputs.start, dates))
    seen = outlooks(need, teams, hours)
    calls = [_live_answers(need, team.heads, wanted) for team in seen]
    then, *today = [_with_live(need, team, *found) for team, found in zip(seen, calls, strict=True)]
    weeks = _weeks(need, plan, heads, then, today[0] if today else None)
    weeks |= _costs(need, heads, None if now is None else employed_heads(plan, name, now, inputs.start, dates))
    kept = [_steady_p_sla(need, team.heads, found[0]) for team, found in zip(seen, calls, strict=True)]
    weeks["p_sla_steady"] = kept[0]
    p_now = float(kept[1].mean()) if today else None
    return _answer(inputs, plan, need, by_rule, spread, weeks, p_now), weeks


def _heads_now(inputs: StaffingInputs, plan: Plan, tier: str) -> float | None:
    stated = plan.tier(tier).headcount
    return stated if stated is not None else inputs.headcount.get(tier)


def _live_answers(need: Need, heads: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """P(live target met), the wait of nine of ten live contacts and their mean wait with so many people, all (weeks,). Certain
    and none for tickets only.

    People beyond a week's need sit in the shape of that need.
    """
    if not need.live:
        return np.ones(need.weeks), np.zeros(need.weeks), np.zeros(need.weeks)
    share = np.divide(heads, wanted, out=np.ones(need.weeks), where=wanted > 0)
    seats = np.stack([live.seats_of(week, part) for week, part in zip(need.live, share, strict=True)])
    return live.answers(need.work, need.live, seats, need.live_scale)


def _with_live(need: Need, seen: Outlook, chance: np.ndarray, wait: np.ndarray, mean: np.ndarray) -> Outlook:
    """Live contacts answered to target by the team's seats; with tickets too, both have to hold."""
    if not need.live:
        return seen
    if not need.has_tickets:
        return replace(seen, p_sla=chance, wait_p90_hours=wait, wait_mean_hours=mean)
    share = need.work.live_share
    return replace(
        seen,
        p_sla=np.minimum(chance, seen.p_sla),
        wait_p90_hours=np.maximum(wait, seen.wait_p90_hours),
        wait_mean_hours=share * mean + (1.0 - share) * seen.wait_mean_hours,
    )


def _steady_p_sla(need: Need, heads: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """P(SLA met) by week without the opening backlog, for people by week, (weeks,); `chance` is that of live contacts.

    A path keeps the deadlines of a week if and only if the capacity is at least what its tightest window asks for; exact
    while the people stay the same. A team that cannot do a path's mean work keeps none: its first weeks only hide that.
    """
    capacity = np.maximum(heads * need.work.hours_per_head - live_hours_per_day(need), 0.0)
    share = (need.capacity <= capacity * (1.0 + 1e-9) + 1e-9).mean(axis=0)
    return np.minimum(share, chance)


def _weeks(need: Need, plan: Plan, heads: int, then: Outlook, today: Outlook | None) -> dict[str, np.ndarray]:
    """The columns of WEEK_COLUMNS for one tier; a frame per tier would cost as much as the model."""
    work = need.work
    hours = need.sum_by_week(work.work_hours)
    low, high = np.quantile(hours, [0.1, 0.9], axis=0)
    absent = np.full(need.weeks, np.nan)
    now = absent if today is None else today.heads
    available, busy = then.capacity_hours / work.plan.occupancy_cap, hours.mean(axis=0) * answered_share(need)
    own = own_hours_needed(need, plan)
    return {
        "tier": np.full(need.weeks, work.name, dtype=object),
        "week": np.array(_week_starts(need), dtype=object),
        "days": np.bincount(need.week, minlength=need.weeks),
        "visits": need.sum_by_week(work.visits.mean(axis=0)),
        "work_hours": hours.mean(axis=0),
        "work_hours_low": low,
        "work_hours_high": high,
        "required_hours_per_day": own,
        "headcount": week_heads(need, own),
        "headcount_with_backlog": week_heads(need, own_hours_needed(need, plan, backlog=True)),
        "headcount_now": now,
        "gap": heads - now,
        "capacity_hours": then.capacity_hours,
        "capacity_hours_now": absent if today is None else today.capacity_hours,
        "offered_load": hours.mean(axis=0)
        / (np.bincount(need.week, minlength=need.weeks) * work.calendar.hours_per_day),
        "occupancy": np.divide(busy, available, out=np.zeros(need.weeks), where=available > 0),
        **_beside("p_sla", then, today, absent),
        **_beside("backlog_hours", then, today, absent),
        **_beside("late_share", then, today, absent),
        **_beside("wait_p90_hours", then, today, absent),
        **_beside("wait_mean_hours", then, today, absent),
    }


def _costs(need: Need, heads: int, employed: np.ndarray | None) -> dict[str, np.ndarray]:
    """What the recommended people and those employed now, (days,), cost each week."""
    rate, absent = _cost_of_one(need), np.full(need.weeks, np.nan)
    if rate is None:
        return {"cost": absent, "cost_now": absent}
    now = absent if employed is None else rate * need.mean_by_week(employed)
    return {"cost": np.full(need.weeks, rate * heads), "cost_now": now}


def _beside(name: str, then: Outlook, today: Outlook | None, absent: np.ndarray) -> dict[str, np.ndarray]:
    return {name: getattr(then, name), f"{name}_now": absent if today is None else getattr(today, name)}


def _week_starts(need: Need) -> list[date]:
    """The first business date of each week."""
    return [need.work.dates[day] for day in need.first_days]


def _cost_of_one(need: Need) -> float | None:
    """What a person costs a week; None without a rate."""
    own = need.work.plan
    return None if own.cost_per_hour is None else own.cost_per_hour * own.paid_hours_per_day * own.work_days_per_week


def _answer(
    inputs: StaffingInputs,
    plan: Plan,
    need: Need,
    by_rule: Mapping[str, np.ndarray],
    spread: np.ndarray,
    weeks: Mapping[str, np.ndarray],
    p_sla_now: float | None,
) -> TierAnswer:
    work, wanted = need.work, by_rule[plan.rules.rule]
    heads, hardest = int(wanted.max()), int(wanted.argmax())
    hours = work.steady_work_hours.mean(axis=0)
    needed = hours_needed(need, plan, plan.rules.rule)
    required = float(needed.max())
    capacity = heads * work.hours_per_head
    now = _heads_now(inputs, plan, work.name)
    low, high = _interval(need, wanted, needed + live_hours_per_day(need), spread)
    per_week = 7.0 / inputs.days  # of the calendar: closed days make the work of the others, not less of it
    clear = _clear_from(weeks)
    return TierAnswer(
        tier=work.name,
        visits_per_week=float((work.visits - work.climbing).sum(axis=1).mean() * per_week),
        work_hours_per_week=float(hours.sum() * per_week),
        required_agents=_agents(need, hardest, required),
        headcount=heads,
        headcount_low=low,
        headcount_high=high,
        **_beside_headcount(need, plan, heads, weeks, clear),
        headcount_now=now,
        gap=None if now is None else heads - now,
        occupancy=_occupancy(need, weeks) if heads else 0.0,
        p_sla=float(weeks["p_sla_steady"].mean()),
        p_sla_now=p_sla_now,
        p_sla_with_backlog=float(weeks["p_sla"].mean()),
        **_waits(weeks, clear if clear < need.weeks else 0),
        **_costs_per_week(need, heads, now),
        **_binding(need, plan, by_rule, hardest, required),
        offered_load=float(hours.mean() / work.calendar.hours_per_day),
        load_hours_per_day=float(hours.mean()),
        required_hours_per_day=required,
        capacity_hours_per_day=float(capacity),
        first_answer_hours_per_day=first_answer_hours(need, plan),
        slack=_slack(need, capacity, required, hardest),
        headcount_by_rule={rule: int(people.max()) for rule, people in by_rule.items()},
        effort_minutes=work.effort.minutes,
        effort_source=work.effort.label,
        live=work.plan.live,
    )


def _waits(weeks: Mapping[str, np.ndarray], first: int) -> dict[str, float]:
    """The waits of a typical week from the first steady one on."""
    return {name: float(np.median(weeks[name][first:])) for name in ("wait_p90_hours", "wait_mean_hours")}


def _costs_per_week(need: Need, heads: int, now: float | None) -> dict[str, float | None]:
    one = _cost_of_one(need)
    return {
        "cost_per_week": None if one is None else heads * one,
        "cost_per_week_now": None if one is None or now is None else now * one,
    }


def _occupancy(need: Need, weeks: Mapping[str, np.ndarray]) -> float:
    """Mean share of their time on tickets that the recommended people are busy."""
    busy, available = (float(weeks[name].sum()) for name in ("work_hours", "capacity_hours"))
    busy *= float(np.average(answered_share(need), weights=np.maximum(weeks["work_hours"], 1e-12)))
    return busy / available * need.work.plan.occupancy_cap


_SHOWS = 0.02
"""The opening backlog shows in a week while it takes more than this from P(SLA met)."""


def _clear_from(weeks: Mapping[str, np.ndarray]) -> int:
    """The first week from which on the opening backlog no longer shows; the number of weeks where it always does."""
    shows = np.flatnonzero(weeks["p_sla"] < weeks["p_sla_steady"] - _SHOWS)
    return int(shows[-1]) + 1 if shows.size else 0


def _beside_headcount(
    need: Need, plan: Plan, heads: int, weeks: Mapping[str, np.ndarray], clear: int
) -> dict[str, Any]:
    """The typical week and the peak beside the headcount, and the sentence that says what each is for."""
    by_week = week_heads(need, peak_hours_needed(need, plan))
    peak, at = max(heads, int(by_week.max())), int(by_week.argmax())
    window = wording.peak_week(need, plan, weeks["week"][at], at)
    cleared = weeks["week"][clear] if clear < need.weeks else None
    return {
        "headcount_typical": int(np.median(weeks["headcount"]) + 0.5),
        "headcount_peak": peak,
        "peak_window": window,
        "cleared_on": cleared,
        "why": wording.ask(heads, peak, window, float(weeks["p_sla_steady"].mean()), cleared),
    }


def _agents(need: Need, hardest: int, required: float) -> int:
    """For tickets the hours over paid hours under the cap; for live work the seats of the busiest hour."""
    own = need.work.plan
    seats = int(need.live[hardest].agents.max()) if need.live else own.min_seats
    together = required + float(live_hours_per_day(need)[hardest]) if need.has_tickets else 0.0
    return max(seats, round_up(together / (own.paid_hours_per_day * own.occupancy_cap)))


def _slack(need: Need, capacity: float, required: float, hardest: int) -> float:
    together = required + float(live_hours_per_day(need)[hardest])
    return max(0.0, 1.0 - together / capacity) if capacity > 0 else 0.0


def _interval(need: Need, wanted: np.ndarray, required: np.ndarray, spread: np.ndarray) -> tuple[int, int]:
    """Headcount with the work scaled by both ends of the parameters' spread; the minimum seats do not scale."""
    heads, ends = int(wanted.max()), []
    for factor in spread:
        calls = max((round_up(float(people) * factor) for people in need.live_heads), default=0)
        ends.append(max(calls, int(week_heads(replace(need, live=()), required * factor).max())))
    return min(ends[0], heads), max(ends[1], heads)


def _binding(
    need: Need, plan: Plan, by_rule: Mapping[str, np.ndarray], hardest: int, required: float
) -> dict[str, Any]:
    """Window and regime of the tier: minimum seats, an hour of live work, or days of tickets."""
    heads = int(by_rule[plan.rules.rule][hardest])
    if heads == 0:
        return _window("no window: no work arrives", None, None, "load", "No visit is expected here.")
    if heads == heads_for_seats(need.work) and heads > _without_seats(need, plan, hardest):
        seats = need.work.plan.min_seats
        words = f"no window: the minimum of {seats} on seat in every open hour"
        return _window(
            words, None, None, "min_seats", f"The work alone would need {_without_seats(need, plan, hardest)}."
        )
    if need.live and (required <= 0 or need.live_heads[hardest] >= heads):
        return _window(wording.live_window(need, hardest), None, None, *wording.live_regime(need, hardest))
    alone = first_answers_bind(need, plan)
    if alone is not None and need.answers is not None:
        begins, ends = need.answers.begins, need.answers.ends
        words = f"{wording.clock_span(begins, ends)}: first answers in time"
        return _window(words, begins.date(), ends.date(), "first_answer", wording.first_answers(need, alone, required))
    bare = need.mean_path_without_backlog
    if need.clearing > max(bare.hours_per_day, bare.mean_hours_per_day) * (1 + 1e-9) and required <= need.clearing:
        words = "the whole horizon: clearing the opening backlog by its end"
        return _window(words, need.work.dates[0], need.work.dates[-1], *wording.regime(need, required))
    start, end = wording.binding_dates(need, bare)
    return _window(wording.binding_window(need, plan, bare), start, end, *wording.regime(need, required))


def _window(words: str, start: date | None, end: date | None, regime: str, sentence: str) -> dict[str, Any]:
    return {
        "binding_window": words,
        "binding_start": start,
        "binding_end": end,
        "regime": regime,
        "regime_sentence": sentence,
    }


def _without_seats(need: Need, plan: Plan, week: int) -> int:
    hours = float(hours_needed(need, plan, plan.rules.rule)[week] + live_hours_per_day(need)[week])
    tickets = heads_for_hours(need.work, hours) if need.has_tickets else 0
    return max(tickets, int(need.live_heads[week]) if need.live else 0)
