"""Curves from histograms: how waits and first visits end with time, causes competing, where too many rows are concerned.

As `latency_survival.sql` and `escalation_incidence.sql` say it, all of a bucket ending at its upper edge. None where the facts
are to be asked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.model import US_PER_DAY, Filters
from analytics.warehouse import cubes
from analytics.warehouse.questions import histograms

CAUSES = ("cancelled", "escalated", "resolved", "returned")


def survival(
    warehouse: Any, filters: Filters, by: str, clock: str, parts: dict[str, str], grid_us: Sequence[int]
) -> pd.DataFrame | None:
    """As latency_survival.sql: what share still waits, is picked up or gone, at each wait of the grid."""
    found = histograms.waits(warehouse, filters, by, clock, parts)
    if found is None:
        return None
    told = [_group_survival(keys, of, np.asarray(grid_us)) for keys, of in histograms.groups(found[0])]
    return cubes.told(pd.concat(told, ignore_index=True), histograms.how(found[1])) if told else None


def _group_survival(keys: tuple[Any, Any], of: histograms.Histogram, grid_us: np.ndarray) -> pd.DataFrame:
    gone = of.n - of.arrived - of.waiting
    at_risk = of.n[::-1].cumsum()[::-1]
    weight = _there_before(of.arrived + gone, at_risk) / at_risk
    left = at_risk - of.arrived
    spread = np.divide(of.arrived, at_risk.astype(float) * left, out=np.zeros(len(left)), where=left > 0)
    steps = {
        "at_risk": at_risk - of.n, "still_waiting": np.cumprod(left / at_risk), "greenwood": spread.cumsum(),
        "acknowledged_share": (weight * of.arrived).cumsum(), "left_share": (weight * gone).cumsum(),
    }  # fmt: skip
    start = {
        "at_risk": of.n.sum(),
        "still_waiting": 1.0,
        "greenwood": 0.0,
        "acknowledged_share": 0.0,
        "left_share": 0.0,
    }
    grid = {name: _on_grid(values, of.bucket, grid_us, start[name]) for name, values in steps.items()}
    return pd.DataFrame({"from_key": keys[0], "to_key": keys[1], "handoffs": of.n.sum(), "wait_us": grid_us, **grid})


def incidence(warehouse: Any, filters: Filters, grid_us: Sequence[int]) -> pd.DataFrame | None:
    """As escalation_incidence.sql: the share of first visits that ended by each cause, at each time of the grid."""
    found = histograms.first_visits(warehouse, filters)
    if found is None:
        return None
    grid = np.asarray(grid_us)
    told = [_tier_incidence(tier, rows, grid) for tier, rows in found.groupby("tier")]
    return cubes.told(pd.concat(told, ignore_index=True), cubes.method(found)) if told else None


def _tier_incidence(tier: Any, rows: pd.DataFrame, grid_us: np.ndarray) -> pd.DataFrame:
    bucket, leaving, ended = (rows[name].to_numpy() for name in ("bucket", "leaving", "ended"))
    at_risk = leaving[::-1].cumsum()[::-1]
    weight = _there_before(ended, at_risk) / at_risk
    still = _on_grid(at_risk - leaving, bucket, grid_us, at_risk[0])
    return pd.concat(
        pd.DataFrame({
            "tier": tier, "tickets": int(leaving.sum()), "days": grid_us / US_PER_DAY, "at_risk": still, "cause": cause,
            "incidence": _on_grid((weight * rows[cause].to_numpy()).cumsum(), bucket, grid_us, 0.0),
        })
        for cause in CAUSES
    )  # fmt: skip


def _there_before(ended: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """The share that is there still when a bucket begins."""
    return np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)[:-1]])


def _on_grid(values: np.ndarray, bucket: np.ndarray, grid_us: np.ndarray, start: float) -> np.ndarray:
    """The value at each moment of a grid, of a step function that changes at its buckets' upper edges; the first bucket, below a
    second, counts as no time at all."""
    place = np.searchsorted(np.where(bucket > 0, cubes.EDGES_US[bucket], 0), grid_us, side="right")
    return np.concatenate([[start], values])[place]
