"""The team as an event-driven network: tickets arrive, wait for an agent, are worked on, climb, return and leave.

What it has and the closed forms lack: arrivals of the forecast's sample paths by hour, opening hours and closed dates of
each tier, priorities, effort as it is distributed, the opening backlog with its age, hires and ramp-up. What it leaves
out: agents never idle by choice, a visit stays with its agent until it ends, customers' pending time is not simulated
(targets are stretched by it), and a blended tier has one queue.

A person on tickets works every open hour, but slower: one minute of work takes open hours / (paid hours x (1 - shrinkage)
x occupancy cap) minutes, so that the team's capacity is exactly that of the closed forms. Fractions of people come on
some days and not on others. On live tiers, seats are the hours' whole numbers and work takes its time.

Draws are common across scenarios: the same seed gives the same tickets, so that a slider shows the change and not the
noise. Replication r is the same whether it runs alone or among a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import InputError
from analytics.staffing import _kernel as kernel, live
from analytics.staffing._check import array, count, number, per_node
from analytics.staffing.calendars import openings_of
from analytics.staffing.demand import TierDemand, demand_of, target_hours, tier_demand
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.need import need_of, week_heads
from analytics.staffing.network import _routing
from analytics.staffing.plan import Plan
from analytics.staffing.team import productive_heads

_MOST_BACKLOG = 1_000_000
_RECORD_COLUMNS = (
    "replication", "ticket", "visit", "tier", "priority", "arrived_minutes", "started_minutes", "ended_minutes",
    "wait_minutes", "effort_minutes", "next_tier",
)  # fmt: skip


@dataclass(frozen=True)
class Setup:
    """A network ready to run."""

    names: tuple[str, ...]
    priorities: tuple[str, ...]
    start: date
    model: kernel.Model
    tiers: np.ndarray
    """One kernel.TIER per tier, its given half filled in."""
    available_hours: np.ndarray
    """Hours that people are there for tickets, (tiers, days): paid hours less shrinkage."""


@dataclass(frozen=True)
class SimulationResult:
    """What happened; every figure is also there by replication, so that its noise can be shown."""

    setup: Setup
    statistics: np.ndarray
    """(replications, tiers, days, kernel.STATISTICS)"""
    waits: np.ndarray
    """Visits by wait, all replications, (tiers, days, kernel.BINS)"""
    records: pd.DataFrame | None = None
    """One row per ended visit, where asked for: times in minutes from the first midnight, `wait_minutes` in open minutes
    of the tier, `next_tier` missing where the ticket was resolved."""

    @property
    def replications(self) -> int:
        """Replications run."""
        return self.statistics.shape[0]

    def column(self, name: str) -> np.ndarray:
        """One statistic by its name in the kernel ("ARRIVED", "WAIT", ...), (replications, tiers, days)."""
        return self.statistics[..., getattr(kernel, name)]

    def daily(self) -> pd.DataFrame:
        """One row per tier and day, means over the replications (see `COLUMNS`)."""
        return _summary(self, np.arange(self.statistics.shape[2]), "day")

    def weekly(self) -> pd.DataFrame:
        """One row per tier and week (Monday to Sunday, `week` is its first day in the horizon)."""
        days = [self.setup.start + timedelta(d) for d in range(self.statistics.shape[2])]
        mondays = [day.toordinal() - day.weekday() for day in days]
        return _summary(self, np.unique(mondays, return_inverse=True)[1], "week")

    def tiers(self, warm_up_days: int = 0) -> pd.DataFrame:
        """One row per tier over the horizon after `warm_up_days`, with 95 % intervals of wait and SLA share.

        Intervals are Student's over replications; they cover the noise of the simulation, not that of the forecast's
        effort and routing.
        """
        seen = self.statistics[:, :, count("warm_up_days", warm_up_days, most=self.statistics.shape[2] - 1) :]
        total = seen.sum(axis=2)
        started, done = total[..., kernel.STARTED], total[..., kernel.DONE]
        wait = _interval(_over(total[..., kernel.WAIT], started) / 60.0)
        share = _interval(_over(total[..., kernel.ON_TIME], done))
        hours = self.setup.available_hours[:, warm_up_days:].sum(axis=1)
        return pd.DataFrame(
            {
                "tier": self.setup.names,
                "visits": total[..., kernel.ARRIVED].mean(axis=0),
                "work_hours": total[..., kernel.WORK].mean(axis=0) / 60.0,
                "utilisation": _over(total[..., kernel.WORK].mean(axis=0) / 60.0, hours),
                **{f"wait_hours{end}": wait[i] for i, end in enumerate(("", "_low", "_high"))},
                "wait_p50_hours": _quantiles(self.waits[:, warm_up_days:].sum(axis=1), 0.5),
                "wait_p90_hours": _quantiles(self.waits[:, warm_up_days:].sum(axis=1), 0.9),
                **{f"sla_share{end}": share[i] for i, end in enumerate(("", "_low", "_high"))},
                "first_response_share": _over(total[..., kernel.FIRST_OK].sum(0), total[..., kernel.FIRST].sum(0)),
                "resolution_share": _over(total[..., kernel.RESOLVED_OK].sum(0), total[..., kernel.RESOLVED].sum(0)),
                "backlog_end": self.statistics[:, :, -1, kernel.BACKLOG].mean(axis=0),
                "gave_up_share": _over(total[..., kernel.GONE].sum(0), total[..., kernel.ARRIVED].sum(0)),
            }
        )


COLUMNS = {
    "arrivals": "external tickets",
    "visits": "visits that arrived",
    "work_hours": "hours of work ended",
    "backlog": "visits waiting or in work at the last midnight",
    "backlog_low": "its 10 % quantile over the replications",
    "backlog_high": "its 90 % quantile",
    "wait_mean_hours": "open hours waited by the visits that started",
    "wait_p50_hours": "half of them waited at most this",
    "wait_p90_hours": "nine of ten waited at most this",
    "sla_share": "share of the visits that ended in time",
    "sla_share_low": "its 10 % quantile over the replications",
    "sla_share_high": "its 90 % quantile",
    "resolution_share": "share of the tickets resolved here that were within their target",
    "utilisation": "work over the hours that people are there for it",
}
"""Columns of `daily` and `weekly`, after `tier` and the date. What has no visit is missing, not 0."""


def _over(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=np.asarray(bottom) > 0)


def _interval(by_replication: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and 95 % Student interval over replications, (tiers,) each."""
    from scipy.special import stdtrit  # not at the top: importing scipy delays the first run

    known = ~np.isnan(by_replication)
    n = known.sum(axis=0)
    mean = _over(np.nansum(by_replication, axis=0), n)
    squares = np.nansum(np.where(known, by_replication - mean, 0.0) ** 2, axis=0)
    error = np.sqrt(_over(squares, (n - 1.0) * n))
    wide = stdtrit(np.maximum(n - 1.0, 1.0), 0.975) * error
    return mean, mean - wide, mean + wide


