"""The cards of the escalation page: how far tickets climb, which way, where visits end and how soon."""

from __future__ import annotations

from typing import Any

from analytics.charts import flow, icicle, incidence, numbers, tiers, titles
from analytics.model import tier_rank
from pages._kit import cards, controls
from pages._kit.cards import Card, Point
from pages._kit.view import View

TICKETS = "ticket_list"


def funnel(seen: View) -> Card:
    """Nested counts by tier."""
    asked = seen.ask("funnel")
    counts = ", ".join(
        f"{numbers.count(row['tickets'])} reached {row['tier']}" for row in asked.frame.to_dict("records")
    )
    return Card(
        titles.funnel(asked.frame),
        flow.escalation_funnel(asked.frame),
        asked,
        unit="Tickets that reached each tier or a higher one",
        alt=f"{counts}.",
        metrics=("funnel.tickets", "funnel.share_of_start", "funnel.share_of_previous"),
        tickets=cards.drill(seen, TICKETS, controls.by_tier(asked.frame, "reached", "Reached")),
        pick=cards.picker(seen, TICKETS, lambda point: _reached(point, list(asked.frame["tier"]))),
        key="funnel",
    )


def _reached(point: Point, there: list[str]) -> tuple[str, dict[str, Any]] | None:
    step = str(point.get("y", ""))
    tier = there[0] if step == flow.reached(there[0], True) else step.removeprefix("Reached ")
    return (f"Reached {tier} or higher", {"reason": "reached", "tier": tier_rank(tier)}) if tier in there else None


def routing(seen: View) -> Card:
    """Where visits to a tier end, with intervals."""
    asked = seen.ask("routing")
    return Card(
        titles.routing(asked.frame),
        flow.routing_matrix(asked.frame),
        asked,
        unit="Where visits to a tier end, as a share of those that have ended, with the 95 % interval; each row adds up to 100 %",
        alt="A table of shares: from each tier to each other one, or ended there.",
        note=flow.few_visits(asked.frame),
        metrics=("routing",),
        tickets=cards.drill(seen, TICKETS, controls.by_tier(asked.frame, "escalated_from", "Escalated from")),
        key="routing",
    )


def hops(seen: View) -> Card:
    """The way step by step."""
    asked = seen.ask("hops", last_hop=flow.LAST_HOP + 2)
    return Card(
        titles.hop_flow(asked.frame),
        flow.hop_flow(asked.frame),
        asked,
        unit="Tickets from stop to stop; one that comes back appears again further right. Flows under 0.1 % are not drawn",
        alt="A flow from the first stop to the second and on, with what is resolved, cancelled or still open at each.",
        note="For the tickets behind a way click the chart below: this one cannot be clicked.",
        metrics=("hops.visits",),
        key="hops",
    )


def ways(seen: View) -> Card:
    """The icicle of paths, which drills."""
    asked = seen.ask("paths")
    return Card(
        titles.paths(asked.frame),
        icicle.path_icicle(asked.frame),
        asked,
        frame=icicle.nodes(asked.frame),
        unit="Tickets by the way they began, one more stop per column; the taller a bar, the more tickets came this way",
        alt=f"Bars inside bars for the {len(asked.frame)} ways that tickets took.",
        metrics=("paths.start", "paths.path", "paths.tickets"),
        tickets=cards.drill(seen, TICKETS, controls.by_path(asked.frame)),
        pick=cards.picker(seen, TICKETS, began),
        key="ways",
    )


def began(point: Point) -> tuple[str, dict[str, Any]] | None:
    """The tickets whose way began like the clicked bar."""
    told = point.get("customdata")
    if not isinstance(told, list | tuple) or len(told) < 4:
        return None
    path, way = str(told[0]), str(told[0]).replace(">", " → ")
    if told[3]:
        return f"Way {way}", {"reason": "path", "path": path}
    return f"Way begins {way}", {"reason": "path_start", "path": path}


def top_paths(seen: View) -> Card:
    """The most common paths as bars."""
    asked = seen.ask("paths")
    shown = list(asked.frame["path"].head(8))
    return Card(
        f"The {min(8, len(asked.frame))} most common ways from end to end",
        flow.top_paths(asked.frame),
        asked,
        unit="Tickets by their whole path through the tiers; all paths are in the table",
        alt=f"Bars of the most common of {len(asked.frame)} paths.",
        metrics=("paths.path", "paths.tickets"),
        tickets=cards.drill(seen, TICKETS, controls.by_path(asked.frame)),
        pick=cards.picker(seen, TICKETS, lambda point: _path(point, shown)),
        key="paths",
    )


def _path(point: Point, shown: list[str]) -> tuple[str, dict[str, Any]] | None:
    number = point.get("point_index", point.get("point_number"))
    if not isinstance(number, int) or number >= len(shown):
        return None
    return shown[number].replace(">", " → "), {"reason": "path", "path": shown[number]}


def ends(seen: View, tier: str) -> Card:
    """Cumulative incidence of what ends first visits to a tier."""
    asked = seen.ask("escalation_incidence")
    lists = {
        f"Escalated from {tier}": {"reason": "escalated_from", "tier": tier_rank(tier)},
        f"Resolved in {tier}": {"reason": "resolved_in", "tier": tier_rank(tier)},
    }
    return Card(
        incidence.title(asked.frame, tier),
        incidence.incidence(asked.frame, tier),
        asked,
        frame=asked.frame[asked.frame["tier"] == tier].rename(
            columns={"incidence": "share_by_then", "at_risk": "still_there"}
        ),
        unit=f"How first stays in {tier} end, as a share of the tickets that reached it, by the time since",
        alt="Areas stacked over time: escalated, sent back, cancelled, resolved.",
        note=incidence.note(asked.frame, tier),
        metrics=("incidence.share", "tiers.matured_rate"),
        tickets=cards.drill(seen, TICKETS, lists),
        key="incidence",
    )


def rates(seen: View) -> Card:
    """Observed and matured escalation rates."""
    asked = seen.ask("tiers")
    matured = seen.frame("matured_escalation")[["tier", "matured_rate"]]
    return Card(
        titles.escalation_rates(asked.frame),
        tiers.escalation_rates(asked.frame, matured),
        asked,
        frame=asked.frame.merge(matured, on="tier", how="left"),
        unit="Share of the tier's tickets escalated",
        alt="Per tier the rate so far with its 95 % interval, and the rate within 14 days.",
        metrics=("tiers.escalation_rate", "tiers.matured_rate"),
        tickets=cards.drill(seen, TICKETS, controls.by_tier(asked.frame[:-1], "escalated_from", "Escalated from")),
        pick=cards.picker(seen, TICKETS, _escalated),
        key="escalation_rates",
    )


def _escalated(point: Point) -> tuple[str, dict[str, Any]]:
    tier = str(point["y"])
    return f"Escalated from {tier}", {"reason": "escalated_from", "tier": tier_rank(tier)}
