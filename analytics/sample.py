"""The shipped sample as a dataset: taken in by the same import as any other file, on first use."""

from __future__ import annotations

import json
from pathlib import Path

from analytics.calendars import Calendar
from analytics.errors import DatasetError
from analytics.warehouse.store import Dataset, Home

NAME = "sample"
ZONE = "Europe/Berlin"
CALENDARS = {
    "L1": Calendar(ZONE, week=(((420, 1200),),) * 6 + ((),), holidays_country="DE", holidays_region="BE"),
    "L2": Calendar(ZONE, week=(((480, 1080),),) * 5 + ((), ()), holidays_country="DE", holidays_region="BE"),
    "L3": Calendar(ZONE, week=(((540, 1020),),) * 5 + ((), ()), holidays_country="DE", holidays_region="BE"),
}
"""The opening hours of the sample's company, as its generator has them."""

FOLDER = Path(__file__).parent.parent / "data" / "sample"


def ensure_sample(home: Home) -> Dataset:
    """The dataset `sample`; imported from `data/sample` where it is not there yet.

    DatasetError where the shipped files are missing. Two processes that start at once: the second waits for the first one's
    result and takes it.
    """
    found = home.find(NAME)
    if found:
        return found
    events = FOLDER / "events.parquet"
    if not events.exists():
        raise DatasetError("The shipped sample is missing.", found=f"Looked for {events}.", todo="Install again.")
    return _take_in(home, events)


def _take_in(home: Home, events: Path) -> Dataset:
    from analytics.ingest.importer import import_files
    from analytics.roster import import_roster, read_roster

    try:
        import_files([events], NAME, home=home, preset="events", timezone=ZONE)
        import_roster(home, NAME, read_roster(FOLDER / "roster.csv"), calendars=CALENDARS)
    except DatasetError:
        if (other := _wait_for(home)) is not None:
            return other
        raise
    return home.get(NAME)


def _wait_for(home: Home, seconds: float = 60) -> Dataset | None:
    """The sample once another process has taken it in; None where that does not happen in time."""
    import time

    for _ in range(int(seconds * 4)):
        if found := home.find(NAME):
            return found
        time.sleep(0.25)
    return None


def truth() -> dict:
    """The truths planted in the sample, for tests and for the curious."""
    return json.loads((FOLDER / "truth.json").read_text("utf-8"))
