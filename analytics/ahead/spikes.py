"""What is out of the ordinary now: the last weeks of many series against what was forecast before them, within one budget.

Watched: all tickets, each tier's visits, each product and each category. All share one budget of false alarms. Alarms that
overlap in time are one story: the clearest is told, with the product × category × channel that made it, and the series that
saw it too are named. Kept with the dataset, so that the overview has it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics import daily
from analytics.ahead import kept
from analytics.ahead.events import events_for, learned, stored
from analytics.ahead.groups import FIELDS
from analytics.errors import NotEnoughData, TierscopeError
from analytics.forecasting import shelf
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

WATCHED_DAYS = 28
RECENT_DAYS = 14
"""An alarm older than two weeks is history; the forecast page finds it by moving the period's end."""
FALSE_ALERTS_PER_YEAR = 6.0
LEAST_EXCESS = 5.0
"""One ticket on a Sunday that never brings any is certain not to be chance, and nobody's news."""
HISTORY_DAYS = 1096
"""Three years: the year's shape is learnt from two, and the watched weeks stand after them."""
WATCHER = 2
"""Goes up with every change that moves alarms: what was kept is then watched anew."""
MOST_SERIES = 60
COMPARED_WEEKS = 8
DIMENSIONS = ("product", "category", "channel")
_ROUND = 1e-12


@dataclass(frozen=True)
class Story:
    """One thing that happened. `series`: where it is clearest; `kind`: spike or rise; `also`: series that saw it too;
    `cells`: what made it, as records of cell (attribute → value), count, expected, excess."""

    series: str
    kind: str
    since: date
    day: date
    count: float
    expected: float
    excess: float
    probability: float
    also: tuple[str, ...]
    cells: tuple[dict[str, Any], ...]
    filters: Filters

    @property
    def sentence(self) -> str:
        """What happened and what made it, in words."""
        return f"{self.what}. {self.why}".strip()

    @property
    def what(self) -> str:
        """Where, when and how many."""
        if self.kind == "spike":
            return f"{self.series}: {self.count:,.0f} on {self.day:%a %-d %b %Y}, where {self.expected:,.0f} were to be expected"
        extra = f"{self.excess:,.0f} more than expected"
        return f"{self.series}: a slow rise since {self.since:%a %-d %b %Y}, {extra} by {self.day:%-d %b}"

    @property
    def why(self) -> str:
        """Which cells made it, with counts."""
        if not self.cells:
            return "No single product, category or channel stands out."
        return "Most of it: " + "; ".join(cell_words(cell) for cell in self.cells[:3]) + "."


@dataclass(frozen=True)
class Watched:
    """`stories`: worst first; `series`: how many were watched; `until`: the last day; `fresh`: of what the dataset holds."""

    stories: tuple[Story, ...]
    series: int
    first: date
    until: date
    fresh: bool

    @property
    def words(self) -> str:
        """What was looked at, and how often chance alone would raise an alarm."""
        return (
            f"{self.series} series watched from {self.first:%-d %b} to {self.until:%-d %b %Y}: all tickets, tiers, products and "
            f"categories. Chance alone raises about {FALSE_ALERTS_PER_YEAR:.0f} alarms a year over all of them together."
        )


def cell_words(cell: dict[str, Any]) -> str:
    """A cell with its counts: "Identity Hub, Login & SSO, phone: 96 where 4 were usual"."""
    return f"{', '.join(cell['cell'].values())}: {cell['count']:,.0f} where {cell['expected']:,.0f} are usual"


def under_way(warehouse: Warehouse, filters: Filters = NO_FILTER) -> Watched:
    """Alarms of the selection's last two weeks, from the shelf where nothing has changed. NotEnoughData without a history."""
    found = _kept(warehouse, filters)
    if found is not None:
        return found
    made = _watched(warehouse, filters)
    record = {
        "version": warehouse.dataset.version,
        "events": kept.events_mark(warehouse.dataset),
        "engine": kept.ENGINE,
        "watcher": WATCHER,
    }
    try:
        shelf.write(_file(warehouse, filters), record | {"watched": _record(made)})
    except OSError:
        return made  # a read-only home: watched anew the next time
    return made


def known(warehouse: Warehouse, filters: Filters = NO_FILTER) -> Watched | None:
    """What was found before and still holds; None where nobody has looked since the data changed (looking takes a while)."""
    return _kept(warehouse, filters)


def _watched(warehouse: Warehouse, filters: Filters) -> Watched:
    counted = _series(warehouse, filters)
    if not counted:
        raise NotEnoughData("No ticket matches, so there is nothing to watch.", todo="Widen the filters.")
    last = max(series.index[-1] for _, series in counted.values()).date()
    known = stored(warehouse.dataset)
    told = learned(warehouse, known, last - timedelta(days=WATCHED_DAYS))
    alerts = [
        (name, chosen, alert)
        for name, (chosen, series) in counted.items()
        for alert in _alerts(series, events_for(warehouse, before_watch(chosen, series), known, told), len(counted))
        if (last - alert.day).days < RECENT_DAYS and alert.excess >= LEAST_EXCESS
    ]
    first = last - timedelta(days=WATCHED_DAYS - 1)
    return Watched(_stories(warehouse, alerts), len(counted), first, last, True)


