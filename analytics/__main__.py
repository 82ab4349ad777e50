"""The command line: `python -m analytics COMMAND`. JSON goes to standard output, notes and refusals to standard error.

Exit codes: 0 done, 2 refused (with what was seen and what to do), 3 a check that failed (`findings --fail-on`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from analytics.commands import datasets, export, findings, forecast, imports, metrics, staff, watch
from analytics.errors import TierscopeError

COMMANDS = (imports, metrics, datasets, forecast, staff, findings, watch, export)


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
    for one in COMMANDS:
        one.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
