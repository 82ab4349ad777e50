"""What stands out, in sentences computed from the numbers; each with the page that shows more."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.charts import latency, numbers, titles
from analytics.charts.tiers import standing_out
from analytics.charts.volume import crowded_days
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, ATTRIBUTES
from pages._kit import cached, controls
from pages._kit.view import View

LOW_SHARE_IN_TIME = 0.5


@dataclass(frozen=True)
class Highlight:
    """One sentence, and the page that shows more."""

    sentence: str
    page: str


def found(view: View, most: int = 3, *, alarms: bool = False) -> list[Highlight]:
    """The first few things that stand out, the gravest kind first. An empty list where nothing does. `alarms` where findings
    are shown beside it: they tell of products that escalate more."""
    missing = cached.capabilities(view.dataset)
    told = [_crowded(view)]
    if not missing.keys() & {"tiers", "paths", "acknowledgement"}:
        told.append(_slow_pair(view))
    if not alarms and not missing.keys() & {"tiers", "paths"}:
        told.append(_over_escalating(view))
    if "tiers" not in missing:
        told.append(_mix(view))
    return [item for item in told if item][:most]


def _crowded(view: View) -> Highlight | None:
    """Whether nearly all tickets come from a small part of the period."""
    span = crowded_days(view.frame("volume_by_day"))
    if span is None:
        return None
    low, high = span
    words = f"98 % of the tickets were created between {low:%-d %b %Y} and {high:%-d %b %Y}; the rest is nearly empty."
    return Highlight(f"{words} Set the period to those days before you compare weeks.", "")


def _slow_pair(view: View) -> Highlight | None:
    pairs = view.frame("handoff_latency", by="tier_pair", target_minutes=ACKNOWLEDGE_TARGET_MINUTES)
    rows = pairs[(pairs["handoffs"] >= titles.SMALL_GROUP) & pairs["km_p50_hours"].notna()]
    if rows.empty:
        return None
    worst = rows.sort_values("km_p50_hours").iloc[-1]
    name = latency.pair_name(worst["from_key"], worst["to_key"])
    in_time = f"only {numbers.share(worst['share_within_target'])} are picked up within 30 min"
    if not worst["share_within_target"] < LOW_SHARE_IN_TIME:
        return None
    wait = numbers.duration(worst["km_p50_hours"])
    return Highlight(
        f"Handoffs {name} wait longest: half of them {wait} or more, and {in_time}.", "operations/handoff_latency.py"
    )


def _over_escalating(view: View) -> Highlight | None:
    """The value of the first attribute that escalates clearly more than the rest."""
    overall = controls.rate_of(view.frame("tiers"), "L1")
    for dimension in [name for name in controls.dimensions(view) if name in ATTRIBUTES]:
        rows: pd.DataFrame = standing_out(view.frame("mix_by", dimension=dimension), overall)
        if len(rows):
            sentence = titles.escalation_by(rows, overall, dimension)
            return Highlight(f"{sentence}.", "operations/tier_distribution.py")
    return None


def _mix(view: View) -> Highlight | None:
    return Highlight(f"{titles.tier_distribution(view.frame('tiers'))}.", "operations/tier_distribution.py")
