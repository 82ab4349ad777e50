"""Small logs drawn as tables, opened as a warehouse without going through the import."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd

from analytics.calendars import Calendar
from analytics.warehouse.build import build_derived, create_base, set_calendars
from analytics.warehouse.store import Dataset, Warehouse

_ATTRIBUTES = ("priority", "product", "category", "channel", "customer", "subject", "csat")


def drawn(table: str) -> pd.DataFrame:
    """A table drawn as text (columns split by blanks, "-" = missing, times `YYYY-MM-DDTHH:MM`) as a frame of events."""
    lines = [line.split() for line in table.strip().splitlines() if line.strip() and not line.strip().startswith("#")]
    frame = pd.DataFrame(lines[1:], columns=lines[0]).replace("-", None)
    frame["at"] = pd.to_datetime(frame["at"], utc=True)
    return frame


def warehouse_of(events: pd.DataFrame, file: Path, calendars: dict[str, Calendar] | None = None) -> Warehouse:
    """A warehouse over a frame of events: ticket_id, at (UTC), kind, tier ("L1"), team and any attributes; file order counts."""
    events = events.reset_index(drop=True)
    events["position"] = range(len(events))
    events = events.sort_values(["ticket_id", "at", "position"], kind="stable")
    with duckdb.connect(str(file)) as con:
        create_base(con)
        _fill(con, events)
        if calendars:
            set_calendars(con, calendars)
        build_derived(con)
    return Warehouse(_dataset(file))


def _dataset(file: Path) -> Dataset:
    return type("FileDataset", (Dataset,), {"file": property(lambda self: file)})("drawn", file.parent, 1, None)


def _column(events: pd.DataFrame, name: str) -> pd.Series:
    return events[name] if name in events else pd.Series([None] * len(events), index=events.index, dtype=object)


def _fill(con: duckdb.DuckDBPyConnection, events: pd.DataFrame) -> None:
    tickets = {name: number for number, name in enumerate(sorted(events["ticket_id"].unique()), start=1)}
    teams = {name: number for number, name in enumerate(sorted(_column(events, "team").dropna().unique()), start=1)}
    rows = pd.DataFrame({
        "ticket_no": events["ticket_id"].map(tickets),
        "event_no": events.groupby("ticket_id").cumcount() + 1,
        "at_us": events["at"].map(lambda at: int(at.timestamp() * 1e6)),
        "day": events["at"].dt.strftime("%Y-%m-%d"),
        "hour_of_week": events["at"].dt.day_of_week * 24 + events["at"].dt.hour,
        "kind": events["kind"],
        "tier": _column(events, "tier").map(lambda tier: None if tier is None or pd.isna(tier) else int(tier[1:])),
        "team_no": _column(events, "team").map(lambda team: teams.get(team)),
        "agent": _column(events, "agent"),
        "priority": _column(events, "priority"),
    })  # fmt: skip
    con.register("rows", rows.astype(object).where(rows.notna(), None).astype(str).replace({"None": None, "nan": None}))
    con.execute(
        """INSERT INTO events BY NAME SELECT ticket_no::BIGINT AS ticket_no, event_no::INT AS event_no, at_us::BIGINT AS at_us,
        day::DATE AS day, hour_of_week::SMALLINT AS hour_of_week, kind, tier::DOUBLE::SMALLINT AS tier,
        team_no::DOUBLE::INT AS team_no, agent, priority FROM rows"""
    )
    con.executemany("INSERT INTO teams VALUES (?, ?, NULL)", [[n, name] for name, n in teams.items()] or [[0, None]])
    con.execute("DELETE FROM teams WHERE team IS NULL")
    attributes = events.assign(**{name: _column(events, name) for name in _ATTRIBUTES}).groupby("ticket_id")
    for ticket, number in tickets.items():
        latest = [attributes.get_group(ticket)[name].dropna() for name in _ATTRIBUTES]
        values = [None if not len(found) else str(found.iloc[-1]) for found in latest]
        con.execute(
            "INSERT INTO ticket_attributes VALUES (?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?, ?)", [number, ticket, *values]
        )
        con.execute("INSERT INTO ticket_extras VALUES (?)", [number])
    con.execute("INSERT INTO meta VALUES ('timezone', 'UTC')")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
