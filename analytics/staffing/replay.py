"""Replay history through the simulation: how well does the model reproduce it, and which effort would have.

What came (tickets by day and tier entered) and who was there (rostered hours) go in; waits, backlog and SLA shares come
out and are set beside those observed, by week and tier. A recommendation carries this score. Where nobody tracks time,
the effort at which simulated and observed waits agree is an estimate of effort; its interval is wide where the team had
time to spare, since then waits hardly depend on effort.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.charts.numbers import duration, share as percent
from analytics.errors import InputError, NotEnoughData
from analytics.staffing.effort import LEAST_VISITS, Effort, _need
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.network import visit_rates
from analytics.staffing.plan import Plan
from analytics.staffing.simulate import SimulationResult, run, setup_of, together

MEASURES = ("wait_p50_hours", "wait_p90_hours", "backlog", "sla_share")
"""What is compared, where it was observed."""
_LEAST_WEEKS = 4
_WIDEST = 8.0
"""Effort is looked for within a factor of eight of the one given."""
_SMALL = {"wait_p50_hours": 0.25, "wait_p90_hours": 0.25, "backlog": 1.0}
"""What effort is calibrated on, with what is added before taking logarithms: a quarter of an hour is no wait worth telling
from none. All three rise with effort; the median alone says nothing about a team with time to spare."""
_Z = 1.959964


@dataclass(frozen=True)
class Pools:
    """A past period by pool: the teams of a tier that do not help each other. Where a tier is one team, it is its own pool."""

    inputs: StaffingInputs
    """As the history's, with a pool in the place of each tier; effort is taken from the history's."""
    tier_of: Mapping[str, str]
    effort_ratio: Mapping[str, float]
    """Work per visit of each pool over that of its tier."""
    roster: pd.DataFrame
    """`date`, `tier` (the pool), `hours`."""
    paid_hours: Mapping[str, float]
    """By tier: paid hours of one person at work on a day. Many people for few hours each work slower side by side."""


@dataclass(frozen=True)
class History:
    """A past period, ready to be replayed."""

    inputs: StaffingInputs
    """`arrivals` with one path: what came. `start` and `backlog` are of the period's first day."""
    roster: pd.DataFrame
    """`date`, `tier`, `hours`: paid hours of the people at work, one row or more per day and tier."""
    observed: pd.DataFrame
    """`tier`, `week` (any day of it) and any of MEASURES: waits in business hours of visits acknowledged in the week, visits
    open at its end, share in time. Missing values are left out of the comparison."""
    pools: Pools | None = None
    """The same period by team; absent: every tier is one pool."""

    def __post_init__(self) -> None:
        _need(self.roster, "date", "tier", "hours")
        _need(self.observed, "tier", "week")
        if not set(MEASURES) & set(self.observed.columns):
            raise InputError("Nothing observed to compare with.", todo=f"Give one of {', '.join(MEASURES)}.")
        rostered = set(self.roster["tier"].astype(str))
        missing = [tier for tier in self.inputs.tiers if tier not in rostered]
        if missing:
            raise NotEnoughData(
                f"The roster has no hours for {', '.join(missing)}.", todo="Upload hours per day for every tier."
            )


def replay(history: History, plan: Plan, *, replications: int = 30, seed: int = 0) -> SimulationResult:
    """The period again, with its arrivals and its rosters, from its opening backlog; by pool where the history knows them, and
    told by tier."""
    inputs, roster, pools = history.inputs, history.roster, history.pools
    if pools is not None:
        inputs, roster, plan = _pool_inputs(history, pools), pools.roster, _pool_plan(history, pools, plan)
    setup = setup_of(plan, inputs, present=_present(inputs, roster, plan))
    result = run(setup, seed=seed, replications=replications)
    return result if pools is None else together(result, history.inputs.tiers, pools.tier_of)


def _pool_inputs(history: History, pools: Pools) -> StaffingInputs:
    """The pools' inputs, each with its part of the effort that its tier has in the history."""
    effort = {
        pool: _scaled(history.inputs.effort_of(tier), pools.effort_ratio[pool]) for pool, tier in pools.tier_of.items()
    }
    return replace(pools.inputs, effort=effort)


