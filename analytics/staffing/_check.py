"""Refuse numbers that no model of a team can take, with a sentence instead of NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analytics.errors import InputError

TINY = 1e-9
"""Relative slack of a rounding up: 7 / 0.7 is 10.000000000000002 in floating point, and ten agents, not eleven."""


def number(name: str, value: Any, *, least: float = 0.0, most: float = math.inf, above: bool = False) -> float:
    """`value` as a finite float within [least, most]; with `above`, strictly more than `least`.

    Errors: InputError that names the number, the value found and the range.
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    inside = math.isfinite(found) and found <= most and (found > least if above else found >= least)
    if not inside:
        raise InputError(f"{name} must be a number {_range(least, most, above)}.", found=f"Found {value!r}.")
    return found


def _range(least: float, most: float, above: bool) -> str:
    low = f"above {least:g}" if above else f"of at least {least:g}"
    return low if math.isinf(most) else f"{low} and at most {most:g}"


def count(name: str, value: Any, *, least: int = 0, most: int = 10_000_000) -> int:
    """`value` as a whole number; 3.0 passes, 3.5 does not (rounding a headcount is the caller's decision)."""
    found = number(name, value, least=least, most=most)
    if found != int(found):
        raise InputError(f"{name} must be a whole number.", found=f"Found {value!r}.")
    return int(found)


def share(name: str, value: Any, *, below_one: bool = False) -> float:
    """`value` as a share 0-1; with `below_one`, 1 itself is refused (nobody would be left to work)."""
    found = number(name, value, most=1.0)
    if below_one and found >= 1.0:
        raise InputError(f"{name} must be below 1.", found=f"Found {value!r}.", todo="Give a share such as 0.3.")
    return found


def array(name: str, values: Any, *, dims: tuple[int, ...] = (1,), least: float = 0.0) -> np.ndarray:
    """`values` as a float array of one of the given dimensions, finite and nowhere below `least`."""
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must hold numbers only.", found=str(error)) from error
    if found.ndim not in dims:
        raise InputError(f"{name} must have {' or '.join(map(str, dims))} dimensions.", found=f"Found {found.ndim}.")
    if found.size == 0 or (found.min() >= least and found.max() < np.inf):  # not a number fails both, and costs no mask
        return found
    bad = ~np.isfinite(found) | (found < least)
    if bad.any():
        value = found[bad].ravel()[0]
        raise InputError(f"{name} must be finite and at least {least:g}.", found=f"Found {value} among {found.size}.")
    return found


def per_node(name: str, values: Any, nodes: int, *, least: float = 0.0) -> np.ndarray:
    """A scalar for all nodes, or one value per node, as an array of length `nodes`."""
    found = array(name, values, dims=(0, 1), least=least)
    if found.ndim == 1 and found.size != nodes:
        raise InputError(f"{name} needs one value per tier.", found=f"Found {found.size} for {nodes} tiers.")
    return np.broadcast_to(found, (nodes,)).astype(float)


def round_up(value: float) -> int:
    """The least whole number not below `value`, forgiving floating-point dust."""
    return math.ceil(value - TINY * max(1.0, abs(value)))
