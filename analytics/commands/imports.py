"""`import`: takes files into a dataset."""

from __future__ import annotations

import argparse
from typing import Any

from analytics.commands.base import command, note, print_json


def add(commands: Any) -> None:
    parser = command(commands, "import", run, "Takes files into a dataset.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--dataset", required=True, metavar="NAME")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--mapping", metavar="FILE.toml", help="what the columns mean")
    how.add_argument("--preset", metavar="NAME", help="a mapping that comes with the product")
    parser.add_argument("--timezone", metavar="TZ", help="zone of times without an offset, e.g. Europe/Berlin")


def run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from analytics.ingest.importer import import_files
    from analytics.ingest.mapping import load_mapping
    from analytics.warehouse.store import Home

    report = import_files(
        [Path(file) for file in arguments.files],
        arguments.dataset,
        home=Home(arguments.home),
        mapping=load_mapping(Path(arguments.mapping)) if arguments.mapping else None,
        preset=arguments.preset,
        timezone=arguments.timezone,
    )
    print_json(report.to_json())
    note(report.notes)
    return 0
