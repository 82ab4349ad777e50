"""What the engine needs to know from history and forecast, as one frozen object, and how to make it from frames.

Arrays run over tiers in the order of `tiers`, over calendar days from `start`. Visits are tier visits (metrics.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import InputError, NotEnoughData
from analytics.staffing._check import array
from analytics.staffing.effort import Effort, _need, prior_effort
from analytics.staffing.network import Routing, estimate_routing

NO_BACKLOG = pd.DataFrame({"tier": [], "priority": [], "age_days": [], "visits": []})
ROUTING_DRAWS = 128
CATEGORY_PRIOR_VISITS = 20.0
"""Visits of all tickets that each row of a category's routing starts with."""


@dataclass(frozen=True)
class CategoryFlow:
    """What the tickets of one category did lately."""

    name: str
    """"" for all others together."""
    entering: np.ndarray
    """Tickets by tier entered, (tiers,)."""
    routing_counts: np.ndarray
    """As those of all, (tiers, tiers + 1)."""


@dataclass(frozen=True)
class StaffingInputs:
    """History and forecast of one dataset, ready for `recommend` and `simulate`."""

    tiers: tuple[str, ...]
    start: date
    """First day of the horizon."""
    arrivals: np.ndarray
    """Tickets by tier entered, (paths, days, tiers): equally likely futures, calendar days."""
    routing_counts: np.ndarray
    """Ended tier visits, (tiers, tiers + 1): from row to column; the last column ended there."""
    effort: Mapping[str, Effort] = field(default_factory=dict)
    """Per tier; tiers without one get the stated prior."""
    priorities: tuple[str, ...] = ("default",)
    """Most urgent first."""
    priority_shares: np.ndarray | None = None
    """Shares of visits by priority, (tiers, priorities); absent: even, with a note."""
    backlog: pd.DataFrame = field(default_factory=lambda: NO_BACKLOG)
    """Open visits at the start: `tier`, `priority`, `age_days` (business days since they came to the tier), `visits`."""
    pending_visits: int = 0
    """Open visits that wait for a customer or a vendor and are not in `backlog`: nobody can work on them now."""
    hour_profile: np.ndarray | None = None
    """Arrivals by weekday and hour, (tiers, 7, 24), any scale; absent: even over the tier's open hours."""
    headcount: Mapping[str, float] = field(default_factory=dict)
    """People per tier now."""
    headcount_source: str = "not known"
    """Where `headcount` comes from, in words: "roster", "active agents per week, an estimate"."""
    replay_score: Mapping[str, Any] | None = None
    """How well the model reproduced history (`replay.score(...)` as a table), shown with every answer."""
    replay_reason: str = ""
    """Why there is no such score, in words."""
    categories: tuple[CategoryFlow, ...] = ()
    """The largest categories, and all others together: for plans in which some bring more tickets than others."""
    category_column: str = "category"
    """What they are categories of, in words."""
    forecast: str = "not stated"
    """Which forecast the arrivals are, in words."""

    def __post_init__(self) -> None:
        shape = array("arrivals", self.arrivals, dims=(3,)).shape
        if shape[2] != len(self.tiers) or 0 in shape:
            raise InputError("arrivals must be (paths, days, tiers).", found=f"Found {shape}, {len(self.tiers)} tiers.")
        if not np.any(self.arrivals):
            raise NotEnoughData("There are no arrivals to staff for.", todo="Widen the filters or import history.")
        counts = array("routing_counts", self.routing_counts, dims=(2,))
        if counts.shape != (shape[2], shape[2] + 1):
            raise InputError("routing_counts must be (tiers, tiers + 1).", found=f"Found {counts.shape}.")
        if not counts.any():
            raise NotEnoughData("No tier visit has ended, so nobody knows where tickets go.", todo="Import history.")
        self._check_rest()

    def _check_rest(self) -> None:
        _need(self.backlog, "tier", "priority", "age_days", "visits")
        strange = set(map(str, self.backlog["tier"])) - set(self.tiers)
        strange |= set(map(str, self.backlog["priority"])) - set(self.priorities)
        if strange:
            raise InputError("The backlog names tiers or priorities not in the inputs.", found=f"{sorted(strange)}.")
        wanted = {"priority_shares": (len(self.tiers), len(self.priorities)), "hour_profile": (len(self.tiers), 7, 24)}
        for name, shape in wanted.items():
            value = getattr(self, name)
            if value is not None and array(name, value, dims=(len(shape),)).shape != shape:
                raise InputError(f"{name} must be {shape}.", found=f"Found {np.shape(value)}.")

    @property
    def days(self) -> int:
        """Calendar days of the horizon."""
        return self.arrivals.shape[1]

    @property
    def paths(self) -> int:
        """Sample paths."""
        return self.arrivals.shape[0]

    def effort_of(self, tier: str) -> Effort:
        """The tier's effort, or the stated prior."""
        found = self.effort.get(tier)
        return prior_effort([tier])[tier] if found is None else found

    @cached_property
    def routing(self) -> Routing:
        """The routing matrix that the counts teach, with intervals."""
        return estimate_routing(self.routing_counts, self.tiers)

    @cached_property
    def routing_draws(self) -> np.ndarray:
        """Plausible routing matrices, (ROUTING_DRAWS, tiers, tiers), drawn once: they are the same for every plan."""
        return self.routing.draws(ROUTING_DRAWS, seed=0)

    @cached_property
    def category_routings(self) -> list[np.ndarray]:
        """A routing matrix per category, drawn to that of all where there are few tickets."""
        return [
            estimate_routing(
                flow.routing_counts, self.tiers, prior_visits=CATEGORY_PRIOR_VISITS, prior_routing=self.routing.matrix
            ).matrix
            for flow in self.categories
        ]

    @cached_property
    def open_visits(self) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The backlog by tier as arrays: number of the priority, age in days, visits."""
        numbers = {name: i for i, name in enumerate(self.priorities)}
        order = self.backlog["priority"].astype(str).map(numbers).to_numpy(int, na_value=0)
        columns = (order, self.backlog["age_days"].to_numpy(float), self.backlog["visits"].to_numpy(float))
        tier = self.backlog["tier"].astype(str).to_numpy()
        return {name: tuple(column[tier == name] for column in columns) for name in self.tiers}  # type: ignore[misc]

    @cached_property
    def visits_on_path(self) -> np.ndarray:
        """Tier visits, over the whole path, of a ticket that visits each tier, (tiers,): what was before, this one, what
        comes after. By history's routing alone, so that moving an arrow moves the work and not the deadlines."""
        matrix, eye = self.routing.matrix, np.eye(len(self.tiers))
        rates = np.linalg.solve(eye - matrix.T, self.arrivals.mean(axis=(0, 1)))
        after = np.linalg.solve(eye - matrix, np.ones(len(self.tiers)))
        flows = rates[:, None] * matrix  # from row to column; read backwards, the same chain ends where tickets enter
        backwards = np.divide(flows.T, rates[:, None], out=np.zeros_like(matrix), where=rates[:, None] > 0)
        before = np.linalg.solve(eye - backwards, np.ones(len(self.tiers)))
        return before + after - 1.0

    def shares(self) -> np.ndarray:
        """Priority shares that sum to 1 per tier; even where none are known."""
        even = np.ones((len(self.tiers), len(self.priorities)))
        given = even if self.priority_shares is None else np.asarray(self.priority_shares, float)
        given = np.where(given.sum(axis=1, keepdims=True) > 0, given, even)
        return given / given.sum(axis=1, keepdims=True)


