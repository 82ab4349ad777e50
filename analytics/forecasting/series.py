"""A daily count series that is complete and says what was done to it.

Assumptions, at the head so that they can be disputed:

- one number per calendar day, never negative; days are the data's own days (no time zone work here);
- a weekday on which (almost) nothing ever arrives although the others are busy is *closed*: its zeros are facts, its
  forecast is zero, and the models never see it as a dip;
- a date that is absent from the data is a zero where a zero is plausible, and a *gap* where it is not. A gap is neither
  modelled nor scored;
- an outlier stays in the counts and in every score; only the copy that the models learn from is tamed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import InputError, NotEnoughData

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RECENT_DAYS = 84
"""Twelve weeks decide which weekdays are closed today: last year's opening hours do not."""
LONGEST_ABSENCE_DAYS = 14
"""What is absent for longer is a hole in the data, not a row of quiet days."""
LARGEST_COUNT = 9e15
"""Above this a float no longer holds every whole number."""
LONGEST_GAP_DAYS = 366
OUTLIER_SIGMAS = 4.0
LONGEST_OUTLIER_DAYS = 3
"""A longer run of odd days is a change in the business, not an outlier."""


@dataclass(frozen=True)
class DailySeries:
    """Counts per day without holes in the calendar, and what was found in them.

    `counts`: one float per day, NaN only in gaps. `closed_weekdays`: Monday is 0. `closed`: one bool per day, True on
    closed weekdays and on single closed days (a zero on a busy weekday). `outlier`: one bool per day. `expected`: the
    median of the same weekday within four weeks either way, NaN on closed weekdays. `clean`: counts without gaps,
    single closures and outliers, the copy that models learn from. `shift_at`: first day after the last level shift.
    """

    counts: pd.Series
    closed_weekdays: tuple[int, ...]
    closed: np.ndarray
    outlier: np.ndarray
    expected: np.ndarray
    clean: np.ndarray
    shift_at: pd.Timestamp | None
    shift_ratio: float
    notes: tuple[str, ...]

    @property
    def days(self) -> pd.DatetimeIndex:
        """The calendar, one entry per day, without holes."""
        return pd.DatetimeIndex(self.counts.index)

    @property
    def values(self) -> np.ndarray:
        """Counts as floats, NaN in gaps."""
        return self.counts.to_numpy(dtype=float)

    @property
    def weekdays(self) -> np.ndarray:
        """Weekday of each day, Monday is 0."""
        return self.days.day_of_week.to_numpy()

    def __len__(self) -> int:
        return len(self.counts)

    def future_days(self, horizon: int) -> pd.DatetimeIndex:
        """The `horizon` days after the last one."""
        return pd.date_range(self.days[-1] + pd.Timedelta(days=1), periods=horizon, freq="D")

    def open_ahead(self, horizon: int) -> np.ndarray:
        """One bool per future day: True where the weekday is not a closed one."""
        return ~np.isin(self.future_days(horizon).day_of_week, self.closed_weekdays)

    def head(self, length: int) -> DailySeries:
        """The series as it looked after its first `length` days; nothing later is used (closures, outliers, shifts)."""
        return _described(self.counts.iloc[:length], ())

    def tail(self, length: int) -> DailySeries:
        """The last `length` days; notes on the whole series are kept."""
        return self if length >= len(self) else _described(self.counts.iloc[-length:], ())

    def without(self, factors: np.ndarray) -> DailySeries:
        """The series as it would have been without the events that multiplied each day by `factors` (positive)."""
        return self if (factors == 1).all() else _described(self.counts / factors, ())


def prepare(counts: pd.Series, *, today: date | None = None) -> DailySeries:
    """Counts by day → a complete, described series.

    `counts` has dates as its index (anything pandas reads as dates, without time of day) and one number per date, in
    any order. Raises `NotEnoughData` on an empty series and `InputError` on duplicates, negative, missing or
    non-numeric counts, on times of day, and on a series that is not daily. `today` only adds a note on future dates.
    """
    if len(counts) == 0:
        raise NotEnoughData("The series is empty.", todo="Give one line per day with a date and a count.")
    given = pd.Series(_checked_counts(counts), index=_checked_days(counts.index), name="count").sort_index()
    _refuse_not_daily(given.index)
    complete, notes = _completed(given)
    complete, trimmed = _without_leading_zeros(complete)
    future = _future_note(complete.index[-1], today)
    return _described(complete, (*notes, *trimmed, *future))


