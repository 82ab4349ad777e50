"""The command line: `python -m analytics COMMAND`. JSON goes to standard output, notes and refusals to standard error.

Exit codes: 0 done, 2 refused (with what was seen and what to do), 3 a check that failed (`findings --fail-on`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

from analytics.errors import TierscopeError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except TierscopeError as refused:
        _refuse(refused)
        return 2


def _refuse(refused: TierscopeError) -> None:
    for part in (refused.title, refused.found, refused.todo):
        if part:
            print(part, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description="Support operations analytics.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (_add_import, _add_metrics, _add_datasets, _add_forecast, _add_staff, _add_findings):
        add(commands)
    return parser


def _command(
    commands: Any, name: str, run: Any, text: str, formats: Sequence[str] = ("json",)
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--home", help="home folder (default: TIERSCOPE_HOME, else the per-user data folder)")
    parser.add_argument("--format", choices=list(formats), default="json")
    parser.set_defaults(run=run)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day; write it as 2026-03-31") from problem


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=_day, metavar="DAY", help="first day, e.g. 2026-01-01")
    parser.add_argument("--to", dest="end", type=_day, metavar="DAY", help="last day, inclusive")
    for name in ("tier", "team", "priority", "product", "category", "channel"):
        parser.add_argument(f"--{name}", action="append", default=[], help=f"only this {name} (may be repeated)")
    parser.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="an extra column's value")


def _filters(arguments: argparse.Namespace, warehouse: Any) -> Any:
    from analytics.model import Filters
    from analytics.warehouse.filtering import check_filters, custom_filters

    filters = Filters(
        start=arguments.start,
        end=arguments.end,
        tiers=tuple(arguments.tier),
        teams=tuple(arguments.team),
        priorities=tuple(arguments.priority),
        products=tuple(arguments.product),
        categories=tuple(arguments.category),
        channels=tuple(arguments.channel),
        custom=custom_filters(arguments.where),
    )
    check_filters(warehouse, filters)
    return filters


def _print(told: Any) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False))


def _note(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"note: {sentence}", file=sys.stderr)


def _add_import(commands: Any) -> None:
    parser = _command(commands, "import", _import, "Takes files into a dataset.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--dataset", required=True, metavar="NAME")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--mapping", metavar="FILE.toml", help="what the columns mean")
    how.add_argument("--preset", metavar="NAME", help="a mapping that comes with the product")
    parser.add_argument("--timezone", metavar="TZ", help="zone of times without an offset, e.g. Europe/Berlin")


def _import(arguments: argparse.Namespace) -> int:
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
    _print(report.to_json())
    _note(report.notes)
    return 0


def _add_metrics(commands: Any) -> None:
    parser = _command(commands, "metrics", _metrics, "Prints every metric of a dataset.")
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--target-minutes", type=float, default=30.0, help="acknowledgement target (default 30)")
    _add_filters(parser)


def _metrics(arguments: argparse.Namespace) -> int:
    from analytics.metrics import absent, metrics
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    _print(metrics(warehouse, _filters(arguments, warehouse), arguments.target_minutes))
    _note(absent(warehouse))
    return 0


def _add_datasets(commands: Any) -> None:
    _command(commands, "datasets", _datasets, "Lists the datasets of the home folder.")


def _datasets(arguments: argparse.Namespace) -> int:
    from analytics.metrics import dataset_facts
    from analytics.warehouse.store import Home, open_dataset

    home = Home(arguments.home)
    _print([{"name": name} | dataset_facts(open_dataset(name, home)) for name in home.names()])
    return 0


def _add_forecast(commands: Any) -> None:
    parser = _command(commands, "forecast", _forecast, "Forecasts daily volume, with its backtest.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dataset", metavar="NAME")
    what.add_argument("--series", metavar="FILE.csv", help="a file with date,count")
    parser.add_argument("--horizon", type=int, default=28, metavar="DAYS", help="days ahead (default 28)")
    _add_filters(parser)


def _forecast(arguments: argparse.Namespace) -> int:
    if arguments.series:
        from analytics.forecasting.race import forecast
        from analytics.forecasting.series_file import read_series

        _print(forecast(read_series(arguments.series), arguments.horizon).to_dict())
        return 0
    from analytics.outlook import forecast_dataset
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    _print(forecast_dataset(warehouse, arguments.horizon, _filters(arguments, warehouse)).to_dict())
    return 0


def _add_staff(commands: Any) -> None:
    parser = _command(commands, "staff", _staff, "Recommends headcount per tier.")
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--plan", metavar="FILE.toml", help="headcount, working hours, targets, rules")
    parser.add_argument("--horizon", type=int, default=91, metavar="DAYS", help="days ahead (default 91)")


def _staff(arguments: argparse.Namespace) -> int:
    from analytics.outlook import plan_for, staffing_inputs
    from analytics.staffing.recommend import recommend
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    plan = plan_for(warehouse, _text_of(arguments.plan) if arguments.plan else None)
    _print(recommend(staffing_inputs(warehouse, plan, arguments.horizon), plan).to_json())
    return 0


def _add_findings(commands: Any) -> None:
    text = "Holds a staffing guide's rules against a dataset's tickets."
    parser = _command(commands, "findings", _findings, text, ("json", "md", "html"))
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--fail-on", choices=["act", "watch"], help="exit code 3 where a finding is that bad or worse")
    _add_filters(parser)


def _findings(arguments: argparse.Namespace) -> int:
    from analytics.findings.base import SEVERITIES
    from analytics.findings.digest import digest
    from analytics.findings.registry import find_all
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    filters = _filters(arguments, warehouse)
    found = find_all(warehouse, filters)
    sys.stdout.write(digest(found, arguments.format, f"{arguments.dataset} · {filters.sentence()}"))
    bad = SEVERITIES[: SEVERITIES.index(arguments.fail_on) + 1] if arguments.fail_on else ()
    failed = [one for one in found if one.severity in bad]
    _note([f"{one.severity}: {one.title}" for one in failed])
    return 3 if failed else 0


def _text_of(file: str) -> str:
    from pathlib import Path

    from analytics.errors import InputError

    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(
            f"The file '{file}' could not be read.", found=str(problem), todo="Check its name."
        ) from problem


if __name__ == "__main__":
    sys.exit(main())
