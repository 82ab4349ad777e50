"""Titles that say the finding, computed from the frame that the chart shows. Plain text: the page escapes it."""

from __future__ import annotations

import math

import pandas as pd

from analytics.charts import numbers
from analytics.charts.base import GUIDE, SMALL_GROUP
from analytics.charts.latency import FEW_HANDOFFS, WEEKDAYS, pair_name, target_words
from analytics.charts.tiers import IMMATURE_OPEN_SHARE, standing_out

NOTHING = "Nothing to show for this selection"


def tier_distribution(frame: pd.DataFrame) -> str:
    """Of the lowest tier with a rule: its share beside the rule's."""
    rows = frame[frame["tier"].isin(list(GUIDE)) & frame["share_resolved"].notna()]
    if rows.empty:
        return "No ticket of this selection is resolved yet"
    first = rows.iloc[0]
    return (
        f"{first['tier']} resolves {numbers.share(first['share_resolved'])} of tickets; "
        f"the rule of thumb says {numbers.share(GUIDE[first['tier']])}"
    )


def mix_over_time(frame: pd.DataFrame, tier: str = "L1") -> str:
    """Whether a tier's share moved from the first to the last quarter of the mature periods, where the change is clear."""
    rows = frame[(frame["tier"] == tier) & ~(frame["open_share"] > IMMATURE_OPEN_SHARE)].sort_values("period")
    quarter = len(rows) // 4
    if quarter < 2:
        return "Share resolved by each tier, over time"
    (before, n), (after, m) = (_pooled(part) for part in (rows.head(quarter), rows.tail(quarter)))
    overall, _ = _pooled(rows)
    if abs(after - before) < max(0.01, 2.6 * math.sqrt(overall * (1 - overall) * (1 / n + 1 / m))):
        return f"No clear change over time: {tier} resolves about {numbers.share(overall)}"
    way = "risen" if after > before else "fallen"
    return f"{tier}'s share has {way} from {numbers.share(before)} to {numbers.share(after)}"


def _pooled(rows: pd.DataFrame) -> tuple[float, float]:
    """Share resolved over several periods together, and of how many tickets."""
    total = float(rows["all_resolved"].sum())
    return float(rows["resolved"].sum()) / total, total


def mix_by(frame: pd.DataFrame, dimension: str, tier: str = "L1") -> str:
    """The values with the lowest and the highest share resolved at a tier."""
    rows = frame[(frame["tier"] == tier) & (frame["all_resolved"] >= SMALL_GROUP)].sort_values("share")
    if len(rows) < 2:
        return f"Resolved mix by {dimension}"
    low, high = rows.iloc[0], rows.iloc[-1]
    ends = [f"{numbers.share(row['share'])} for {row['value']}" for row in (low, high)]
    return f"{tier} resolves {ends[0]} and {ends[1]}"


def escalation_by(frame: pd.DataFrame, overall: float, dimension: str) -> str:
    """The value whose interval lies wholly above the overall rate and is highest; else that none stands out."""
    rows = standing_out(frame, overall)
    if rows.empty:
        return f"No {dimension} escalates clearly more than the others"
    top = rows.iloc[0]
    told = f"{numbers.share(top['escalation_rate'])} of its tickets are escalated"
    return f"{top['value']}: {told}; overall {numbers.share(overall)}"


def escalation_rates(frame: pd.DataFrame) -> str:
    """The escalation rate of the lowest tier that escalates."""
    rows = frame[frame["escalation_rate"].notna()].iloc[:-1]
    if rows.empty:
        return "No tier of this selection can escalate"
    parts = [f"{row['tier']} escalates {numbers.share(row['escalation_rate'])}" for row in rows.to_dict("records")]
    return ", ".join(parts) + " of the tickets it sees"


def funnel(frame: pd.DataFrame) -> str:
    """Of how many tickets one gets to each higher tier."""
    parts = [f"{numbers.share(r['share_of_start'])} reach {r['tier']}" for r in frame.iloc[1:].to_dict("records")]
    return "Of all tickets, " + " and ".join(parts) if parts and frame["tickets"].iloc[0] else NOTHING


def hop_flow(frame: pd.DataFrame) -> str:
    """What share is done at the first stop."""
    first = frame[frame["hop"] == 1]
    done, start = int(first.loc[first["next"] == "resolved", "visits"].sum()), int(first["visits"].sum())
    return f"{numbers.share(done / start)} of tickets are resolved where they first land" if start else NOTHING


def paths(frame: pd.DataFrame) -> str:
    """How many ways there are and how much the first ones carry."""
    total = int(frame["tickets"].sum())
    if not total:
        return NOTHING
    if len(frame) <= 3:
        return f"Tickets take {len(frame)} different ways through the tiers"
    three = frame["tickets"].head(3).sum() / total
    return (
        f"Tickets take {numbers.count(len(frame))} different ways; the three most common carry {numbers.share(three)}"
    )


def routing(frame: pd.DataFrame) -> str:
    """The most frequent way back."""
    back = frame[[str(n) < str(t) for t, n in zip(frame["tier"], frame["next"], strict=True)]]
    if back.empty:
        return "No visit ends in a return to a lower tier"
    top = back.sort_values("share").iloc[-1]
    return f"{numbers.share(top['share'])} of visits to {top['tier']} go back to {top['next']}"


def latency_curve(frame: pd.DataFrame, target_minutes: float) -> str:
    """Share within the target over all handoffs of the latency frame."""
    if frame.empty:
        return NOTHING
    share = frame["share_within_target"].iloc[0]
    return f"{numbers.share(share)} of handoffs are acknowledged within {target_words(target_minutes)}"


def latency_by_group(frame: pd.DataFrame) -> str:
    """The group with the longest median over all handoffs."""
    rows = frame[(frame["handoffs"] >= SMALL_GROUP) & frame["km_p50_hours"].notna()]
    if rows.empty:
        return "Waiting time until acknowledged"
    top = rows.sort_values("km_p50_hours").iloc[-1]
    name = pair_name(top["from_key"], top["to_key"])
    return f"Handoffs {name} wait longest: half of them {numbers.duration(top['km_p50_hours'])} or more"


def outcomes(frame: pd.DataFrame) -> str:
    """How many handoffs were never acknowledged where they went."""
    total, missed, waiting = (int(frame[name].sum()) for name in ("handoffs", "unacknowledged", "still_open"))
    if not total:
        return NOTHING
    tail = f", {numbers.count(waiting)} of them are waiting now" if waiting else ""
    return f"{numbers.share(missed / total)} of handoffs were not acknowledged where they went{tail}"


def heatmap(frame: pd.DataFrame) -> str:
    """The hour of the week with the longest median wait among those with enough handoffs."""
    rows = frame[(frame["handoffs"] >= max(FEW_HANDOFFS, frame["handoffs"].sum() / 1000)) & frame["p50_hours"].notna()]
    if rows.empty:
        return "Waits by hour of the week"
    top = rows.sort_values("p50_hours").iloc[-1]
    when = f"{WEEKDAYS[int(top['weekday'])]} around {int(top['hour']):02d}:00"
    return f"What is handed over {when} waits longest: {numbers.duration(top['p50_hours'])} for half of it"


def volume(weeks: pd.DataFrame) -> str:
    """The mean of whole weeks and the busiest one."""
    rows = weeks[weeks["whole"]]
    if rows.empty:
        return "Tickets created per week"
    top = rows.loc[rows["tickets"].idxmax()]
    return (
        f"{numbers.count(rows['tickets'].mean())} tickets in a mean week; the busiest, from {top['week']:%-d %b %Y}, "
        f"had {numbers.count(top['tickets'])}"
    )
