"""Settings as a TOML file, and where a dataset keeps its own: beside its version files, so that an import does not touch them.

    currency = "EUR"
    hourly_cost = { L1 = 32, L2 = 45, L3 = 70 }

    [texts]
    marked_day = "2026-03-01"

    [thresholds]
    escalation_share = 0.25
    [thresholds.acknowledge_minutes]
    value = 30
    tier = { L3 = 60 }
    priority = { urgent = 15 }
    both = { "L3/urgent" = 20 }

The most specific figure wins.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analytics.errors import InputError
from analytics.findings.settings import TEXTS, Changed, Settings, Threshold, known
from analytics.warehouse.store import Dataset

FILE = "thresholds.toml"
_PARTS = dict.fromkeys(("thresholds", "texts", "hourly_cost", "currency"))


def read_settings(text: str) -> Settings:
    """Settings from TOML; InputError naming what is not known or cannot be."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise InputError("The thresholds are no TOML.", found=str(problem), todo="Check that line.") from problem
    for part in told:
        known(part, _PARTS, "part of the settings")
    changed = [one for name, given in _table(told, "thresholds").items() for one in _changed(name, given)]
    texts = {name: _text(name, value) for name, value in _table(told, "texts").items()}
    cost = {tier: _number(f"hourly_cost of {tier}", value) for tier, value in _table(told, "hourly_cost").items()}
    return Settings(tuple(sorted(changed)), tuple(sorted(texts.items())), tuple(sorted(cost.items())),
                    _text("currency", told.get("currency", "USD")))  # fmt: skip


def thresholds() -> dict[str, Threshold]:
    """Every threshold of every finding by its name."""
    from analytics.findings.registry import (
        thresholds as all_of_them,  # the registry imports the findings, they the settings
    )

    return all_of_them()


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, dict):
        raise InputError(f"'{name}' must be a table.", found=str(table)[:80], todo=f"Write it as [{name}].")
    return table


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"'{name}' must be a text.", found=str(value)[:80], todo="Put it in quotes.")
    return value


def _number(name: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InputError(f"'{name}' must be a number.", found=str(value)[:80], todo="For example: 0.2")
    return float(value)


def _changed(name: str, given: Any) -> list[Changed]:
    threshold = known(name, thresholds(), "threshold")
    if not isinstance(given, dict):
        return [changed(threshold, _number(name, given))]
    made = []
    for key, inside in given.items():
        if key == "value":
            made.append(changed(threshold, _number(name, inside)))
        elif key in ("tier", "priority", "both") and isinstance(inside, dict):
            made += [changed(threshold, _number(name, value), *_scope(key, scope)) for scope, value in inside.items()]
        else:
            raise InputError(f"'{key}' says nothing about '{name}'.", todo="Use value, tier, priority or both.")
    return made


def changed(threshold: Threshold, value: float, tier: str = "", priority: str = "") -> Changed:
    """A figure for a scope; InputError where it cannot be, or where this threshold does not differ by that."""
    threshold.check(value)
    for scope, given in (("tier", tier), ("priority", priority)):
        if given and scope not in threshold.scopes:
            raise InputError(f"'{threshold.title}' is the same for every {scope}.", found=f"{scope} '{given}'.",
                             todo="Give one value for all.")  # fmt: skip
    return Changed(threshold.name, value, tier, priority.casefold())


def _scope(key: str, scope: str) -> tuple[str, str]:
    tier, _, priority = scope.partition("/")
    return {"tier": (scope, ""), "priority": ("", scope), "both": (tier, priority)}[key]


def write_settings(settings: Settings) -> str:
    """Settings as TOML; `read_settings` gives the same back."""
    lines = [f"currency = {_quoted(settings.currency)}"]
    if settings.hourly_cost:
        lines.append(f"hourly_cost = {_inline(settings.hourly_cost)}")
    if settings.texts:
        lines += ["", "[texts]", *(f"{name} = {_quoted(value)}" for name, value in settings.texts)]
    for name in sorted({one.name for one in settings.changed}):
        lines += _threshold_lines(name, [one for one in settings.changed if one.name == name])
    return "\n".join(lines) + "\n"


def _threshold_lines(name: str, given: list[Changed]) -> list[str]:
    about = thresholds()[name]
    lines = ["", f"[thresholds.{name}]  # {about.title}: {about.default:g} {about.unit}; {about.source}"]
    parts: dict[str, list[tuple[str, float]]] = {"tier": [], "priority": [], "both": []}
    for one in given:
        if one.tier and one.priority:
            parts["both"].append((f"{one.tier}/{one.priority}", one.value))
        elif one.tier or one.priority:
            parts["tier" if one.tier else "priority"].append((one.tier or one.priority, one.value))
        else:
            lines.append(f"value = {one.value!r}")
    return lines + [f"{key} = {_inline(items)}" for key, items in parts.items() if items]


def _inline(items: Any) -> str:
    return "{ " + ", ".join(f"{_quoted(key)} = {value!r}" for key, value in items) + " }"


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\' or ord(c) == 127 else c for c in text) + '"'


def settings_of(dataset: Dataset) -> Settings:
    """A dataset's own settings; the defaults where it has none. InputError where its file cannot be read."""
    file = dataset.folder / FILE
    return read_settings(file.read_text("utf-8")) if file.is_file() else Settings()


def save_settings(dataset: Dataset, settings: Settings) -> Path:
    """Keeps settings with a dataset, in one atomic step."""
    file, fresh = dataset.folder / FILE, dataset.folder / f"{FILE}.{os.getpid()}"
    fresh.write_text(write_settings(settings), "utf-8")
    os.replace(fresh, file)
    return file


__all__ = ["FILE", "TEXTS", "changed", "read_settings", "save_settings", "settings_of", "write_settings"]
