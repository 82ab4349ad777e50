"""`forecast`: daily volume ahead, with its backtest."""

from __future__ import annotations

import argparse
from typing import Any

from analytics.commands.base import add_filters, command, filters_of, print_json


def add(commands: Any) -> None:
    parser = command(commands, "forecast", run, "Forecasts daily volume, with its backtest.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dataset", metavar="NAME")
    what.add_argument("--series", metavar="FILE.csv", help="a file with date,count")
    parser.add_argument("--horizon", type=int, default=28, metavar="DAYS", help="days ahead (default 28)")
    add_filters(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.series:
        from analytics.forecasting.race import forecast
        from analytics.forecasting.series_file import read_series

        print_json(forecast(read_series(arguments.series), arguments.horizon).to_dict())
        return 0
    from analytics.outlook import forecast_dataset
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    print_json(forecast_dataset(warehouse, arguments.horizon, filters_of(arguments, warehouse)).to_dict())
    return 0
