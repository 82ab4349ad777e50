"""Which public holidays this series keeps, and what they do to its counts.

Nobody asks a `date,count` file where it comes from, yet a Christmas that is forecast as a Tuesday is the largest error
of the year. So, unless a country is given, each of a dozen calendars is tried, and one is used only where it predicts
held-out holidays of this very series far better than the same calendar moved by some days does.

Effects are multiplicative, learnt on log((count+½)/(expected+½)) against the median of the same weekday around, and
shrunk: a holiday seen once borrows from the country's other holidays.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from analytics.errors import InputError, did_you_mean
from analytics.forecasting.series import DailySeries

COUNTRIES = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "CA", "AU", "IN", "BR", "PT", "PL", "SE", "JP")
PLACEBO_SHIFTS_DAYS = (-17, -10, 9, 18)
"""Not multiples of 7, and far enough from the holiday itself and from the days around it."""
LEAST_GAIN = 25.0
"""In units of the day-to-day noise variance; and three times what the best placebo gains."""
LARGEST_LOG_EFFECT = 4.0
YEAR_END = {
    (12, 23): 0.2, (12, 24): 1.0, (12, 26): 0.5, (12, 27): 0.2, (12, 28): 0.2, (12, 29): 0.2, (12, 30): 0.2, (12, 31): 0.5,
    (1, 2): 0.5, (1, 3): 0.2,
}  # fmt: skip
"""Days beside Christmas and New Year that most calendars do not list and most businesses feel, with what they are taken to have
of a public holiday's effect (its logarithm) before the series has shown one: medians of thirteen public series. As full
holidays they took a quarter from the last week of a first December on which nothing happened."""


@dataclass(frozen=True)
class HolidayEffects:
    """Factors on the expected count. `past`: one per day of history; `future`: one per day ahead; 1 on ordinary days.

    `country`: the calendar in use, None where none was convincing. `notes`: what was found.
    """

    country: str | None
    past: np.ndarray
    future: np.ndarray
    notes: tuple[str, ...]


def holiday_effects(series: DailySeries, horizon: int, country: str | None = None) -> HolidayEffects:
    """Effects of the given country's holidays, or of the one that the series itself shows, or none (all factors 1)."""
    residual, noise = _residuals(series)
    years = _years(series, horizon)
    if country is not None:
        return _effects(series, horizon, country, _learn(series, residual, noise, named_days(country, years)), years)
    best = _convincing_country(series, residual, noise, years)
    if best is None:
        return no_holidays(series, horizon)
    return _effects(series, horizon, best, _learn(series, residual, noise, named_days(best, years)), years)


def no_holidays(series: DailySeries, horizon: int) -> HolidayEffects:
    """Every day is ordinary."""
    return HolidayEffects(None, np.ones(len(series)), np.ones(horizon), ())


def _years(series: DailySeries, horizon: int) -> tuple[int, int]:
    return int(series.days[0].year), int(series.future_days(horizon)[-1].year)


@lru_cache(maxsize=256)
def named_days(country: str, years: tuple[int, int]) -> dict[date, str]:
    """Date → name of the country's public holidays and of the days beside the year's end, both years included."""
    import holidays

    if country not in holidays.list_supported_countries():
        known = sorted(holidays.list_supported_countries())
        raise InputError(f"There is no holiday calendar '{country}'.", todo=did_you_mean(country, known))
    span = range(years[0], years[1] + 1)
    days = {date(year, month, day): f"{month}-{day}" for year in span for month, day in YEAR_END}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Some calendars warn about years before their laws; those years hold less.
        for day, name in holidays.country_holidays(country, years=span, observed=True).items():
            days[day] = name.replace(" (observed)", "")
    return days


def _residuals(series: DailySeries) -> tuple[np.ndarray, float]:
    """(log ratio to the expected count per day, NaN on closed weekdays and gaps; its robust variance)."""
    with np.errstate(invalid="ignore"):
        ratio = np.log((series.values + 0.5) / (series.expected + 0.5))
    ratio = np.clip(ratio, -LARGEST_LOG_EFFECT, LARGEST_LOG_EFFECT)
    known = ratio[np.isfinite(ratio)]
    spread = 1.4826 * float(np.median(np.abs(known))) if known.size else 1.0
    return ratio, max(spread, 0.02) ** 2


def _occurrences(series: DailySeries, residual: np.ndarray, days: dict[date, str]) -> dict[str, list[float]]:
    """Holiday name → its log ratios in the history."""
    first, found = series.days[0].date(), {}
    for day, name in days.items():
        at = (day - first).days
        if 0 <= at < len(residual) and np.isfinite(residual[at]):
            found.setdefault(name, []).append(float(residual[at]))
    return found


