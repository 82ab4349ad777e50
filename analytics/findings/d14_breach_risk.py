"""D14: how many of the open tickets will miss their target?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.errors import NotEnoughData
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import FAMILY, Measured, above, z_for
from analytics.findings.settings import Threshold, share_of

SHARE = share_of("breach_share", "Open tickets that may be expected to miss their target", 0.20)
LEAST = Threshold("min_open", "Smallest number of open tickets that is judged", 20, "tickets", low=2)
CLAIM = Claim(
    "d14_breach_risk",
    "Open tickets that will miss their target",
    "The guide wants escalation driven by the risk of missing a target, not by the clock alone.",
    "A ticket that will be late is cheaper to help today than to apologise for tomorrow.",
    "Take the tickets with some time left and a high risk first: those that are late already need another talk.",
    "Mean probability that an open ticket, not late yet, misses the target of its priority: by survival of earlier "
    "tickets of the same tier and priority, given its age, at the data's last event. The interval is that of a sum of "
    "such chances, and says nothing about the model: the watch list shows how well its probabilities have held so far. "
    "Targets are set with the dataset.",
    (SHARE, LEAST),
    n_of="open tickets",
)


def find(asked: Asked) -> list[Finding]:
    """The expected share of open tickets, not late yet, that will miss their target."""
    from analytics.breach import open_risks
    from analytics.targets import targets_of

    last = asked.warehouse.frame("SELECT last_day FROM data_end").iloc[0]["last_day"]
    if asked.filters.end and pd.Timestamp(asked.filters.end) < pd.Timestamp(last):
        return [CLAIM.unknown("What is open is told for the data's last day, which is not in view.")]
    try:
        risks = open_risks(asked.warehouse, asked.filters, targets_of(asked.warehouse))
    except NotEnoughData as lacking:
        return [CLAIM.unknown(" ".join(filter(None, (lacking.title, lacking.found))), advice=lacking.todo)]
    left = risks[~risks["already_breached"].astype(bool) & risks["p_breach"].notna()]
    least, limit = asked.of(LEAST), asked.of(SHARE)
    if len(left) < least:
        return [
            CLAIM.unknown(
                f"Open tickets with a target and time left: {numbers.count(len(left))}; {least:.0f} are needed.",
                len(left),
            )
        ]
    expected = _mean_chance(left["p_breach"])
    likely = left[left["p_breach"] >= 0.5]
    late = int(risks["already_breached"].sum())
    said = (f"{expected.percent()} of {len(left):,} open tickets with time left are expected to miss their target, "
            f"{len(likely)} of them more likely than not; {late} have missed it already.")  # fmt: skip
    top = left.head(500)["ticket_id"].astype(str).tolist()
    evidence = Evidence("list_contains($found_tickets, t.ticket_id)", (("found_tickets", top),))
    return [CLAIM.found(asked, above(expected, limit), expected, limit, said, evidence=evidence)]


def _mean_chance(chances: pd.Series) -> Measured:
    """The mean of independent chances, with the normal interval of the share that will come true (Poisson binomial)."""
    p, n = chances.to_numpy(float), len(chances)
    error = float(np.sqrt((p * (1 - p)).sum())) / n
    ends = [
        float(np.clip(p.mean() + sign * z_for(1, family) * error, 0, 1)) for family in (1, FAMILY) for sign in (-1, 1)
    ]
    low, high, sure_low, sure_high = ends
    return Measured(float(p.mean()), low, high, n, sure_low, sure_high)
