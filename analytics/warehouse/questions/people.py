"""Teams and agents, each told beside what its size leaves open. Nothing here ranks anybody."""

from __future__ import annotations

import pandas as pd

from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, US_PER_MINUTE, Filters
from analytics.warehouse import cubes
from analytics.warehouse.intervals import wilson
from analytics.warehouse.questions.base import NO_FILTER, ask, on_clock, share, tier_names
from analytics.warehouse.shrinkage import shrunk
from analytics.warehouse.store import Warehouse

LEAST_AGENT_VISITS = 100
"""Agents with fewer visits than this are left out: their numbers would say more about chance than about their work."""

TEAM_SHARES = {"in_time": ("in_time", "due"), "passed_up": ("passed_up", "ended"), "solved": ("solved", "ended")}
"""Shares of a team: name -> (part, whole). Handoffs picked up in time; ended visits passed up, and ended with the solution."""

AGENT_SHARES = {name: TEAM_SHARES[name] for name in ("passed_up", "solved")}


def team_profile(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    clock: str = "calendar",
) -> pd.DataFrame:
    """How does each team's part of the work go? One row per team, in alphabetical order.

    Columns team, tier, visits, tickets, ended, passed_up, solved, in_time, due, and for each share NAME of `TEAM_SHARES`:
    NAME_share with its Wilson 95 % interval (_low, _high), NAME_shrunk (drawn to the mean of the tier's teams) with its
    interval (_shrunk_low, _shrunk_high), NAME_mean (the tier's). NaN where there is nothing to take a share of, and no shrunk
    one in tiers of under three teams.
    """
    visits, where, how = cubes.visits_from(warehouse, filters)
    wait = on_clock("h.wait_us", clock)
    params = {"target_us": int(target_minutes * US_PER_MINUTE)}
    frame = ask(warehouse, "team_profile", filters, params, wait=wait, visits=visits, visit_filter=where)
    frame["tier"] = tier_names(frame["tier"])
    return cubes.told(with_shares(frame, TEAM_SHARES), how)


def agent_profile(
    warehouse: Warehouse, filters: Filters = NO_FILTER, least_visits: int = LEAST_AGENT_VISITS
) -> pd.DataFrame:
    """How does the work end that a person picked up? One row per (agent, tier) with at least `least_visits`, by name.

    Columns agent, tier, visits, tickets, ended, passed_up, solved, and for the shares of `AGENT_SHARES` the same as for teams.
    The mean that shares are drawn to is that of all the tier's agents, those left out as well.
    """
    frame = ask(warehouse, "agent_profile", filters)
    frame["tier"] = tier_names(frame["tier"])
    told = with_shares(frame, AGENT_SHARES)
    return told[told["visits"] >= least_visits].reset_index(drop=True)


def with_shares(frame: pd.DataFrame, shares: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """The frame with every share, its interval, and the share drawn to the mean of its tier."""
    told = frame.copy()
    for name, (part, whole) in shares.items():
        told[f"{name}_share"] = share(told[part], told[whole])
        told[f"{name}_share_low"], told[f"{name}_share_high"] = wilson(told[part], told[whole])
        for column in ("shrunk", "shrunk_low", "shrunk_high", "mean"):
            told[f"{name}_{column}"] = float("nan")
        for _, rows in told.groupby("tier", dropna=False):
            drawn = shrunk(rows[part], rows[whole])
            told.loc[rows.index, f"{name}_shrunk"] = drawn.share
            told.loc[rows.index, f"{name}_shrunk_low"] = drawn.low
            told.loc[rows.index, f"{name}_shrunk_high"] = drawn.high
            told.loc[rows.index, f"{name}_mean"] = drawn.mean
    return told
