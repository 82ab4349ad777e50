"""Made daily arrivals with known ingredients, for tests and for trying the race on series that nobody has seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

KINDS = ("plain", "yearly", "growth", "shift", "low", "closed", "launches", "holidays", "short", "wandering")
HOLIDAYS_MONTH_DAY = ((1, 1), (5, 1), (7, 4), (11, 11), (12, 24), (12, 25), (12, 26), (12, 31))


def made_counts(kind: str, seed: int, days: int | None = None) -> pd.Series:
    """Negative-binomial counts per day of one kind; the same seed gives the same series."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    length = days or int({"short": 70}.get(kind, rng.choice([200, 400, 730, 900])))
    index = pd.date_range(pd.Timestamp("2022-01-03") + pd.Timedelta(days=int(rng.integers(0, 300))), periods=length)
    mean = made_mean(kind, index, rng)
    size = rng.uniform(8, 80)
    counts = rng.negative_binomial(size, size / (size + np.maximum(mean, 1e-9)))
    return pd.Series(np.where(mean > 0, counts, 0), index=index, name="count")


def made_mean(kind: str, index: pd.DatetimeIndex, rng: np.random.Generator) -> np.ndarray:
    """The mean that the counts are drawn around: level × week × year × what the kind adds."""
    days = np.arange(len(index))
    level = rng.uniform(0.4, 4) if kind == "low" else np.exp(rng.uniform(np.log(15), np.log(600)))
    week = _week(kind, rng)[index.day_of_week]
    year = 1 + rng.uniform(0.05, 0.4) * np.sin(2 * np.pi * (index.day_of_year / 365.25 + rng.random()))
    mean = level * week * (np.asarray(year) if kind not in ("plain", "low", "short") else 1.0)
    mean = mean * np.exp(np.cumsum(rng.normal(0, rng.uniform(0.002, 0.03), len(days))))
    return mean * _extra(kind, index, days, rng)


def _week(kind: str, rng: np.random.Generator) -> np.ndarray:
    weekend = 0.0 if kind == "closed" else rng.uniform(0.15, 1.0)
    return np.concatenate((rng.uniform(0.85, 1.2, 5), weekend * rng.uniform(0.8, 1.2, 2)))


def _extra(kind: str, index: pd.DatetimeIndex, days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if kind == "growth":
        return np.exp(rng.uniform(-0.001, 0.003) * days)
    if kind == "shift":
        return np.where(days < rng.uniform(0.3, 0.9) * len(days), 1.0, rng.uniform(0.5, 2.0))
    if kind == "wandering":
        return np.exp(np.cumsum(rng.normal(0, 0.04, len(days))))
    if kind == "launches":
        return _launches(days, rng)
    if kind == "holidays":
        holiday = np.array([(day.month, day.day) in HOLIDAYS_MONTH_DAY for day in index])
        return np.where(holiday, rng.uniform(0.1, 0.6), 1.0)
    return np.ones(len(days))


def _launches(days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    uplift = np.ones(len(days))
    for start in rng.choice(len(days), size=max(len(days) // 90, 1), replace=False):
        age = days - start
        uplift += np.where(age >= 0, rng.uniform(0.3, 1.5) * 0.5 ** (np.maximum(age, 0) / rng.uniform(2, 7)), 0.0)
    return uplift
