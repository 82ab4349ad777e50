"""Logs as warehouses: through the import (`imported`), or, drawn ticket by ticket, straight into the tables (`opened`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import duckdb
import pandas as pd

from analytics.calendars import Calendar
from analytics.findings.base import Asked, Finding
from analytics.findings.registry import families
from analytics.findings.settings import Settings
from analytics.ingest.importer import import_files
from analytics.model import Filters
from analytics.warehouse.build import build_derived, create_base, set_calendars
from analytics.warehouse.store import Dataset, Home, Warehouse, open_dataset

TIERS = ("L1", "L2", "L3")
ALWAYS_OPEN = dict.fromkeys(("L0", *TIERS), Calendar("UTC", week=(((0, 1440),),) * 7))
HEALTHY_HOURS = dict.fromkeys(TIERS, Calendar("Europe/Berlin", week=(((420, 1200),),) * 6 + ((),)))
_EVENT_TEXTS = ("agent", "priority", "note", "escalation_type", "knowledge_link")
_ATTRIBUTES = ("priority", "product", "category", "channel", "customer", "subject", "csat")


def imported(events: pd.DataFrame, folder: Path, calendars: dict[str, Calendar] = ALWAYS_OPEN) -> Warehouse:
    """A warehouse of events, taken in by the import. All hours are working hours by default."""
    home, file = Home(folder / "home"), folder / "log.parquet"
    events.to_parquet(file)
    import_files([file], "log", home=home, preset="events", timezone="UTC")
    with home.new_version("log") as con:
        set_calendars(con, calendars)
        build_derived(con)
    return open_dataset("log", home)


def opened(events: pd.DataFrame, folder: Path, roster: Sequence[tuple] = ()) -> Warehouse:
    """A warehouse of events whose tables are filled without the import; `roster` holds (day, rank of the tier, hours)."""
    file = folder / "log.duckdb"
    with duckdb.connect(str(file)) as con:
        create_base(con)
        _fill(con, events.reset_index(drop=True))
        for day, tier, hours in roster:
            con.execute("INSERT INTO roster VALUES (?, ?, NULL, ?)", [day, tier, hours])
        set_calendars(con, ALWAYS_OPEN)
        build_derived(con)
    dataset = type("FileDataset", (Dataset,), {"file": property(lambda self: file)})("drawn", folder, 1, None)
    return Warehouse(dataset)


def _text(events: pd.DataFrame, name: str) -> pd.Series:
    found = events[name] if name in events else pd.Series(None, index=events.index, dtype=object)
    return found.astype(object).where(found.notna(), None)


def _fill(con: duckdb.DuckDBPyConnection, events: pd.DataFrame) -> None:
    events = events.assign(position=range(len(events))).sort_values(["ticket_id", "at", "position"], kind="stable")
    tickets, teams = (
        {name: n for n, name in enumerate(sorted(events[column].dropna().unique()), start=1)}
        for column in ("ticket_id", "team")
    )
    rows = pd.DataFrame({
        "ticket_no": events["ticket_id"].map(tickets), "event_no": events.groupby("ticket_id").cumcount() + 1,
        "at": events["at"].dt.tz_localize(None), "kind": events["kind"],
        "tier": events["tier"].str[1:].astype(float), "team_no": events["team"].map(teams).astype(float),
        "effort_minutes": events["effort_minutes"].astype(float) if "effort_minutes" in events else float("nan"),
        **{name: _text(events, name) for name in _EVENT_TEXTS},
    })  # fmt: skip
    con.register("rows", rows)
    con.execute(
        """INSERT INTO events BY NAME SELECT ticket_no, event_no, epoch_us("at") AS at_us, "at"::DATE AS day,
        ((isodow("at") - 1) * 24 + hour("at"))::SMALLINT AS hour_of_week, kind,
        CASE WHEN NOT isnan(tier) THEN tier::SMALLINT END AS tier, CASE WHEN NOT isnan(team_no) THEN team_no::INT END AS team_no,
        CASE WHEN NOT isnan(effort_minutes) THEN effort_minutes END AS effort_minutes, agent::VARCHAR AS agent,
        priority::VARCHAR AS priority, note::VARCHAR AS note, escalation_type::VARCHAR AS escalation_type,
        knowledge_link::VARCHAR AS knowledge_link FROM rows"""
    )
    named = events.assign(**{name: _text(events, name) for name in _ATTRIBUTES})
    latest = named.groupby("ticket_id")[list(_ATTRIBUTES)].last().reset_index()
    latest["ticket_no"] = latest["ticket_id"].map(tickets)
    con.register("latest", latest)
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in _ATTRIBUTES)
    con.execute(f"INSERT INTO ticket_attributes BY NAME SELECT ticket_no, ticket_id, {texts} FROM latest")
    con.execute("INSERT INTO ticket_extras SELECT ticket_no FROM latest")
    con.executemany("INSERT INTO teams VALUES (?, ?, NULL)", [[n, name] for name, n in teams.items()])
    con.execute("INSERT INTO meta VALUES ('timezone', 'UTC')")


class Found(Mapping[str, Finding]):
    """The findings of a warehouse by id; a family is only asked when one of its findings is looked at."""

    def __init__(self, warehouse: Warehouse, settings: Settings) -> None:
        self._asked = Asked(warehouse, Filters(), settings)
        self._told: dict[str, Finding] = {}

    def __getitem__(self, id_: str) -> Finding:
        if id_ not in self._told:
            family = next(module for name, module in families().items() if id_.startswith(name[:3]))
            self._told |= {one.id: one for one in family.find(self._asked)}
        return self._told[id_]

    @cached_property
    def _all(self) -> dict[str, Finding]:
        return {one.id: one for family in families().values() for one in family.find(self._asked)}

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)
