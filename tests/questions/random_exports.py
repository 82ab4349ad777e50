"""Small event logs as CSV, drawn at random, with what real ones contain: and the same events as plain Python has them.

Rows out of order, two events in one second, tickets reopened, excluded, created after their first event or never resolved,
tiers and teams that are missing, moves without a team, clocks in the hour that daylight saving skips or repeats.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]

COLUMNS = ("ticket_id", "at", "created_at", "kind", "tier", "team", "product", "priority")
KINDS = (
    ("created", 4), ("queued", 8), ("assigned", 5), ("acknowledged", 10), ("pending", 8), ("replied", 6),
    ("customer_replied", 4), ("resolved", 9), ("closed", 4), ("cancelled", 1), ("reopened", 2), ("commented", 5),
    ("changed", 4), ("excluded", 0.3),
)  # fmt: skip
TEAMS = {"Desk": 1, "Phones": 1, "Net": 2, "Billing": 2, "Core": 3}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def random_export(seed: int) -> tuple[str, list[Event], str]:
    """A CSV, its events as (UTC) plain Python, and its time zone; the same ones for the same seed."""
    dice = random.Random(seed)
    zone = dice.choice(ZONES)
    rows = [row for number in range(dice.randint(1, 14)) for row in _ticket(dice, number)]
    if dice.random() < 0.5:
        dice.shuffle(rows)
    if dice.random() < 0.3:
        rows = [{**row, "tier": ""} for row in rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue(), [_event(row, zone) for row in rows], zone


def _ticket(dice: random.Random, number: int) -> list[dict[str, str]]:
    """The rows of one ticket in the order in which they happened."""
    start = datetime(
        2026, dice.choice((1, 3, 3, 10, 10)), dice.randint(1, 31), dice.randint(0, 23), dice.randint(0, 59)
    )
    at, team = start, dice.choice(list(TEAMS))
    says = dice.random()
    created = start + timedelta(minutes=dice.choice((-90, -5, 0, 0, 30))) if dice.random() < 0.3 else None
    rows = []
    for step in range(dice.randint(1, 12)):
        team = dice.choice(list(TEAMS)) if dice.random() < 0.35 else team
        kind = "created" if step == 0 and dice.random() < 0.7 else dice.choices(*zip(*KINDS, strict=True))[0]
        rows.append(_row(dice, number, at, created, kind, team, says))
        at += timedelta(seconds=dice.choice((0, 0, 1, 60, 600, 1800, 1801, 7200, 40_000, 90_000, 700_000)))
    return rows


def _row(
    dice: random.Random, number: int, at: datetime, created: datetime | None, kind: str, team: str, says: float
) -> dict[str, str]:
    """One event. `says` is how often a ticket's rows name tier and team: some always do, some often, some never."""
    named = says < 0.5 or (says < 0.95 and dice.random() < 0.7)
    with_team = named and dice.random() < (0.95 if says < 0.6 else 0.8)
    return {
        "ticket_id": f"T{number:03d}", "at": f"{at:%Y-%m-%d %H:%M:%S}",
        "created_at": f"{created:%Y-%m-%d %H:%M:%S}" if created else "", "kind": kind,
        "tier": f"L{TEAMS[team]}" if named else "", "team": team if with_team else "",
        "product": dice.choice(("A", "B", "")), "priority": dice.choice(("high", "low", "")),
    }  # fmt: skip


def _event(row: dict[str, str], zone: str) -> Event:
    created = row["created_at"]
    return {
        "ticket_id": row["ticket_id"], "at_us": utc_us(row["at"], zone), "kind": row["kind"],
        "created_us": utc_us(created, zone) if created else None, "team": row["team"] or None,
        "tier": int(row["tier"][1]) if row["tier"] else None, "product": row["product"], "priority": row["priority"],
    }  # fmt: skip


def utc_us(text: str, zone: str) -> int:
    """A wall clock as UTC: a skipped hour moves forward, a repeated one is its first; both are `fold=0`."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=0)
    return (local.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
