"""A small team that the tests of the engine share."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.staffing.effort import Effort
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan, read_plan
from analytics.staffing.risk import arrival_paths

MONDAY = date(2025, 11, 3)
TIERS = ("L1", "L2", "L3")
COUNTS = np.array([[0, 1800, 200, 8000], [100, 0, 150, 1650], [0, 30, 0, 320]])
PLAN = """
[tiers.L1]
cost_per_hour = 30
[sla.high]
resolution_hours = 24
[sla.normal]
resolution_hours = 72
[sla.low]
resolution_hours = 160
"""


def make_inputs(weeks: int = 6, paths: int = 60, **changes) -> StaffingInputs:
    """Three tiers from Monday 3 Nov 2025, most tickets entering L1, with a small opening backlog."""
    mean = np.tile([120, 110, 105, 100, 95, 20, 15.0], weeks)
    cube = np.zeros((paths, mean.size, 3))
    cube[:, :, 0] = arrival_paths(mean, mean * 0.8, mean * 1.22, level=0.8, paths=paths, seed=7)
    cube[:, :, 1] = np.random.default_rng(1).poisson(3, (paths, mean.size))
    backlog = pd.DataFrame(
        {
            "tier": ["L1", "L1", "L2"],
            "priority": ["high", "normal", "normal"],
            "age_days": [0, 2, 9],
            "visits": [10, 30, 8],
        }
    )
    profile = np.zeros((3, 7, 24))
    profile[:, :, 7:20] = 1
    values = {
        "tiers": TIERS,
        "start": MONDAY,
        "arrivals": cube,
        "routing_counts": COUNTS,
        "effort": {
            "L1": Effort(14, 13, 15.2, "tracked", 5000, 1.2),
            "L2": Effort(30, 25, 36, "throughput", 900, 1.0),
            "L3": Effort(100, 50, 200, "prior"),
        },
        "priorities": ("high", "normal", "low"),
        "priority_shares": np.array([[0.1, 0.7, 0.2]] * 3),
        "backlog": backlog,
        "hour_profile": profile,
        "headcount": {"L1": 8, "L2": 4.5, "L3": 3},
        "headcount_source": "roster",
    }
    return StaffingInputs(**{**values, **changes})


@pytest.fixture(scope="session")
def inputs() -> StaffingInputs:
    """The small team's history and forecast."""
    return make_inputs()


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The small team's plan."""
    return read_plan(PLAN)
