"""`datasets`: lists what there is."""

from __future__ import annotations

import argparse
from typing import Any

from analytics.commands.base import command, print_json


def add(commands: Any) -> None:
    command(commands, "datasets", run, "Lists the datasets of the home folder.")


def run(arguments: argparse.Namespace) -> int:
    from analytics.metrics import dataset_facts
    from analytics.warehouse.store import Home, open_dataset

    home = Home(arguments.home)
    print_json([{"name": name} | dataset_facts(open_dataset(name, home)) for name in home.names()])
    return 0
