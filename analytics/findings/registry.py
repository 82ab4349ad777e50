"""All findings, ranked. A module `dNN_….py` of this folder with a function `find(asked)` is a family: one file to add."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

from analytics.findings.base import SEVERITIES, Asked, Finding, Settings
from analytics.model import Filters
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

GUIDE_SETTINGS = Settings()


@cache
def families() -> dict[str, Callable[[Asked], list[Finding]]]:
    """`find` of every family by the name of its module, in the order of the names."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("d[0-9][0-9]_*.py"))
    return {name: import_module(f"analytics.findings.{name}").find for name in names}


def asked_of(warehouse: Warehouse, filters: Filters = NO_FILTER, settings: Settings = GUIDE_SETTINGS) -> Asked:
    """What the families ask of, with what the data holds counted once."""
    bare = Asked(warehouse, filters, settings)
    return Asked(warehouse, filters, settings, {name: int(count) for name, count in bare.one("columns").items()})


def find_all(warehouse: Warehouse, filters: Filters = NO_FILTER, settings: Settings = GUIDE_SETTINGS) -> list[Finding]:
    """Every finding, the most pressing first: act, watch, good, unknown; within each by hours at stake."""
    asked = asked_of(warehouse, filters, settings)
    return ranked([finding for find in families().values() for finding in find(asked)])


def ranked(findings: list[Finding]) -> list[Finding]:
    """By severity, then by hours at stake, then by name."""
    return sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), -one.hours_at_stake, one.id))
