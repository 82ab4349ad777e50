"""How visits to a tier end with time, causes competing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.model import US_PER_DAY, Filters
from analytics.warehouse.questions.base import NO_FILTER, ask, tier_names
from analytics.warehouse.store import Warehouse

INCIDENCE_DAYS = 28


def escalation_incidence(
    warehouse: Warehouse, filters: Filters = NO_FILTER, days: int = INCIDENCE_DAYS, steps_per_day: int = 4
) -> pd.DataFrame:
    """How do first visits to a tier end, by days since the ticket reached it? One row per (tier, cause, day of a grid).

    Columns tier, cause (escalated, returned, resolved, cancelled), days, incidence 0-1 by that day, at_risk (still there after
    it), tickets. Aalen-Johansen; after 14 days `escalated` is the rate of `matured_escalation`.
    """
    grid = np.arange(days * steps_per_day + 1) * (US_PER_DAY // steps_per_day)
    frame = ask(warehouse, "escalation_incidence", filters, {"grid_us": [int(us) for us in grid]})
    frame["tier"] = tier_names(frame["tier"])
    return frame
