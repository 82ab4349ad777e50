"""D22: how much more do new agents escalate, and where would training pay?

Agents are the unit: an agent's tickets go together, so the interval is over agents. Rejected: a table of agents by rate, whose
top and bottom are those with the fewest tickets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import above, ratio_of_sums
from analytics.findings.settings import MATURE_DAYS, MIN_TICKETS, Threshold, share_of

NEW_DAYS = Threshold("new_agent_days", "Until when an agent is new", 90, "days since first seen", low=1)
GAP = share_of("training_gap", "How much more than others new agents may escalate", 0.05)
AGENTS = Threshold("new_agents", "Smallest number of new agents that is judged", 5, "agents", low=2)
CLAIM = Claim(
    "d22_training",
    "What new agents escalate more than others",
    "The guide says that the quality of L1's training caps the whole system.",
    "What a new agent cannot solve yet goes up; months of it fill L2.",
    "Sit new agents beside an experienced one for their first escalations, and begin with the team named.",
    "Share of tickets that an agent in the first days since first seen escalated from L1, less what experienced agents of the "
    "same team escalate; by the agent who first took the ticket in L1. The interval is over agents. Tickets of the history's "
    "first days are left out, since nobody can tell who was new then. Teams' rates are drawn towards the tier's mean by how "
    "little they rest on, and no agent is ranked. Work: what L2 does on the tickets above the experienced rate.",
    (GAP, NEW_DAYS, AGENTS, MATURE_DAYS, MIN_TICKETS),
    n_of="new agents",
    unit="points",
)


def find(asked: Asked) -> list[Finding]:
    """By how many points new agents escalate more than experienced ones of their team."""
    if not asked.columns["agents"]:
        return [CLAIM.unknown("The data does not say who worked on a ticket.")]
    rows = asked.ask("d22_agents", mature_days=asked.of(MATURE_DAYS), new_days=int(asked.of(NEW_DAYS)))
    new, teams = _against_team(rows)
    few = len(new) < asked.of(AGENTS) or new["tickets"].sum() < asked.of(MIN_TICKETS)
    if few:
        reason = f"Only {len(new)} new agents with {new['tickets'].sum():.0f} matured tickets, in teams with experienced ones."
        return [CLAIM.unknown(reason, len(new))]
    gap, limit = ratio_of_sums(new["escalated"] - new["expected"], new["tickets"]), asked.of(GAP)
    minutes = rows["l2_minutes_sum"].sum() / max(1, rows["l2_tickets"].sum())
    extra = gap.value * new["tickets"].sum()
    said = (f"{len(new)} agents in their first {asked.of(NEW_DAYS):.0f} days escalated "
            f"{numbers.share(new['escalated'].sum() / new['tickets'].sum())} of {numbers.count(new['tickets'].sum())} tickets, "
            f"{numbers.points(gap.value)} ({gap.low * 100:+.0f} to {gap.high * 100:+.0f}) against experienced ones of their "
            f"team.{_where(teams)}")  # fmt: skip
    sql = "t.escalated_mask & 2 <> 0 AND t.ticket_no IN (SELECT n.ticket_no FROM ({0}) n WHERE n.is_new)"
    own, params = asked.sql("d22_taken", new_days=int(asked.of(NEW_DAYS)))
    return [CLAIM.found(asked, above(gap, limit), gap, limit, said, work={"L2": extra * minutes / 60},
                        weeks=asked.weeks_of(asked.of(MATURE_DAYS), asked.of(NEW_DAYS)),
                        evidence=Evidence(sql.format(own), tuple(params.items())))]  # fmt: skip


def _against_team(rows: Any) -> tuple[Any, Any]:
    """New agents with what their team's experienced agents would have escalated, and the teams' experienced counts."""
    teams = rows[~rows["is_new"]].groupby("team")[["tickets", "escalated"]].sum()
    new = rows[rows["is_new"] & rows["team"].isin(teams.index)]
    rate = new["team"].map(teams["escalated"] / teams["tickets"])
    new = new.assign(expected=new["tickets"] * rate)
    return new.groupby("agent")[["tickets", "escalated", "expected"]].sum(), teams


def _where(teams: Any) -> str:
    rates = shrunk(teams["escalated"], teams["tickets"])
    if len(rates) < 2 or rates.max() - rates.min() < 0.005:
        return ""
    return f" Among experienced agents, {rates.idxmax()} escalates most ({numbers.share(rates.max())})."


def shrunk(parts: pd.Series, wholes: pd.Series) -> pd.Series:
    """Rates drawn towards the mean of all by how little each rests on (method of moments for the spread between groups)."""
    mean, raw = float(parts.sum() / wholes.sum()), parts / wholes
    noise = mean * (1 - mean) / wholes
    if len(raw) < 2:
        return raw
    between = max(0.0, float(raw.var(ddof=1)) - float(noise.mean()))
    weight = between / (between + noise) if between else pd.Series(np.zeros(len(raw)), index=raw.index)
    return mean + weight * (raw - mean)
