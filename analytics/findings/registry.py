"""All findings, ranked. A module `dNN_….py` of this folder with a function `find(asked)` and its claims is one file to add.

A claim is any `Claim` in the module, alone or in a dict; its thresholds and its paragraph for the definitions page come
with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from analytics.findings.base import SEVERITIES, Asked, Claim, Finding, finding_sql
from analytics.findings.settings import COMMON, Settings, Threshold
from analytics.model import Filters
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

DEFAULTS = Settings()


@cache
def families() -> dict[str, ModuleType]:
    """Every family by the name of its module, in the order of the names."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("d[0-9][0-9]_*.py"))
    return {name: import_module(f"analytics.findings.{name}") for name in names}


@cache
def claims() -> dict[str, Claim]:
    """Every claim by the id of its finding."""
    found = [claim for module in families().values() for value in vars(module).values() for claim in _claims_in(value)]
    return {claim.id: claim for claim in found}


def _claims_in(value: object) -> list[Claim]:
    if isinstance(value, dict):
        return [claim for claim in value.values() if isinstance(claim, Claim)]
    return [value] if isinstance(value, Claim) else []


@cache
def thresholds() -> dict[str, Threshold]:
    """Every threshold by its name: those that findings share first."""
    own = [threshold for claim in claims().values() for threshold in claim.thresholds]
    return {threshold.name: threshold for threshold in [*COMMON, *own]}


def sql_of_family(id_: str) -> list[tuple[str, str]]:
    """Name and text of the SQL files of a finding's family: what its value is computed from."""
    files = sorted((Path(__file__).parent / "sql").glob(f"{id_[:3]}_*.sql"))
    return [(path.name, finding_sql(path.stem)) for path in files]


def used_by(name: str) -> list[str]:
    """Titles of the findings that a threshold or text belongs to."""
    return [
        claim.title for claim in claims().values() if name in {one.name for one in (*claim.thresholds, *claim.texts)}
    ]


def definitions() -> dict[str, tuple[str, str, str]]:
    """Title, unit and paragraph of every finding by its id, for the definitions page."""
    return {
        claim.id: (claim.title, claim.unit, f"{claim.counts} {_judged(claim)}".strip()) for claim in claims().values()
    }


def _judged(claim: Claim) -> str:
    told = [f"{one.title}: {_usual(one)} ({one.source})" for one in claim.thresholds if one not in COMMON]
    return f"{claim.guide} {'; '.join(told)}{'.' if told else ''}"


def _usual(threshold: Threshold) -> str:
    tiers = "".join(f", {tier} {value:g}" for tier, value in threshold.by_tier)
    return f"{threshold.default:g}{tiers} {'' if threshold.unit == 'share' else threshold.unit}".strip()


def find_all(warehouse: Warehouse, filters: Filters = NO_FILTER, settings: Settings = DEFAULTS) -> list[Finding]:
    """Every finding, the most pressing first: by severity, then by hours of work at stake, then of waiting."""
    asked = Asked(warehouse, filters, settings)
    return ranked([finding for family in families().values() for finding in family.find(asked)])


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """By severity, then by hours of work at stake a week, then by hours of waiting, then by name."""
    return sorted(
        findings,
        key=lambda one: (
            SEVERITIES.index(one.severity), -(one.work_hours or 0.0), -(one.waiting_hours or 0.0), one.id
        ),
    )  # fmt: skip
