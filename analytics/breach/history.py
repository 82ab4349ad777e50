"""What a dataset knew at a moment: stretches of tickets lying open at a tier, with their age on the clock that targets run on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import InputError, NotEnoughData
from analytics.model import US_PER_DAY, US_PER_HOUR, Filters
from analytics.targets import Targets
from analytics.warehouse.questions import NO_FILTER, filled
from analytics.warehouse.store import Warehouse

_FOLDER = Path(__file__).parent / "sql"

LEARNT_DAYS = 365
"""How far back the model learns: what took long two years ago says little about today's teams."""

LEARNT_TICKETS = 50_000
"""At most so many tickets are learnt from, the latest: more would not change a probability that people can tell apart."""


@cache
def breach_sql(name: str) -> str:
    """The text of this package's SQL as it stands in the repository."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def sql_of_breach(
    name: str, filters: Filters = NO_FILTER, params: dict[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    """The SQL as it is run, with its bound parameters."""
    return filled(breach_sql(name), filters, params)


def span_us(warehouse: Warehouse) -> tuple[int, int]:
    """The moments of the data's first and last event. NotEnoughData where it holds no events."""
    first, last = warehouse.rows("SELECT first_us, last_us FROM data_end")[0]
    if last is None:
        raise NotEnoughData("The dataset holds no events.", todo="Import a history first.")
    return int(first), int(last)


def open_at(
    warehouse: Warehouse, filters: Filters, targets: Targets, instants: Sequence[int], every: int = 1
) -> pd.DataFrame:
    """What was open at each instant: one row per (instant_us, ticket), with age_hours, target_hours and late_already.

    `ever_late` and `over` say what became of it, which nobody could know at the instant: only a calibration may look. With
    `every` = 20 one ticket in 20 is looked at.
    """
    frame = _stretches(warehouse, filters, targets, instants, since_us=-(2**62), only_open=True, every=every)
    frame["age_hours"] = frame["until_open_us"] / US_PER_HOUR
    frame["priority"] = frame["priority_until"]
    frame["target_hours"] = frame["priority"].map({name: hours for name, (_, hours) in targets.items()}).astype(float)
    frame["late_already"] = frame["late_before"] | (frame["age_hours"] > frame["target_hours"])
    return frame


def learnt(warehouse: Warehouse, targets: Targets, as_of_us: int) -> pd.DataFrame:
    """Stretches of the tickets that the model learns from, as they were known at a moment.

    One row per stretch: tier (rank, -1 unknown), priority in force at its start, from_hours and until_hours of the ticket's age
    while the tier held it, end_hours at which the ticket ended (its last ending known) or was last seen, and whether it had
    ended.
    """
    since = _since(warehouse, as_of_us)
    told = _stretches(warehouse, NO_FILTER, targets, [as_of_us], since_us=since, only_open=False)
    last = told.groupby("ticket_no").tail(1).set_index("ticket_no")
    return pd.DataFrame({
        "tier": told["tier"].fillna(-1).astype(int),
        "priority": told["priority_from"],
        "from_hours": told["from_open_us"] / US_PER_HOUR,
        "until_hours": told["until_open_us"] / US_PER_HOUR,
        "end_hours": told["ticket_no"].map(last["until_open_us"]) / US_PER_HOUR,
        "has_ended": told["ticket_no"].map(last["ended"]).astype(bool),
    })  # fmt: skip


def _since(warehouse: Warehouse, as_of_us: int) -> int:
    """The creation of the oldest ticket to learn from."""
    # The days that hold so many whole ones are known: only their tickets are sorted.
    sql = """
        WITH last AS (SELECT max(created_day) AS day FROM tickets WHERE created_us <= $until),
        days AS (
          SELECT created_day, sum(sum(n)) OVER (ORDER BY created_day DESC) AS since
          FROM cube_tickets WHERE grain = 0 AND created_day < (SELECT day FROM last) GROUP BY created_day
        ),
        enough AS (SELECT coalesce(max(created_day), DATE '0001-01-01') AS day FROM days WHERE since > $most)
        SELECT created_us FROM tickets
        WHERE created_us <= $until AND created_day >= (SELECT day FROM enough) ORDER BY created_us DESC LIMIT 1 OFFSET $most"""
    found = warehouse.rows(sql, {"until": as_of_us, "most": LEARNT_TICKETS})
    year = as_of_us - LEARNT_DAYS * US_PER_DAY
    return max(year, int(found[0][0])) if found else year


def _stretches(
    warehouse: Warehouse,
    filters: Filters,
    targets: Targets,
    instants: Sequence[int],
    since_us: int,
    only_open: bool,
    every: int = 1,
) -> pd.DataFrame:
    params = {
        "priorities": list(targets),
        "resolve_hours": [float(hours) for _, hours in targets.values()],
        "instants": [int(moment) for moment in instants],
        "since_us": since_us,
        "only_open": only_open,
        "every": every,
    }
    return warehouse.frame(*sql_of_breach("stretches", filters, params))


def check_targets(targets: Targets) -> None:
    """NotEnoughData without targets; InputError for one that is not above zero."""
    if not targets:
        raise NotEnoughData(
            "Nothing can be late without targets.", found="The tickets have no priority, or too many to be priorities.",
            todo="Import a history with priorities, and set their targets.",
        )  # fmt: skip
    if not all(np.isfinite(hours) and hours > 0 for pair in targets.values() for hours in pair):
        raise InputError("A target is a number of hours above zero.", todo="Correct the targets.")
