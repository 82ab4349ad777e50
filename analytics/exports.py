"""A dataset's tables and charts as files: CSV, a workbook, a report. What the command line's `export` writes.

A table is a question of `analytics.warehouse.questions` under its name; the report shows the charts of the operations pages.
A table that the dataset cannot give is left out, and the reason is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd

from analytics.errors import InputError, did_you_mean
from analytics.model import Filters
from analytics.report import Section, Stamp, html
from analytics.version import VERSION
from analytics.warehouse import questions
from analytics.warehouse.store import Warehouse

Ask = Callable[[Warehouse, Filters], pd.DataFrame]

MOST_LISTED = 1_000_000
"""Rows of a list of tickets or handoffs: as many as an Excel sheet holds."""


@dataclass(frozen=True)
class Table:
    """A table that can be exported: what it answers, the question, and the capabilities that the dataset must have."""

    title: str
    ask: Ask
    needs: tuple[str, ...] = ()


TABLES: dict[str, Table] = {
    "dataset": Table("How much history there is", questions.dataset_summary),
    "volume_by_day": Table("Tickets created each day, by tier of entry", questions.volume_by_day),
    "tiers": Table("Who resolves what", questions.tiers, ("tiers",)),
    "tier_mix_by_month": Table("Resolved mix by month", partial(questions.tier_mix_over_time, grain="month"), ("tiers",)),
    "tier_mix_by_product": Table("Resolved mix by product", partial(questions.tier_mix_by, dimension="product"), ("tiers",)),
    "tier_mix_by_category": Table("Resolved mix by category", partial(questions.tier_mix_by, dimension="category"), ("tiers",)),
    "funnel": Table("How far tickets climb", questions.funnel, ("tiers", "paths")),
    "routing": Table("Where visits to a tier end", questions.routing, ("tiers", "paths")),
    "paths": Table("Tier paths", questions.paths, ("tiers", "paths")),
    "handoff_latency": Table("Waits of handoffs between tiers", questions.handoff_latency, ("tiers", "paths", "acknowledgement")),
    "handoff_latency_by_team": Table(
        "Waits of handoffs between teams", partial(questions.handoff_latency, by="team_pair"), ("paths", "acknowledgement")
    ),
    "bounces": Table("Tickets that come back", questions.bounces, ("paths",)),
    "bounce_loops": Table("Teams between which tickets go back and forth", questions.bounce_loops, ("paths",)),
    "pending": Table("Waiting on others", questions.pending),
    "quality": Table("Resolved at the first level, at the first contact, for good", questions.quality),
    "resolution_times": Table("Time to resolve", questions.resolution_times, ("resolution",)),
    "backlog_by_day": Table("Open tickets at the end of each day", questions.backlog_by_day),
    "backlog_now": Table("Open tickets by age in working days", questions.backlog_now),
    "satisfaction": Table("Satisfaction by path and handoffs", questions.satisfaction),
    "tickets": Table("The tickets", partial(questions.ticket_list, most=MOST_LISTED)),
    "handoffs": Table("The handoffs", partial(questions.handoff_list, most=MOST_LISTED), ("paths",)),
}  # fmt: skip
"""Every table by the name that the command line takes, in the order in which a workbook has them."""


def find(name: str) -> Table:
    """The table of that name; InputError with the nearest one where there is none."""
    if name not in TABLES:
        raise InputError(f"There is no table '{name}'.", todo=did_you_mean(name, list(TABLES)))
    return TABLES[name]


def missing(warehouse: Warehouse) -> dict[str, str]:
    """Tables that this dataset cannot give, with the reason."""
    cannot = questions.capabilities(warehouse)
    why = {name: [cannot[need] for need in table.needs if need in cannot] for name, table in TABLES.items()}
    return {name: reasons[0] for name, reasons in why.items() if reasons}


def frames(warehouse: Warehouse, filters: Filters) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and frame of every table that the dataset can give, lists of tickets and handoffs included; times in UTC."""
    cannot = missing(warehouse)
    for name, table in TABLES.items():
        if name not in cannot:
            yield name, table.ask(warehouse, filters)


