"""SQL for the buckets of `cubes`, for durations that are read from the facts.

Without a CASE, which costs twice as much as all the rest: millions of durations are put into buckets while somebody waits.
"""

from __future__ import annotations

from analytics.warehouse.cubes import SMALLEST_US, STEPS


def _octave(column: str) -> str:
    return f"greatest(0, ceil(log2(greatest({column}, 1) / {SMALLEST_US})) - 1)::INTEGER"


def _base(column: str) -> str:
    """Where the octave of a duration begins, in microseconds."""
    return f"({SMALLEST_US} * (1::BIGINT << {_octave(column)}))"


def bucketed(column: str) -> str:
    """SQL for the bucket that holds a duration, as the cubes' own SQL has it: 0 up to the smallest edge and below zero."""
    step = f"ceil(({column} - {_base(column)}) * {STEPS} / {_base(column)}) - 1"
    return f"(1 + {_octave(column)} * {STEPS} + greatest(-1, least({STEPS - 1}, {step}))::INTEGER)"
