"""Targets by priority: how soon a ticket should be answered and resolved, in working hours. One set for everything.

Pages, command line, findings and watch list share it: the usual targets by urgency until somebody changes them; what was
changed is kept as `targets.toml` in the dataset's folder, beside its version files, so that it outlives imports and an undo.
"""

from __future__ import annotations

import json
import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from analytics.daily import by_urgency
from analytics.errors import InputError
from analytics.warehouse import questions
from analytics.warehouse.store import Warehouse

Targets = Mapping[str, tuple[float, float]]
"""Priority -> (first answer, resolution), both in working hours of the tier that has the ticket."""

USUAL_TARGETS = ((1.0, 8.0), (4.0, 24.0), (8.0, 40.0), (8.0, 80.0))
"""First answer and resolution in working hours, from the most urgent priority down; all after the fourth have its targets."""

MOST_PRIORITIES = 12
"""A column with more values than this is no priority."""

FILE = "targets.toml"
_FIRST, _RESOLVED = "first_response_hours", "resolution_hours"


def usual_targets(priorities: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Targets for priorities by their usual urgency. Empty where there are none, or too many to be priorities."""
    if len(priorities) > MOST_PRIORITIES:
        return {}
    last = len(USUAL_TARGETS) - 1
    return {name: USUAL_TARGETS[min(rank, last)] for rank, name in enumerate(by_urgency(sorted(priorities)))}


def priorities_of(warehouse: Warehouse) -> list[str]:
    """The priorities that the dataset's tickets have."""
    known = questions.filter_values(warehouse)
    names = known.loc[known["attribute"] == "priority", "value"].astype(str)
    return [name for name in names if name != "(not given)"]


def targets_of(warehouse: Warehouse) -> dict[str, tuple[float, float]]:
    """The dataset's targets: those that were saved, the usual ones for the priorities that nobody has set."""
    return with_saved(usual_targets(priorities_of(warehouse)), warehouse.dataset.folder)


def with_saved(usual: Targets, folder: Path) -> dict[str, tuple[float, float]]:
    """The usual targets, overlaid by those saved in a dataset's folder; saved ones of unknown priorities are left out."""
    saved = load_targets(folder)
    return {name: saved.get(name, hours) for name, hours in usual.items()}


def load_targets(folder: Path) -> dict[str, tuple[float, float]]:
    """What was saved in a dataset's folder; empty where nothing was. InputError where the file cannot be understood."""
    file = folder / FILE
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise _unreadable(str(problem)) from problem
    return {str(name): _pair(str(name), hours) for name, hours in told.get("targets", {}).items()}


def _pair(name: str, told: object) -> tuple[float, float]:
    if not isinstance(told, Mapping) or _FIRST not in told or _RESOLVED not in told:
        raise _unreadable(f"Priority '{name}' lacks {_FIRST} or {_RESOLVED}.")
    return _above_zero(name, told[_FIRST]), _above_zero(name, told[_RESOLVED])


def _unreadable(found: str) -> InputError:
    return InputError("The saved targets cannot be read.", found=found, todo=f"Correct or remove {FILE}.")


def _above_zero(name: str, hours: object) -> float:
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not math.isfinite(hours) or hours <= 0:
        raise InputError(
            "A target is a number of hours above zero.",
            found=f"'{name}' has {hours}.",
            todo="Give working hours, say 8.",
        )
    return float(hours)


def save_targets(folder: Path, targets: Targets) -> None:
    """Keeps targets with a dataset, all at once: a reader sees the old file or the new one. InputError for hours not above 0."""
    checked = {name: tuple(_above_zero(name, hours) for hours in pair) for name, pair in targets.items()}
    written = folder / f"{FILE}.{os.getpid()}"
    with open(written, "w", encoding="utf-8") as handle:
        handle.write(_toml(checked))
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(written, folder / FILE)


def _toml(targets: Mapping[str, tuple[float, ...]]) -> str:
    """As TOML. A JSON string is a TOML string, but for the delete character."""
    quoted = {name: json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f") for name in targets}
    lines = [f"{quoted[name]} = {{ {_FIRST} = {a!r}, {_RESOLVED} = {b!r} }}" for name, (a, b) in targets.items()]
    return "\n".join(["# Working hours by priority.", "[targets]", *lines, ""])
