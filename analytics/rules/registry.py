"""All rules. A module `rule_….py` of this folder with a `RULE` is one: one file to add."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from analytics.errors import InputError, did_you_mean
from analytics.rules.base import Rule

_ORDER = ("escalate_after", "priority_to_l2", "vetting_layer", "category_to_l2", "manager_alert")
"""Known rules first, in the order of the guide; new ones follow by name."""


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its id."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("rule_*.py"))
    found = {rule.id: rule for rule in (import_module(f"analytics.rules.{name}").RULE for name in names)}
    return {name: found[name] for name in (*_ORDER, *(name for name in found if name not in _ORDER)) if name in found}


def rule(name: str) -> Rule:
    """One rule. InputError with the nearest name where there is none."""
    if name not in rules():
        raise InputError(f"There is no rule '{name}'.", todo=did_you_mean(name, list(rules())))
    return rules()[name]
