"""Launches, outages, campaigns, price changes: found in the past, learnt from, and planned ahead.

An event has a shape (1 from its first to its last day, then halving every `half_life_days`) and an uplift: counts are
multiplied by 1 + uplift·shape. Uplifts of past events are measured against the median of the same weekday around, and
shrunk, as logarithms of factors, towards the mean of their kind (random effects, DerSimonian & Laird 1986), which itself
is shrunk towards 0: one lucky launch does not promise the next one. Shrunk as shares, an outage of +472 % ± 96 % was
believed to be +120 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.errors import InputError, did_you_mean
from analytics.forecasting.scores import dispersion_of
from analytics.forecasting.series import DailySeries

EVENT_KINDS = ("launch", "outage", "campaign", "price change", "other")
SMALLEST_SHAPE = 0.02
"""An event is over when its shape has decayed to this."""
PRIOR_UPLIFT_SD = 0.5
"""Before anything is seen, the mean factor of a kind is believed to lie between ×0.6 and ×1.65 or so."""
SMALLEST_FACTOR = 0.2
"""What is taken to be left by what stops everything: the logarithm of less says nothing."""
SPIKE_PROBABILITY = 1e-3
LONGEST_SPIKE_DAYS = 28


@dataclass(frozen=True)
class CalendarEvent:
    """Something that moves arrivals. `days`: full strength; `half_life_days`: decay after that, 0 for none.

    `uplift`: share of the usual count that comes on top (0.4 is +40 %, −0.2 is a fifth less), None to learn it from
    past events of the kind. `tier_mix`: shares of the extra visits by tier, summing to 1; empty for the usual mix.
    `product`: the one whose tickets it moves, empty for all; `uplift_sd`: how unsure the uplift is; `source`: where the
    uplift comes from, in words.
    """

    kind: str
    start: date
    days: int = 1
    half_life_days: float = 0.0
    uplift: float | None = None
    tier_mix: tuple[tuple[str, float], ...] = ()
    label: str = ""
    product: str = ""
    uplift_sd: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind not in EVENT_KINDS:
            raise InputError(f"There is no kind of event '{self.kind}'.", todo=did_you_mean(self.kind, [*EVENT_KINDS]))
        if self.days < 1 or not 0 <= self.half_life_days < np.inf:
            raise InputError("An event lasts a day or more and its half-life is not negative.", found=f"{self}.")
        if self.uplift is not None and not -1 <= self.uplift < np.inf:
            raise InputError("An uplift below −1 would leave less than no tickets.", found=f"{self.uplift:g}.")
        if not 0 <= self.uplift_sd < np.inf:
            raise InputError("The standard deviation of an uplift is not negative.", found=f"{self.uplift_sd:g}.")
        if any(share < 0 for _, share in self.tier_mix):
            raise InputError("The tier mix of an event has no negative shares.", found=f"{dict(self.tier_mix)}.")
        if self.tier_mix and abs(sum(share for _, share in self.tier_mix) - 1) > 1e-6:
            raise InputError("The tier mix of an event must sum to 1.", found=f"{dict(self.tier_mix)}.")

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.kind} {self.label}" if self.label else f"{self.kind} of {self.start:%Y-%m-%d}"


@dataclass(frozen=True)
class MeasuredEvent:
    """A past event with what it did: `observed_uplift` ± `standard_error`, and the `shrunk_uplift` to believe."""

    event: CalendarEvent
    observed_uplift: float
    standard_error: float
    shrunk_uplift: float
    extra_count: float


@dataclass(frozen=True)
class KindEffect:
    """Mean uplift to expect of the next event of a kind, its standard deviation, and how many events taught it."""

    kind: str
    mean_uplift: float
    sd_uplift: float
    events: int


@dataclass(frozen=True)
class FoundSpike:
    """A past run of days far above the expected count, offered for labelling.

    `extra_count`: counts above the expected; `peak_ratio`: largest day over its expected count; `half_life_days`: of the
    decay after the peak, 0 where it stopped at once.
    """

    start: date
    days: int
    extra_count: float
    peak_ratio: float
    half_life_days: float

    def labelled(self, kind: str, label: str = "") -> CalendarEvent:
        """The event that a person says it was."""
        full = 1 if self.half_life_days else self.days
        return CalendarEvent(kind, self.start, full, self.half_life_days, label=label)


@dataclass(frozen=True)
class EventFactors:
    """Factors on the usual count from all events. `past`: per day of history; `future`: per day ahead; 1 without.

    `future_variance`: variance of the future factor from not knowing the uplift. `notes`: what was assumed.
    """

    past: np.ndarray
    future: np.ndarray
    future_variance: np.ndarray
    measured: tuple[MeasuredEvent, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class EffectAhead:
    """What an event is expected to do: counts of a day times 1 + `uplift`·`shape` (one strength 0–1 per day ahead)."""

    event: CalendarEvent
    uplift: float
    sd_uplift: float
    shape: np.ndarray
    sentence: str


def event_shape(event: CalendarEvent, days: pd.DatetimeIndex) -> np.ndarray:
    """Strength 0–1 of the event on each day."""
    age = (days - pd.Timestamp(event.start)).days.to_numpy()
    after = age - event.days + 1
    decay = 0.5 ** (after / event.half_life_days) if event.half_life_days else np.zeros(len(days))
    shape = np.where(age < 0, 0.0, np.where(after <= 0, 1.0, decay))
    return np.where(shape >= SMALLEST_SHAPE, shape, 0.0)


def measure_events(series: DailySeries, events: Sequence[CalendarEvent]) -> tuple[MeasuredEvent, ...]:
    """What each past event did to this series; events that touch no open day of the history are left out.

    The expected count is read around the event, not from under it: days of any event do not count as neighbours.
    """
    shapes = [event_shape(event, series.days) for event in events]
    base = _base(series, np.any([shape > 0 for shape in shapes], axis=0)) if events else np.empty(0)
    dispersion = dispersion_of(series.values, ~(series.closed | series.outlier))
    raw = [(event, *_raw_uplift(series, base, shape, dispersion)) for event, shape in zip(events, shapes, strict=True)]
    seen = [row for row in raw if np.isfinite(row[1])]
    return tuple(_shrunk(row, seen) for row in seen)


def shrunk_together(measured: Sequence[MeasuredEvent]) -> tuple[MeasuredEvent, ...]:
    """Events that were measured on series of their own (one per product), shrunk towards the kind's mean over all."""
    seen = [(one.event, one.observed_uplift, one.standard_error, one.extra_count) for one in measured]
    return tuple(_shrunk(row, seen) for row in seen)


