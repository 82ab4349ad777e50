"""D11: a vetting layer before L3, so that engineers get only what needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.rules.base import History, Knob, Rule, effects, nothing_like_it, without_looks


def replay(history: History, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Visits to L3 that came by escalation: each is vetted in L2 first.

    Stopped: those in which L3 worked no more than M minutes and then ended the ticket or gave it back. The vetter does that
    work, and the wait for L3 is replaced by the wait for the vetter. All others wait for the vetter, and then as before. A
    ticket that L1 sent to L3 has one more visit to L2, a stopped one that came back to L2 one less.
    """
    visits = history.visits
    rows = visits[(visits["tier"] == 3) & visits["from_tier"].isin([1, 2])]
    if len(rows) and not rows["wait_hours"].notna().to_numpy().any():
        raise without_looks()
    if rows.empty:
        raise nothing_like_it("none was escalated to L3")
    stopped = (rows["work_minutes"] <= float(settings["stops_below"])).to_numpy()
    vetting = float(settings["vetting_minutes"])
    wait, work = float(settings["vetting_wait"]) / 60, rows["work_minutes"].to_numpy()
    before, waited = rows["hours"].to_numpy(), rows["wait_hours"].fillna(rows["hours"]).to_numpy()
    after = before + wait + vetting / 60 - np.where(stopped, waited, 0.0)
    direct, back = (rows["from_tier"] == 1).to_numpy(bool), (rows["to_tier"] == 2).fillna(False).to_numpy(bool)
    return effects(
        rows, before, after, np.ones(len(rows), bool),
        visits_2=direct.astype(float) - (stopped & back), visits_3=-stopped.astype(float), work_3=-np.where(stopped, work, 0.0),
        work_2=vetting + np.where(stopped, work, 0.0), )  # fmt: skip


RULE = Rule(
    id="vetting_layer",
    title="A vetting layer before L3",
    text="A senior of L2 looks at every escalation to L3 first, solves what is small, and passes on what needs an engineer.",
    knobs=(
        Knob("stops_below", "Solved by the vetter: L3 worked at most (minutes)", default=30, low=5, high=240, step=5),
        Knob("vetting_minutes", "Vetting takes (minutes of work)", default=10, low=0, high=120, step=5),
        Knob("vetting_wait", "A ticket waits for the vetter (working minutes)", default=60, low=0, high=960, step=15),
    ),
    measure="Time in L3, vetting included",
    limits=(
        "That little work in L3 was work which a vetter could have done is an assumption: some of it takes an engineer's rights, "
        "and no vetter recognises all of it.",
        "Where L3 is a bottleneck, what is taken off it shortens its queue for all others: that gain is not in here.",
    ),
    replay=replay,
    unit="escalations to L3",
)
