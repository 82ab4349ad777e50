"""The cards of the satisfaction page."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import operations
from analytics.charts.base import SMALL_GROUP
from pages._kit import cards, controls, numbers
from pages._kit.cards import Card, Kpi, Point
from pages._kit.operations import shared
from pages._kit.view import View

TICKETS = "ticket_list"
UNIT = "Share of good ratings with its 95 % interval; hollow and grey where there are fewer than 30 ratings"
METRICS = ("satisfaction.csat", "satisfaction.rated", "satisfaction.response_rate")


def needed(seen: View) -> None:
    """NotEnoughData where no ticket in view has a rating."""
    shared.needs_ratings(seen, seen.frame("satisfaction"))


def numbers_on_top(seen: View) -> list[Kpi]:
    """Good ratings, how many, and the response rate."""
    return shared.satisfied(seen.frame("satisfaction"))


def _few(frame: pd.DataFrame, what: str) -> str:
    small = int((frame["rated"] < SMALL_GROUP).sum())
    return (
        f" {numbers.count(small)} of {numbers.count(len(frame))} {what} have under {SMALL_GROUP} ratings."
        if small
        else ""
    )


def by_handoffs(seen: View) -> Card:
    """Satisfaction by number of handoffs between teams."""
    told = seen.ask("satisfaction")
    rows = shared.by_handoffs(told.frame)
    note = (
        "Tickets with many handoffs are also harder ones: this is an association, not an effect of the handoffs alone."
    )
    names = list(rows.loc[rows["rated"] > 0, "name"])
    return Card(
        operations.by_handoffs_title(rows),
        operations.satisfaction(rows),
        told,
        frame=rows,
        unit=f"{UNIT}, by handoffs between teams",
        alt="A dot with its interval for each number of handoffs.",
        note=note + _few(rows, "groups"),
        metrics=METRICS,
        tickets=cards.drill(seen, TICKETS, {"Rated bad": {"reason": "rated_bad"}, "Resolved": {"reason": "resolved"}}),
        pick=cards.picker(seen, TICKETS, lambda point: _handoffs(point, names)),
        key="by_handoffs",
    )


def _handoffs(point: Point, names: list[str]) -> tuple[str, dict[str, Any]] | None:
    name = str(point.get("y"))
    if name not in names:
        return None
    number = {"no handoff": 0, "1 handoff": 1, "2 handoffs": 2, "3 handoffs": 3, "4 and more": 4}[name]
    return f"Rated, {name}", {"reason": "rated_handoffs", "handoffs": number}


def has_paths(seen: View) -> bool:
    """Whether any rated ticket has a tier path."""
    return bool(len(shared.by_path(seen.frame("satisfaction"))))


def by_path(seen: View) -> Card:
    """Satisfaction by tier path."""
    told = seen.ask("satisfaction")
    rows = shared.by_path(told.frame)
    paths = {str(row["name"]): str(row["path"]) for row in rows.to_dict("records")}
    return Card(
        operations.by_path_title(rows),
        operations.satisfaction(rows),
        told,
        frame=rows,
        unit=f"{UNIT}, by tier path",
        alt=f"A dot with its interval for each of the {len(rows)} paths with the most ratings.",
        note=_few(rows, "paths").strip(),
        metrics=(*METRICS, "paths.path"),
        tickets=cards.drill(seen, TICKETS, controls.by_path(rows)),
        pick=cards.picker(seen, TICKETS, lambda point: _path(point, paths)),
        key="by_path",
    )


def _path(point: Point, paths: dict[str, str]) -> tuple[str, dict[str, Any]] | None:
    name = str(point.get("y"))
    return (name, {"reason": "path", "path": paths[name]}) if name in paths else None