def _checked_counts(counts: pd.Series) -> np.ndarray:
    numbers = pd.to_numeric(counts, errors="coerce").to_numpy(dtype=float)
    bad = ~np.isfinite(numbers)
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise InputError(
            "A count is not a number.",
            found=f"'{counts.iloc[at]}' on {_day_words(counts.index[at])}.",
            todo="Write 0 where nothing came, and leave out days that are missing.",
        )
    _refuse_out_of_range(numbers, counts.index)
    return np.asarray(numbers)


def _refuse_out_of_range(numbers: np.ndarray, index: pd.Index) -> None:
    if (numbers < 0).any():
        at = int(np.argmax(numbers < 0))
        found = f"{numbers[at]:g} on {_day_words(index[at])}."
        raise InputError("A count is negative.", found=found, todo="Counts start at 0.")
    if (numbers > LARGEST_COUNT).any():
        at = int(np.argmax(numbers > LARGEST_COUNT))
        found = f"{numbers[at]:g} on {_day_words(index[at])}."
        raise InputError("A count is too large to be exact.", found=found, todo="Check the number.")


def _day_words(label: Any) -> str:
    return f"{label:%Y-%m-%d}" if isinstance(label, date) else str(label)


def _checked_days(index: pd.Index) -> pd.DatetimeIndex:
    try:
        days = pd.DatetimeIndex(pd.to_datetime(index)).tz_localize(None).as_unit("us")
    except (ValueError, TypeError) as problem:
        raise InputError("The index does not hold dates.", found=str(problem)) from problem
    if days.hasnans:
        raise InputError("A date is missing.", found=f"Row {int(np.argmax(days.isna())) + 1} has no date.")
    if (days != days.normalize()).any():
        first = days[days != days.normalize()][0]
        raise InputError("The series has times of day.", found=f"{first}.", todo="Give one total per day.")
    if days.has_duplicates:
        twice = days[days.duplicated()][0]
        raise InputError("A date appears twice.", found=f"{twice:%Y-%m-%d}.", todo="Give one total per day.")
    return days


def _refuse_not_daily(days: pd.DatetimeIndex) -> None:
    """Weekly and monthly series are another question; a very long hole is more often a mistyped year than a gap."""
    steps = np.diff(days.to_numpy()).astype("timedelta64[D]").astype(int)
    if steps.size and steps.max() > LONGEST_GAP_DAYS:
        at = int(steps.argmax())
        raise InputError(
            "The dates jump by more than a year.",
            found=f"{days[at]:%Y-%m-%d} is followed by {days[at + 1]:%Y-%m-%d}.",
            todo="Check the year, or cut the series after the jump.",
        )
    if steps.size >= 3 and (np.isin(steps, (7, 14, *range(28, 32), *range(90, 93))).mean() > 0.9):
        raise InputError(
            "The series is not daily.",
            found=f"Its dates are {int(np.median(steps))} days apart.",
            todo="Give one total per day.",
        )