def routing_counts(frame: pd.DataFrame, tiers: Sequence[str]) -> np.ndarray:
    """Counts (tiers, tiers + 1) from rows `from_tier`, `to_tier` (missing or "resolved": ended there), `visits`."""
    _need(frame, "from_tier", "to_tier", "visits")
    place = {tier: i for i, tier in enumerate(tiers)}
    counts = np.zeros((len(tiers), len(tiers) + 1))
    for start, end, visits in frame[["from_tier", "to_tier", "visits"]].itertuples(index=False):
        if start not in place or not (pd.isna(end) or end in place or end in ("", "resolved")):
            raise InputError("Routing names a tier that is not in the list.", found=f"Found {start} to {end}.")
        counts[place[start], place.get(end, len(tiers))] += visits
    return counts


def hour_profile(frame: pd.DataFrame, tiers: Sequence[str]) -> np.ndarray:
    """Arrivals (tiers, 7, 24) from rows `tier`, `weekday` (0 is Monday), `hour`, `arrivals`."""
    _need(frame, "tier", "weekday", "hour", "arrivals")
    profile = np.zeros((len(tiers), 7, 24))
    place = {tier: i for i, tier in enumerate(tiers)}
    kept = frame[frame["tier"].isin(place)]
    rows = (kept["tier"].map(place).to_numpy(int), kept["weekday"].to_numpy(int), kept["hour"].to_numpy(int))
    np.add.at(profile, rows, kept["arrivals"].to_numpy(float))
    return profile


def priority_shares(frame: pd.DataFrame, tiers: Sequence[str], priorities: Sequence[str]) -> np.ndarray:
    """Visits (tiers, priorities) from rows `tier`, `priority`, `visits`; other names are left out."""
    _need(frame, "tier", "priority", "visits")
    table = frame.groupby(["tier", "priority"], observed=True)["visits"].sum().unstack(fill_value=0)
    return table.reindex(index=list(tiers), columns=list(priorities), fill_value=0).to_numpy(float)
