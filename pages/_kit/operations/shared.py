"""What the operations pages need beyond the questions: one ticket's records, targets by urgency, satisfaction put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.charts.base import SMALL_GROUP
from analytics.errors import NotEnoughData, TierscopeError
from analytics.model import KIND_MEANINGS
from analytics.targets import Targets, save_targets, usual_targets, with_saved
from analytics.warehouse import questions
from analytics.warehouse.intervals import wilson
from analytics.warehouse.questions import NO_FILTER
from pages._kit import cached, numbers
from pages._kit.cached import Answer
from pages._kit.cards import Kpi, Listed
from pages._kit.tables import in_zone
from pages._kit.view import View

ANSWER, RESOLVE = "First answer within (working hours)", "Resolved within (working hours)"


class NoSuchTicket(TierscopeError):
    """A ticket's number that the dataset does not hold."""


def ticket(view: View, ticket_id: str) -> tuple[Answer, Answer]:
    """A ticket's visits and its events in local time, filters aside. NoSuchTicket where there is none of that number."""
    warehouse = cached.warehouse(view.dataset)
    answers = []
    for name, ask in (("ticket_visits", questions.ticket_visits), ("ticket_events", questions.ticket_events)):
        sql, params = questions.sql_of(name, NO_FILTER, {"ticket_id": ticket_id})
        frame = in_zone(ask(warehouse, ticket_id), view.zone)
        answers.append(Answer(frame, sql, params, f"{view.dataset.name} · ticket {ticket_id}, whatever the filters"))
    if answers[1].frame.empty:
        raise _no_such(view, ticket_id)
    return answers[0], answers[1]


def _no_such(view: View, ticket_id: str) -> NoSuchTicket:
    like = cached.frame(view.dataset, NO_FILTER, "ticket_list", most=1)["ticket_id"]
    found = f"Its tickets are named like {like.iloc[0]}." if len(like) else "It holds no tickets."
    return NoSuchTicket(
        f"There is no ticket '{ticket_id}' in '{view.dataset.name}'.", found=found,
        todo="Check the number, or choose the dataset that has it in the sidebar.",
    )  # fmt: skip


def whole_period(view: View) -> View:
    """The view without its period: what is open now does not depend on when it came in."""
    return replace(view, filters=view.filters.with_period(None, None))


def targets_of(view: View) -> dict[str, tuple[float, float]]:
    """The dataset's targets: those kept with it, else the usual ones. Empty where it has no priorities, or too many values."""
    names = [name for name in cached.about(view.dataset)["values"].get("priority", []) if name != "(not given)"]
    return with_saved(usual_targets(names), view.dataset.folder)


def edit_targets(usual: Targets, key: str) -> dict[str, tuple[float, float]]:
    """The targets in a table that can be changed. A target left empty or not above zero is told, and the usual one is kept."""
    table = pd.DataFrame([(name, *hours) for name, hours in usual.items()], columns=["Priority", ANSWER, RESOLVE])
    numbers_above = {
        name: st.column_config.NumberColumn(name, min_value=0.1, format="%g", required=True)
        for name in (ANSWER, RESOLVE)
    }
    edited = st.data_editor(
        table,
        hide_index=True,
        width="stretch",
        disabled=["Priority"],
        column_config=numbers_above,
        key=key,
        alt="Targets in working hours for each priority, to be changed",
    )
    kept, bad = dict(usual), []
    for name, answer, resolve in edited.itertuples(index=False):
        if all(pd.notna(hours) and hours > 0 for hours in (answer, resolve)):
            kept[str(name)] = (float(answer), float(resolve))
        else:
            bad.append(str(name))
    if bad:
        st.warning(f"A target is a number of hours above zero; the usual one is used for {', '.join(bad)}.")
    return kept


def keep_targets(view: View, known: Targets, edited: Targets) -> None:
    """Offers to keep edited targets with the dataset where they differ from those known: then everything counts with them."""
    if edited == known:
        return
    st.caption("So far only this page counts with them.")
    if st.button("Keep these targets for this dataset", key="keep_targets", icon=":material/save:", type="primary"):
        save_targets(view.dataset.folder, edited)
        st.rerun()


def bounces(row: Mapping, delay: float) -> list[Kpi]:
    """The numbers on top of the bounces page. `row` is the one row of bounces, `delay` the share of delay in loops."""
    told: dict[str, Any] = {
        "asked": ("bounces", {}),
        "listed": Listed("Came back to a team", "ticket_list", {"reason": "bounced"}),
    }
    share = row["team_tickets"] / row["tickets"] if row["tickets"] else float("nan")
    straight = row["team_immediate"] / row["team_returns"] if row["team_returns"] else float("nan")
    return [
        Kpi("Returns to a team", numbers.count(row["team_returns"]), "bounces.team_returns", note="visits", **told),
        Kpi("Tickets that came back", numbers.count(row["team_tickets"]), "bounces.team_tickets",
            note=f"of {numbers.count(row['tickets'])}", **told),
        Kpi("Share of tickets", numbers.share(share), "bounces.team_share", note="came back at least once", **told,
            few=row["tickets"] < SMALL_GROUP),
        Kpi("There and straight back", numbers.count(row["team_immediate"]), "bounces.team_immediate",
            note=f"{numbers.share(straight)} of returns" if straight == straight else "", **told),
        Kpi("Returns to a tier", numbers.count(row["tier_returns"]), "bounces.tier_returns",
            note=f"of {numbers.count(row['tier_tickets'])} tickets", **told),
        Kpi("Delay in loops", numbers.share(delay), "bounces.delay_share", note="of the time until resolution",
            why=numbers.reason(delay, "No ticket is resolved yet."), few=row["tickets"] < SMALL_GROUP,
            asked=("bounce_delay", {}), listed=told["listed"]),
    ]  # fmt: skip


