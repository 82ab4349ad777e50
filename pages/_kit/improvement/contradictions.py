"""The contradictions on a page: two claims, whether they collide here, the arithmetic, and a chart."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.charts.rules import CONTRADICTIONS
from analytics.contradictions import Contradiction, contradictions
from analytics.contradictions.claims import COLLIDES
from analytics.errors import NotEnoughData
from analytics.model import Filters
from analytics.warehouse.store import Dataset
from pages._kit import cached, cards, problems
from pages._kit.cached import Answer
from pages._kit.cards import Card
from pages._kit.text import plain
from pages._kit.view import View

UNITS = {
    "deflection": "L1's escalation rate by the share of all contacts that a Tier 0 takes; the band is today's 95 % interval",
    "staff_mix": "Share of the work in each tier by the minutes of work on a visit to L3; thick where the rule fits that tier",
    "fifteen_minutes": "Share of L1's tickets that would be escalated by the limit, in working minutes",
    "two_alarms": "Share of its tickets that each team of L1 hands to a higher tier, with 95 % interval",
}


@st.cache_resource(max_entries=64, show_spinner="Holding the claims against each other")
def _found(dataset_key: str, filters: Filters, _dataset: Dataset) -> tuple[list[Contradiction], list[NotEnoughData]]:
    """As a resource: what is in it is frozen, and nobody changes its frames."""
    return contradictions(cached.warehouse(_dataset), filters)


def show(seen: View) -> None:
    """Every contradiction with its claims and its chart; what cannot be told says why."""
    found, missing = _found(seen.dataset.key, seen.filters, seen.dataset)
    collide = sum(one.verdict == COLLIDES for one in found)
    if found:
        st.markdown(f"**{collide} of {len(found)} pairs of claims collide on your data.**")
    for one in found:
        _one(one, seen)
    for number, problem in enumerate(missing):
        with st.container(key=f"untold_{number}"):
            problems.show(problem)


def _one(told: Contradiction, seen: View) -> None:
    st.subheader(told.title)
    icon, colour = ("error", "orange") if told.verdict == COLLIDES else ("check_circle", "green")
    st.markdown(f":{colour}-badge[:material/{icon}: {told.verdict}]")
    st.markdown("\n".join(f"- {plain(claim)}" for claim in told.claims))
    st.markdown(plain(told.arithmetic))
    cards.draw(_card(told, seen))


def _card(told: Contradiction, seen: View) -> Card:
    return Card(
        told.sentence, CONTRADICTIONS[told.id](told.frame, told.marks), _answer(told, seen), alt=" ".join(told.claims),
        unit=UNITS[told.id], metrics=(f"contradictions.{told.id}",), key=f"contradiction_{told.id}",
    )  # fmt: skip


def _answer(told: Contradiction, seen: View) -> Answer:
    """The SQL that its figures come from."""
    sql, params = _sql(told.id, seen)
    return Answer(told.frame, sql, params, seen.sentence, seen.zone)


def _sql(name: str, seen: View) -> tuple[str, dict[str, Any]]:
    from analytics.contradictions.on_data import sql_of_teams
    from analytics.rules.base import sql_of_history
    from analytics.warehouse import questions

    if name == "two_alarms":
        return sql_of_teams(seen.filters)
    if name == "fifteen_minutes":
        return sql_of_history(seen.filters)
    return questions.sql_of("tiers" if name == "deflection" else "effort_by_visit", seen.filters)