def _base(series: DailySeries, touched: np.ndarray) -> np.ndarray:
    """Expected count without events: median of the nearest same weekdays that no event touches, up to four a side."""
    values = np.where(touched | series.closed | np.isnan(series.values), np.nan, series.values)
    base = series.expected.copy()
    for at in np.flatnonzero(touched):
        before, after = values[at % 7 : at : 7][::-1], values[at + 7 :: 7]
        near = np.concatenate((before[np.isfinite(before)][:4], after[np.isfinite(after)][:4]))
        base[at] = np.median(near) if near.size else np.nan
    return base


def _raw_uplift(
    series: DailySeries, base: np.ndarray, shape: np.ndarray, dispersion: float
) -> tuple[float, float, float]:
    """(uplift, its standard error, extra count): Σ shape·(y−base) / Σ shape²·base, all NaN where nothing is known."""
    known = (shape > 0) & np.isfinite(base) & np.isfinite(series.values) & ~series.closed
    weight = float(np.sum(shape[known] ** 2 * base[known]))
    if weight <= 0:
        return np.nan, np.nan, np.nan
    excess, mean = series.values[known] - base[known], base[known]
    uplift = float(np.sum(shape[known] * excess)) / weight
    usual = mean * (1 + max(uplift, 0) * shape[known])
    # The base is a median of some eight days: its own noise adds a fifth to the variance.
    variance = 1.2 * float(np.sum(shape[known] ** 2 * (usual + dispersion * usual**2)))
    return max(uplift, -1.0), np.sqrt(variance) / weight, float(excess.sum())


def kind_effect(kind: str, measured: Sequence[MeasuredEvent]) -> KindEffect:
    """What to expect of the next event of a kind; without past ones, 0 ± PRIOR_UPLIFT_SD."""
    mine = [_log_factor(one.observed_uplift, one.standard_error) for one in measured if one.event.kind == kind]
    mean, mean_variance, between = _random_effects(mine)
    factor = float(np.exp(mean))
    return KindEffect(kind, factor - 1, factor * float(np.sqrt(mean_variance + between)), len(mine))


