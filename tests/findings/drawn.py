"""Logs made ticket by ticket, each with a way to trigger one finding: stays of (tier, team) with minutes of waiting and work.

ticket A:  created L1 ── 5 min ── acknowledged ── queued L2 ── wait ── acknowledged ── resolved
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from tests.logs import at

START = at("2026-01-05T00:00")
FULL_NOTE = "Problem: p\nDiagnostics: d\nSteps tried: s\nStatus: t\nCustomer: c\nAsk: a"
POOR_NOTE = "please look"


@dataclass(frozen=True)
class Stay:
    """A stay of a ticket: minutes until somebody looks, minutes of tracked work, and what came with the handing over."""

    tier: str
    team: str
    wait: float = 5
    work: float | None = 10
    note: str | None = None
    kind: str | None = None


def ticket(name: str, day: float, stays: list[Stay], link: str | None = None, **attributes: str) -> list[dict]:
    """The events of a ticket that ends resolved in its last stay; `day` counts from the start, Monday 5 January 2026."""
    now, rows = START + timedelta(days=day), []
    for number, stay in enumerate(stays):
        row = {"ticket_id": name, "tier": stay.tier, "team": stay.team} | attributes
        kind = "queued" if number else "created"
        rows.append(row | {"at": now, "kind": kind, "note": stay.note, "escalation_type": stay.kind})
        now += timedelta(minutes=stay.wait)
        rows.append(row | {"at": now, "kind": "acknowledged"})
        now += timedelta(minutes=10)
        rows.append(row | {"at": now, "kind": "commented", "effort_minutes": stay.work})
        now += timedelta(minutes=1)
    rows.append(rows[-1] | {"at": now, "kind": "resolved", "effort_minutes": None, "knowledge_link": link})
    return rows


def log(tickets: list[list[dict]], quiet_until: datetime | None = None) -> pd.DataFrame:
    """All tickets as one frame; one last ticket 30 days after the others lets all of them mature."""
    last = max(row["at"] for rows in tickets for row in rows)
    end = ticket("ZZ-last", ((quiet_until or last) - START) / timedelta(days=1) + 30, [Stay("L1", "Desk")])
    frame = pd.DataFrame([row for rows in [*tickets, end] for row in rows])
    for name in ("note", "escalation_type", "effort_minutes", "knowledge_link", "priority", "product"):
        if name not in frame:
            frame[name] = None
    return frame