def _scaled(effort: Effort, factor: float) -> Effort:
    return replace(
        effort,
        minutes=effort.minutes * factor,
        low=effort.low * factor,
        high=effort.high * factor,
        quantiles=tuple(q * factor for q in effort.quantiles),
    )


def _pool_plan(history: History, pools: Pools, plan: Plan) -> Plan:
    """The plan with a table for each pool: its tier's calendar and numbers, the target of a visit as by tier."""
    tiers, calendars = {}, {}
    for pool, tier in pools.tier_of.items():
        own = plan.tier(tier)
        share = own.target_share or 1.0 / float(history.inputs.visits_on_path[history.inputs.tiers.index(tier)])
        stated = None if own.effort_minutes is None else own.effort_minutes * pools.effort_ratio[pool]
        tiers[pool] = replace(
            own, paid_hours_per_day=pools.paid_hours[tier], target_share=min(1.0, share), effort_minutes=stated
        )
        calendars[pool] = plan.calendars.get(tier, plan.calendar)
    return replace(plan, tiers=tiers, calendars=calendars)


def _present(inputs: StaffingInputs, roster: pd.DataFrame, plan: Plan) -> dict[str, np.ndarray]:
    """People at work on each day of the period by tier: rostered over paid hours."""
    start, days = pd.Timestamp(inputs.start), inputs.days
    day = (pd.to_datetime(roster["date"]).dt.normalize() - start).dt.days.to_numpy()
    inside = (day >= 0) & (day < days)
    tier, hours = roster["tier"].astype(str).to_numpy(), roster["hours"].to_numpy(float)
    found = {}
    for name in inputs.tiers:
        rows = inside & (tier == name)
        people = np.bincount(day[rows], hours[rows], minlength=days) / plan.tier(name).paid_hours_per_day
        if not people.any():
            raise NotEnoughData(f"The roster has no hours for {name} in the period.", found=f"From {start.date()}.")
        found[name] = people
    return found


@dataclass(frozen=True)
class Score:
    """How well a replay agrees with what was observed."""

    weeks: pd.DataFrame
    """One row per tier, week and measure: `observed`, `simulated`."""
    tiers: pd.DataFrame
    """One row per tier and measure: `weeks`, `observed` and `simulated` means, `error` (sum of absolute differences over
    the sum observed; for shares the mean absolute difference), `bias` (the same, signed), `correlation` over weeks."""
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Plain values for `StaffingInputs.replay_score`."""
        rows = self.tiers.astype(object).where(self.tiers.notna(), None)
        return {"sentence": self.sentence, "tiers": rows.to_dict(orient="records")}


def score(history: History, result: SimulationResult) -> Score:
    """Simulated against observed, by week and tier. Errors: NotEnoughData where no week has both."""
    weeks = _beside(history, result)
    if weeks.empty:
        raise NotEnoughData("No week of the replay was observed.", found=f"{len(history.observed)} rows observed.")
    pairs = weeks[["tier", "measure"]].drop_duplicates().itertuples(index=False, name=None)
    rows = [(t, m, *_agreement(m, weeks[(weeks["tier"] == t) & (weeks["measure"] == m)])) for t, m in pairs]
    names = ["tier", "measure", "weeks", "observed", "simulated", "error", "bias", "correlation"]
    tiers = pd.DataFrame(rows, columns=names)
    return Score(weeks, tiers, _sentence(tiers))


def _beside(history: History, result: SimulationResult) -> pd.DataFrame:
    simulated = result.weekly()
    simulated["week"] = _mondays(simulated["week"])
    measures = [name for name in MEASURES if name in history.observed.columns]
    observed = history.observed.assign(
        week=_mondays(history.observed["week"]), tier=history.observed["tier"].astype(str)
    )
    both = observed[["tier", "week", *measures]].merge(
        simulated[["tier", "week", *measures]], on=["tier", "week"], suffixes=("_observed", "_simulated")
    )
    long = [
        both[["tier", "week"]].assign(
            measure=name,
            observed=both[f"{name}_observed"].astype(float),
            simulated=both[f"{name}_simulated"].astype(float),
        )
        for name in measures
    ]
    found = pd.concat(long, ignore_index=True).dropna(subset=["observed", "simulated"])
    return found.reset_index(drop=True)


def _mondays(days: pd.Series) -> list[date]:
    return [(d - timedelta(days=d.weekday())).date() for d in pd.to_datetime(days)]


def _agreement(measure: str, rows: pd.DataFrame) -> tuple[int, float, float, float, float, float]:
    observed, simulated = rows["observed"].to_numpy(), rows["simulated"].to_numpy()
    scale = 1.0 if measure == "sla_share" else max(float(np.abs(observed).mean()), 1e-12)
    error = float(np.abs(simulated - observed).mean()) / scale
    bias = float((simulated - observed).mean()) / scale
    moves = rows.shape[0] > 2 and observed.std() > 0 and simulated.std() > 0
    correlation = float(np.corrcoef(observed, simulated)[0, 1]) if moves else math.nan
    return rows.shape[0], float(observed.mean()), float(simulated.mean()), error, bias, correlation


def _sentence(tiers: pd.DataFrame) -> str:
    """Means over the weeks in plain numbers: a relative error says nothing about a median wait of six minutes."""
    parts = []
    for tier in tiers["tier"].unique():
        rows = {row.measure: row for row in tiers[tiers["tier"] == tier].itertuples(index=False)}
        words = [_WORDS[name](rows[name].simulated, rows[name].observed) for name in _WORDS if name in rows]
        parts.append(f"{tier}: {', '.join(words)}")
    weeks = int(tiers["weeks"].max())
    return (
        f"Replayed over the last {weeks} weeks, the model says (and history saw) a week's mean of: {'; '.join(parts)}."
    )


_WORDS: dict[str, Callable[[Any, Any], str]] = {
    "wait_p90_hours": lambda model, seen: f"nine of ten waits up to {model:.1f} h ({seen:.1f} h)",
    "backlog": lambda model, seen: f"{model:.0f} open ({seen:.0f})",
    "sla_share": lambda model, seen: f"{percent(model)} in time ({percent(seen)})",
}


FAR = 1.5
"""Waits of the model beyond this factor of those seen, either way, are not to be planned with."""
NOT_MODELLED = (
    "the time until somebody looks at a ticket, tickets taken out of turn, several at once, what else people do"
)
"""What keeps the model's waits from those seen."""
_WAITS = {
    "wait_p90_hours": "nine of ten waits up to {} in the model, {} seen",
    "wait_p50_hours": "half of its waits up to {}, {} seen",
}