def _log_factor(uplift: float, error: float) -> tuple[float, float]:
    """(logarithm of the factor on the usual count, its standard error). Factors are compared by ratio: an outage that brings
    six times the usual is as far from three times as a launch with twice from the usual."""
    factor = max(1 + uplift, SMALLEST_FACTOR)
    return float(np.log(factor)), error / factor


def _random_effects(observed: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """(posterior mean, its variance, variance between events) of (log factor, standard error) pairs, prior N(0, sd²)."""
    if not observed:
        return 0.0, PRIOR_UPLIFT_SD**2, PRIOR_UPLIFT_SD**2 / 4
    uplift, variance = np.array([u for u, _ in observed]), np.array([max(s, 1e-6) ** 2 for _, s in observed])
    weight = 1 / variance
    centre = np.sum(weight * uplift) / weight.sum()
    spare = weight.sum() - np.sum(weight**2) / weight.sum()
    found = (np.sum(weight * (uplift - centre) ** 2) - (len(uplift) - 1)) / spare if len(uplift) > 1 else 0.0
    # With few events the spread between them is hardly known: two pseudo-events at a quarter of the prior variance.
    between = (max(found, 0.0) * (len(uplift) - 1) + 2 * PRIOR_UPLIFT_SD**2 / 4) / (len(uplift) + 1)
    weight = 1 / (variance + between)
    precision = weight.sum() + 1 / PRIOR_UPLIFT_SD**2
    return float(np.sum(weight * uplift) / precision), float(1 / precision), float(between)


def _shrunk(row: tuple[CalendarEvent, float, float, float], seen: Sequence[tuple]) -> MeasuredEvent:
    event, uplift, error, extra = row
    mean, _, between = _random_effects(
        [_log_factor(other[1], other[2]) for other in seen if other[0].kind == event.kind]
    )
    log, log_error = _log_factor(uplift, error)
    trust = between / (between + log_error**2)
    return MeasuredEvent(event, uplift, error, float(np.expm1(mean + trust * (log - mean))), extra)


def event_factors(series: DailySeries, events: Sequence[CalendarEvent], horizon: int) -> EventFactors:
    """Past factors to take events out of the history, future ones to put planned events in.

    An event that began within the history and still decays keeps its own shrunk uplift; one that begins later has the
    uplift it is given, else what its kind taught; one of a kind never seen changes nothing, and a note says so.
    """
    past_events = [event for event in events if event.start <= series.days[-1].date()]
    measured = measure_events(series, past_events)
    past = np.ones(len(series))
    for one in measured:
        past = past * (1 + _used_uplift(one) * event_shape(one.event, series.days))
    future, variance, ahead = np.ones(horizon), np.zeros(horizon), effects_ahead(series, events, horizon, measured)
    for one in ahead:
        future, variance = future * (1 + one.uplift * one.shape), variance + (one.sd_uplift * one.shape) ** 2
    notes = tuple(one.sentence for one in ahead)
    return EventFactors(np.maximum(past, 0.02), np.maximum(future, 0.0), variance, measured, notes)


def effects_ahead(
    series: DailySeries, events: Sequence[CalendarEvent], horizon: int, measured: Sequence[MeasuredEvent] | None = None
) -> tuple[EffectAhead, ...]:
    """What each event does to the days ahead, for those that touch them. `measured`: the past ones, where known already."""
    if measured is None:
        measured = measure_events(series, [event for event in events if event.start <= series.days[-1].date()])
    found = []
    for event in events:
        shape = event_shape(event, series.future_days(horizon))
        if shape.any():
            uplift, sd, sentence = _future_uplift(event, measured)
            found.append(EffectAhead(event, uplift, sd, shape, sentence))
    return tuple(found)


def _used_uplift(one: MeasuredEvent) -> float:
    return one.shrunk_uplift if one.event.uplift is None else one.event.uplift


def _future_uplift(event: CalendarEvent, measured: Sequence[MeasuredEvent]) -> tuple[float, float, str]:
    """(uplift, its standard deviation, the sentence that says where it comes from)."""
    if event.uplift is not None:
        return event.uplift, event.uplift_sd, _planned_note(event, event.uplift)
    own = next((one for one in measured if one.event == event), None)
    if own is not None:
        return own.shrunk_uplift, own.standard_error, f"The {event.name} still adds to the days ahead."
    effect = kind_effect(event.kind, measured)
    if effect.events == 0:
        return 0.0, 0.0, f"No past {event.kind} to learn from: the {event.name} changes nothing until given an uplift."
    learnt = f"{100 * effect.mean_uplift:+.0f} % ± {100 * effect.sd_uplift:.0f} % from {effect.events} past"
    return effect.mean_uplift, effect.sd_uplift, f"The {event.name} is expected to bring {learnt}."


def _planned_note(event: CalendarEvent, uplift: float) -> str:
    sure = f" ± {100 * event.uplift_sd:.0f} %" if event.uplift_sd else ""
    brings = f"{100 * uplift:+.0f} %{sure} at its height"
    return f"The {event.name} is expected to bring {brings}{event.source and ', '}{event.source}."


def find_past_spikes(series: DailySeries, *, limit: int = 12) -> tuple[FoundSpike, ...]:
    """Runs of days that the usual count hardly explains, largest excess first, for a person to label.

    A day belongs to a spike where the negative-binomial chance of so many is below SPIKE_PROBABILITY; days that stay
    unlikely at 5 % continue it, with one quieter day allowed. Longer than four weeks is a new level, not a spike.
    """
    tail = upper_tail(series)
    spikes = [_spike(series, start, stop) for start, stop in _runs(tail < SPIKE_PROBABILITY, tail < 0.05)]
    kept = [spike for spike in spikes if spike.days <= LONGEST_SPIKE_DAYS]
    return tuple(sorted(kept, key=lambda spike: -spike.extra_count)[:limit])


def upper_tail(series: DailySeries) -> np.ndarray:
    """P(a count at least this large) per day against the expected count; 1 on closed days and gaps."""
    from scipy import stats  # half a second to import, and most readers of this module look for no spikes

    usable = np.isfinite(series.expected) & np.isfinite(series.values) & ~series.closed
    dispersion = max(dispersion_of(series.values, usable & ~series.outlier), 1e-6)
    mean = np.maximum(np.where(usable, series.expected, 1.0), 0.1)
    size = 1 / dispersion
    tail = stats.nbinom.sf(np.ceil(np.where(usable, series.values, 0.0)) - 1, size, size / (size + mean))
    return np.where(usable, tail, 1.0)


def _runs(seeds: np.ndarray, continued: np.ndarray) -> list[tuple[int, int]]:
    """[start, stop) of runs that begin at a seed and go on while a day or the one after it is continued."""
    runs, at = [], 0
    while at < len(seeds):
        if not seeds[at]:
            at += 1
            continue
        stop = at + 1
        while stop < len(seeds) and (continued[stop] or continued[stop : stop + 2].any()):
            stop += 1
        runs.append((at, stop))
        at = stop
    return runs


def _spike(series: DailySeries, start: int, stop: int) -> FoundSpike:
    span = slice(start, stop)
    expected = np.nan_to_num(series.expected[span])
    values = np.nan_to_num(series.values[span])
    excess = np.where(series.closed[span], 0.0, values - expected)
    ratio = float(np.max(values / np.maximum(expected, 0.5)))
    return FoundSpike(
        series.days[start].date(), stop - start, float(excess.sum()), ratio, _half_life(np.maximum(excess, 0.0))
    )


def _half_life(excess: np.ndarray) -> float:
    """Days in which the excess halves after its peak, from the mean age of the excess; 0 where it does not decay.

    For a geometric decay by q per day the mean age is q/(1−q): no logarithms of noisy small excesses are needed.
    """
    tail = excess[int(np.argmax(excess)) :]
    if tail.size < 3 or tail[1:].sum() <= 0 or tail[-1] > 0.5 * tail[0]:
        return 0.0
    age = float(np.sum(np.arange(tail.size) * tail) / tail.sum())
    return round(float(np.log(2) / np.log((1 + age) / age)), 1) if age > 0 else 0.0


def last_day(event: CalendarEvent) -> date:
    """Last day on which the event has any strength."""
    fading = int(np.floor(event.half_life_days * np.log2(1 / SMALLEST_SHAPE))) if event.half_life_days else 0
    return event.start + timedelta(days=event.days - 1 + fading)
