"""`findings`: the guide's rules on a dataset's tickets, and what changed; a check for cron with `--fail-on`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from analytics.commands.base import add_filters, command, filters_of, note, text_of


def add(commands: Any) -> None:
    text = "Holds a staffing guide's rules against a dataset's tickets."
    parser = command(commands, "findings", run, text, ("json", "md", "html"))
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument(
        "--thresholds", metavar="FILE.toml", help="thresholds, hourly cost (default: the dataset's own)"
    )
    parser.add_argument("--fail-on", choices=["act", "watch"], help="exit code 3 where a finding is that bad or worse")
    parser.add_argument("--no-changes", action="store_true", help="leave out what changed since the period before")
    add_filters(parser)


def run(arguments: argparse.Namespace) -> int:
    from analytics.findings.base import SEVERITIES
    from analytics.findings.changes import Comparison, compared
    from analytics.findings.digest import digest
    from analytics.findings.registry import find_all
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    filters, settings = filters_of(arguments, warehouse), _settings(arguments.thresholds, warehouse)
    found = find_all(warehouse, filters, settings)
    comparison = Comparison() if arguments.no_changes else compared(warehouse, filters, settings)
    sys.stdout.write(digest(found, arguments.format, f"{arguments.dataset} · {filters.sentence()}", comparison))
    bad = SEVERITIES[: SEVERITIES.index(arguments.fail_on) + 1] if arguments.fail_on else ()
    failed = [one for one in found if one.severity in bad]
    note([f"{one.severity}: {one.title}" for one in failed])
    return 3 if failed else 0


def _settings(file: str | None, warehouse: Any) -> Any:
    from analytics.findings.settings_file import read_settings, settings_of

    return settings_of(warehouse.dataset) if file is None else read_settings(text_of(file))