def _completed(given: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    """Every day of the calendar; absent ones become 0 where a zero is plausible and NaN where it is not."""
    complete = given.reindex(pd.date_range(given.index[0], given.index[-1], freq="D", unit="us"))
    absent = complete.isna().to_numpy()
    if not absent.any():
        return complete, ()
    zeroed = absent & _zero_is_plausible(complete, _in_run(absent, LONGEST_ABSENCE_DAYS))
    complete = complete.mask(zeroed, 0.0)
    gaps = absent & ~zeroed
    notes = []
    if zeroed.any():
        notes.append(f"{int(zeroed.sum())} absent days are counted as 0, as the data make a zero plausible there.")
    if gaps.any():
        notes.append(f"{int(gaps.sum())} absent days are gaps: neither modelled nor scored.")
    return complete, tuple(notes)


def _zero_is_plausible(complete: pd.Series, long_absence: np.ndarray) -> np.ndarray:
    """One bool per day: the weekday is mostly absent or zero, or its typical count is so low that a zero is common.

    With typical count m a Poisson day is empty with probability exp(−m); three keeps that above 5 %. A long absence says
    nothing about weekdays: nine months without a file are no nine months without a ticket.
    """
    weekday = pd.DatetimeIndex(complete.index).day_of_week
    shown, of_day = complete[~long_absence], weekday[~long_absence]
    busy = pd.Series(shown.fillna(0.0).gt(0).groupby(of_day).mean())
    typical = pd.Series(shown.groupby(of_day).median()).fillna(0.0)
    plausible = busy.lt(0.5) | typical.le(3.0)
    return plausible.reindex(weekday, fill_value=False).to_numpy(dtype=bool)


def _without_leading_zeros(complete: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    """Drop four or more weeks of nothing before the first count: the product did not exist yet."""
    positive = np.flatnonzero(complete.to_numpy() > 0)
    if positive.size == 0 or positive[0] < 28 or complete.to_numpy()[positive[0] :].mean() < 1.0:
        return complete, ()
    first = positive[0]
    return complete.iloc[first:], (f"The first {first} days hold nothing and are left out.",)


def _future_note(last: pd.Timestamp, today: date | None) -> tuple[str, ...]:
    if today is None or last <= pd.Timestamp(today):
        return ()
    return (f"The data end on {last:%Y-%m-%d}, which is in the future.",)


def _described(counts: pd.Series, notes: tuple[str, ...]) -> DailySeries:
    """Closures, outliers, the clean copy and level shifts of a complete series."""
    values = counts.to_numpy(dtype=float)
    weekdays = pd.DatetimeIndex(counts.index).day_of_week.to_numpy()
    closed_weekdays = _closed_weekdays(values, weekdays)
    on_closed_weekday = np.isin(weekdays, closed_weekdays)
    expected = _expected(np.where(on_closed_weekday, np.nan, values), weekdays[0] if weekdays.size else 0)
    single = _single_closures(values, expected)
    outlier, cap = _outliers(np.where(single | on_closed_weekday, np.nan, values), expected)
    clean = _cleaned(values, expected, single, outlier, cap, on_closed_weekday)
    series = DailySeries(
        counts, closed_weekdays, on_closed_weekday | single, outlier, expected, clean, None, 1.0, notes
    )
    series = _with_shift(series)
    return replace(series, notes=(*notes, *_findings(series, single)))


def _closed_weekdays(values: np.ndarray, weekdays: np.ndarray) -> tuple[int, ...]:
    """Weekdays (Monday 0) with nothing on nine of ten recent days although the others make eight or more expected.

    Eight expected and none seen has Poisson probability 0.0003. A share test alone would close quiet weekdays of
    low-volume series.
    """
    recent, days = values[-RECENT_DAYS:], weekdays[-RECENT_DAYS:]
    closed = []
    for weekday in range(7):
        mine, others = recent[days == weekday], recent[days != weekday]
        mine, others = mine[~np.isnan(mine)], others[~np.isnan(others)]
        if mine.size < 2 or others.size == 0:
            continue
        # The upper quartile: 0 on a sparse series, whose empty Tuesdays are chance, yet open where only two days are.
        typical = float(np.quantile(others, 0.75))
        quiet = (mine <= 0).mean() >= 0.9 and mine.mean() < 0.02 * max(typical, 1e-12)
        if quiet and typical * mine.size >= 8:
            closed.append(weekday)
    return tuple(closed)


def _expected(values: np.ndarray, first_weekday: int) -> np.ndarray:
    """Median of the same weekday within four weeks either way, one number per day; NaN where there is none."""
    weeks = -(-(len(values) + first_weekday) // 7)
    grid = np.full(weeks * 7, np.nan)
    grid[first_weekday : first_weekday + len(values)] = values
    padded = np.pad(grid.reshape(weeks, 7), ((4, 4), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 9, axis=0)
    return _nanmedian(windows).reshape(-1)[first_weekday : first_weekday + len(values)]


def _nanmedian(windows: np.ndarray) -> np.ndarray:
    """Median over the last axis ignoring NaN, NaN where all are; np.nanmedian warns and is ten times slower."""
    ordered = np.sort(windows, axis=-1)
    known = np.isfinite(ordered).sum(axis=-1)
    low = np.take_along_axis(ordered, np.maximum((known - 1) // 2, 0)[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, np.maximum(known // 2, 0)[..., None], axis=-1)[..., 0]
    return np.where(known > 0, (low + np.where(known % 2, low, high)) / 2, np.nan)


def _single_closures(values: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Zero (or nearly) on a weekday that brings ten or more: closed that day, not a quiet day."""
    with np.errstate(invalid="ignore"):
        return (expected >= 10) & (values <= 0.01 * expected)


def _outliers(values: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(one bool per day, the largest believable |log ratio| of each day to its expected count).

    Judged on log((count+1)/(expected+1)) against its robust spread, widened by what counting alone does to a quiet
    weekday, and never below a ratio of 1.5: a very regular series has no outliers at +10 %.
    """
    ratio = np.log1p(values) - np.log1p(expected)
    known = ratio[np.isfinite(ratio)]
    if known.size < 21:
        return np.zeros(len(values), dtype=bool), np.full(len(values), np.inf)
    spread = 1.4826 * float(np.median(np.abs(known - np.median(known))))
    counting = 1 / (np.nan_to_num(expected) + 1)
    own = max(spread**2 - float(np.median(counting[np.isfinite(ratio)])), 0.25 * spread**2)
    cap = np.maximum(OUTLIER_SIGMAS * np.sqrt(own + counting), np.log(1.5))
    odd = np.isfinite(ratio) & (np.abs(ratio) > cap) & (np.abs(values - expected) > 4 * np.sqrt(expected + 1))
    return odd & ~_in_run(odd, LONGEST_OUTLIER_DAYS), cap


def _in_run(flags: np.ndarray, longer_than: int) -> np.ndarray:
    """Flags that stand in an unbroken run of more than so many."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    long = np.zeros(len(flags), dtype=bool)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        long[start:stop] = stop - start > longer_than
    return long


def _cleaned(
    values: np.ndarray,
    expected: np.ndarray,
    single: np.ndarray,
    outlier: np.ndarray,
    cap: np.ndarray,
    closed: np.ndarray,
) -> np.ndarray:
    """The copy that models learn from: gaps and single closures at the expected count, outliers pulled to the cap."""
    fallback = np.nanmean(values) if np.isfinite(values).any() else 0.0
    usual = np.where(np.isfinite(expected), expected, fallback)
    clean = np.where(np.isnan(values) | single, usual, values)
    if outlier.any():
        limit = np.expm1(np.log1p(usual) + np.sign(values - usual) * cap)
        clean = np.where(outlier, np.maximum(limit, 0.0), clean)
    return np.where(closed, 0.0, clean)


def _with_shift(series: DailySeries) -> DailySeries:
    """Find the sharpest lasting step in the level, four weeks on either side of it, at a quarter or more.

    Judged on logs of the seven-day means of the clean copy: the medians of the four weeks before and after must differ
    by more than twice what the weeks differ among themselves, and most of the step must fall into the
    week that follows the last one before it. Trends and seasons do not step; noise does not last.
    """
    if len(series) < 63:
        return series
    # Entry i covers the days i … i+6, so that the week before day `at` is entry at−7.
    logs = np.log1p(np.convolve(series.clean, np.ones(7) / 7, mode="valid"))
    at = np.arange(28, len(logs) - 21)
    before, after = logs[at[:, None] - [28, 21, 14, 7]], logs[at[:, None] + [0, 7, 14, 21]]
    step = np.median(after, axis=1) - np.median(before, axis=1)
    sharp = logs[at] - logs[at - 7]
    noise = np.maximum(np.ptp(before, axis=1), np.ptp(after, axis=1))
    lasting = (np.abs(step) > 2 * noise) & (sharp * step > 0) & (np.abs(sharp) > 0.6 * np.abs(step))
    size = np.where(lasting, np.abs(step), 0.0)
    best = int(np.argmax(size)) if size.size else 0
    if not size.size or size[best] < np.log(1.25):
        return series
    return replace(series, shift_at=series.days[at[best]], shift_ratio=float(np.exp(step[best])))


def _findings(series: DailySeries, single: np.ndarray) -> list[str]:
    """What was found, in plain sentences."""
    notes = []
    if series.closed_weekdays:
        names = ", ".join(WEEKDAY_NAMES[weekday] for weekday in series.closed_weekdays)
        notes.append(f"Closed on {names}: zero there is a fact and is forecast as zero.")
    if single.any():
        notes.append(f"{int(single.sum())} single closed days are counted as 0 and not learnt as a dip.")
    if series.outlier.any():
        notes.append(f"{int(series.outlier.sum())} outlying days are tamed for the models and kept in the scores.")
    if series.shift_at is not None:
        notes.append(f"The level changed by ×{series.shift_ratio:.2f} around {series.shift_at:%Y-%m-%d}.")
    return notes
