"""Files that lie beside a ticket history in many exports, and hold no tickets: a roster, calendar events, a list of agents.

Told by their headers before anything else is guessed: to a reader of tickets a roster's tier looks like a ticket's number.
A roster is taken into the dataset; the others are refused with the place where they belong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from analytics.errors import ImportRefused
from analytics.ingest.read import Source
from analytics.ingest.report import Account
from analytics.ingest.words import COLUMN_WORDS, folded
from analytics.roster import replace_roster, roster_of

ROSTER = "a roster: the hours that each tier is staffed per day"


@dataclass(frozen=True)
class Companion:
    """A kind of file without tickets. `all_of` must be there, and one of `any_of`; `todo` says where it belongs."""

    what: str
    all_of: tuple[str, ...]
    any_of: tuple[str, ...]
    todo: str


_COMPANIONS = (
    Companion(ROSTER, ("date", "tier", "hours"), ("date",),
              "Import it together with its tickets, or into the dataset that has them."),
    Companion("a list of calendar events, such as launches and outages", ("kind", "start"),
              ("half_life_days", "uplift", "tier_mix", "days"),
              "Load it on the page Planning > Calendar events."),
    Companion("a list of agents", ("agent", "start_date"), ("end_date", "team", "tier"),
              "Leave it out: who works where is read from the tickets. Staffed hours go in as a roster (date, tier, hours)."),
)  # fmt: skip


def companion(columns: Sequence[str]) -> Companion | None:
    """Which of these files has such a header; None where it may hold tickets."""
    words = {folded(column) for column in columns}
    if words & set(COLUMN_WORDS["ticket_id"]):
        return None
    return next((one for one in _COMPANIONS if set(one.all_of) <= words and set(one.any_of) & words), None)


def is_roster(columns: Sequence[str]) -> bool:
    """Whether a file with this header is a roster."""
    found = companion(columns)
    return found is not None and found.what == ROSTER


def refuse_companion(source: Source) -> None:
    """ImportRefused, with the place where it belongs, where a file is none of tickets but one that lies beside them."""
    if found := companion(source.columns):
        shown = ", ".join(f"'{name}'" for name in source.columns[:12])
        raise ImportRefused(f"{source.name} is {found.what}.", found=f"Its columns: {shown}.", todo=found.todo)


def roster_in(source: Source) -> pd.DataFrame:
    """The roster in a file, as `analytics.roster.read_roster` gives it. ImportRefused where a line cannot be read."""
    chunks = list(source.chunks())
    for chunk in chunks:
        for bad in chunk.malformed[:1]:
            raise ImportRefused(
                f"Line {bad.line} of {source.name} cannot be read.", found=f"{bad.reason}.", todo="Mend it."
            )
    told = pd.concat([chunk.table.to_pandas() for chunk in chunks], ignore_index=True).fillna("")
    return roster_of(told.map(str.strip), source.name)


def take_roster(con: duckdb.DuckDBPyConnection, source: Source) -> tuple[Account, str]:
    """Puts a roster in the place of the one that was there; its account (all rows repeated, where it is the same one), and
    what it says in a sentence."""
    roster = roster_in(source)
    same = _rows(roster) == _there(con)
    if not same:
        replace_roster(con, roster)
    first, last = roster["day"].min(), roster["day"].max()
    rows = len(roster)
    note = (
        f"{source.name} is {ROSTER}: {roster['hours'].sum():,.0f} hours from {first:%Y-%m-%d} to {last:%Y-%m-%d}. "
        + (
            "It was there already."
            if same
            else "It takes the place of any earlier one, and is used on Planning > Staffing."
        )
    )
    return Account(source.name, rows, taken=0 if same else rows, repeated=rows if same else 0), note


Row = tuple[date, str, str, float]


def _rows(roster: pd.DataFrame) -> list[Row]:
    told = zip(roster["day"].dt.date, roster["tier"], roster["team"], roster["hours"], strict=True)
    return sorted((day, tier, team if isinstance(team, str) else "", float(hours)) for day, tier, team, hours in told)


def _there(con: duckdb.DuckDBPyConnection) -> list[Row]:
    rows = con.execute("SELECT day, 'L' || tier, coalesce(team, ''), hours FROM roster").fetchall()
    return sorted(rows)
