"""Forecasts locked as plans, kept with their dataset through all imports, and scored against what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from analytics import daily, outlook
from analytics.ahead import hours
from analytics.ahead.kept import filters_from, filters_record, folder_of
from analytics.charts.numbers import share
from analytics.errors import InputError, NotEnoughData, TierscopeError, did_you_mean
from analytics.forecasting import shelf
from analytics.forecasting.plan import Plan, PlanScore, lock_plan, plan_from_json, score_plan
from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.warehouse.filtering import check_filters
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Dataset, Warehouse

LONGEST_NAME = 80


@dataclass(frozen=True)
class LockedPlan:
    """A plan with the selection it is for. `locked_at`: UTC, when it was locked."""

    plan: Plan
    filters: Filters
    locked_at: datetime

    @property
    def days_late(self) -> int:
        """Days between the plan's first day and its locking, 0 where it was locked before: a plan is made beforehand."""
        return max((self.locked_at.date() - self.plan.points["at"].iloc[0].date()).days, 0)


def lock(
    warehouse: Warehouse, name: str, horizon_days: int, filters: Filters = NO_FILTER, forecast: Forecast | None = None
) -> LockedPlan:
    """Locks the forecast of a selection (the kept one, else a new race) under a name that is not taken yet.

    A plan is dated by the data that it saw; when it was locked is kept beside it and shown, so that one made long after the
    data's end cannot pass for foresight.
    """
    name, dataset = _checked(name), warehouse.dataset
    if _file(dataset, name).exists():
        raise InputError(
            f"There is a plan '{name}' already.", todo="A locked plan is never changed: take another name."
        )
    made = forecast or outlook.forecast_dataset(warehouse, horizon_days, filters)
    plan = lock_plan(made, name, filters.sentence(), made.data_end.date())
    locked = LockedPlan(plan, filters, datetime.now(UTC).replace(microsecond=0))
    record = {"filters": filters_record(filters), "locked_at": locked.locked_at.isoformat(), "plan": plan.to_json()}
    shelf.write(_file(dataset, name), record)
    return locked


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InputError(
            "A plan needs a name.", found=f"{len(name)} characters.", todo=f"Give it 1 to {LONGEST_NAME} characters."
        )
    return name


def _file(dataset: Dataset, name: str) -> Path:
    return folder_of(dataset) / f"plan-{shelf.slug(name)}.json"


def plans(dataset: Dataset) -> tuple[LockedPlan, ...]:
    """All plans of a dataset, the latest first. InputError where one was edited: a score against it would mean nothing."""
    found = [_read(file) for file in folder_of(dataset).glob("plan-*.json")]
    return tuple(sorted(found, key=lambda one: (one.locked_at, one.plan.name), reverse=True))


def _read(file: Path) -> LockedPlan:
    record = shelf.read(file)
    try:
        locked_at = datetime.fromisoformat(record["locked_at"])
        return LockedPlan(plan_from_json(record["plan"]), filters_from(record["filters"]), locked_at)
    except (KeyError, TypeError, ValueError) as problem:
        raise InputError(
            f"The plan in '{file.name}' cannot be read.", found=str(problem), todo="Delete the file, and lock it anew."
        ) from problem


def find(dataset: Dataset, name: str) -> LockedPlan:
    """The plan of that name; InputError with the nearest name where there is none."""
    file = _file(dataset, " ".join(name.split()))
    if not file.exists():
        names = [one.plan.name for one in plans(dataset)]
        raise InputError(f"There is no plan '{name}'.", todo=did_you_mean(name, names) or "Lock a forecast first.")
    return _read(file)


def delete(dataset: Dataset, name: str) -> None:
    """Removes a plan; nothing happens where it is gone already."""
    _file(dataset, name).unlink(missing_ok=True)


def score(warehouse: Warehouse, locked: LockedPlan) -> PlanScore:
    """The locked numbers against what came on the days that are whole in the data. NotEnoughData where none has come yet."""
    wanted = check_filters(warehouse, locked.filters).with_period(locked.filters.start, None)
    counts = daily.daily_counts(warehouse, wanted, daily.one_tier(wanted))[0]
    unfinished = hours.unfinished_day(warehouse)
    if unfinished is not None:
        counts = counts[counts.index < pd.Timestamp(unfinished.day)]
    return score_plan(locked.plan, counts)


def score_or_none(warehouse: Warehouse, locked: LockedPlan) -> PlanScore | None:
    """As `score`; None where none of the planned days has come yet."""
    try:
        return score(warehouse, locked)
    except NotEnoughData:
        return None


def scores_table(warehouse: Warehouse, locked: tuple[LockedPlan, ...]) -> pd.DataFrame:
    """All plans with their score so far. One row per plan: name, selection, locked_at, first_day, last_day, days_scored,
    days_to_come, planned and came (on the scored days), wape, expected_wape, bias, coverage80, words."""
    return pd.DataFrame([_row(warehouse, one) for one in locked])


def _row(warehouse: Warehouse, locked: LockedPlan) -> dict[str, object]:
    at = locked.plan.points["at"]
    about = {
        "name": locked.plan.name, "selection": locked.plan.series, "unit": locked.plan.unit,
        "locked_at": locked.locked_at.replace(tzinfo=None), "first_day": at.iloc[0], "last_day": at.iloc[-1],
        "expected_wape": locked.plan.expected_wape,
    }  # fmt: skip
    try:
        told = score(warehouse, locked)
    except TierscopeError as problem:
        empty = {"days_scored": 0, "days_to_come": len(at), "planned": None, "came": None}
        return about | empty | {"wape": None, "bias": None, "coverage80": None, "words": str(problem)}
    there = told.days[told.days["count"].notna()]
    scores = {"wape": told.wape, "bias": told.bias, "coverage80": told.coverage80}
    totals = {"planned": float(there["mean"].sum()), "came": float(there["count"].sum())}
    days = {"days_scored": told.scored_days, "days_to_come": told.days_to_come}
    return about | days | totals | scores | {"words": score_words(told, locked)}


def score_words(told: PlanScore, locked: LockedPlan) -> str:
    """A plan's score in a sentence."""
    if told.wape is None:
        return "Nothing came on the planned days."
    words = [f"Off by {share(told.wape)} of the volume a day on {told.scored_days} days"]
    if told.expected_wape is not None:
        words.append(f"{share(told.expected_wape)} had been expected")
    if told.bias is not None and abs(told.bias) >= 0.005:
        words.append(f"{share(abs(told.bias))} too {'high' if told.bias > 0 else 'low'} in all")
    late = f" Locked {locked.days_late} days after its first day." if locked.days_late else ""
    return ", ".join(words) + "." + late


def to_dict(locked: LockedPlan, told: PlanScore | None) -> dict[str, object]:
    """A plan and its score as the command line prints them."""
    about = {"plan": locked.plan.name, "series": locked.plan.series, "unit": locked.plan.unit}
    dates = {"locked_at": locked.locked_at.isoformat(), "data_end": locked.plan.data_end.isoformat()}
    if told is None:
        return about | dates | {"model": locked.plan.model, "days": len(locked.plan.points)}
    scores = {
        name: _rounded(getattr(told, name)) for name in ("wape", "bias", "coverage80", "coverage95", "expected_wape")
    }
    weeks = [{name: _rounded(value) for name, value in row.items()} for row in told.by_week.to_dict("records")]
    return about | dates | scores | {
        "scored_days": told.scored_days, "days_to_come": told.days_to_come, "by_week": weeks,
    }  # fmt: skip


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4) if value == value else None
    return int(value) if hasattr(value, "__index__") else value  # pyright: ignore[reportArgumentType]
