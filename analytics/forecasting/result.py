"""What a forecast is, for pages, the command line, plans and the staffing engine."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import InputError

POINT_COLUMNS = ("at", "mean", "low80", "high80", "low95", "high95")
WEEK_COLUMNS = ("week", "wape", "mase", "bias", "coverage80", "mean_8_weeks_wape", "days")
INTERVAL_LEVELS = {"low80": 0.1, "high80": 0.9, "low95": 0.025, "high95": 0.975}


@dataclass(frozen=True)
class ModelScore:
    """One row of the backtest. Shares; None where the data cannot say; `weight`: the model's part of the combination, 0 on the
    combination's own row, so that the weights of a backtest sum to 1."""

    model: str
    wape: float | None
    mase: float | None
    bias: float | None
    coverage80: float | None
    weight: float


@dataclass(frozen=True)
class Forecast:
    """Counts per day ahead, with what is known about their error.

    `points`: one row per day with POINT_COLUMNS; `quantiles`: levels × days at `quantile_levels`, the marginals that
    intervals and sample paths share; `common_correlation` between any two days (the level is off for all of them) and
    `next_day_correlation` on top of it between neighbours. `backtest`: the combination first. `by_week`: scores of the
    combination by week ahead (WEEK_COLUMNS, with the error of the 8-week mean beside it). `factors`: share by which holidays and
    events move each day (1 is nothing).
    """

    unit: str
    horizon: int
    model: str
    points: pd.DataFrame
    backtest: tuple[ModelScore, ...]
    noise_floor_wape: float | None
    notes: tuple[str, ...]
    quantile_levels: np.ndarray
    quantiles: np.ndarray
    common_correlation: float
    next_day_correlation: float
    by_week: pd.DataFrame
    factors: np.ndarray
    data_end: pd.Timestamp

    def to_dict(self) -> dict[str, object]:
        """The JSON object of the command line, as built-in types."""
        return {
            "unit": self.unit,
            "horizon": self.horizon,
            "model": self.model,
            "points": [_point(row) for row in self.points.to_dict("records")],
            "backtest": [_score(row) for row in self.backtest],
            "noise_floor_wape": _number(self.noise_floor_wape, 4),
            "notes": list(self.notes),
        }

    def to_json(self, *, indent: int | None = None) -> str:
        """`to_dict` as JSON; what cannot be said is null."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    def to_record(self) -> dict[str, object]:
        """Everything, unrounded, as built-in types: what is kept on disk. `from_record` reads it back."""
        points = [{**row, "at": f"{row['at']:%Y-%m-%d}"} for row in self.points[list(POINT_COLUMNS)].to_dict("records")]
        plain = {name: getattr(self, name) for name in _PLAIN_FIELDS}
        arrays = {name: getattr(self, name).tolist() for name in _ARRAY_FIELDS}
        by_week = self.by_week.astype(object).where(self.by_week.notna(), None).to_dict("records")
        rest = {"notes": list(self.notes), "data_end": f"{self.data_end:%Y-%m-%d}"}
        scores = [vars(score) for score in self.backtest]
        return {**plain, **arrays, **rest, "points": points, "backtest": scores, "by_week": by_week}

    @staticmethod
    def from_record(told: dict) -> Forecast:
        """The forecast of `to_record`; KeyError, TypeError or ValueError where that is not one."""
        points = pd.DataFrame(told["points"], columns=list(POINT_COLUMNS))
        by_week = pd.DataFrame(told["by_week"], columns=list(WEEK_COLUMNS))
        arrays = {name: np.array(told[name], dtype=float) for name in _ARRAY_FIELDS}
        return Forecast(
            **{name: told[name] for name in _PLAIN_FIELDS},
            **arrays,
            points=points.assign(at=pd.to_datetime(points["at"])),
            backtest=tuple(ModelScore(**score) for score in told["backtest"]),
            by_week=by_week.astype(dict.fromkeys(WEEK_COLUMNS[1:-1], float)),
            notes=tuple(told["notes"]),
            data_end=pd.Timestamp(told["data_end"]),
        )

    def sample_paths(self, paths: int, seed: int) -> np.ndarray:
        """paths × days of whole, non-negative counts; the same seed gives the same paths.

        Each day has the distribution of the intervals; days hang together by a common level error and a day-to-day one
        (Gaussian copula). Rounding is up or down at random, so that low volumes keep their mean.
        """
        if paths < 1:
            raise InputError("At least one path is needed.", found=f"{paths}.")
        from scipy.special import ndtr

        rng = np.random.default_rng(seed)
        ranks = ndtr(_correlated(rng, paths, self.horizon, self.common_correlation, self.next_day_correlation))
        counts = np.column_stack(
            [np.interp(ranks[:, day], self.quantile_levels, self.quantiles[:, day]) for day in range(self.horizon)]
        )
        counts = _centred(counts, self.points["mean"].to_numpy(dtype=float))
        return np.floor(counts + rng.random(counts.shape)).astype(np.int64)


_PLAIN_FIELDS = (
    "unit", "horizon", "model", "noise_floor_wape", "common_correlation", "next_day_correlation",
)  # fmt: skip
_ARRAY_FIELDS = ("quantile_levels", "quantiles", "factors")


def _correlated(rng: np.random.Generator, paths: int, days: int, common: float, next_day: float) -> np.ndarray:
    """Standard normal paths: √common·level + √(1−common)·AR(1)."""
    steps = rng.standard_normal((paths, days))
    wandering = np.empty_like(steps)
    wandering[:, 0] = steps[:, 0]
    for day in range(1, days):
        wandering[:, day] = next_day * wandering[:, day - 1] + np.sqrt(1 - next_day**2) * steps[:, day]
    return np.sqrt(common) * rng.standard_normal((paths, 1)) + np.sqrt(1 - common) * wandering


def _centred(counts: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Scaled so that the paths' mean is the forecast's; at most by a fifth, as the interval is evidence too."""
    found = counts.mean(axis=0)
    ratio = np.where(found > 0, mean / np.maximum(found, 1e-12), 1.0)
    return counts * np.clip(ratio, 0.8, 1.25)


def _point(row: dict) -> dict[str, object]:
    return {"at": f"{row['at']:%Y-%m-%d}", **{name: _number(row[name], 3) for name in POINT_COLUMNS[1:]}}


def _score(score: ModelScore) -> dict[str, object]:
    rounded = {name: _number(getattr(score, name), 4) for name in ("wape", "mase", "bias", "coverage80", "weight")}
    return {"model": score.model, **rounded}


def _number(value: float | None, digits: int) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), digits)