def _edges() -> np.ndarray:
    """Lower edges of the wait bins in minutes, and the last upper edge."""
    powers = kernel.FIRST_OCTAVE + np.arange(kernel.BINS) / kernel.BINS_PER_OCTAVE
    return np.concatenate([[0.0], 2.0**powers])


def _quantiles(counts: np.ndarray, probability: float) -> np.ndarray:
    """Quantile in hours from counts by bin (..., BINS), interpolated within the bin (9 % wide); missing without visits."""
    edges, total = _edges(), counts.sum(axis=-1)
    below = np.cumsum(counts, axis=-1)
    wanted = probability * total
    at = (below >= np.maximum(wanted, 1e-9)[..., None]).argmax(axis=-1)
    inside = np.take_along_axis(counts, at[..., None], -1)[..., 0]
    left = np.take_along_axis(below, at[..., None], -1)[..., 0] - inside
    part = _over(wanted - left, inside.astype(float))
    value = np.where(at == 0, 0.0, edges[at] + np.nan_to_num(part) * (edges[at + 1] - edges[at]))
    return np.where(total > 0, value / 60.0, np.nan)


def _summary(result: SimulationResult, group: np.ndarray, name: str) -> pd.DataFrame:
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(starts[1:], group.size) - 1
    total = np.add.reduceat(result.statistics, starts, axis=2)
    waits = np.add.reduceat(result.waits, starts, axis=1)
    mean, backlog = total.mean(axis=0), result.statistics[:, :, ends, kernel.BACKLOG]
    share = _over(total[..., kernel.ON_TIME], total[..., kernel.DONE])
    hours = np.add.reduceat(result.setup.available_hours, starts, axis=1)
    low, high = np.quantile(backlog, [0.1, 0.9], axis=0)
    columns = {
        "arrivals": mean[..., kernel.ENTERED],
        "visits": mean[..., kernel.ARRIVED],
        "work_hours": mean[..., kernel.WORK] / 60.0,
        "backlog": backlog.mean(axis=0),
        "backlog_low": low,
        "backlog_high": high,
        "wait_mean_hours": _over(mean[..., kernel.WAIT], mean[..., kernel.STARTED]) / 60.0,
        "wait_p50_hours": _quantiles(waits, 0.5),
        "wait_p90_hours": _quantiles(waits, 0.9),
        "sla_share": _over(mean[..., kernel.ON_TIME], mean[..., kernel.DONE]),
        "sla_share_low": _quantile_of_known(share, 0.1),
        "sla_share_high": _quantile_of_known(share, 0.9),
        "resolution_share": _over(mean[..., kernel.RESOLVED_OK], mean[..., kernel.RESOLVED]),
        "utilisation": _over(mean[..., kernel.WORK] / 60.0, hours),
    }
    dates = [result.setup.start + timedelta(int(day)) for day in starts]
    keys = pd.MultiIndex.from_product([result.setup.names, dates], names=["tier", name])
    return pd.DataFrame({key: values.ravel() for key, values in columns.items()}, index=keys).reset_index()


