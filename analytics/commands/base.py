"""What the commands share: the usual options, the filters, JSON to standard output, notes to standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any


def command(
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


def add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=_day, metavar="DAY", help="first day, e.g. 2026-01-01")
    parser.add_argument("--to", dest="end", type=_day, metavar="DAY", help="last day, inclusive")
    for name in ("tier", "team", "priority", "product", "category", "channel"):
        parser.add_argument(f"--{name}", action="append", default=[], help=f"only this {name} (may be repeated)")
    parser.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="an extra column's value")


def filters_of(arguments: argparse.Namespace, warehouse: Any) -> Any:
    """The filters given; FilterError where the dataset does not have what they name."""
    from analytics.warehouse.filtering import check_filters

    filters = given_filters(arguments)
    check_filters(warehouse, filters)
    return filters


def given_filters(arguments: argparse.Namespace) -> Any:
    """The filters as they were given, not held against any dataset."""
    from analytics.model import Filters
    from analytics.warehouse.filtering import custom_filters

    return Filters(
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


def print_json(told: Any) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False))


def note(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"note: {sentence}", file=sys.stderr)


def text_of(file: str) -> str:
    from pathlib import Path

    from analytics.errors import InputError

    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(
            f"The file '{file}' could not be read.", found=str(problem), todo="Check its name."
        ) from problem
