"""A service desk of two products with a launch and a burst, made day by day: for whatever is forecast."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.ingest.importer import import_files
from analytics.warehouse.store import Home, Warehouse

DAYS = 150
START = pd.Timestamp("2026-01-05T00:00", tz="UTC")  # a Monday
LAUNCH = date(2026, 4, 6)


def made_log(days: int = DAYS, last_hour: int = 24, seed: int = 5, burst: bool = True) -> pd.DataFrame:
    """Some 20 tickets on working days and 5 at weekends, two products; a third goes on to L2 a day later. Beam's launch
    doubles Beam on 6 April and halves every 3 days; ten days before the end 40 Atlas tickets come by phone."""
    rng, rows = np.random.default_rng(seed), []
    for day in range(days):
        at = START + pd.Timedelta(days=day)
        for product, mean in (("Atlas", 14.0), ("Beam", 8.0)):
            level = mean * (1.0 if at.day_of_week < 5 else 0.25)
            age = (at.date() - LAUNCH).days
            if product == "Beam" and age >= 0:
                level *= 1 + 1.5 * 0.5 ** (age / 3)
            for number in range(int(rng.poisson(level))):
                channel = "phone" if number % 7 == 0 else "email"
                rows.append((product, channel, at + pd.Timedelta(minutes=int(rng.integers(8 * 60, 18 * 60)))))
        if burst and day == days - 10:
            rows += [("Atlas", "phone", at + pd.Timedelta(minutes=600 + n)) for n in range(40)]
    end = START + pd.Timedelta(days=days - 1, hours=last_hour)
    rows = [row for row in rows if row[2] < end]
    made = []
    for number, (product, channel, at) in enumerate(rows):
        base = {"ticket_id": f"T{number:05d}", "product": product, "category": "Login", "channel": channel}
        made.append(base | {"at": at, "kind": "created", "tier": "L1", "team": "desk"})
        if number % 3 == 0:
            made.append(
                base | {"at": min(at + pd.Timedelta(days=1), end), "kind": "queued", "tier": "L2", "team": "net"}
            )
        made.append(
            base | {"at": min(at + pd.Timedelta(days=1, hours=2), end), "kind": "resolved", "tier": made[-1]["tier"]}
        )
    return pd.DataFrame(made)


def put(home: Path, name: str, log: pd.DataFrame) -> Warehouse:
    """A dataset in a home folder, taken in by the import: with thousands of tickets that is the quickest way."""
    file = home / f"{name}.csv"
    home.mkdir(exist_ok=True)
    log.assign(at=log["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_csv(file, index=False)
    import_files([file], name, home=Home(home), preset="events", timezone="UTC")
    return Warehouse(Home(home).get(name))
