"""`watch`: open tickets that need somebody now; sent to a webhook only where one is named."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from analytics.commands.base import add_filters, command, filters_of, note, print_json


def add(commands: Any) -> None:
    text = "Lists open tickets that need somebody now, with the reason; sends the list where a webhook is named."
    parser = command(commands, "watch", run, text, ("json", "csv"))
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument(
        "--acknowledge-minutes", type=float, default=30.0, help="handoffs are looked at within (default 30)"
    )
    parser.add_argument(
        "--breach-probability", type=float, default=0.5, metavar="P", help="likely from here on (default 0.5)"
    )
    parser.add_argument(
        "--webhook", metavar="URL", help="send the list there, as well as printing it; nothing is sent without"
    )
    parser.add_argument("--webhook-form", choices=["generic", "slack"], default="generic")
    add_filters(parser)


def run(arguments: argparse.Namespace) -> int:
    from analytics.targets import targets_of
    from analytics.warehouse.store import open_dataset
    from analytics.watch_list import WatchSettings, absent, watch_list

    warehouse = open_dataset(arguments.dataset, arguments.home)
    filters, targets = filters_of(arguments, warehouse), targets_of(warehouse)
    settings = WatchSettings(arguments.acknowledge_minutes, arguments.breach_probability)
    frame = watch_list(warehouse, filters, targets, settings)
    rows = plain_rows(frame)
    about = {"dataset": arguments.dataset, "filters": filters.sentence(), "data_until": _until(warehouse)}
    if arguments.format == "csv":
        _print_csv(frame)
    else:
        print_json(about | {"tickets": rows})
    note(absent(warehouse, targets))
    if arguments.webhook:
        _send(arguments, rows, about)
    return 0


def _until(warehouse: Any) -> str:
    """The moment that the list is about: the data's last event, in UTC."""
    from analytics.warehouse import questions

    return questions.dataset_summary(warehouse)["last_at"].iloc[0].isoformat()


def plain_rows(frame: Any) -> list[dict[str, Any]]:
    """Rows as plain values; what is not known is null."""
    from analytics.ingest.safe_export import cell

    known = frame.astype(object).where(frame.notna(), None)
    return [
        {key: value if isinstance(value, str) else cell(value) for key, value in row.items()}
        for row in known.to_dict("records")
    ]


def _print_csv(frame: Any) -> None:
    from analytics.ingest.safe_export import csv_bytes

    sys.stdout.write(csv_bytes(frame).decode("utf-8-sig"))


def _send(arguments: argparse.Namespace, rows: list[dict[str, Any]], about: dict[str, Any]) -> None:
    from analytics.webhook import body_of, send

    if not rows:
        note(["nothing was sent: no ticket needs anybody"])
        return
    title = f"{arguments.dataset}: {len(rows):,} open tickets need somebody"
    done = send(arguments.webhook, body_of(arguments.webhook_form, title, rows, about))
    note([f"sent to the webhook: it answered {done.status} on try {done.tries}"])
