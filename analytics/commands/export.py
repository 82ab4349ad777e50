"""`export`: a dataset's tables as CSV or a workbook, or its main charts as a report that works offline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from analytics.commands.base import add_filters, command, filters_of, note


def add(commands: Any) -> None:
    text = "Writes a dataset's tables (csv, xlsx) or a report with its main charts (html) to files."
    parser = command(commands, "export", run, text, ("html", "xlsx", "csv"))
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--table", metavar="NAME", help="only this table (csv: to standard output without --out)")
    parser.add_argument("--out", metavar="PATH", help="file to write; for csv without --table a folder")
    parser.set_defaults(format="html")
    add_filters(parser)


def run(arguments: argparse.Namespace) -> int:
    from analytics import exports
    from analytics.warehouse.store import open_dataset

    warehouse = open_dataset(arguments.dataset, arguments.home)
    filters = filters_of(arguments, warehouse)
    if arguments.table:
        _told_or_refused(exports, warehouse, arguments.table, arguments.format)
    {"html": _html, "xlsx": _xlsx, "csv": _csv}[arguments.format](exports, warehouse, filters, arguments)
    if not arguments.table:
        note([f"{name} is left out: {why}" for name, why in exports.missing(warehouse).items()])
    return 0


def _told_or_refused(exports: Any, warehouse: Any, name: str, form: str) -> None:
    """Refuses a table that does not exist, that this dataset cannot give, or that is asked for as a report."""
    from analytics.errors import InputError, NotEnoughData

    exports.find(name)
    if form == "html":
        raise InputError(
            "A report shows charts, not one table.", todo="Add --format csv or --format xlsx, or leave out --table."
        )
    if why := exports.missing(warehouse).get(name):
        raise NotEnoughData(
            f"This dataset cannot give the table '{name}'.", found=why, todo="Import that column, or choose another."
        )


def _frames(exports: Any, warehouse: Any, filters: Any, table: str | None) -> Any:
    return [(table, exports.find(table).ask(warehouse, filters))] if table else exports.frames(warehouse, filters)


def _html(exports: Any, warehouse: Any, filters: Any, arguments: argparse.Namespace) -> None:
    _write(arguments.out, exports.report(warehouse, filters).encode("utf-8"))


def _xlsx(exports: Any, warehouse: Any, filters: Any, arguments: argparse.Namespace) -> None:
    from analytics.ingest.safe_export import book_bytes

    sheets = dict(_frames(exports, warehouse, filters, arguments.table))
    _write(arguments.out, book_bytes(sheets | {"About": exports.origin(exports.stamp(warehouse, filters))}))


def _csv(exports: Any, warehouse: Any, filters: Any, arguments: argparse.Namespace) -> None:
    from analytics.errors import InputError
    from analytics.ingest.safe_export import csv_bytes

    if arguments.table:
        _write(arguments.out, csv_bytes(exports.find(arguments.table).ask(warehouse, filters)))
        return
    if not arguments.out:
        raise InputError(
            "All tables as CSV are many files.", todo="Name a folder with --out, or one table with --table."
        )
    folder = Path(arguments.out)
    for name, frame in _frames(exports, warehouse, filters, None):
        _write(folder / f"{name}.csv", csv_bytes(frame))
    _write(folder / "about.csv", csv_bytes(exports.origin(exports.stamp(warehouse, filters))))


def _write(path: Path | str | None, content: bytes) -> None:
    """To the file, whole or not at all; to standard output where none is named."""
    from analytics.errors import InputError

    if path is None:
        sys.stdout.buffer.write(content)
        return
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(target)
    except OSError as problem:
        raise InputError(
            f"'{path}' could not be written.", found=str(problem), todo="Choose another place with --out."
        ) from problem
