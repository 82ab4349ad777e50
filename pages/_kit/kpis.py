"""The rows of numbers on top of the pages: values, changes, and the reason where there is none."""

from __future__ import annotations

from typing import Any

from analytics.charts.base import SMALL_GROUP
from analytics.charts.volume import by_week, crowded_days, mean_week
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, tier_rank
from pages._kit import cached, numbers, trend
from pages._kit.cards import Kpi, Listed
from pages._kit.operations.pulse import NOTHING, Pulse, joined
from pages._kit.trend import Windows
from pages._kit.view import View

_NO_HANDOFFS = "No handoffs between tiers."


TICKETS, HANDOFFS = "ticket_list", "worst_handoffs"


def waiting(row: Any, asked: dict[str, Any]) -> list[Kpi]:
    """Handoffs between tiers: how many, how long, how many in time. `row` is the one row of handoff_latency by "all", `asked`
    its target_minutes and clock."""
    late, few = numbers.duration(asked["target_minutes"] / 60), row["handoffs"] < SMALL_GROUP
    told: dict[str, Any] = {"asked": ("handoff_latency", {"by": "all"} | asked)}
    every, overdue, left, now = (
        {"listed": Listed(words, HANDOFFS, {"reason": reason, "by": "tier_pair"} | asked)}
        for words, reason in (
            ("The longest waits", "all"), (f"Not picked up within {late}", "late"),
            ("Left before anybody picked it up", "left"), ("Waiting now", "waiting"),
        )
    )  # fmt: skip
    return [
        Kpi("Tier handoffs", numbers.count(row["handoffs"]), "handoffs.tier.count",
            note=f"of {numbers.count(row['tickets'])} tickets", **told, **every),
        Kpi(f"Within {late}", numbers.share(row["share_within_target"]), "latency.share_within_target", note="of all handoffs",
            few=few, **told, **overdue),
        Kpi("Median wait", numbers.duration(row["p50_hours"]), "latency.p50_hours", note="of those acknowledged",
            why=numbers.reason(row["p50_hours"], "None was ever acknowledged."), few=few, **told, **every),
        Kpi("Median wait of all", numbers.duration(row["km_p50_hours"]), "latency.km_p50_hours",
            note="with those not acknowledged", few=few, **told, **every,
            why=numbers.reason(row["km_p50_hours"], "Under half were ever acknowledged.")),
        Kpi("Not acknowledged", numbers.share(row["unacknowledged"] / row["handoffs"]), "latency.unacknowledged",
            note=f"{numbers.count(row['unacknowledged'])} handoffs", few=few, **told, **left),
        Kpi("Waiting now", numbers.count(row["still_open"]), "latency.waiting", note="at the data's end", **told, **now),
    ]  # fmt: skip


def compared(view: View) -> Windows | None:
    """The two windows that the changes compare; None where nearly all tickets lie in a small part of the period."""
    if crowded_days(view.frame("volume_by_day")):
        return None
    about = cached.about(view.dataset)
    return trend.windows(view.filters, about["first_day"], about["last_day"])


def compared_words(view: View) -> str:
    """What the changes compare, in words; empty where nothing is compared."""
    windows = compared(view)
    return windows.words if windows else ""


def overview(view: View, windows: Windows | None) -> list[Kpi]:
    """The overview's row: volume, first level, escalation, handoffs, time to resolve, never resolved."""
    missing, most = cached.capabilities(view.dataset), _resolves_most(view)
    pulse = Pulse.of(view, windows, None if most is None else str(most["tier"]))
    return [
        _volume(view, pulse),
        _first_level(view, pulse, missing),
        _escalation(view, pulse, missing),
        _handoffs(view, pulse, missing),
        _resolve(view, pulse, most),
        _never(view, pulse),
    ]


def _volume(view: View, pulse: Pulse) -> Kpi:
    days = view.frame("volume_by_day")
    mean = mean_week(by_week(days))
    total = f"{numbers.count(days['tickets'].sum())} in all"
    moved = pulse.of_mean("tickets")
    return Kpi(
        "Tickets per week", numbers.count(mean), "volume.tickets_per_week", note=joined(total, moved.spread), better="either",
        change=moved.text, history=pulse.history("tickets"), why=numbers.reason(mean, f"No whole week in view; {total}."),
        asked=("volume_by_day", {}), listed=Listed("The latest tickets", TICKETS, {"reason": "all"}),
    )  # fmt: skip


def _first_level(view: View, pulse: Pulse, missing: dict[str, str]) -> Kpi:
    row = view.frame("quality").iloc[0]
    value = row["first_level_resolution"]
    why = missing.get("tiers") or missing.get("paths") or "No ticket is resolved yet."
    known = not numbers.is_absent(value)
    moved = pulse.of_share("first_level", "resolved") if known else NOTHING
    return Kpi(
        "First-level resolution", numbers.share(value), "quality.first_level_resolution", change=moved.text,
        better=moved.way("up"), note=joined("of resolved tickets", moved.spread), why=numbers.reason(value, why),
        history=pulse.history("first_level", "resolved") if known else (), few=known and row["resolved"] < SMALL_GROUP,
        asked=("quality", {}), listed=Listed("Resolved in L1", TICKETS, {"reason": "resolved_in", "tier": 1}),
    )  # fmt: skip


