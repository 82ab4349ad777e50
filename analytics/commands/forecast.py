"""`forecast`: daily volume ahead, with its backtest; plans locked and scored."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from analytics.commands.base import add_filters, command, filters_of, given_filters, note, print_json

if TYPE_CHECKING:
    from analytics.warehouse.store import Warehouse


def add(commands: Any) -> None:
    parser = command(commands, "forecast", run, "Forecasts daily volume, with its backtest.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dataset", metavar="NAME")
    what.add_argument("--series", metavar="FILE.csv", help="a file with date,count")
    parser.add_argument("--horizon", type=int, default=28, metavar="DAYS", help="days ahead (default 28)")
    plan = parser.add_mutually_exclusive_group()
    plan.add_argument("--lock", metavar="NAME", help="lock the dataset's forecast as a plan of that name")
    plan.add_argument("--score", metavar="NAME", help="score the dataset's plan of that name against what came")
    plan.add_argument("--plans", action="store_true", help="list the dataset's plans with their scores so far")
    add_filters(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.series:
        return _series(arguments)
    told = None if _has_plan(arguments) else _kept(arguments)
    if told is None:
        from analytics.warehouse.store import open_dataset

        told = _asked(arguments, open_dataset(arguments.dataset, arguments.home))
    print_json(told)
    return 0


def _has_plan(arguments: argparse.Namespace) -> bool:
    return bool(arguments.lock or arguments.score or arguments.plans)


def _series(arguments: argparse.Namespace) -> int:
    from analytics.errors import InputError
    from analytics.forecasting.race import forecast
    from analytics.forecasting.series_file import read_series

    if _has_plan(arguments):
        raise InputError("Plans are kept with a dataset, and a file has none.", todo="Import it, and use --dataset.")
    print_json(forecast(read_series(arguments.series), arguments.horizon).to_dict())
    return 0


def _kept(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """The forecast that is kept with this version of the dataset, told without opening it; None where there is none.

    Filters on extra columns go the long way: what they name is looked up first.
    """
    from analytics.ahead import kept
    from analytics.warehouse.store import Home

    if arguments.where:
        return None
    return kept.told(Home(arguments.home).get(arguments.dataset), given_filters(arguments), arguments.horizon)


def _asked(arguments: argparse.Namespace, warehouse: Warehouse) -> Any:
    from analytics.outlook import forecast_dataset

    if _has_plan(arguments):
        return _planned(arguments, warehouse)
    return forecast_dataset(warehouse, arguments.horizon, filters_of(arguments, warehouse)).to_dict()


def _planned(arguments: argparse.Namespace, warehouse: Warehouse) -> Any:
    """The plan that was locked, or its score, or all plans with theirs."""
    from analytics.ahead import plans

    if arguments.lock:
        locked = plans.lock(warehouse, arguments.lock, arguments.horizon, filters_of(arguments, warehouse))
        note([f"The plan '{locked.plan.name}' is locked."])
        return plans.to_dict(locked, None)
    if arguments.score:
        locked = plans.find(warehouse.dataset, arguments.score)
        return plans.to_dict(locked, plans.score(warehouse, locked))
    return [plans.to_dict(one, plans.score_or_none(warehouse, one)) for one in plans.plans(warehouse.dataset)]