def _quantile_of_known(by_replication: np.ndarray, probability: float) -> np.ndarray:
    """The quantile over replications of those that have a value; missing where none has."""
    filled = np.where(np.isnan(by_replication), np.inf, by_replication)
    ordered, n = np.sort(filled, axis=0), (~np.isnan(by_replication)).sum(axis=0)
    at = np.maximum(np.ceil(probability * n).astype(int) - 1, 0)
    return np.where(n > 0, np.take_along_axis(ordered, at[None], axis=0)[0], np.nan)


def simulate(
    plan: Plan,
    inputs: StaffingInputs,
    *,
    seed: int = 0,
    replications: int = 100,
    first: int = 0,
    headcount: Mapping[str, float] | None = None,
    records: bool = False,
    threads: int = 2,
) -> SimulationResult:
    """The plan's team over the horizon, on the forecast's sample paths, from the opening backlog.

    `headcount` by tier replaces the plan's and the inputs' (to simulate a recommendation). `first` continues a run:
    replications 20-99 after 0-19 are those that 0-99 would have had; `merged` joins them.
    Errors: InputError where a tier has no headcount, or nobody at all; those of `demand_of`.
    """
    return run(
        setup_of(plan, inputs, headcount),
        seed=seed,
        replications=replications,
        first=first,
        records=records,
        threads=threads,
    )