def stamp(warehouse: Warehouse, filters: Filters) -> Stamp:
    """Where exported numbers come from."""
    bounds = questions.period_bounds(warehouse).iloc[0]
    first, last = (
        None if pd.isna(bounds[name]) else pd.Timestamp(bounds[name]).date() for name in ("first_day", "last_day")
    )
    return Stamp(
        warehouse.dataset.name, filters.sentence(), first, last, questions.timezone(warehouse), warehouse.dataset.version,
        VERSION, datetime.now(UTC),
    )  # fmt: skip


def origin(told: Stamp) -> pd.DataFrame:
    """The stamp as a sheet of its own."""
    return pd.DataFrame(told.lines(), columns=["About", "Value"])


def report(warehouse: Warehouse, filters: Filters) -> str:
    """The operations pages' main charts with their tables, as one HTML file that works offline."""
    cannot = questions.capabilities(warehouse)
    sections = [build(warehouse, filters) for needs, build in _CHARTS if not set(needs) & cannot.keys()]
    notes = (
        [Section("What this dataset cannot tell", numbers=[(name, "", why) for name, why in cannot.items()])]
        if cannot
        else []
    )
    return html("Support operations", stamp(warehouse, filters), [*sections, *notes])


def _section(title: str, unit: str, figure: Any, frame: pd.DataFrame, filters: Filters) -> Section:
    return Section(title, unit, figure, frame, sentence=filters.sentence(), alt=unit)


def _volume(warehouse: Warehouse, filters: Filters) -> Section:
    from analytics.charts import titles, volume

    weeks = volume.by_week(questions.volume_by_day(warehouse, filters))
    return _section(titles.volume(weeks), "Tickets created per week", volume.volume_by_week(weeks), weeks, filters)


def _mix(warehouse: Warehouse, filters: Filters) -> Section:
    from analytics.charts import tiers, titles

    now = questions.tiers(warehouse, filters)
    unit = "Share of resolved tickets by tier; the marks show 80/18/2, a rule of thumb"
    return _section(titles.tier_distribution(now), unit, tiers.tier_distribution(now), now, filters)


def _funnel(warehouse: Warehouse, filters: Filters) -> Section:
    from analytics.charts import flow, titles

    steps = questions.funnel(warehouse, filters)
    return _section(
        titles.funnel(steps), "Tickets by the highest tier they reached", flow.escalation_funnel(steps), steps, filters
    )


def _latency(warehouse: Warehouse, filters: Filters) -> Section:
    from analytics.charts import latency, titles

    groups, target = questions.handoff_latency(warehouse, filters), 30.0
    unit = "Handoffs between tiers: median and 90th percentile of the wait, calendar time"
    return _section(titles.latency_by_group(groups), unit, latency.latency_by_group(groups, target), groups, filters)


def _loops(warehouse: Warehouse, filters: Filters) -> Section:
    from analytics.charts import operations

    loops = questions.bounce_loops(warehouse, filters)
    unit = "Pairs of teams: time that tickets spent with the other team before they came straight back"
    return _section(
        operations.loops_title(loops), unit, operations.loops(loops) if len(loops) else None, loops, filters
    )


def _backlog(warehouse: Warehouse, filters: Filters) -> Section:
    from analytics.charts import operations

    days = questions.backlog_by_day(warehouse, filters)
    return _section(
        operations.backlog_title(days), "Open tickets at the end of each day", operations.backlog(days), days, filters
    )


_CHARTS: tuple[tuple[tuple[str, ...], Callable[[Warehouse, Filters], Section]], ...] = (
    ((), _volume),
    (("tiers",), _mix),
    (("tiers", "paths"), _funnel),
    (("tiers", "paths", "acknowledgement"), _latency),
    (("paths",), _loops),
    ((), _backlog),
)
"""What a section needs of the dataset, and what builds it, in the order of the report."""
