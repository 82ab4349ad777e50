"""How visits to a tier end with time, causes competing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.model import US_PER_DAY, Filters
from analytics.warehouse.questions import curves
from analytics.warehouse.questions.base import NO_FILTER, ask, tier_names
from analytics.warehouse.store import Warehouse

INCIDENCE_DAYS = 28

_DAYS = np.unique(np.concatenate([
    [0, 0.25], np.arange(1, INCIDENCE_DAYS + 1), np.geomspace(5 / 1440, INCIDENCE_DAYS, 120),
]))  # fmt: skip
"""Where the curve is told: close together at first, since most visits end within hours, and at every whole day."""


def escalation_incidence(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How do first visits to a tier end, by days since the ticket reached it? One row per (tier, cause, day of a grid).

    Columns tier, cause (escalated, returned, resolved, cancelled), days, incidence 0-1 by that day, at_risk (still there after
    it), tickets. Aalen-Johansen; after 14 days `escalated` is the rate of `matured_escalation`.
    """
    grid = [round(day * US_PER_DAY) for day in _DAYS]
    frame = curves.incidence(warehouse, filters, grid)
    if frame is None:
        frame = ask(warehouse, "escalation_incidence", filters, {"grid_us": grid})
    frame["tier"] = tier_names(frame["tier"])
    return frame
