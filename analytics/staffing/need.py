"""What a tier's work asks for: capacity per week over the forecast's paths, and people under each decision rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analytics.staffing import live, risk
from analytics.staffing._check import TINY, round_up
from analytics.staffing.deferred import Capacity, required_capacity, tightnesses, work_off_teams
from analytics.staffing.demand import BACKLOG_CLIMBS_OVER_DAYS, TierDemand, week_of
from analytics.staffing.first_answer import FirstAnswers, first_answers
from analytics.staffing.plan import Plan

_EXPECTED_PATHS = 32
"""Paths on which the expected share on time is searched; the other rules use all."""


@dataclass(frozen=True)
class Need:
    """A tier's demand with what it asks for, before a rule has spoken."""

    work: TierDemand
    week: np.ndarray
    """Week number of each business day."""
    capacity: np.ndarray
    """Constant hours of deferred work per day that keep the deadlines of a week and give its first answers in time, the
    opening backlog left out; never less than the path's mean work per day over the horizon (what is due after its end must
    be done too), (paths, weeks)."""
    own_capacity: np.ndarray
    """For the week's own work: windows no longer than the longest deadline and a week, (paths, weeks)."""
    peak_capacity: np.ndarray
    """`capacity` with the deadlines of the opening backlog, (paths, weeks)."""
    peak_own_capacity: np.ndarray
    """`own_capacity` with the deadlines of the opening backlog, (paths, weeks)."""
    clearing: float
    """Hours per day, the same on all days, that do the horizon's mean work and the opening backlog by its end."""
    floor: np.ndarray
    """Hours per day that a week gets at least, (weeks,): its mean work, or what a constant team needs where that is less
    (the mean path's capacity or mean work). Deadlines alone would leave the first weeks idle and the rest to catch up."""
    mean_path: Capacity
    """Capacity of the mean path, with the window that binds."""
    mean_path_without_backlog: Capacity
    live: tuple[live.LiveWeek, ...]
    """One per week at the quantile that the rule asks for; none for tickets only."""
    live_scale: np.ndarray
    """Weekly live contacts of each path over those of `live`, (paths, weeks)."""
    answers: FirstAnswers | None
    """What first answers in time ask for; it is in the capacities above."""
    deadline_capacity: np.ndarray
    """`capacity` without it: what resolutions in time ask for alone, (paths, weeks)."""

    @property
    def weeks(self) -> int:
        """Weeks of the horizon, the first and last perhaps partial."""
        return self.floor.size

    @property
    def has_tickets(self) -> bool:
        """Whether there is deferred work at all."""
        return bool(sum(c.sum() for c in self.work.classes) + self.work.backlog.sum() > 0)

    def mean_by_week(self, by_day: np.ndarray) -> np.ndarray:
        """Means of (paths, days) or (days,) over each week, (paths, weeks) or (weeks,); 0 for a week without days."""
        total = self.sum_by_week(by_day)
        return total / np.maximum(np.bincount(self.week, minlength=self.weeks), 1)

    @cached_property
    def first_days(self) -> np.ndarray:
        """Number of the first business day of each week, (weeks,)."""
        return np.flatnonzero(np.diff(self.week, prepend=-1))

    @cached_property
    def live_heads(self) -> np.ndarray:
        """People that the live contacts of each week ask for, (weeks,)."""
        return np.array([live.heads_for(self.work, week) for week in self.live], dtype=int)

    def sum_by_week(self, by_day: np.ndarray) -> np.ndarray:
        """Sums of (paths, days) or (days,) over each week."""
        return np.add.reduceat(by_day, self.first_days, axis=-1)


def need_of(work: TierDemand, plan: Plan, hours: np.ndarray | None) -> Need:
    """The capacity that each path and week asks for; `hours` is the tier's hour profile, (7, 24), or None."""
    week = week_of(work.dates)
    due, means = list(work.due_days), [c.mean(axis=0) for c in work.classes]
    with_backlog = required_capacity(means, due, work.backlog)
    without = required_capacity([c.mean(axis=0) for c in work.steady_classes], due)
    most = max(without.hours_per_day, without.mean_hours_per_day)
    floor = np.minimum(_by_week(work.steady_deferred_hours.mean(axis=0), week), most)
    in_weeks, scale = _live_weeks(work, plan, week, hours) if work.plan.live else ((), np.ones((1, floor.size)))
    clearing = (float(np.sum(means)) + float(work.backlog.sum())) / week.size
    answers = first_answers(work.new, work.calendar, week, hours, quantile_of(plan, plan.rules.rule))
    alone = _tightest(work, week)
    asked = alone if answers is None else tuple(np.maximum(one, answers.capacity) for one in alone)
    return Need(work, week, *asked, clearing, floor, with_backlog, without, in_weeks, scale, answers, alone[0])