def far_waits(tiers: Iterable[Mapping[str, Any]], measures: Sequence[str] = tuple(_WAITS)) -> dict[str, str]:
    """By tier: how far the model's waits are from those seen, where they are (`FAR`). Takes `Score.tiers` as records."""
    found: dict[str, list[str]] = {}
    rows = {(row["tier"], row["measure"]): row for row in tiers}
    for measure, words in ((name, _WAITS[name]) for name in measures):
        for (tier, own), row in rows.items():
            ratio = (row["simulated"] + _SMALL[measure]) / (row["observed"] + _SMALL[measure])
            if own == measure and not 1 / FAR <= ratio <= FAR:
                told = words.format(working_hours(row["simulated"]), working_hours(row["observed"]))
                found.setdefault(str(tier), []).append(told)
    return {tier: ", ".join(words) for tier, words in sorted(found.items())}


def working_hours(hours: float) -> str:
    """Working hours: never as days, which people would take for days of 24 hours, or of eight."""
    return f"{hours:,.0f} h" if 10 <= hours < math.inf else duration(hours)


@dataclass(frozen=True)
class Calibration:
    """Efforts at which the replay agrees with history."""

    effort: Mapping[str, Effort]
    """Tiers for which one was found, source `replay`."""
    failed: Mapping[str, str]
    """Why not, for the others."""
    score: Score
    """Of the replay with these efforts."""


