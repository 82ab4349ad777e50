"""Logs with the columns that findings need (notes, effort, kinds of escalation, links), taken in by the import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics.calendars import Calendar
from analytics.ingest.importer import import_files
from analytics.warehouse.build import build_derived, set_calendars
from analytics.warehouse.store import Home, Warehouse, open_dataset

TIERS = ("L1", "L2", "L3")
ALWAYS_OPEN = dict.fromkeys(TIERS, Calendar("UTC", week=(((0, 1440),),) * 7))
HEALTHY_HOURS = dict.fromkeys(TIERS, Calendar("Europe/Berlin", week=(((420, 1200),),) * 6 + ((),)))


def imported(
    events: pd.DataFrame, folder: Path, calendars: dict[str, Calendar] = ALWAYS_OPEN, roster: Sequence[tuple] = ()
) -> Warehouse:
    """A warehouse of events; `roster` holds (day, rank of the tier, hours). All hours are working hours by default."""
    home, file = Home(folder / "home"), folder / "log.parquet"
    events.to_parquet(file)
    import_files([file], "log", home=home, preset="events", timezone="UTC")
    with home.new_version("log") as con:
        for entry in roster:
            con.execute("INSERT INTO roster VALUES (?, ?, NULL, ?)", list(entry))
        set_calendars(con, calendars)
        build_derived(con)
    return open_dataset("log", home)