def satisfied(frame: pd.DataFrame) -> list[Kpi]:
    """Satisfaction, ratings and response rate over all that is in view."""
    whole = _pooled(frame.assign(name="all"), "name").iloc[0]
    spread = numbers.interval(whole["csat_low"], whole["csat_high"])
    told: dict[str, Any] = {"asked": ("satisfaction", {})}
    bad, every = (Listed(words, "ticket_list", {"reason": reason})
                  for words, reason in (("Rated bad", "rated_bad"), ("Resolved", "resolved")))  # fmt: skip
    return [
        Kpi("Good ratings", numbers.share(whole["csat"]), "satisfaction.csat", note=f"95 %: {spread}", listed=bad, **told,
            few=whole["rated"] < SMALL_GROUP),
        Kpi("Ratings", numbers.count(whole["rated"]), "satisfaction.rated", note="of resolved tickets", listed=bad, **told),
        Kpi("Response rate", numbers.share(whole["response_rate"]), "satisfaction.response_rate",
            note=f"of {numbers.count(whole['tickets'])} resolved tickets", listed=every, **told),
    ]  # fmt: skip


def by_handoffs(frame: pd.DataFrame) -> pd.DataFrame:
    """Satisfaction by number of handoffs: one row per name ("no handoff", …, "4 and more"), in order."""
    words = {0: "no handoff", 1: "1 handoff", 2: "2 handoffs", 3: "3 handoffs", 4: "4 and more"}
    found = _pooled(frame, "handoffs")
    return found.assign(name=found["handoffs"].map(words))


def by_path(frame: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """Satisfaction by tier path, the `most` with the most ratings, in the order of their satisfaction."""
    found = _pooled(frame.dropna(subset=["path"]), "path").sort_values("rated", ascending=False).head(most)
    return found.assign(name=found["path"].str.replace(">", " → ")).sort_values("csat", ascending=False)


def _pooled(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Counts added up, then the shares of the sums: a mean of shares would weigh rare paths like common ones."""
    found = frame.groupby(by)[["tickets", "rated", "good"]].sum().reset_index()
    low, high = wilson(found["good"], found["rated"])
    return found.assign(
        csat=found["good"] / found["rated"].replace(0, np.nan), csat_low=low, csat_high=high,
        response_rate=found["rated"] / found["tickets"],
    )  # fmt: skip


def needs_ratings(view: View, frame: pd.DataFrame) -> None:
    """NotEnoughData where no ticket in view has a rating, saying whether the dataset has any."""
    if int(frame["rated"].sum()) > 0:
        return
    anywhere = cached.frame(view.dataset, NO_FILTER, "satisfaction")["rated"].sum()
    if int(anywhere) > 0:
        raise NotEnoughData(
            "No ticket of this selection has a rating.", found=f"{numbers.count(anywhere)} tickets of the dataset have.",
            todo="Take a filter off, or choose a wider period.",
        )  # fmt: skip
    raise NotEnoughData(
        "This dataset holds no ratings.", found="No column with the customers' satisfaction was imported.",
        todo="Import the history with that column (CSAT, good or bad) under Data.",
    )  # fmt: skip


def by_priority(targets: Targets) -> dict[str, dict[str, str]]:
    """A list of tickets for each priority."""
    return {f"Priority {name}": {"reason": "value", "dimension": "priority", "value": name} for name in targets}


ENDED = {"handoff": "handed over", "resolved": "resolved", "closed": "closed", "cancelled": "cancelled"}

EVENT_COLUMNS = {
    "at": "at", "kind": "what", "status": "status", "tier": "tier", "team": "team", "agent": "who", "priority": "priority",
    "effort_minutes": "minutes_of_work", "escalation_type": "kind_of_escalation", "note": "note",
    "knowledge_link": "known_issue",
}  # fmt: skip
"""Columns of a ticket's events and what they are called for people; the rest is ours alone."""


def stops(visits: pd.DataFrame, *, waits: bool) -> pd.DataFrame:
    """A ticket's visits as a table for people: no numbers of ours, no empty cells, words for how a stop ended."""
    told = pd.DataFrame({
        "stop": visits["visit_no"],
        "tier": visits["tier"].fillna("no tier"),
        "team": visits["team"].fillna("no team"),
        "from": visits["started_at"],
        "until": visits["ended_at"],
        "ended": visits["ended_by"].map(ENDED).fillna("still open"),
        "hours": visits["hours"],
    })  # fmt: skip
    if waits:
        told["picked_up"] = ["never" if pd.isna(at) else f"{at:%Y-%m-%d %H:%M}" for at in visits["acknowledged_at"]]
        told["wait_hours"] = visits["wait_hours"]
    if bool(visits["effort_minutes"].notna().any()):
        told["minutes_of_work"] = visits["effort_minutes"]
    if bool(visits["is_return"].any()):
        told["returned"] = ["came back" if back else "" for back in visits["is_return"]]
    return told


def happened(events: pd.DataFrame) -> pd.DataFrame:
    """A ticket's events as a table for people: kinds in words, columns without anything left out, gaps as empty text."""
    told = events.assign(kind=events["kind"].map(KIND_MEANINGS).fillna(events["kind"]))
    told = (
        told[[name for name in EVENT_COLUMNS if name in told]].rename(columns=EVENT_COLUMNS).dropna(axis=1, how="all")
    )
    texts = [name for name in told.columns if not pd.api.types.is_numeric_dtype(told[name]) and name != "at"]
    return told.assign(**{name: told[name].fillna("") for name in texts})