def calibrate(history: History, plan: Plan, *, replications: int = 10, seed: int = 0) -> Calibration:
    """The effort of every tier at which its simulated waits and backlog agree with the observed ones.

    Tier by tier from the front, by bisection on the logarithm of effort with common random numbers; agreement is of the
    mean over weeks and measures of log(value + a little). The 95 % interval is 1.96 standard errors of the weekly
    differences over the slope of their mean. Errors: NotEnoughData where neither waits nor backlog were observed.
    """
    if not set(_SMALL) & set(history.observed.columns):
        raise NotEnoughData("Calibration needs observed waits or backlog.", todo=f"Give one of {', '.join(_SMALL)}.")
    fitted, found, failed = history, {}, {}
    for tier in history.inputs.tiers:
        effort = _fit(fitted, plan, tier, replications, seed)
        if isinstance(effort, str):
            failed[tier] = effort
        else:
            found[tier] = effort
            fitted = _with_effort(fitted, effort.minutes, tier, effort)
    result = replay(fitted, _without_stated(plan), replications=max(replications, 20), seed=seed)
    return Calibration(found, failed, score(fitted, result))


def _without_stated(plan: Plan) -> Plan:
    """The plan without stated efforts, which would override those on trial."""
    return replace(plan, tiers={name: replace(tier, effort_minutes=None) for name, tier in plan.tiers.items()})


def _with_effort(history: History, minutes: float, tier: str, like: Effort) -> History:
    factor = minutes / like.minutes
    quantiles = tuple(q * factor for q in like.quantiles)
    trial = replace(
        like, minutes=minutes, low=min(like.low, minutes), high=max(like.high, minutes), quantiles=quantiles
    )
    inputs = replace(history.inputs, effort={**history.inputs.effort, tier: trial})
    return replace(history, inputs=inputs)


def _fit(history: History, plan: Plan, tier: str, replications: int, seed: int) -> Effort | str:
    """The tier's effort, or a sentence that says why there is none."""
    start, visits = history.inputs.effort_of(tier), _visits(history.inputs, tier)
    if visits < LEAST_VISITS:
        return f"{tier}: {visits} visits in these weeks are too few to tell effort from; {LEAST_VISITS} are needed."

    def gaps(minutes: float) -> np.ndarray:
        trial = _with_effort(history, minutes, tier, start)
        weeks = _beside(trial, replay(trial, _without_stated(plan), replications=replications, seed=seed))
        own = weeks[((weeks["tier"] == tier) & weeks["measure"].isin(list(_SMALL))).to_numpy()]
        small = own["measure"].map(_SMALL)
        ratio = np.log((own["simulated"] + small) / (own["observed"] + small))
        return ratio.groupby(own["week"]).mean().to_numpy()

    least, most = start.minutes / _WIDEST, start.minutes * _WIDEST
    low, high = gaps(least), gaps(most)
    if min(low.size, high.size) < _LEAST_WEEKS:
        return f"{tier}: fewer than {_LEAST_WEEKS} weeks have both observed and simulated waits."
    if low.mean() > 0:
        return (
            f"{tier}: it waited less than the model does with {least:.1f} minutes a visit; its team had time to spare."
        )
    if high.mean() < 0:
        return f"{tier}: it waited longer than the model does with {most:.0f} minutes a visit; not effort, then."
    minutes = _root(gaps, least, most)
    width = _half_width(gaps, minutes)
    return Effort(
        minutes,
        max(least, minutes * math.exp(-width)),
        min(most, minutes * math.exp(width)),
        "replay",
        visits,
        start.scv,
        tuple(q * minutes / start.minutes for q in start.quantiles),
    )


def _visits(inputs: StaffingInputs, tier: str) -> int:
    """Visits to the tier in the period, by its arrivals and the routing."""
    return round(float(visit_rates(inputs.arrivals[0].sum(axis=0), inputs.routing.matrix)[inputs.tiers.index(tier)]))


def _root(gaps: Callable[[float], np.ndarray], low: float, high: float) -> float:
    """Effort between `low` and `high` at which the mean gap is 0, to 2 %, by bisection of its logarithm."""
    while high / low > 1.02:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if gaps(middle).mean() < 0 else (low, middle)
    return math.sqrt(low * high)


def _half_width(gaps: Callable[[float], np.ndarray], minutes: float) -> float:
    """Half the 95 % interval of log effort: the standard error of the weekly gaps over their slope, at least 1 %."""
    here, step = gaps(minutes), math.log(1.15)
    slope = (gaps(minutes * 1.15).mean() - gaps(minutes / 1.15).mean()) / (2.0 * step)
    error = _Z * here.std(ddof=1) / math.sqrt(here.size)
    return max(0.01, error / slope) if slope > 0 else math.log(_WIDEST)