def _escalation(view: View, pulse: Pulse, missing: dict[str, str]) -> Kpi:
    tiers, matured = view.frame("tiers"), view.frame("matured_escalation")
    row = tiers[tiers["tier"] == "L1"]
    lacking = missing.get("tiers") or missing.get("paths")
    if lacking or row.empty or numbers.is_absent(row["escalation_rate"].iloc[0]):
        return Kpi("Escalated from L1", numbers.ABSENT, "tiers.escalation_rate", why=lacking or "No ticket was in L1.")
    grown = matured.loc[matured["tier"] == "L1", "matured_rate"]
    later = f"within 14 days {numbers.share(grown.iloc[0])}" if len(grown) else ""
    moved = pulse.of_share("escalated_l1", "touched_l1")
    return Kpi(
        "Escalated from L1", numbers.share(row["escalation_rate"].iloc[0]), "tiers.escalation_rate", better=moved.way("down"),
        change=moved.text, note=joined(later, moved.spread), history=pulse.history("escalated_l1", "touched_l1"),
        few=row["tickets_touched"].iloc[0] < SMALL_GROUP, asked=("tiers", {}),
        listed=Listed("Escalated from L1", TICKETS, {"reason": "escalated_from", "tier": 1}),
    )  # fmt: skip


def _handoffs(view: View, pulse: Pulse, missing: dict[str, str]) -> Kpi:
    target, name = ACKNOWLEDGE_TARGET_MINUTES, "latency.share_within_target"
    asked = {"by": "all", "target_minutes": target}
    frame = view.frame("handoff_latency", **asked)
    lacking = next((missing[need] for need in ("tiers", "paths", "acknowledgement") if need in missing), _NO_HANDOFFS)
    if missing.keys() & {"tiers", "paths", "acknowledgement"} or frame.empty:
        return Kpi("Handoffs within 30 min", numbers.ABSENT, name, why=lacking)
    row, moved = frame.iloc[0], pulse.of_share("in_time", "due")
    note = f"of {numbers.count(row['handoffs'])}; median wait {numbers.duration(row['p50_hours'])}"
    return Kpi(
        "Handoffs within 30 min", numbers.share(row["share_within_target"]), name, change=moved.text,
        better=moved.way("up"), note=joined(note, moved.spread), history=pulse.history("in_time", "due"),
        few=row["handoffs"] < SMALL_GROUP, asked=("handoff_latency", asked),
        listed=Listed("Not picked up within 30 min", HANDOFFS, asked | {"reason": "late", "by": "tier_pair"}),
    )  # fmt: skip


def _resolves_most(view: View) -> Any:
    """The row of `resolution_times` of the tier that resolves most; None where none is known."""
    frame = view.frame("resolution_times").dropna(subset=["tier"])
    return None if frame.empty else frame.loc[frame["resolved"].idxmax()]


def _resolve(view: View, pulse: Pulse, most: Any) -> Kpi:
    """The median of the tier that resolves most, the others beside it: medians of tiers do not add up to one of all."""
    if most is None:
        why = "No resolution with a known tier."
        return Kpi("Median time to resolve", numbers.ABSENT, "times.time_to_resolve", why=why)
    frame = view.frame("resolution_times").dropna(subset=["tier"])
    others = frame[frame["tier"] != most["tier"]].to_dict("records")
    return Kpi(
        f"Time to resolve in {most['tier']}", numbers.duration(most["p50_hours"]), "times.time_to_resolve",
        note="median" + "".join(f" · {row['tier']} {numbers.duration(row['p50_hours'])}" for row in others),
        history=pulse.history("resolve_hours"), few=most["resolved"] < SMALL_GROUP,
        asked=("resolution_times", {}),
        listed=Listed(f"Resolved in {most['tier']}", TICKETS, {"reason": "resolved_in", "tier": tier_rank(str(most["tier"]))}),
    )  # fmt: skip


def _never(view: View, pulse: Pulse) -> Kpi:
    row = view.frame("quality").iloc[0]
    moved = pulse.of_share("unresolved", "tickets")
    note = f"{numbers.count(row['never_resolved'])} tickets, open or cancelled"
    return Kpi(
        "Never resolved", numbers.share(row["never_resolved_share"]), "quality.never_resolved", change=moved.text,
        better=moved.way("down"), note=joined(note, moved.spread), history=pulse.history("unresolved", "tickets"),
        few=row["tickets"] < SMALL_GROUP, asked=("quality", {}), listed=Listed("Open now", TICKETS, {"reason": "open"}),
    )  # fmt: skip