def setup_of(
    plan: Plan,
    inputs: StaffingInputs,
    headcount: Mapping[str, float] | None = None,
    present: Mapping[str, np.ndarray] | None = None,
) -> Setup:
    """Compile a plan and inputs into the arrays of the kernel.

    `present` are the people who were there on each calendar day by tier, (days,), as a roster says; it replaces
    headcount, attrition and hires of tiers that work on tickets.
    """
    names, days = inputs.tiers, inputs.days
    if len(names) > kernel.MOST_TIERS or len(inputs.priorities) > kernel.MOST:
        raise InputError(
            f"A simulation holds at most {kernel.MOST_TIERS} tiers and {kernel.MOST} priorities.",
            found=f"Found {len(names)} tiers and {len(inputs.priorities)} priorities.",
        )
    demand = demand_of(inputs, plan)
    works = [tier_demand(inputs, plan, demand, k) for k in range(len(names))]
    tiers, openings = np.zeros(len(names), kernel.TIER), []
    for k, work in enumerate(works):
        openings.append(_openings(plan, inputs, work, _present(plan, inputs, work, headcount or {}, present or {}), k))
        _fill_tier(tiers, k, plan, inputs, work)
        tiers[k]["segments"] = len(openings[k])
    _fill_routes(tiers, demand.routing)
    below = np.cumsum(inputs.shares(), axis=1)
    tiers["priority_below"][:, : below.shape[1]] = below
    profile = np.stack([_cumulative_hours(work, _hours(inputs, k)) for k, work in enumerate(works)], axis=1)
    model = kernel.Model(
        counts=np.ascontiguousarray(demand.external),
        day_kind=np.array([(inputs.start + timedelta(d)).weekday() for d in range(days)]),
        profile=profile,
        guide=_guide(profile),
        pace=_pace(profile),
        clock=_clock(openings),
        effort_table=_effort_table(works),
        ticket_target=_ticket_targets(plan, inputs),
        opening=_opening(inputs, works),
    )
    available = np.stack([_available(o, works[k], tiers[k]["stretch"], days) for k, o in enumerate(openings)])
    return Setup(names, inputs.priorities, inputs.start, model, tiers, available)


def _hours(inputs: StaffingInputs, k: int) -> np.ndarray | None:
    return None if inputs.hour_profile is None else inputs.hour_profile[k]


def _heads(plan: Plan, inputs: StaffingInputs, work: TierDemand, given: Mapping[str, float]) -> float:
    stated = given.get(work.name, work.plan.headcount)
    heads = stated if stated is not None else inputs.headcount.get(work.name)
    if heads is None or (heads == 0 and work.visits.any()):
        raise InputError(
            f"{work.name} has work and {'nobody' if heads == 0 else 'no known headcount'}.",
            found=f"About {work.visits.mean():.1f} visits a day.",
            todo=f"Set tiers.{work.name}.headcount in the plan, or simulate the recommended one.",
        )
    return number("headcount", heads)


def _present(
    plan: Plan,
    inputs: StaffingInputs,
    work: TierDemand,
    headcount: Mapping[str, float],
    present: Mapping[str, np.ndarray],
) -> np.ndarray:
    """People at work on each calendar day, (days,)."""
    if work.name in present:
        return array("present", present[work.name])
    heads = _heads(plan, inputs, work, headcount)
    dates = tuple(inputs.start + timedelta(d) for d in range(inputs.days))
    return productive_heads(plan, work.name, heads, inputs.start, dates) * work.presence


def _openings(plan: Plan, inputs: StaffingInputs, work: TierDemand, present: np.ndarray, k: int) -> np.ndarray:
    """Openings with seats: by day for tickets, by hour for live work."""
    if work.plan.live:
        return _live_openings(plan, inputs, work, present / work.presence, k)
    is_open = work.calendar.open_days(inputs.start, inputs.days)
    seats = np.zeros(inputs.days)
    seats[is_open] = _whole_on_average(present[is_open])
    return openings_of(work.calendar, inputs.start, inputs.days, seats)


def _whole_on_average(values: np.ndarray) -> np.ndarray:
    """Whole numbers whose running sum follows that of `values`: 4.5 people are 4 on one day and 5 on the next."""
    return np.diff(np.floor(np.cumsum(values) + 0.5 + 1e-9), prepend=0.0)


