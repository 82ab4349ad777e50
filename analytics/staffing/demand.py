"""From tickets to work: routing with the plan's overrides, visits per tier and day, hours by deadline, opening backlog.

Visits of a day follow the day's tickets at once, lambda = (I - P^T)^-1 gamma: an escalation is taken to reach the next
tier on the day of the ticket. Where hops take days, the peaks of upper tiers come later and flatter than shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from analytics.charts.numbers import share as percent
from analytics.errors import InputError, UnstableError, did_you_mean
from analytics.staffing import network
from analytics.staffing.calendars import TierCalendar, by_business_day
from analytics.staffing.deferred import backlog_by_due_day, due_days_of
from analytics.staffing.effort import Effort, stated_effort
from analytics.staffing.first_answer import NewTickets
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan, TierPlan

BACKLOG_CLIMBS_OVER_DAYS = 5
"""Business days over which the escalations of the opening backlog are taken to reach the next tiers."""


@dataclass(frozen=True)
class Demand:
    """Visits of every tier under a plan."""

    routing: np.ndarray
    """(tiers, tiers), with the plan's overrides and tier 0 in it."""
    estimate: network.Routing
    """As learnt from history, with intervals."""
    external: np.ndarray
    """Tickets by tier entered, (paths, days, tiers), with factor, launches and tier 0 in them."""
    visits: np.ndarray
    """(paths, days, tiers), without the backlog's."""
    backlog_visits: np.ndarray
    """Visits per tier that the opening backlog will still make elsewhere, (tiers,)."""


def demand_of(inputs: StaffingInputs, plan: Plan) -> Demand:
    """Visits per tier and day of every sample path.

    Errors: UnstableError where the routing never lets a ticket go; InputError for more deflection than the front line
    could solve, or a plan that names an unknown tier.
    """
    _refuse_unknown_tiers(inputs, plan)
    estimate = inputs.routing
    entering, matrix = _remixed(inputs, plan)
    routing = _overridden(matrix, inputs.tiers, plan)
    external = inputs.arrivals * _factors(inputs, plan)[None, :, None] * entering
    front = front_line(inputs)
    if plan.tier0.deflection > 0:
        routing = network.deflect(external.mean(axis=(0, 1)), routing, front, plan.tier0.deflection)[1]
        external = external * np.where(np.arange(len(inputs.tiers)) == front, 1.0 - plan.tier0.deflection, 1.0)
    total = network.visit_rates(np.eye(len(inputs.tiers)), routing)
    waiting = np.array([inputs.open_visits[tier][2].sum() for tier in inputs.tiers])
    return Demand(routing, estimate, external, external @ total, waiting @ (total - np.eye(len(inputs.tiers))))


