"""How often do findings raise a false alarm? Logs of a healthy organisation, one per seed, and what the findings say to each.

    python bench/false_alarms.py [--seeds 100] [--first 1] [--tickets 4000]

One line per log with an alarm, then the counts. A log with an "act" is a false alarm; at least 95 of 100 must have none. Exit
code 1 where fewer do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analytics.calendars import Calendar
from analytics.findings.registry import find_all
from analytics.ingest.importer import import_files
from analytics.roster import set_hours
from analytics.warehouse.store import Home, open_dataset
from data.make_sample import healthy_log

HOURS = dict.fromkeys(("L1", "L2", "L3"), Calendar("Europe/Berlin", week=(((420, 1200),),) * 6 + ((),)))
"""The healthy organisation's working hours: 7 to 20, Monday to Saturday."""

ALLOWED = 0.05


def severities(seed: int, tickets: int) -> dict[str, str]:
    """The severity of every finding on the healthy log of a seed, by its id."""
    with tempfile.TemporaryDirectory() as folder:
        home, file = Home(Path(folder) / "home"), Path(folder) / "log.parquet"
        healthy_log(seed, tickets).to_parquet(file)
        import_files([file], "log", home=home, preset="events", timezone="Europe/Berlin")
        set_hours(home, "log", HOURS)
        warehouse = open_dataset("log", home)
        told = {one.id: one.severity for one in find_all(warehouse)}
        warehouse.close()
    return told


def main() -> int:
    """Runs the logs and prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="how many logs (default 100)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--tickets", type=int, default=4_000, help="expected tickets per log (default 4000)")
    arguments = parser.parse_args()
    counts: dict[str, Counter[str]] = {"act": Counter(), "watch": Counter(), "good": Counter(), "unknown": Counter()}
    false_alarms = 0
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        told = severities(seed, arguments.tickets)
        for name, severity in told.items():
            counts[severity][name] += 1
        alarms = {name: severity for name, severity in told.items() if severity in ("act", "watch")}
        false_alarms += "act" in alarms.values()
        if alarms:
            print(f"seed {seed}: {', '.join(f'{severity} {name}' for name, severity in alarms.items())}", flush=True)
    _print(counts, false_alarms, arguments.seeds)
    return int(false_alarms > ALLOWED * arguments.seeds)


def _print(counts: dict[str, Counter[str]], false_alarms: int, seeds: int) -> None:
    for severity, found in counts.items():
        print(f"{severity}: {', '.join(f'{name} {count}' for name, count in sorted(found.items())) or 'none'}")
    print(f"{seeds - false_alarms} of {seeds} healthy logs have no act.")


if __name__ == "__main__":
    sys.exit(main())
