"""`findings`: the guide's rules on a dataset's tickets; a check for cron with `--fail-on`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from analytics.commands.base import add_filters, command, filters_of, note


def add(commands: Any) -> None:
    text = "Holds a staffing guide's rules against a dataset's tickets."
    parser = command(commands, "findings", run, text, ("json", "md", "html"))
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--fail-on", choices=["act", "watch"], help="exit code 3 where a finding is that bad or worse")
    add_filters(parser)


def run(arguments: argparse.Namespace) -> int:
    from analytics.findings.base import SEVERITIES
    from analytics.findings.digest import digest
    from analytics.findings.registry import find_all
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    filters = filters_of(arguments, warehouse)
    found = find_all(warehouse, filters)
    sys.stdout.write(digest(found, arguments.format, f"{arguments.dataset} · {filters.sentence()}"))
    bad = SEVERITIES[: SEVERITIES.index(arguments.fail_on) + 1] if arguments.fail_on else ()
    failed = [one for one in found if one.severity in bad]
    note([f"{one.severity}: {one.title}" for one in failed])
    return 3 if failed else 0