def _tightest(work: TierDemand, week: np.ndarray) -> tuple[np.ndarray, ...]:
    """`capacity`, `own_capacity`, `peak_capacity` and `peak_own_capacity` of a Need.

    An opening backlog adds only to windows that start while its escalations still arrive.
    """
    steady, classes, due = list(work.steady_classes), list(work.classes), list(work.due_days)
    longest = max(due) + work.calendar.days_per_week - 1
    own, whole = (_hardest(tight, week) for tight in tightnesses(steady, due, (), longest))
    whole = np.maximum(whole, work.steady_deferred_hours.mean(axis=1)[:, None])
    if not (work.backlog.any() or work.climbing.any()):
        return whole, own, whole, own
    opening = tightnesses(classes, due, work.backlog, longest, BACKLOG_CLIMBS_OVER_DAYS)
    near, far = (_hardest(tight, week) for tight in opening)
    peak = np.maximum(np.maximum(whole, far), work.deferred_hours.mean(axis=1)[:, None])
    return whole, own, peak, np.maximum(own, near)


def _hardest(tight: np.ndarray, week: np.ndarray) -> np.ndarray:
    """The most that any due day of a week asks for, (paths, weeks); due days after the last day are the last week's."""
    starts = np.flatnonzero(np.diff(week, prepend=-1))
    return np.maximum.reduceat(tight, starts, axis=1)


def _by_week(by_day: np.ndarray, week: np.ndarray) -> np.ndarray:
    return np.bincount(week, by_day) / np.maximum(np.bincount(week), 1)


def _live_weeks(
    work: TierDemand, plan: Plan, week: np.ndarray, hours: np.ndarray | None
) -> tuple[tuple[live.LiveWeek, ...], np.ndarray]:
    quantile = quantile_of(plan, plan.rules.rule)
    weekdays = np.array([day.weekday() for day in work.dates])
    contacts, scales = [], []
    for w in range(int(week.max()) + 1):
        by_path = work.live_visits[:, week == w]
        total = by_path.sum(axis=1)
        chosen, mean = risk.capacity_quantile(total, quantile), total.mean()
        by_weekday = _whole_week(work, weekdays[week == w], by_path.mean(axis=0))
        contacts.append(by_weekday * (chosen / mean if mean > 0 else 1.0))
        scales.append(total / chosen if chosen > 0 else np.ones(total.size))
    return live.live_weeks(work, np.stack(contacts), hours), np.stack(scales, axis=1)


def _whole_week(work: TierDemand, weekdays: np.ndarray, contacts: np.ndarray) -> np.ndarray:
    """Contacts by weekday, (7,): a partial week (the horizon's ends, a holiday) gets its own mean on the missing days, so
    that its people are those of a whole one."""
    by_weekday = np.bincount(weekdays, contacts, minlength=7)
    for day, opening in enumerate(work.calendar.openings):
        if opening is not None and day not in weekdays:
            by_weekday[day] = contacts.mean()
    return by_weekday


def answered_share(need: Need) -> np.ndarray:
    """Share of the work of each week that is done rather than given up on, (weeks,)."""
    if not need.live:
        return np.ones(need.weeks)
    kept = np.array([w.load @ w.answered / w.load.sum() if w.load.any() else 1.0 for w in need.live])
    tickets = need.work.steady_deferred_hours.mean()
    calls = need.work.live_visits.mean() * need.work.effective_minutes / 60.0
    return 1.0 - (1.0 - kept) * (calls / (calls + tickets) if calls > 0 else 0.0)


def quantile_of(plan: Plan, rule: str) -> float:
    """The quantile of the load that a rule staffs for; `expected` searches instead, and looks at the wanted share."""
    if rule == "least_cost":
        return risk.critical_ratio(1.0, plan.rules.shortage_cost_ratio)
    return plan.rules.p_sla


def hours_needed(need: Need, plan: Plan, rule: str) -> np.ndarray:
    """Hours of deferred work per day, the same for all weeks, (weeks,): at the rule's quantile of what the weeks of all
    paths ask for, and enough to have cleared the opening backlog by the horizon's end.

    With the rule's 0.9, nine of ten weeks keep all their deadlines. Rejected: the quantile of the hardest week alone. One
    Monday after two holidays then hires people for a quarter; it is what the peak is for.
    """
    asked = risk.capacity_quantile(np.maximum(need.capacity, need.floor).ravel(), quantile_of(plan, rule))
    return np.full(need.weeks, max(asked, need.clearing))


def first_answers_bind(need: Need, plan: Plan) -> float | None:
    """Hours per day that resolutions alone ask for, where first answers alone ask for more; None where they do not."""
    without = float(hours_needed(replace(need, capacity=need.deadline_capacity), plan, plan.rules.rule).max())
    return without if first_answer_hours(need, plan) > without * (1.0 + 1e-9) else None


