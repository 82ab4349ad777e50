"""The cards of the bounces page: pairs of teams, and what loops cost."""

from __future__ import annotations

from typing import Any

from analytics.charts import operations
from pages._kit import cards
from pages._kit.cards import Card, Kpi, Point
from pages._kit.operations import shared
from pages._kit.view import View

TICKETS = "ticket_list"


def numbers_on_top(seen: View) -> list[Kpi]:
    """Returns, tickets that came back, and the share of all delay that loops carry."""
    return shared.bounces(seen.frame("bounces").iloc[0], operations.delay_share(seen.frame("bounce_delay")))


def loops(seen: View, rank: str) -> Card:
    """Pairs of teams between which tickets go back and forth."""
    asked = seen.ask("bounce_loops")
    rows = asked.frame.sort_values(rank, ascending=False)
    pairs = [(str(row["team"]), str(row["other_team"])) for row in rows.head(15).to_dict("records")]
    lists = {"Came back to a team": {"reason": "bounced"}} | {f"{a} ⇄ {b}": _pair(a, b) for a, b in pairs}
    return Card(
        operations.loops_title(asked.frame),
        operations.loops(asked.frame, rank),
        asked,
        unit="Pairs of teams: time that tickets spent with the other team before they came straight back, and how often",
        alt=f"Bars for the first {len(pairs)} of {len(asked.frame)} pairs of teams.",
        note="It is the ticket's time away, nights and weekends included, not people's work.",
        metrics=("bounces.hours_lost", "bounces.team_immediate", "bounces.team_returns"),
        tickets=cards.drill(seen, TICKETS, lists),
        pick=cards.picker(seen, TICKETS, lambda point: _picked(point, pairs)),
        key="loops",
    )


def _pair(team: str, other: str) -> dict[str, Any]:
    return {"reason": "loop", "team": team, "other": other}


def _picked(point: Point, pairs: list[tuple[str, str]]) -> tuple[str, dict[str, Any]] | None:
    number = point.get("point_index", point.get("point_number"))
    if not isinstance(number, int) or number >= len(pairs):
        return None
    team, other = pairs[number]
    return f"Between {team} and {other} and straight back", _pair(team, other)


def delay(seen: View) -> Card:
    """Time to resolve by the number of loops."""
    asked = seen.ask("bounce_delay")
    return Card(
        operations.loop_delay_title(asked.frame),
        operations.loop_delay(asked.frame),
        asked,
        unit="Median time to resolve of resolved tickets, by how often they went to another team and straight back",
        alt=f"A bar for each of {len(asked.frame)} numbers of loops.",
        note="Tickets with loops are also harder ones: the difference is not all due to the loops.",
        metrics=("bounces.delay_share", "bounces.loop_hours"),
        tickets=cards.drill(seen, TICKETS, {"Came back to a team": {"reason": "bounced"}}),
        key="loop_delay",
    )
