"""High priority straight to L2: what it spares L1, costs L2, and takes off the time to resolve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.rules.base import History, Knob, Rule, nothing_like_it, straight_to_l2, tickets_of


def replay(history: History, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Tickets that came in at L1 with the priority: L1's visit falls away; see `straight_to_l2`."""
    rows = tickets_of(history, "first_priority", settings["first_priority"])
    if rows.empty:
        raise nothing_like_it(f"none came in at L1 with priority {settings['first_priority']}")
    return straight_to_l2(history, rows)


RULE = Rule(
    id="priority_to_l2",
    title="One priority straight to L2",
    text="Tickets that come in with this priority go to L2 at once, and L1 never sees them.",
    knobs=(Knob("first_priority", "Priority", values_of="first_priority"),),
    measure="Time to resolve",
    limits=(
        "Tickets that L1 solved are easier than those it escalates, so what they would have cost L2 is rather overstated.",
        "What L1 found out before it handed over is lost: L2 may need longer for the tickets that it gets directly.",
    ),
    replay=replay,
)
