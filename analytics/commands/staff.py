"""`staff`: the headcount that each tier needs."""

from __future__ import annotations

import argparse
from typing import Any

from analytics.commands.base import command, print_json, text_of


def add(commands: Any) -> None:
    parser = command(commands, "staff", run, "Recommends headcount per tier.")
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--plan", metavar="FILE.toml", help="headcount, working hours, targets, rules")
    parser.add_argument("--horizon", type=int, default=91, metavar="DAYS", help="days ahead (default 91)")
    parser.add_argument("--quick", action="store_true", help="forecast by the 8-week mean instead of the race (faster)")
    parser.add_argument("--no-replay", action="store_true", help="leave out the score against last quarter (faster)")


def run(arguments: argparse.Namespace) -> int:
    """As the staffing page: the kept forecast where there is one, else the race, whose result is kept."""
    from analytics.outlook import forecast_dataset
    from analytics.staffing.recommend import recommend
    from analytics.warehouse.store import open_dataset
    from analytics.workforce.history import replayed, with_replay
    from analytics.workforce.inputs import plan_for, staffing_inputs

    warehouse = open_dataset(arguments.dataset, arguments.home)
    plan = plan_for(warehouse, text_of(arguments.plan) if arguments.plan else None)
    arrivals = forecast_dataset(warehouse, arguments.horizon, quick=arguments.quick)
    inputs = staffing_inputs(warehouse, plan, arguments.horizon, forecast=arrivals)
    if not arguments.no_replay:
        inputs = with_replay(inputs, replayed(warehouse, plan))
    print_json(recommend(inputs, plan).to_json())
    return 0
