"""The cards of the mix: who resolves what, over time, and by any column."""

from __future__ import annotations

from typing import Any

from analytics.charts import numbers, tiers, titles
from analytics.model import ATTRIBUTES, tier_rank
from analytics.warehouse.questions.mix import COLUMN, ENTRY_TEAM
from pages._kit import cards, controls
from pages._kit.cards import Card, Point
from pages._kit.view import View

TICKETS = "ticket_list"
RULE = (
    "The marks show 80/18/2, a rule of thumb from a service-desk guide. It holds only for some lengths of work per tier; "
    "it is not a target."
)
NOT_GIVEN = "(not given)"


def now(seen: View) -> Card:
    """The mix of all that is in view."""
    asked = seen.ask("tiers")
    shares = ", ".join(
        f"{row['tier']} {numbers.share(row['share_resolved'])}" for row in asked.frame.to_dict("records")
    )
    return Card(
        titles.tier_distribution(asked.frame),
        tiers.tier_distribution(asked.frame),
        asked,
        unit="Share of resolved tickets by the tier of the last resolution, and their number",
        alt=f"Bars by tier: {shares}.",
        note=RULE,
        metrics=("tiers.share_resolved", "tiers.resolved"),
        tickets=cards.drill(seen, TICKETS, controls.by_tier(asked.frame, "resolved_in", "Resolved in")),
        pick=cards.picker(seen, TICKETS, _resolved),
        key="tier_distribution",
    )


def _resolved(point: Point) -> tuple[str, dict[str, Any]]:
    tier = str(point["y"])
    return f"Resolved in {tier}", {"reason": "resolved_in", "tier": tier_rank(tier)}


def over_time(seen: View, grain: str) -> Card:
    """The mix by period of creation, young periods told apart."""
    asked = seen.ask("tier_mix_over_time", grain=grain)
    lists = {"Resolved": {"reason": "resolved"}, "Not resolved yet": {"reason": "open"}}
    return Card(
        titles.mix_over_time(asked.frame),
        tiers.tier_mix_over_time(asked.frame),
        asked,
        unit=f"Share of resolved tickets by {grain} of creation",
        alt=f"One line per tier over {asked.frame['period'].nunique()} {grain}s.",
        note=tiers.young_words(asked.frame) if len(asked.frame) else "",
        metrics=("tiers.mix_over_time", "tiers.share_resolved"),
        tickets=cards.drill(seen, TICKETS, lists),
        key="mix_over_time",
    )


def by(seen: View, dimension: str) -> Card:
    """The mix for each value of a dimension."""
    asked, name = seen.ask("mix_by", dimension=dimension), controls.dimension_words(seen, dimension)
    few = bool((asked.frame["all_resolved"] < titles.SMALL_GROUP).any())
    return Card(
        titles.mix_by(asked.frame, name),
        tiers.tier_mix_by(asked.frame),
        asked,
        unit=f"Share of resolved tickets by tier, for each {name}; the most tickets on top",
        alt=f"Stacked bars for {asked.frame['value'].nunique()} values of {name}.",
        note=f"Pale: under {titles.SMALL_GROUP} resolved tickets, where a share says little." if few else "",
        metrics=("tiers.share_resolved",),
        tickets=_lists(seen, asked.frame, dimension),
        pick=_picked(seen, dimension),
        key="mix_by",
    )


def escalation(seen: View, dimension: str) -> Card:
    """Escalation out of L1 for each value, with its interval and drawn to the mean."""
    asked, name = seen.ask("mix_by", dimension=dimension), controls.dimension_words(seen, dimension)
    overall = controls.rate_of(seen.frame("tiers"), "L1")
    return Card(
        titles.escalation_by(asked.frame, overall, name),
        tiers.escalation_by(asked.frame, overall),
        asked,
        unit="Share of L1's tickets escalated so far, with its 95 % interval; diamond: the better guess, where it differs",
        alt=f"A dot with its interval per {name}; the dashed line is the rate overall, {numbers.share(overall)}.",
        note=tiers.small_values(asked.frame),
        metrics=(
            "tiers.escalation_rate",
            "tiers.shrunk_rate",
            "tiers.escalation_rate_low",
            "tiers.escalation_rate_high",
        ),
        tickets=_lists(seen, asked.frame, dimension),
        pick=_picked(seen, dimension),
        key="escalation_by",
    )


def reason_for(dimension: str, value: str) -> dict[str, Any] | None:
    """Options of `ticket_list` for a value of a dimension; None where there is none (no value was given)."""
    if value == NOT_GIVEN:
        return None
    if dimension == ENTRY_TEAM:
        return {"reason": "entry_team", "team": value}
    if dimension in ATTRIBUTES:
        return {"reason": "value", "dimension": dimension, "value": value}
    return {"reason": "extra", "dimension": dimension.removeprefix(COLUMN), "value": value}


def _lists(seen: View, frame: Any, dimension: str, most: int = 15) -> cards.Drill | None:
    found = {str(value): reason_for(dimension, str(value)) for value in list(dict.fromkeys(frame["value"]))[:most]}
    given = {name: options for name, options in found.items() if options}
    return cards.drill(seen, TICKETS, given) if given else None


def _picked(seen: View, dimension: str) -> cards.Pick:
    def reason_of(point: Point) -> tuple[str, dict[str, Any]] | None:
        told = point.get("customdata")
        value = str(told[0]) if isinstance(told, list | tuple) and told else ""
        options = reason_for(dimension, value) if value else None
        return (f"{controls.dimension_words(seen, dimension).capitalize()} {value}", options) if options else None

    return cards.picker(seen, TICKETS, reason_of)
