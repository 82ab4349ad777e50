"""The cards of the teams page: shares of teams and agents with their intervals, drawn to the mean; in alphabetical order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import numbers, people
from analytics.charts.base import natural
from analytics.errors import NotEnoughData
from analytics.warehouse.questions import AGENT_SHARES, LEAST_AGENT_VISITS, TEAM_SHARES
from pages._kit import cached, cards, later
from pages._kit.cards import Card, Point
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

WORDS = {
    "in_time": ("Picked up within {target}", "share of handoffs received from other teams"),
    "passed_up": ("Passed up to a higher tier", "share of visits that have ended"),
    "solved": ("Solved", "share of visits that have ended"),
}
"""For each share: its name, and what it is a share of."""

SMALL = "Grey and hollow: under 30. Dotted: the tier's mean. Diamond, where it differs: drawn to it by size."
CAUTION = "Tickets are not dealt at random: who gets the harder ones passes more up. Ask what is different before you conclude."


def team(seen: View, share: str, target: float, clock: str) -> Card:
    """One share of every team."""
    asked = seen.ask("team_profile", target_minutes=target, clock=clock)
    if asked.frame.empty:
        raise NotEnoughData("No ticket in view was with a named team.")
    return _card(seen, asked, "team", share, TEAM_SHARES[share][1], target, _picked(seen))


def agent(seen: View, share: str) -> Card:
    """One share of every agent with enough visits."""
    asked = seen.ask("agent_profile")
    return _card(seen, asked, "agent", share, AGENT_SHARES[share][1], 30.0, None)


def _card(seen: View, asked: Any, who: str, share: str, whole: str, target: float, pick: cards.Pick | None) -> Card:
    name, unit = WORDS[share]
    name = name.format(target=numbers.duration(target / 60))
    rows = people.shown(asked.frame, who, whole)
    shown = f"The {people.MOST} with the most visits are drawn. " if len(rows) < len(asked.frame) else ""
    return Card(
        people.title(asked.frame, who, share, name),
        people.profile(asked.frame, who, share, whole, name),
        asked,
        frame=_for_people(asked.frame),
        unit=f"{name}: {unit}, with the 95 % interval; by tier, then in alphabetical order",
        alt=f"A dot with its interval for each of {len(rows)} {who}s.",
        note=f"{shown}{SMALL} {CAUTION}",
        metrics=(f"teams.{share}", "teams.shrunk", *(("agents.visits",) if who == "agent" else ())),
        tickets=_lists(seen, asked.frame) if who == "team" else None,
        pick=pick,
        key=f"{who}_{share}",
    )


def _for_people(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with names that say what a column is: drawn to the mean, and the tier's mean, are shares."""
    return frame.rename(columns=lambda name: name.replace("_shrunk", "_share_drawn").replace("_mean", "_share_of_tier"))


def _lists(seen: View, frame: Any) -> cards.Drill | None:
    names = sorted(frame["team"], key=natural)[:60]
    return (
        cards.drill(seen, "ticket_list", {name: {"reason": "team", "team": name} for name in names}) if names else None
    )


def _picked(seen: View) -> cards.Pick:
    def reason_of(point: Point) -> tuple[str, dict[str, Any]] | None:
        told = point.get("customdata")
        name = str(told[0]) if isinstance(told, list | tuple) and len(told) > 1 else ""
        return (f"Tickets that {name} had", {"reason": "team", "team": name}) if name else None

    return cards.picker(seen, "ticket_list", reason_of)


def agents(seen: View) -> None:
    """The agents' part of the page: why there are none, or what shows them."""
    later.part(seen.dataset, partial(agents_missing, seen), partial(_agents, seen))


def _agents(seen: View, why: Callable[[], str]) -> None:
    with told("agents"):
        if told_why := why():
            st.info(plain(told_why), icon=":material/info:")
            return
        st.markdown("Only agents who picked up at least 100 tickets of a tier. Names are shown as they were imported.")
        if st.toggle("Show agents", key="agents", bind="query-params"):
            cards.show(seen, partial(agent, share="passed_up"), partial(agent, share="solved"))


def agents_missing(seen: View) -> str:
    """Why no agent is shown; empty where some are."""
    if cached.about(seen.dataset)["agents"] and len(seen.frame("agent_profile")):
        return ""
    if cached.about(seen.dataset)["agents"] and len(seen.frame("agent_profile", least_visits=1)):
        return f"No agent picked up {LEAST_AGENT_VISITS} tickets in this selection; with fewer, chance says more than work."
    return "This dataset holds no agents: they were not imported, or were left out on purpose."