@dataclass(frozen=True)
class _Learnt:
    """Log effects by holiday and for one never seen; variances between holidays and between years of one holiday."""

    by_name: dict[str, float]
    common: float
    between: float = 0.0
    within: float = 1.0


def _learn(series: DailySeries, residual: np.ndarray, noise: float, days: dict[date, str]) -> _Learnt:
    return _shrunk(_occurrences(series, residual, days), noise)


def _shrunk(seen: dict[str, list[float]], noise: float) -> _Learnt:
    """Posterior means: names vary around their common mean (variance from the data), days around their name."""
    if not seen:
        return _Learnt({}, 0.0)
    means = np.array([np.mean(ratios) for ratios in seen.values()])
    sizes = np.array([len(ratios) for ratios in seen.values()])
    common = float(np.median(means)) * len(means) / (len(means) + 2)
    within = _within_variance(seen, noise)
    between = max(float(np.mean((means - common) ** 2 - within / sizes)), 0.1 * within)
    trust = between / (between + within / sizes)
    by_name = dict(zip(seen, common + trust * (means - common), strict=True))
    return _Learnt(by_name, common, between, within)


def _within_variance(seen: dict[str, list[float]], noise: float) -> float:
    """Variance of one holiday between years, never below the day-to-day noise."""
    squares = sum(float(np.sum((np.array(ratios) - np.mean(ratios)) ** 2)) for ratios in seen.values())
    freedom = sum(len(ratios) - 1 for ratios in seen.values())
    return max((squares + 4 * noise) / (freedom + 4), noise)


def _convincing_country(series: DailySeries, residual: np.ndarray, noise: float, years: tuple[int, int]) -> str | None:
    """The calendar with the largest held-out gain among those that beat noise and their own placebos; else None.

    Only the four best are held against placebos: a calendar further down would not be chosen anyway.
    """
    if len(series) < 120 or np.nanmean(series.values) < 1:
        return None

    def gain(country: str, by_days: int = 0) -> float:
        return _gain(_occurrences(series, residual, _moved(named_days(country, years), by_days)), noise)

    gains = {country: gain(country) for country in COUNTRIES}
    for country in sorted(gains, key=lambda country: -gains[country])[:4]:
        if gains[country] > max(LEAST_GAIN, 3 * max(gain(country, by) for by in PLACEBO_SHIFTS_DAYS)):
            return country
    return None


def _moved(days: dict[date, str], by_days: int) -> dict[date, str]:
    return {day + timedelta(days=by_days): name for day, name in days.items()} if by_days else days


def _gain(seen: dict[str, list[float]], noise: float) -> float:
    """Fall of the squared error in units of the noise when each occurrence is predicted from all the others.

    The common mean and the trust in a name are not refitted without the occurrence, only the means are: refitting all
    of it took a second per series and chose the same calendars.
    """
    if len(seen) < 2:
        return 0.0
    learnt, totals = _shrunk(seen, noise), {name: sum(ratios) for name, ratios in seen.items()}
    means = {name: totals[name] / len(seen[name]) for name in seen}
    all_means = sum(means.values())
    gain = 0.0
    for name, ratios in seen.items():
        others = (all_means - means[name]) / (len(seen) - 1) * (len(seen) - 1) / (len(seen) + 1)
        trust = learnt.between / (learnt.between + learnt.within / max(len(ratios) - 1, 1))
        for ratio in ratios:
            own = (totals[name] - ratio) / (len(ratios) - 1) if len(ratios) > 1 else others
            predicted = others + trust * (own - others)
            gain += (ratio**2 - (ratio - predicted) ** 2) / noise
    return gain


def _effects(
    series: DailySeries, horizon: int, country: str, learnt: _Learnt, years: tuple[int, int]
) -> HolidayEffects:
    days = named_days(country, years)
    past = _factors(series.days.date, days, learnt)
    future = _factors(series.future_days(horizon).date, days, learnt)
    ahead = [f"{day:%Y-%m-%d}" for day, factor in zip(series.future_days(horizon), future, strict=True) if factor != 1]
    notes = [f"Public holidays of {country} are taken into account."]
    if ahead:
        notes.append(f"Holidays and the days beside them within the horizon: {', '.join(ahead)}.")
    return HolidayEffects(country, past, future, tuple(notes))


def _factors(dates: np.ndarray, days: dict[date, str], learnt: _Learnt) -> np.ndarray:
    logs = [_log_effect(day, days[day], learnt) if day in days else 0.0 for day in dates]
    return np.exp(np.array(logs, dtype=float))


def _log_effect(day: date, name: str, learnt: _Learnt) -> float:
    """What the series showed of that name; else what holidays do to it on the whole, or the part of it beside the year's end."""
    if name in learnt.by_name:
        return learnt.by_name[name]
    beside = name == f"{day.month}-{day.day}"
    return learnt.common * (YEAR_END[day.month, day.day] if beside else 1.0)
