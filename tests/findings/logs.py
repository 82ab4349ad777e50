"""Logs with the columns that findings need (notes, effort, kinds of escalation, links), opened as a warehouse."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from analytics.calendars import Calendar
from analytics.ingest.importer import import_files
from analytics.warehouse.build import build_derived, set_calendars
from analytics.warehouse.store import Home, Warehouse, open_dataset
from tests.logs import warehouse_of

EXTRA = ("note", "escalation_type", "knowledge_link", "effort_minutes")
ALWAYS_OPEN = dict.fromkeys(("L1", "L2", "L3"), Calendar("UTC", week=(((0, 1440),),) * 7))
HEALTHY_HOURS = dict.fromkeys(("L1", "L2", "L3"), Calendar("Europe/Berlin", week=(((420, 1200),),) * 6 + ((),)))


def opened(events: pd.DataFrame, file: Path, calendars: dict[str, Calendar] | None = None, roster=()) -> Warehouse:
    """A warehouse of events with the extra columns; `roster` holds (day, tier rank, hours). All hours are open by default."""
    warehouse = warehouse_of(events, file)
    dataset = warehouse.dataset
    warehouse.close()
    with duckdb.connect(str(file)) as con:
        _extras(con, events)
        con.executemany("INSERT INTO roster VALUES (?, ?, NULL, ?)", list(roster)) if roster else None
        set_calendars(con, calendars or ALWAYS_OPEN)
        build_derived(con)
    return Warehouse(dataset)


def imported(events: pd.DataFrame, folder: Path, calendars: dict[str, Calendar]) -> Warehouse:
    """As `opened`, through the import: fast for thousands of tickets."""
    home, file = Home(folder / "home"), folder / "log.parquet"
    events.to_parquet(file)
    import_files([file], "log", home=home, preset="events", timezone="Europe/Berlin")
    with home.new_version("log") as con:
        set_calendars(con, calendars)
        build_derived(con)
    return open_dataset("log", home)


def _extras(con: duckdb.DuckDBPyConnection, events: pd.DataFrame) -> None:
    """Writes the extra columns over the events, which are numbered within a ticket by time and place in the frame."""
    ordered = events.reset_index(drop=True).sort_values(["ticket_id", "at"], kind="stable")
    told = pd.DataFrame({"ticket_id": ordered["ticket_id"], "nth": ordered.groupby("ticket_id").cumcount() + 1})
    for name in EXTRA:
        told[name] = ordered[name] if name in ordered else None
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in EXTRA[:3])
    con.register("frame", told)
    con.execute(
        f"""UPDATE events SET note = f.note, escalation_type = f.escalation_type, knowledge_link = f.knowledge_link,
        effort_minutes = f.effort_minutes FROM (SELECT ticket_id, nth, {texts},
        CASE WHEN isnan(effort_minutes::DOUBLE) THEN NULL ELSE effort_minutes::DOUBLE END AS effort_minutes FROM frame) f
        JOIN ticket_attributes a USING (ticket_id) WHERE a.ticket_no = events.ticket_no AND f.nth = events.event_no"""
    )
