"""A forecast that is locked as a plan, and what came of it.

A plan keeps the numbers as they were, with the day it was made and the last day of the data it saw, and a checksum: a
plan that was edited afterwards is refused, as a score against it would mean nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.errors import InputError, NotEnoughData
from analytics.forecasting.result import POINT_COLUMNS, Forecast
from analytics.forecasting.scores import bias, coverage, wape


@dataclass(frozen=True)
class Plan:
    """A locked forecast. `points`: as in Forecast; `created`: day of locking; `data_end`: last day of data it saw."""

    name: str
    series: str
    created: date
    data_end: date
    model: str
    unit: str
    points: pd.DataFrame
    expected_wape: float | None

    def to_json(self) -> str:
        """The plan with its checksum; `plan_from_json` reads it back."""
        body = _body(self)
        return json.dumps({**body, "checksum": _checksum(body)}, indent=1, ensure_ascii=False)


@dataclass(frozen=True)
class PlanScore:
    """A plan against what came. Over `scored_days`; `days_to_come` have no count yet. `expected_wape`: what the backtest
    had promised. `by_week`: week, wape, bias, coverage80, days. `days`: the points with `count`.
    """

    wape: float | None
    bias: float | None
    coverage80: float | None
    coverage95: float | None
    expected_wape: float | None
    scored_days: int
    days_to_come: int
    by_week: pd.DataFrame
    days: pd.DataFrame


def lock_plan(forecast: Forecast, name: str, series: str, created: date) -> Plan:
    """Lock a forecast of the named series. Raises where the forecast is of days that `created` says are past."""
    first = forecast.points["at"].iloc[0].date()
    if (created - first).days > 7:
        raise InputError(
            "A plan cannot be made after the days it is for.",
            found=f"The forecast begins on {first}, the plan is dated {created}.",
            todo="Import newer data, or plan from a newer forecast.",
        )
    score = forecast.backtest[0].wape if forecast.backtest else None
    points = forecast.points[list(POINT_COLUMNS)].copy()
    return Plan(name, series, created, forecast.data_end.date(), forecast.model, forecast.unit, points, score)


def plan_from_json(text: str) -> Plan:
    """Read a plan; refuses one that was edited since it was locked."""
    try:
        body = json.loads(text)
        checksum = body.pop("checksum")
        points = pd.DataFrame(body["points"])
        points["at"] = pd.to_datetime(points["at"])
        created, data_end = date.fromisoformat(body["created"]), date.fromisoformat(body["data_end"])
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise InputError("This is not a plan.", found=str(problem)) from problem
    if checksum != _checksum(body):
        raise InputError("The plan was changed after it was locked.", found=f"'{body['name']}'.", todo="Lock it anew.")
    names = ("name", "series", "model", "unit", "expected_wape")
    return Plan(**{name: body[name] for name in names}, created=created, data_end=data_end, points=points)


def _body(plan: Plan) -> dict[str, object]:
    points = [
        {"at": f"{row['at']:%Y-%m-%d}", **{name: float(row[name]) for name in POINT_COLUMNS[1:]}}
        for row in plan.points.to_dict("records")
    ]
    texts = {"name": plan.name, "series": plan.series, "model": plan.model, "unit": plan.unit}
    dates = {"created": plan.created.isoformat(), "data_end": plan.data_end.isoformat()}
    return {**texts, **dates, "expected_wape": plan.expected_wape, "points": points}


def _checksum(body: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def score_plan(plan: Plan, counts: pd.Series) -> PlanScore:
    """Score a plan against counts by day (a daily index); days without a count are still to come.

    Raises `NotEnoughData` where none of the planned days has come yet.
    """
    came = counts.reindex(pd.DatetimeIndex(plan.points["at"])).to_numpy(dtype=float)
    if not np.isfinite(came).any():
        raise NotEnoughData(
            "None of the planned days has come yet.", found=f"The data end before {plan.points['at'].iloc[0]:%Y-%m-%d}."
        )
    days = plan.points.assign(count=came)
    weeks = [_week(number, part) for number, part in days.groupby(np.arange(len(days)) // 7 + 1)]
    overall = _scores(days)
    return PlanScore(
        **overall,
        coverage95=coverage(came, days["low95"].to_numpy(), days["high95"].to_numpy()),
        expected_wape=plan.expected_wape,
        scored_days=int(np.isfinite(came).sum()),
        days_to_come=int(np.isnan(came).sum()),
        by_week=pd.DataFrame(weeks),
        days=days,
    )


def _scores(days: pd.DataFrame) -> dict[str, float | None]:
    came, mean = days["count"].to_numpy(dtype=float), days["mean"].to_numpy(dtype=float)
    inside = coverage(came, days["low80"].to_numpy(), days["high80"].to_numpy())
    return {"wape": wape(came, mean), "bias": bias(came, mean), "coverage80": inside}


def _week(number: object, part: pd.DataFrame) -> dict[str, object]:
    return {"week": number, **_scores(part), "days": int(part["count"].notna().sum())}
