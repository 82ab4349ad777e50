"""`metrics` and `second_opinion` side by side: every figure on which they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any


def differences(mine: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """A line for each figure that is not the same, or that only one of the two has."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in sorted(mine.keys() | theirs.keys(), key=str):
            where = f"{path}/{key}"
            if key in mine and key in theirs:
                yield from differences(mine[key], theirs[key], where)
            else:
                yield f"{where}: {'only here' if key in mine else 'only there'}"
    elif not _same(mine, theirs):
        yield f"{path}: {mine} here, {theirs} there"


def _same(mine: Any, theirs: Any) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return math.isclose(mine, theirs, rel_tol=1e-7, abs_tol=1e-9)


def by_name(told: dict[str, Any]) -> dict[str, Any]:
    """What `metrics` gives, its lists as dicts by what their rows are about; without `dataset`."""
    tiers = {row["tier"]: _without(row, "tier") for row in told["tiers"]}
    pairs = {(row["from"], row["to"]): _without(row, "from", "to") for row in told["handoffs"]["pairs"]}
    paths = {row["path"]: row["tickets"] for row in told["paths"]}
    handoffs = told["handoffs"] | {"pairs": pairs}
    return _without(told, "dataset") | {"tiers": tiers, "handoffs": handoffs, "paths": paths}


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
