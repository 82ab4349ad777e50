"""`metrics`: prints every metric of a dataset."""

from __future__ import annotations

import argparse
from typing import Any

from analytics.commands.base import add_filters, command, filters_of, note, print_json


def add(commands: Any) -> None:
    parser = command(commands, "metrics", run, "Prints every metric of a dataset.")
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--target-minutes", type=float, default=30.0, help="acknowledgement target (default 30)")
    add_filters(parser)


def run(arguments: argparse.Namespace) -> int:
    from analytics.metrics import absent, metrics
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    print_json(metrics(warehouse, filters_of(arguments, warehouse), arguments.target_minutes))
    note(absent(warehouse))
    return 0