def first_answer_hours(need: Need, plan: Plan) -> float:
    """Hours of work per day that first answers in time ask for alone, under the plan's rule; 0 where no ticket enters here."""
    asked = None if need.answers is None else need.answers.capacity
    return 0.0 if asked is None else float(risk.capacity_quantile(asked.ravel(), quantile_of(plan, plan.rules.rule)))


def peak_hours_needed(need: Need, plan: Plan) -> np.ndarray:
    """What each week asks for at the rule's quantile, (weeks,), with the deadlines of the opening backlog."""
    quantile = quantile_of(plan, plan.rules.rule)
    return np.maximum(risk.capacity_quantiles(need.peak_capacity, quantile), need.floor)


def own_hours_needed(need: Need, plan: Plan, *, backlog: bool = False) -> np.ndarray:
    """Hours per day by week, (weeks,), for the work of each week alone, under the plan's rule; with the opening backlog's
    deadlines or without."""
    quantile = quantile_of(plan, plan.rules.rule)
    own = need.peak_own_capacity if backlog else need.own_capacity
    return np.maximum(risk.capacity_quantiles(own, quantile), need.floor)


def heads_for_hours(work: TierDemand, hours_per_day: float) -> int:
    """People for so many hours of deferred work on a mean open day: hours / (paid o (1 - s) presence), rounded once."""
    return round_up(hours_per_day / work.hours_per_head)


def whole_heads(heads: np.ndarray) -> np.ndarray:
    """`round_up` of many numbers at once."""
    return np.ceil(heads - TINY * np.maximum(1.0, np.abs(heads))).astype(int)


def heads_for_seats(work: TierDemand) -> int:
    """People to keep the minimum seats in every open hour of the week; nobody where no visit ever comes."""
    if not (work.visits.any() or work.backlog.any()):
        return 0
    weekly = work.plan.paid_hours_per_day * min(work.plan.work_days_per_week, work.calendar.days_per_week)
    return round_up(work.plan.min_seats * work.calendar.hours_per_week / (weekly * (1.0 - work.plan.shrinkage)))


def live_hours_per_day(need: Need) -> np.ndarray:
    """Hours of live work on a mean open day, (weeks,)."""
    days = need.work.calendar.days_per_week
    return np.array([w.load @ w.answered / days for w in need.live]) if need.live else np.zeros(need.weeks)


def week_heads(need: Need, hours: np.ndarray) -> np.ndarray:
    """People per week, (weeks,), for deferred hours per day by week: live first, tickets in what is left, and seats."""
    work = need.work
    heads = np.full(need.weeks, heads_for_seats(work))
    if need.has_tickets:
        together = hours + live_hours_per_day(need)
        heads = np.maximum(heads, whole_heads(together / work.hours_per_head))
    if need.live:
        heads = np.maximum(heads, need.live_heads)
    return heads


def heads_by_rule(need: Need, plan: Plan) -> dict[str, np.ndarray]:
    """People per week under every decision rule, (weeks,) each; `expected` is one number for all weeks."""
    answers = {rule: week_heads(need, hours_needed(need, plan, rule)) for rule in ("probability", "least_cost")}
    least = int(week_heads(need, np.full(need.weeks, need.clearing)).max())  # less, and the queue outgrows the horizon
    enough = _expected_heads(need, plan, least) if need.has_tickets else least
    return {**answers, "expected": np.full(need.weeks, max(least, enough))}


def _expected_heads(need: Need, plan: Plan, least: int) -> int:
    """The fewest people, the same in all weeks, whose expected share of new tickets on time reaches the wanted one.

    Several numbers are tried side by side in one run of the fluid team: a coarse grid, then between two neighbours.
    """
    low = max(least, 1)
    high = max(low, heads_for_hours(need.work, float(need.capacity.max() + live_hours_per_day(need).max())))
    while high > low:
        grid = np.unique(np.linspace(low, high, 8).astype(int))
        enough = _on_time(need, grid) >= plan.rules.p_sla
        if not enough.any():
            return high
        first = int(enough.argmax())
        low, high = (int(grid[first - 1]) + 1 if first else low), int(grid[first])
    return high


def _on_time(need: Need, heads: np.ndarray) -> np.ndarray:
    """Expected share of deferred hours on time with each of several headcounts."""
    work, paths = need.work, need.capacity.shape[0]
    some = np.unique(np.linspace(0, paths - 1, min(_EXPECTED_PATHS, paths)).astype(int))
    classes = [c[some] for c in work.steady_classes]
    capacity = np.maximum(heads[:, None] * work.hours_per_head - live_hours_per_day(need)[need.week], 0.0)
    teams = work_off_teams(classes, list(work.due_days), capacity)
    late, due = (np.array([getattr(team, name).sum() for team in teams]) for name in ("late", "due"))
    return 1.0 - late / np.maximum(due, 1e-12)
