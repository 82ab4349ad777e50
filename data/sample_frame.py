"""From a finished simulation to the event table, in the product's canonical columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.sample_arrivals import Arrivals, arrivals
from data.sample_clock import Agent
from data.sample_model import Simulation
from data.sample_staff import staff
from data.sample_world import CHANNELS, COLUMNS, KINDS, PRIORITIES, PRODUCTS, TIERS, Scenario

RAW = ("id", "at", "kind", "tier", "team", "agent", "priority", "effort", "note", "escalation", "csat", "link")


@dataclass(frozen=True)
class Made:
    """A scenario played through: the event table, what was planned for each ticket, the people, and the work done."""

    scenario: Scenario
    events: pd.DataFrame
    arrivals: Arrivals
    agents: list[Agent]
    work: pd.DataFrame  # one row per session: ticket number, tier, agent number, minutes, at, l2_type
    ids: np.ndarray  # the ticket_id of each arrival; None where the period ended before its first event


def make(scenario: Scenario) -> Made:
    """Play a scenario; the same scenario gives the same frame."""
    streams = np.random.default_rng(scenario.seed).spawn(3)
    tickets, people = arrivals(scenario, streams[0]), staff(scenario, streams[1])
    played = Simulation(scenario, tickets, people, streams[2]).run()
    work = pd.DataFrame(played.work, columns=["ticket", "tier", "agent", "minutes", "at", "l2_type"])
    raw = sorted_rows(played)
    ids = numbered(raw["id"].to_numpy(), len(tickets.at))
    return Made(scenario, table(scenario, raw, ids, tickets, people), tickets, people, work, ids)


def sorted_rows(played: Simulation) -> pd.DataFrame:
    """The events up to the scenario's end, sorted by time; equal times keep ticket and order inside the ticket."""
    raw = pd.DataFrame(played.log.rows, columns=list(RAW))
    return raw[raw["at"] < played.end].sort_values(["at", "id"], kind="stable", ignore_index=True)


def numbered(ids: np.ndarray, count: int) -> np.ndarray:
    """Ticket ids in the order of the first event (a call becomes a ticket when it is taken, not when it rings)."""
    names = np.full(count, None, dtype=object)
    for number, arrival in enumerate(pd.unique(ids), start=1):
        names[arrival] = f"TS-{number:06d}"
    return names


def table(
    scenario: Scenario, raw: pd.DataFrame, names_of: np.ndarray, tickets: Arrivals, people: list[Agent]
) -> pd.DataFrame:
    """The events in the canonical columns; customer and subject stand on the first event only."""
    ids = raw["id"].to_numpy()
    created = raw["kind"].eq(0).to_numpy()
    product, category = tickets.product[ids], tickets.category[ids]
    names = np.array([[item.name for item in one.categories] for one in PRODUCTS], dtype=object)
    columns = {
        "ticket_id": names_of[ids],
        "at": pd.to_datetime(raw["at"].to_numpy().astype(np.int64), unit="s", utc=True).as_unit("us"),
        "kind": np.array(KINDS, dtype=object)[raw["kind"]],
        "tier": np.array(TIERS, dtype=object)[raw["tier"] - 1],
        "team": np.array([team.name for team in scenario.teams], dtype=object)[raw["team"]],
        "agent": np.array([*(agent.name for agent in people), None], dtype=object)[raw["agent"]],
        "priority": np.array(PRIORITIES, dtype=object)[raw["priority"]],
        "product": np.array([one.name for one in PRODUCTS], dtype=object)[product],
        "category": names[product, category],
        "channel": np.array(CHANNELS, dtype=object)[tickets.channel[ids]],
        "customer": np.where(created, np.array(tickets.customers, dtype=object)[tickets.customer[ids]], None),
        "subject": np.where(created, np.array(tickets.subject, dtype=object)[ids], None),
        "note": blank(raw["note"]),
        "csat": blank(raw["csat"]),
        "effort_minutes": raw["effort"].where(raw["effort"] > 0),
        "escalation_type": blank(raw["escalation"]),
        "knowledge_link": blank(raw["link"]),
    }
    frame = pd.DataFrame({name: columns[name] for name in COLUMNS})
    texts = [name for name in COLUMNS if name not in ("at", "effort_minutes")]
    return frame.astype(dict.fromkeys(texts, "str"))


def blank(values: pd.Series) -> np.ndarray:
    """Empty texts as missing values."""
    array = values.to_numpy(dtype=object)
    return np.where(array == "", None, array)
