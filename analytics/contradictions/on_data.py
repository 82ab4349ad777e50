"""The four contradictions on a dataset: what each needs is asked for, and what cannot be told says why."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from analytics.contradictions.claims import Contradiction, deflection, fifteen_minutes, staff_mix, two_alarms
from analytics.errors import NotEnoughData
from analytics.model import Filters
from analytics.rules.base import history_of
from analytics.staffing.effort import PRIOR_MINUTES
from analytics.warehouse import questions
from analytics.warehouse.questions import filled
from analytics.warehouse.store import Warehouse

_FOLDER = Path(__file__).parent / "sql"
_TIERS = ("L1", "L2", "L3")
LEAST_TRACKED = 30
"""Fewer visits with tracked time say nothing about a tier's effort; then the stated prior stands in."""


@cache
def contradiction_sql(name: str) -> str:
    """The text of this package's SQL as it stands in the repository."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def sql_of_teams(filters: Filters) -> tuple[str, dict[str, Any]]:
    """The SQL of L1's teams as it is run, with its bound parameters."""
    return filled(contradiction_sql("l1_teams"), filters)


def contradictions(warehouse: Warehouse, filters: Filters) -> tuple[list[Contradiction], list[NotEnoughData]]:
    """All contradictions that can be told on this data, and the reasons for those that cannot."""
    made, missing = [], []
    for make in (_deflection, _staff_mix, _fifteen_minutes, _two_alarms):
        try:
            made.append(make(warehouse, filters))
        except NotEnoughData as problem:
            missing.append(problem)
    return made, missing


def _deflection(warehouse: Warehouse, filters: Filters) -> Contradiction:
    rows = questions.tiers(warehouse, filters).set_index("tier")
    if "L1" not in rows.index:
        raise NotEnoughData("No ticket in view was in L1.", todo="Widen the filters.")
    return deflection(int(rows.loc["L1", "escalated"]), int(rows.loc["L1", "tickets_touched"]))  # pyright: ignore


def _staff_mix(warehouse: Warehouse, filters: Filters) -> Contradiction:
    visits = questions.routing(warehouse, filters).groupby("tier")["visits"].sum()
    minutes = tracked_minutes(warehouse, filters)
    flow = [float(visits.get(tier, 0.0)) for tier in _TIERS]
    effort = [minutes.get(tier, PRIOR_MINUTES[tier]) for tier in _TIERS]
    return staff_mix((flow[0], flow[1], flow[2]), (effort[0], effort[1], effort[2]))


def tracked_minutes(warehouse: Warehouse, filters: Filters) -> dict[str, float]:
    """Mean minutes of tracked work per visit, of tiers with 30 such visits."""
    rows = questions.effort_by_visit(warehouse, filters)
    rows = rows[rows["tracked"] >= LEAST_TRACKED]
    return {str(tier): float(mean) for tier, mean in zip(rows["tier"], rows["mean_minutes"], strict=True)}


def _fifteen_minutes(warehouse: Warehouse, filters: Filters) -> Contradiction:
    first = history_of(warehouse, filters).first_visits()
    looked = "acknowledgement" not in questions.capabilities(warehouse)
    return fifteen_minutes(first[first["tier"] == 1], from_first_look=looked)


def _two_alarms(warehouse: Warehouse, filters: Filters) -> Contradiction:
    return two_alarms(warehouse.frame(*sql_of_teams(filters)))
