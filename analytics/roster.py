"""The roster: how many hours each tier is staffed each day. Kept with a dataset, beside its tickets."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd

from analytics.calendars import Calendar
from analytics.errors import ImportRefused
from analytics.model import TIERS
from analytics.warehouse.build import build_derived, set_calendars
from analytics.warehouse.store import Dataset, Home

COLUMNS = ("date", "tier", "hours")
TICKET_SHARES = "ticket_shares"
"""The dataset's note of how much of the paid time goes into tickets, by tier: JSON, absent where the roster does not say."""
LEAST_SHARE = 0.01
"""Of paid time on tickets: less is no roster of people who work on tickets."""


def read_roster(file: Path | str) -> pd.DataFrame:
    """A roster file as a frame: day (date), tier ("L1"), team (or None), hours (0 or more, paid, per day), on_tickets.

    Where a file tells paid hours apart (`paid_hours`, beside the hours on tickets), those are taken, and the others are
    `on_tickets`; else that is missing.

    ImportRefused where a column is missing or a value cannot be read, naming the column and the line.
    """
    name = Path(file).name
    try:
        told = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as problem:
        raise ImportRefused(
            f"{name} could not be read as a roster.", found=str(problem), todo="Give a CSV file."
        ) from problem
    return roster_of(told, name)


def roster_of(told: pd.DataFrame, name: str) -> pd.DataFrame:
    """As `read_roster`, of a file's texts that were read already; `name` is the file's."""
    told = told.rename(columns=lambda column: column.strip().lower())
    for column in COLUMNS:
        if column not in told:
            raise ImportRefused(
                f"The roster has no column '{column}'.", found=f"Its columns are {', '.join(told.columns)}.",
                todo="It needs date, tier and hours, one row per day and tier (and team, if you like).",
            )  # fmt: skip
    hours = "paid_hours" if "paid_hours" in told else "hours"
    return pd.DataFrame({
        "day": _read(told, "date", pd.to_datetime(told["date"].str.strip(), format="ISO8601", errors="coerce"), name),
        "tier": _read(told, "tier", told["tier"].str.upper().where(told["tier"].str.upper().isin(TIERS)), name),
        "team": told["team"].replace("", None) if "team" in told else None,
        "hours": _read(told, hours, _not_negative(told[hours]), name),
        "on_tickets": _not_negative(told["hours"]) if hours == "paid_hours" else None,
    })  # fmt: skip


def _not_negative(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts, errors="coerce").where(lambda given: given >= 0)


def _read(told: pd.DataFrame, column: str, values: pd.Series, name: str) -> pd.Series:
    bad = values.index[values.isna()]
    if len(bad):
        raise ImportRefused(
            f"Line {bad[0] + 2} of {name} has no readable {column}.", found=f"'{told[column][bad[0]]}'.",
            todo="Days are written 2026-03-31, tiers L0 to L3, hours as a number.",
        )  # fmt: skip
    return values


def import_roster(
    home: Home, dataset: str, roster: pd.DataFrame, calendars: dict[str, Calendar] | None = None
) -> Dataset:
    """Puts a roster beside a dataset's tickets, replacing the one that was there; with the working hours, if given."""
    home.get(dataset)
    with home.new_version(dataset) as con:
        replace_roster(con, roster)
        if calendars:
            set_calendars(con, calendars)
            build_derived(con)
    return home.get(dataset)


def replace_roster(con: duckdb.DuckDBPyConnection, roster: pd.DataFrame) -> None:
    """Puts a roster in the place of the one in an open dataset."""
    con.register("told", roster.assign(rank=roster["tier"].map(TIERS.index), day=roster["day"].dt.date))
    con.execute("DELETE FROM roster")
    con.execute("INSERT INTO roster SELECT day::DATE, rank::SMALLINT, team::VARCHAR, hours::DOUBLE FROM told")
    con.unregister("told")
    con.execute("DELETE FROM meta WHERE key = ?", [TICKET_SHARES])
    if shares := ticket_shares(roster):
        con.execute("INSERT INTO meta VALUES (?, ?)", [TICKET_SHARES, json.dumps(shares)])


def ticket_shares(roster: pd.DataFrame) -> dict[str, float]:
    """Share of the paid hours that go into tickets, by tier, from the rows that say both; none where no row does."""
    both = roster[roster["on_tickets"].notna() & (roster["hours"] > 0)]
    tier, paid = both["tier"].to_numpy(str), both["hours"].to_numpy(float)
    on_tickets = both["on_tickets"].to_numpy(float)
    shares = {name: on_tickets[tier == name].sum() / paid[tier == name].sum() for name in sorted(set(tier))}
    return {str(name): round(float(share), 4) for name, share in shares.items() if LEAST_SHARE <= share <= 1}


def set_hours(home: Home, dataset: str, calendars: dict[str, Calendar]) -> Dataset:
    """Gives a dataset's tiers their working hours, and counts business time anew."""
    home.get(dataset)
    with home.new_version(dataset) as con:
        set_calendars(con, calendars)
        build_derived(con)
    return home.get(dataset)
