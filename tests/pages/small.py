"""A small, seeded log of a believable shape, put into a home folder as a dataset without going through the import.

300 tickets over 30 weeks; product `Loud` escalates more than the others; one product's name and one subject try to be markup.
"""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from analytics.warehouse.store import SCHEMA_VERSION
from tests.logs import at, warehouse_of

MARKUP = "Ops [x](http://example.invalid/x) <b>bold</b> *star*"
PRODUCTS = ("Quiet", "Loud", MARKUP)
TEAMS = {"L1": ("Desk North", "Desk South"), "L2": ("Technical",), "L3": ("Engineering",)}
START = at("2025-01-06T08:00")


def _stay(rng: random.Random, rows: list[dict], row: dict, tier: str, now: datetime) -> datetime:
    """A stay in a tier: queued, then acknowledged in nine of ten cases. Returns when it is over."""
    team = rng.choice(TEAMS[tier])
    rows.append(row | {"at": now, "kind": "queued", "tier": tier, "team": team})
    now += timedelta(minutes=rng.choice((4, 12, 40, 200, 900)))
    if rng.random() < 0.9:
        rows.append(row | {"at": now, "kind": "acknowledged", "tier": tier, "team": team})
    return now + timedelta(minutes=rng.randint(5, 300))


def _ticket(rng: random.Random, number: int) -> list[dict]:
    product = PRODUCTS[number % 3]
    row = {
        "ticket_id": f"T-{number:03d}", "product": product, "priority": rng.choice(("high", "low")),
        "channel": rng.choice(("email", "phone")), "subject": f"Case {number} {MARKUP if number % 50 == 0 else ''}".strip(),
    }  # fmt: skip
    now, rows = START + timedelta(hours=number * 16.8), []
    rows.append(row | {"at": now, "kind": "created", "tier": "L1", "team": "Desk North"})
    climbs = rng.random() < (0.6 if product == "Loud" else 0.15)
    path = (
        ["L1", "L2", *(["L3"] if rng.random() < 0.2 else []), *(["L1"] if rng.random() < 0.2 else [])]
        if climbs
        else ["L1"]
    )
    for tier in path:
        now = _stay(rng, rows, row, tier, now)
    rows.append(row | {"at": now, "kind": "replied", "tier": path[-1], "team": rows[-1]["team"]})
    if number < 290:
        rows.append(
            row | {"at": now + timedelta(minutes=1), "kind": "resolved", "tier": path[-1], "team": rows[-1]["team"]}
        )
    return rows


def events(tickets: int = 300, seed: int = 7) -> pd.DataFrame:
    """The log as a frame of events."""
    rng = random.Random(seed)
    return pd.DataFrame([row for number in range(tickets) for row in _ticket(rng, number)])


def put(home: Path, name: str, log: pd.DataFrame) -> None:
    """Makes a dataset of a log in a home folder."""
    folder = home / "datasets" / name
    folder.mkdir(parents=True)
    warehouse_of(log, folder / "v000001.duckdb").close()
    (folder / "dataset.json").write_text(json.dumps({"version": 1, "previous": None, "schema": SCHEMA_VERSION}))


def fill(home: Path) -> None:
    """Three datasets: `sample`, the whole log; `flat`, without tiers; `plain`, without any attribute."""
    log = events()
    put(home, "sample", log)
    put(home, "flat", log.drop(columns="tier").head(300))
    put(home, "plain", log[["ticket_id", "at", "kind", "tier", "team"]].head(300))