def _series(warehouse: Warehouse, filters: Filters) -> dict[str, tuple[Filters, pd.Series]]:
    """What is watched: name → (selection, counts). Values that are filtered by already are not split again."""
    known = questions.filter_values(warehouse)
    chosen = {"All tickets" if filters.is_empty else "Tickets in view": filters}
    for name in ("tier", "product", "category"):
        if not getattr(filters, FIELDS[name]):
            values = [str(value) for value in known.loc[known["attribute"] == name, "value"] if value != "(not given)"]
            chosen |= {value: replace(filters, **{FIELDS[name]: (value,)}) for value in values}
    counted = {}
    for name, one in list(chosen.items())[:MOST_SERIES]:
        try:
            counted[name] = (one, daily.daily_counts(warehouse, one, daily.one_tier(one))[0])
        except NotEnoughData:
            continue  # nothing ever came there
    return counted


def _alerts(counts: pd.Series, events: Sequence[CalendarEvent], watched: int) -> Sequence[Any]:
    from analytics.forecasting.watch import watch

    try:
        return watch(
            counts.tail(HISTORY_DAYS),
            WATCHED_DAYS,
            events=events,
            false_alerts_per_year=FALSE_ALERTS_PER_YEAR,
            series_watched=watched,
        ).alerts
    except NotEnoughData:
        return ()  # three weeks of history are needed


def before_watch(filters: Filters, counts: pd.Series) -> Filters:
    """The selection up to the day before the watch: an event within it counts as planned, with what its kind had taught."""
    end = (counts.index[-1] - pd.Timedelta(days=WATCHED_DAYS)).date()
    return filters if filters.start and filters.start > end else filters.with_period(filters.start, end)


def _stories(warehouse: Warehouse, alerts: Sequence[tuple[str, Filters, Any]]) -> tuple[Story, ...]:
    """Alarms whose days overlap are one story, told by the clearest; of equally certain ones by the larger excess."""
    ordered = sorted(alerts, key=lambda one: (max(one[2].probability, _ROUND), -one[2].excess))
    told: list[Story] = []
    for name, chosen, alert in ordered:
        at = next((n for n, story in enumerate(told) if alert.since <= story.day and story.since <= alert.day), None)
        if at is None:
            told.append(_story(warehouse, name, chosen, alert))
        elif name != told[at].series and name not in told[at].also:
            told[at] = replace(told[at], also=(*told[at].also, name))
    return tuple(told)


def _story(warehouse: Warehouse, name: str, chosen: Filters, alert: Any) -> Story:
    cells = explained(warehouse, chosen, alert.since, alert.day)
    return Story(
        name, alert.kind, alert.since, alert.day, alert.count, alert.expected, alert.excess, alert.probability, (), cells,
        chosen,
    )  # fmt: skip


def explained(warehouse: Warehouse, filters: Filters, since: date, day: date) -> tuple[dict[str, Any], ...]:
    """Which product × category × channel made it: against the same weekdays of the eight weeks before. Records of cell,
    count, expected, excess; empty where chance explains it all."""
    from analytics.forecasting.spikes import explain

    first, tier = since - timedelta(weeks=COMPARED_WEEKS), daily.one_tier(filters)
    selection = replace(filters, tiers=() if tier else filters.tiers, start=None, end=None)
    frame = questions.cells_by_day(warehouse, selection, first_day=first, last_day=day, tier=tier)
    inside = frame["day"] >= pd.Timestamp(since)
    days = {(since + timedelta(days=n)).weekday() for n in range((day - since).days + 1)}
    usual = frame[~inside & frame["day"].dt.day_of_week.isin(days)]
    dates = pd.date_range(first, since - timedelta(days=1))
    usual_days = int(pd.Series(dates.day_of_week).isin(days).sum())
    found = explain(frame[inside], usual, usual_days, (day - since).days + 1, dimensions=DIMENSIONS)
    return tuple(
        {"cell": dict(one.cell), "count": one.count, "expected": one.expected, "excess": one.excess} for one in found
    )


def tickets_behind(warehouse: Warehouse, story: Story, cell: dict[str, Any] | None = None) -> pd.DataFrame:
    """The tickets of a story, or of one of its cells, created on its days: the latest 500."""
    chosen = story.filters.with_period(story.since, story.day)
    for name, value in (cell or {}).get("cell", {}).items():
        chosen = replace(chosen, **{FIELDS[name]: (value,)})
    return questions.ticket_list(warehouse, chosen)


# ------------------------------------------------------------------------------------------------------- the shelf


def _file(warehouse: Warehouse, filters: Filters):
    name = shelf.digest(kept.filters_record(filters))
    return kept.folder_of(warehouse.dataset) / f"watch-{name}.json"


def _record(made: Watched) -> dict[str, Any]:
    stories = [asdict(story) | {"filters": kept.filters_record(story.filters)} for story in made.stories]
    dated = [story | {"since": story["since"].isoformat(), "day": story["day"].isoformat()} for story in stories]
    return {"stories": dated, "series": made.series, "first": made.first.isoformat(), "until": made.until.isoformat()}


def _kept(warehouse: Warehouse, filters: Filters) -> Watched | None:
    record, dataset = shelf.read(_file(warehouse, filters)), warehouse.dataset
    if record is None or record.get("version") != dataset.version or record.get("engine") != kept.ENGINE:
        return None
    if record.get("events") != kept.events_mark(dataset) or record.get("watcher") != WATCHER:
        return None
    try:
        told = record["watched"]
        first, until = date.fromisoformat(told["first"]), date.fromisoformat(told["until"])
        return Watched(tuple(_from_record(one) for one in told["stories"]), int(told["series"]), first, until, True)
    except (KeyError, TypeError, ValueError, TierscopeError):
        return None


def _from_record(told: dict[str, Any]) -> Story:
    days = {name: date.fromisoformat(told[name]) for name in ("since", "day")}
    lists = {"also": tuple(told["also"]), "cells": tuple(told["cells"]), "filters": kept.filters_from(told["filters"])}
    return Story(**(told | days | lists))
