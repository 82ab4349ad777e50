"""D7: a manager is told where nobody has acknowledged a handoff after N minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.rules.base import MANAGER, History, Knob, Rule, effects, nothing_like_it, without_looks

EVERY = "all priorities"


def replay(history: History, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Handoffs between tiers: the wait until somebody looks, cut to N minutes and the time until the manager has found somebody.

    A handoff that nobody ever acknowledged waited as long as the ticket stayed there.
    """
    rows = history.visits[history.visits["tier_visit_no"] > 1]
    if settings["priority"] != EVERY:
        rows = rows[rows["priority"].astype(object) == settings["priority"]]
    if len(rows) and not rows["wait_hours"].notna().to_numpy().any():
        raise without_looks()
    if rows.empty:
        raise nothing_like_it("none was handed over")
    before = rows["wait_hours"].fillna(rows["hours"]).to_numpy()
    alerted = before > float(settings["minutes"]) / 60
    found = (float(settings["minutes"]) + float(settings["response_minutes"])) / 60
    after = np.where(alerted, np.minimum(before, found), before)
    return effects(
        rows, before, after, alerted, **{MANAGER: np.where(alerted, float(settings["manager_minutes"]), 0.0)}
    )


RULE = Rule(
    id="manager_alert",
    title="Tell a manager of handoffs that nobody acknowledges",
    text="The guide: high-priority handoffs are acknowledged within 30 minutes, else a manager is told.",
    knobs=(
        Knob("minutes", "Alert after (working minutes unacknowledged)", default=30, low=5, high=480, step=5),
        Knob("priority", "For", values_of="priority", choices=((EVERY, EVERY),)),
        Knob("response_minutes", "The manager finds somebody within (minutes)", default=15, low=0, high=240, step=5),
        Knob("manager_minutes", "An alert costs the manager (minutes)", default=5, low=0, high=60, step=1),
    ),
    measure="Wait until somebody looks",
    limits=(
        "It assumes that a manager always finds somebody in time. Where all are busy, one ticket's gain is another's wait.",
        "Alerts that come often are soon ignored: look at how many there would be each week.",
    ),
    replay=replay,
    unit="handoffs",
)
