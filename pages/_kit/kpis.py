"""The rows of numbers on top of the pages: values, changes, and the reason where there is none."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.volume import by_week, crowded_days, mean_week
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES
from pages._kit import cached, numbers, trend
from pages._kit.cards import Kpi
from pages._kit.trend import Windows
from pages._kit.view import View

ENOUGH = 30
"""Below this many tickets or handoffs in either window no change is shown."""

_NO_HANDOFFS = "No handoffs between tiers."


def waiting(row: Any, target_minutes: float) -> list[Kpi]:
    """Handoffs between tiers: how many, how long, how many in time. `row` is the one row of handoff_latency by "all"."""
    late = numbers.duration(target_minutes / 60)
    return [
        Kpi("Tier handoffs", numbers.count(row["handoffs"]), "handoffs.tier.count",
            note=f"of {numbers.count(row['tickets'])} tickets"),
        Kpi(f"Within {late}", numbers.share(row["share_within_target"]), "latency.share_within_target", note="of all handoffs"),
        Kpi("Median wait", numbers.duration(row["p50_hours"]), "latency.p50_hours", note="of those acknowledged"),
        Kpi("Median wait of all", numbers.duration(row["km_p50_hours"]), "latency.km_p50_hours",
            note="with those not acknowledged",
            why=numbers.reason(row["km_p50_hours"], "Under half were ever acknowledged.")),
        Kpi("Not acknowledged", numbers.share(row["unacknowledged"] / row["handoffs"]), "latency.unacknowledged",
            note=f"{numbers.count(row['unacknowledged'])} handoffs"),
        Kpi("Waiting now", numbers.count(row["still_open"]), "latency.waiting", note="at the data's end"),
    ]  # fmt: skip


def compared(view: View) -> Windows | None:
    """The two windows that the changes compare; None where nearly all tickets lie in a small part of the period."""
    if crowded_days(view.frame("volume_by_day")):
        return None
    about = cached.about(view.dataset)
    return trend.windows(view.filters, about["first_day"], about["last_day"])


def overview(view: View, windows: Windows | None) -> list[Kpi]:
    """The overview's row: volume, first level, escalation, handoffs, time to resolve, never resolved."""
    missing = cached.capabilities(view.dataset)
    return [
        _volume(view, windows),
        _first_level(view, windows, missing),
        _escalation(view, missing),
        _handoffs(view, windows, missing),
        _resolve(view),
        _never(view),
    ]


def _both(view: View, windows: Windows | None, name: str, **options: Any) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """A question's frames in the later and the earlier window."""
    if windows is None:
        return None
    frames = [cached.frame(view.dataset, filters, name, **options) for filters in (windows.now, windows.before)]
    return frames[0], frames[1]


def _changed(both: tuple[pd.DataFrame, pd.DataFrame] | None, column: str, size: str, *, relative: bool) -> str | None:
    """The change of a column of one-row frames; None where either window has too little (`size`) to tell."""
    if both is None or any(frame.empty or not frame[size].iloc[0] >= ENOUGH for frame in both):
        return None
    now, before = (float(frame[column].iloc[0]) for frame in both)
    if numbers.is_absent(now) or numbers.is_absent(before) or (relative and before == 0):
        return None
    return numbers.change(now / before - 1) if relative else numbers.points(now - before)


def _volume(view: View, windows: Windows | None) -> Kpi:
    days = view.frame("volume_by_day")
    mean = mean_week(by_week(days))
    total = f"{numbers.count(days['tickets'].sum())} in all"
    return Kpi(
        "Tickets per week", numbers.count(mean), "volume.tickets_per_week", note=total, better="either",
        change=_changed(_both(view, windows, "quality"), "tickets", "tickets", relative=True),
        why=numbers.reason(mean, f"No whole week in view; {total}."),
    )  # fmt: skip


def _first_level(view: View, windows: Windows | None, missing: dict[str, str]) -> Kpi:
    value = view.frame("quality")["first_level_resolution"].iloc[0]
    why = missing.get("tiers") or missing.get("paths") or "No ticket is resolved yet."
    changed = _changed(_both(view, windows, "quality"), "first_level_resolution", "resolved", relative=False)
    return Kpi(
        "First-level resolution", numbers.share(value), "quality.first_level_resolution", change=changed,
        note="of resolved tickets", why=numbers.reason(value, why),
    )  # fmt: skip


def _escalation(view: View, missing: dict[str, str]) -> Kpi:
    tiers, matured = view.frame("tiers"), view.frame("matured_escalation")
    row = tiers[tiers["tier"] == "L1"]
    lacking = missing.get("tiers") or missing.get("paths")
    if lacking or row.empty or numbers.is_absent(row["escalation_rate"].iloc[0]):
        return Kpi("Escalated from L1", numbers.ABSENT, "tiers.escalation_rate", why=lacking or "No ticket was in L1.")
    first = row.iloc[0]
    grown = matured.loc[matured["tier"] == "L1", "matured_rate"]
    spread = numbers.interval(first["escalation_rate_low"], first["escalation_rate_high"])
    later = f"; matured {numbers.share(grown.iloc[0])}" if len(grown) else ""
    return Kpi(
        "Escalated from L1",
        numbers.share(first["escalation_rate"]),
        "tiers.escalation_rate",
        note=f"95 %: {spread}{later}",
    )


def _handoffs(view: View, windows: Windows | None, missing: dict[str, str]) -> Kpi:
    target, name = ACKNOWLEDGE_TARGET_MINUTES, "latency.share_within_target"
    frame = view.frame("handoff_latency", by="all", target_minutes=target)
    lacking = next((missing[need] for need in ("tiers", "paths", "acknowledgement") if need in missing), _NO_HANDOFFS)
    if missing.keys() & {"tiers", "paths", "acknowledgement"} or frame.empty:
        return Kpi("Handoffs within 30 min", numbers.ABSENT, name, why=lacking)
    row = frame.iloc[0]
    both = _both(view, windows, "handoff_latency", by="all", target_minutes=target)
    return Kpi(
        "Handoffs within 30 min", numbers.share(row["share_within_target"]), name,
        change=_changed(both, "share_within_target", "handoffs", relative=False),
        note=f"of {numbers.count(row['handoffs'])}; median wait {numbers.duration(row['p50_hours'])}",
    )  # fmt: skip


def _resolve(view: View) -> Kpi:
    """The median of the tier that resolves most, the others beside it: medians of tiers do not add up to one of all."""
    frame = view.frame("resolution_times").dropna(subset=["tier"])
    if frame.empty:
        why = "No resolution with a known tier."
        return Kpi("Median time to resolve", numbers.ABSENT, "times.time_to_resolve", why=why)
    most = frame.loc[frame["resolved"].idxmax()]
    others = frame[frame["tier"] != most["tier"]].to_dict("records")
    return Kpi(
        f"Time to resolve in {most['tier']}", numbers.duration(most["p50_hours"]), "times.time_to_resolve",
        note="median" + "".join(f" · {row['tier']} {numbers.duration(row['p50_hours'])}" for row in others),
    )  # fmt: skip


def _never(view: View) -> Kpi:
    row = view.frame("quality").iloc[0]
    return Kpi(
        "Never resolved", numbers.share(row["never_resolved_share"]), "quality.never_resolved",
        note=f"{numbers.count(row['never_resolved'])} tickets, open or cancelled",
    )  # fmt: skip