def _remixed(inputs: StaffingInputs, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Multiples of the arrivals by tier entered, (tiers,), and history's matrix, with the plan's factors of categories."""
    matrix = inputs.routing.matrix
    if not plan.category_factors:
        return np.ones(len(inputs.tiers)), matrix
    names = [flow.name for flow in inputs.categories]
    for name in plan.category_factors:
        if name not in names:
            raise InputError(
                f"The plan names the {inputs.category_column} '{name}', which is not among the large ones of the data.",
                todo=did_you_mean(name, [known for known in names if known]),
            )
    factors = np.array([plan.category_factors.get(name, 1.0) for name in names])
    entering, moved = network.remixed(
        np.array([flow.entering for flow in inputs.categories]), inputs.category_routings, factors
    )
    whole = np.hstack([matrix, 1.0 - matrix.sum(axis=1, keepdims=True)]) * moved
    total = whole.sum(axis=1, keepdims=True)
    return entering, np.divide(whole, total, out=np.zeros_like(whole), where=total > 0)[:, :-1]


def front_line(inputs: StaffingInputs) -> int:
    """The tier that most tickets enter first: where tier 0 takes them away."""
    return int(inputs.arrivals.sum(axis=(0, 1)).argmax())


def _refuse_unknown_tiers(inputs: StaffingInputs, plan: Plan) -> None:
    ends = {end for row in plan.routing.values() for end in row}
    for name in [*plan.tiers, *plan.calendars, *plan.routing, *ends, *(hire.tier for hire in plan.hires)]:
        if name not in inputs.tiers:
            raise InputError(
                f"The plan names tier '{name}', which the data does not have.",
                todo=did_you_mean(name, list(inputs.tiers)),
            )


def _overridden(matrix: np.ndarray, tiers: tuple[str, ...], plan: Plan) -> np.ndarray:
    """History's matrix with the plan's arrows set; the rest of a row stays, and what is left over ends there."""
    changed = matrix.copy()
    for start, row in plan.routing.items():
        for end, share in row.items():
            if start == end:
                raise InputError(f"routing.{start}.{end}: a visit cannot be handed to its own tier.")
            changed[tiers.index(start), tiers.index(end)] = share
    _refuse_impossible(changed, tiers)
    return changed


def _refuse_impossible(matrix: np.ndarray, tiers: tuple[str, ...]) -> None:
    """The errors of `network`, but with the tiers' names: a slider can make both."""
    for name, row in zip(tiers, matrix, strict=True):
        if row.sum() > 1.0 + 1e-9:
            arrows = ", ".join(f"{end} {percent(part)}" for end, part in zip(tiers, row, strict=True) if part > 0)
            raise InputError(
                f"{name} hands on more than all of its visits.",
                found=f"To {arrows}.",
                todo="Lower one of these shares.",
            )
    loop = network.circling(matrix)
    if loop:
        raise UnstableError(
            f"Tickets circle for ever between {' and '.join(tiers[k] for k in loop)}: none of them resolves any.",
            found="Their shares handed on sum to 100 %.",
            todo=f"Let {tiers[loop[-1]]} resolve some of its visits, or send some elsewhere.",
        )


def _factors(inputs: StaffingInputs, plan: Plan) -> np.ndarray:
    """Multiple of the forecast on each day, (days,): the plan's factor times its launches."""
    factors = np.full(inputs.days, plan.arrivals_factor)
    for launch in plan.launches:
        after = np.arange(inputs.days) - (launch.date - inputs.start).days
        fading = np.clip(1.0 - after / launch.days, 0.0, 1.0)
        factors *= np.where(after >= 0, 1.0 + (launch.factor - 1.0) * fading, 1.0)
    return factors


@dataclass(frozen=True)
class TierDemand:
    """Everything about one tier's work that staffing needs. Days are the tier's business days."""

    name: str
    plan: TierPlan
    calendar: TierCalendar
    effort: Effort
    dates: tuple[date, ...]
    """Of the business days."""
    visits: np.ndarray
    """(paths, business days), the opening backlog's escalations included, its own visits not."""
    climbing: np.ndarray
    """The opening backlog's escalations among them, (business days,)."""
    classes: tuple[np.ndarray, ...]
    """Hours of deferred work by deadline class, each (paths, business days)."""
    steady_classes: tuple[np.ndarray, ...]
    """The same without the opening backlog's escalations: what every week brings anew."""
    due_days: tuple[int, ...]
    backlog: np.ndarray
    """Hours of opening backlog by due day."""
    overdue_hours: float
    live_visits: np.ndarray
    """Visits that are answered live, (paths, business days)."""
    live_share: float
    """Share of its visits that are answered live."""
    effective_minutes: float
    """Minutes of an agent per live visit: chats at once share them."""
    handed_on: float
    """Share of its visits that other tiers handed on; the rest are tickets that enter here."""
    new: NewTickets
    """Tickets that wait for their first answer here."""

    @cached_property
    def deferred_hours(self) -> np.ndarray:
        """Hours of deferred work of all deadlines that arrive, (paths, business days)."""
        return np.sum(self.classes, axis=0)

    @cached_property
    def steady_deferred_hours(self) -> np.ndarray:
        """The same without the opening backlog's escalations."""
        return np.sum(self.steady_classes, axis=0)

    @property
    def work_hours(self) -> np.ndarray:
        """All hours of work that arrive, (paths, business days)."""
        return self.deferred_hours + self.live_visits * self.effective_minutes / 60.0

    @property
    def steady_work_hours(self) -> np.ndarray:
        """The same without the opening backlog's escalations."""
        return self.steady_deferred_hours + self.live_visits * self.effective_minutes / 60.0

    @property
    def presence(self) -> float:
        """Share of the people who are at work on an open day: 5 of 7 for a tier open all week."""
        return min(1.0, self.plan.work_days_per_week / self.calendar.days_per_week)

    @property
    def hours_per_head(self) -> float:
        """Hours of work that one person employed does on a mean open day."""
        return self.plan.productive_hours_per_day * self.presence


def tier_demand(
    inputs: StaffingInputs, plan: Plan, demand: Demand, k: int, *, share: float = 1.0, dice: int = 0
) -> TierDemand:
    """Work of tier number k by business day and deadline; or of a pool with a `share` of it, and `dice` of its own."""
    name = inputs.tiers[k]
    tier, calendar = plan.tier(name), plan.calendar_of(name)
    effort = inputs.effort_of(name)
    if tier.effort_minutes is not None:
        effort = stated_effort(tier.effort_minutes, effort)
    visits = by_business_day(demand.visits[:, :, k], calendar, inputs.start) * share
    climbing = _climbing(demand.backlog_visits[k] * share, visits.shape[1])
    live_share = tier.live_share if tier.live else 0.0
    due = due_days_by_priority(inputs, plan, name)
    handed_on = _handed_on(demand, k)
    drawn = max(handed_on, 1.0 - share)
    per_visit = (1.0 - live_share) * effort.minutes / 60.0
    hours = visits * per_visit * _chance(k + 100 * dice, visits, effort.scv + drawn)
    parts = inputs.shares()[k]
    steady = _by_deadline(hours, parts, due)
    extra = _by_deadline(climbing * per_visit, parts, due)
    slots, overdue = _backlog_hours(inputs, plan, name, effort, tuple(int(days) for days in due))
    dates = tuple(calendar.business_dates(inputs.start, inputs.days))
    shared = effort.minutes / (plan.chat_factors[tier.chats_at_once - 1] if tier.live else 1.0)
    return TierDemand(
        name,
        tier,
        calendar,
        effort,
        dates,
        visits + climbing,
        climbing,
        tuple(steady[days] + extra[days] for days in sorted(steady)),
        tuple(steady[days] for days in sorted(steady)),
        tuple(sorted(steady)),
        slots * share,
        overdue * share,
        (visits + climbing) * live_share,
        live_share,
        shared,
        handed_on,
        _new_tickets(inputs, plan, demand.external[:, :, k] * (share * (1.0 - live_share)), parts, tier, effort),
    )


def _new_tickets(
    inputs: StaffingInputs, plan: Plan, entering: np.ndarray, shares: np.ndarray, tier: TierPlan, effort: Effort
) -> NewTickets:
    targets = tuple(plan.target(priority).first_response_hours for priority in inputs.priorities)
    return NewTickets(entering, shares, targets, min(tier.first_answer_minutes, effort.minutes), inputs.start)


def _climbing(visits: float, days: int) -> np.ndarray:
    """The escalations of the opening backlog by business day, (days,)."""
    spread = min(BACKLOG_CLIMBS_OVER_DAYS, days)
    by_day = np.zeros(days)
    by_day[:spread] = visits / spread
    return by_day


def _by_deadline(hours: np.ndarray, parts: np.ndarray, due: tuple[float, ...]) -> dict[int, np.ndarray]:
    """Hours by the whole business days within which they are due.

    A target of 1.4 days leaves four tenths of a day's arrivals, those of its last hours, a second evening; the others
    must be done on the first: what arrives evenly over the day and must be in time has whole evenings only.
    """
    found: dict[int, np.ndarray] = {}
    for part, days in zip(parts, due, strict=True):
        whole = int(days + 1e-9)
        for within, share in ((whole, 1.0 - max(0.0, days - whole)), (whole + 1, max(0.0, days - whole))):
            if share > 1e-9:
                found[within] = found.get(within, 0.0) + hours * (part * share)
    return found


def _handed_on(demand: Demand, k: int) -> float:
    entered, visits = demand.external[..., k].mean(), demand.visits[..., k].mean()
    return float(1.0 - min(1.0, entered / visits)) if visits > 0 else 0.0


def _chance(dice: int, visits: np.ndarray, scv: float) -> np.ndarray:
    """Factors of mean 1 on a day's work, (paths, business days): which visits climb, and how much work each is.

    The paths hold the chance in tickets that enter; who is handed on is drawn besides (Poisson, for the share of visits
    that were handed on), and so is effort; `scv` is the sum of both. Lognormal from fixed normal draws, so that a slider
    moves the size of the chance and not its dice. For a third tier with four visits a day this is what binds.
    """
    normal = _dice(dice, visits.shape)
    variance = np.log1p(scv / np.maximum(visits, 0.1))
    return np.exp(np.sqrt(variance) * normal - variance / 2.0)


@lru_cache(maxsize=64)
def _dice(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Normal draws, thrown once per process: a slider asks for the same ones again."""
    normal = np.random.default_rng(seed).standard_normal(shape)
    normal.flags.writeable = False  # one array for all who ask
    return normal


def due_days_by_priority(inputs: StaffingInputs, plan: Plan, tier: str) -> tuple[float, ...]:
    """Business days that a visit to the tier may take, by priority: at least one, and then with fractions.

    A visit may take its tier's share of the ticket's resolution target, stretched by the time the clock stands still.
    """
    day = plan.calendar_of(tier).hours_per_day
    return tuple(max(float(due_days_of(hours, day)), hours / day) for hours in target_hours(inputs, plan, tier))


def target_hours(inputs: StaffingInputs, plan: Plan, tier: str) -> list[float]:
    """Business hours that a visit to the tier may take, by priority."""
    share = plan.tier(tier).target_share or 1.0 / float(inputs.visits_on_path[inputs.tiers.index(tier)])
    return [plan.target(p).resolution_hours / (1.0 - plan.pending_share) * share for p in inputs.priorities]


def _backlog_hours(
    inputs: StaffingInputs, plan: Plan, tier: str, effort: Effort, due: tuple[int, ...]
) -> tuple[np.ndarray, float]:
    priority, age_days, visits = inputs.open_visits[tier]
    hours = visits * effort.minutes / 60.0
    days = np.array(due, dtype=float)[priority] - 1.0 - np.floor(age_days)
    slots = backlog_by_due_day(hours, days, plan.rules.overdue_within_days if (days < 0).any() else 1)
    return slots, float(hours[days < 0].sum())


def week_of(dates: tuple[date, ...]) -> np.ndarray:
    """Week number of each date, from 0 without gaps, weeks starting on Monday; a week without a date has no number."""
    mondays = [day.toordinal() - day.weekday() for day in dates]
    return np.unique(mondays, return_inverse=True)[1]