def _live_openings(plan: Plan, inputs: StaffingInputs, work: TierDemand, heads: np.ndarray, k: int) -> np.ndarray:
    """One segment per open hour, with the seats that the week's people give to its need; `heads` are those of each calendar
    day, (days,).
    """
    need = need_of(work, plan, _hours(inputs, k))
    wanted = week_heads(need, np.zeros(need.weeks))
    there = need.mean_by_week(heads[work.calendar.open_days(inputs.start, inputs.days)])
    week = dict(zip(work.dates, need.week, strict=True))
    rows, before = [], 0.0
    for start, end, _, _ in openings_of(work.calendar, inputs.start, inputs.days, 1.0):
        day = inputs.start + timedelta(int(start // kernel.DAY))
        seats = live.seats_of(need.live[week[day]], there[week[day]] / max(wanted[week[day]], 1))
        midnight = start - start % kernel.DAY
        for hour in range(24):
            left, right = max(start, midnight + 60.0 * hour), min(end, midnight + 60.0 * (hour + 1))
            if right > left:
                rows.append((left, right, before, seats[day.weekday() * 24 + hour]))
                before += right - left
    return np.array(rows)


def _fill_tier(tiers: np.ndarray, k: int, plan: Plan, inputs: StaffingInputs, work: TierDemand) -> None:
    effort, minutes = work.effort, work.effective_minutes
    kind = kernel.TABLE if effort.quantiles else kernel.FIXED if effort.scv == 0 else kernel.LOGNORMAL
    row = tiers[k]
    row["effort_kind"], row["mean"], row["sigma"] = kind, minutes, np.sqrt(np.log1p(effort.scv))
    row["live"], row["patience"] = work.plan.live, work.plan.patience_minutes or 0.0
    slower = work.calendar.hours_per_day / work.plan.productive_hours_per_day
    row["stretch"] = 1.0 if work.plan.live else slower
    targets = np.array(target_hours(inputs, plan, work.name)) * 60.0
    row["urgency"][: targets.size] = 0.0 if work.plan.live else targets
    row["target"][: targets.size] = work.plan.answer_within_minutes if work.plan.live else targets


def _fill_routes(tiers: np.ndarray, routing: np.ndarray) -> None:
    """Each arrow an interval of the uniform: the first from the left end, the others from the right.

    "Ended here" lies between, so that moving one arrow of three tiers moves no ticket of the other.
    """
    for i, row in enumerate(routing):
        right = 1.0
        for place, j in enumerate(j for j in range(len(row)) if j != i):
            start = 0.0 if place == 0 else right - row[j]
            tiers[i]["route_from"][j], tiers[i]["route_to"][j] = start, start + row[j]
            right = start if place else right


def _cumulative_hours(work: TierDemand, hours: np.ndarray | None) -> np.ndarray:
    """Cumulative share of a weekday's arrivals by hour, (7, 25): history's, else even over open hours (or the day)."""
    opened = live.open_hours(work.calendar).reshape(7, 24)
    weights = opened if hours is None or work.plan.live else np.asarray(hours, float)
    if work.plan.live and hours is not None:
        weights = live.weekly_profile(work.calendar, hours)
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, np.where(opened.any(), 1.0, 0.0))
    sums = np.cumsum(weights, axis=1)
    return np.concatenate([np.zeros((7, 1)), sums / sums[:, -1:]], axis=1)


def _guide(profile: np.ndarray) -> np.ndarray:
    """For each equal share of arrivals the last hour that starts at or before it."""
    shares = np.arange(kernel.GUIDE) / kernel.GUIDE
    return (profile[..., None, :24] <= shares[:, None]).sum(axis=-1) - 1


def _pace(profile: np.ndarray) -> np.ndarray:
    share = np.diff(profile, axis=-1)
    return np.divide(60.0, share, out=np.zeros_like(share), where=share > 0)


def _clock(openings: Sequence[np.ndarray]) -> np.ndarray:
    clock = np.zeros((len(openings), max(len(o) for o in openings), 4))
    for k, rows in enumerate(openings):
        clock[k, : len(rows)] = rows
    return clock


def _effort_table(works: Sequence[TierDemand]) -> np.ndarray:
    size = max((len(work.effort.quantiles) for work in works), default=0)
    table = np.zeros((len(works), max(size, 2)))
    for k, work in enumerate(works):
        quantiles = np.array(work.effort.quantiles) * work.effective_minutes / work.effort.minutes
        if quantiles.size:
            grid = np.linspace(0, 1, table.shape[1])
            table[k] = np.interp(grid, np.linspace(0, 1, quantiles.size), quantiles)
    return table


def _ticket_targets(plan: Plan, inputs: StaffingInputs) -> np.ndarray:
    targets = [plan.target(priority) for priority in inputs.priorities]
    running = 1.0 - plan.pending_share
    return np.array([(t.first_response_hours * 60.0, t.resolution_hours * 60.0 / running) for t in targets])


def _opening(inputs: StaffingInputs, works: Sequence[TierDemand]) -> np.ndarray:
    """The opening backlog ticket by ticket, oldest first; ages in open minutes of the tier."""
    rows = []
    for k, work in enumerate(works):
        priority, age_days, visits = inputs.open_visits[work.name]
        each = np.rint(visits).astype(int)
        minutes = np.repeat(age_days, each) * work.calendar.hours_per_day * 60.0
        rows.append(np.stack([np.full(minutes.size, k), np.repeat(priority, each), minutes, minutes], axis=1))
    found = np.concatenate(rows)
    if len(found) > _MOST_BACKLOG:
        raise InputError("The opening backlog is too large to simulate.", found=f"{len(found):,} visits.")
    return np.ascontiguousarray(found[np.argsort(-found[:, 2], kind="stable")], dtype=float)


def _available(openings: np.ndarray, work: TierDemand, stretch: float, days: int) -> np.ndarray:
    """Hours that people are there for tickets by day: seat hours over the stretch, before the occupancy cap."""
    hours = (openings[:, 1] - openings[:, 0]) * openings[:, 3] / 60.0 / stretch
    share = 1.0 if work.plan.live else work.plan.occupancy_cap
    return np.bincount((openings[:, 0] // kernel.DAY).astype(int), hours / share, minlength=days)


def markov_setup(
    external_per_hour: Any,
    routing: Any,
    handle_minutes: Any,
    agents: Any,
    *,
    days: int,
    seed: int,
    paths: int = 50,
    patience_minutes: Any = 0,
) -> Setup:
    """A network that is always open, with Poisson arrivals and exponential work: what closed forms describe.

    `paths` independent days' counts are drawn from `seed`; replication r runs on path r.
    """
    matrix, rate = _routing(routing), array("external_per_hour", external_per_hour)
    nodes = rate.size
    tiers = np.zeros(nodes, kernel.TIER)
    tiers["segments"], tiers["effort_kind"], tiers["stretch"] = 1, kernel.EXPONENTIAL, 1.0
    tiers["mean"] = per_node("handle_minutes", handle_minutes, nodes)
    tiers["patience"] = per_node("patience_minutes", patience_minutes, nodes)
    tiers["priority_below"][:, 0] = 1.0
    _fill_routes(tiers, matrix)
    seats = per_node("agents", agents, nodes)
    clock = np.stack([np.zeros(nodes), np.full(nodes, days * kernel.DAY), np.zeros(nodes), seats], axis=1)[:, None, :]
    profile = np.tile(np.linspace(0, 1, 25), (1, nodes, 1))
    counts = np.random.default_rng(seed).poisson(24.0 * rate, (paths, days, nodes)).astype(float)
    model = kernel.Model(
        counts, np.zeros(days, np.int64), profile, _guide(profile), _pace(profile), clock, np.zeros((nodes, 2)),
        np.zeros((1, 2)), np.zeros((0, 4)),
    )  # fmt: skip
    names = tuple(f"T{k}" for k in range(nodes))
    hours = np.repeat(seats[:, None] * 24.0, days, axis=1)
    return Setup(names, ("default",), date(2024, 1, 1), model, tiers, hours)


def warm_up() -> None:
    """Compile, or load what was compiled: 10-20 s once per machine, under a second in every later process.

    For the install step and for a page's first start, in the background.
    """
    run(markov_setup([1.0], [[0.0]], 1.0, 1, days=1, seed=0, paths=1), replications=1)


def run(
    setup: Setup, *, seed: int = 0, replications: int = 100, first: int = 0, records: bool = False, threads: int = 2
) -> SimulationResult:
    """Replications `first` to `first + replications - 1`, split over threads; the split changes nothing."""
    total, start = count("replications", replications, least=1), count("first", first)
    workers = min(count("threads", threads, least=1), total)
    shares = [chunk for chunk in np.array_split(np.arange(start, start + total), workers) if chunk.size]
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda chunk: _run_chunk(setup, seed, int(chunk[0]), chunk.size, records), shares))
    return merged(*parts)


def _run_chunk(setup: Setup, seed: int, first: int, replications: int, records: bool) -> SimulationResult:
    model, nodes = setup.model, len(setup.names)
    days = model.counts.shape[1]
    most = np.ceil(model.counts).sum(axis=(1, 2)).max()
    busiest = np.ceil(model.counts).sum(axis=2).max()
    seats = model.clock[:, :, 3].max(axis=1).sum()
    rows = int((most + len(model.opening)) * replications * 3) if records else 0
    while True:
        statistics = np.zeros((replications, nodes, days, kernel.STATISTICS))
        waits = np.zeros((nodes, days, kernel.BINS), np.int64)
        table = np.zeros((rows, kernel.RECORD))
        state = kernel.new_state(setup.tiers, int(most) + len(model.opening) + 1, int(busiest) + 1, int(seats) + 1)
        used = kernel.run(model, state, seed, first, statistics, waits, table)
        if used <= rows or not records:
            return SimulationResult(setup, statistics, waits, _record_frame(setup, table[:used]) if records else None)
        rows = used


def _record_frame(setup: Setup, table: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(table, columns=list(_RECORD_COLUMNS))
    whole = ["replication", "ticket", "visit", "tier", "priority", "next_tier"]
    frame[whole] = frame[whole].astype(int)
    frame["arrived_minutes"] += 0.0  # no -0.0 in anybody's table
    names = dict(enumerate(setup.names))
    frame["tier"], frame["next_tier"] = frame["tier"].map(names), frame["next_tier"].map(names)
    frame["priority"] = frame["priority"].map(dict(enumerate(setup.priorities)))
    return frame


def merged(*parts: SimulationResult) -> SimulationResult:
    """Runs of one setup, joined as if they had been one."""
    records = [part.records for part in parts if part.records is not None]
    return replace(
        parts[0],
        statistics=np.concatenate([part.statistics for part in parts]),
        waits=np.sum([part.waits for part in parts], axis=0),
        records=pd.concat(records, ignore_index=True) if records else None,
    )


def together(result: SimulationResult, names: Sequence[str], group_of: Mapping[str, str]) -> SimulationResult:
    """The tiers of a run added up to groups, in the order of `names`: pools to their tier. Records stay by pool."""
    places = [[k for k, tier in enumerate(result.setup.names) if group_of[tier] == name] for name in names]
    hours = np.stack([result.setup.available_hours[own].sum(axis=0) for own in places])
    return replace(
        result,
        setup=replace(result.setup, names=tuple(names), available_hours=hours),
        statistics=np.stack([result.statistics[:, own].sum(axis=1) for own in places], axis=1),
        waits=np.stack([result.waits[own].sum(axis=0) for own in places]),
    )
