"""The words of the field as values: tiers, event kinds, filters. Imports nothing but the errors.

Durations inside the code are microseconds (`*_us`) in the tables and hours or minutes at the edge, with the unit in the
name. Shares are 0-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from analytics.errors import FilterError, did_you_mean

US_PER_SECOND = 1_000_000
US_PER_MINUTE = 60 * US_PER_SECOND
US_PER_HOUR = 60 * US_PER_MINUTE
US_PER_DAY = 24 * US_PER_HOUR

TIERS = ("L0", "L1", "L2", "L3")
"""All tier names in order. A tier is stored as its rank, 0-3; the name is what people see."""

KINDS = (
    "created", "queued", "assigned", "acknowledged", "pending", "replied", "customer_replied", "resolved", "closed",
    "cancelled", "reopened", "commented", "changed", "excluded",
)  # fmt: skip

KIND_MEANINGS = {
    "created": "the ticket came in",
    "queued": "waiting for the team",
    "assigned": "given to a person",
    "acknowledged": "somebody of the team works on it",
    "pending": "waiting for the customer or a vendor",
    "replied": "a public reply of a person",
    "customer_replied": "the customer wrote",
    "resolved": "solved",
    "closed": "closed for good, often automatically",
    "cancelled": "withdrawn",
    "reopened": "opened again",
    "commented": "an internal note",
    "changed": "something else changed",
    "excluded": "merged, spam or test: out of all counts",
}

ATTRIBUTES = ("priority", "product", "category", "channel")
"""Ticket attributes with a filter of their own; a ticket has its latest known value."""

ACKNOWLEDGE_TARGET_MINUTES = 30.0

Params = dict[str, Any]


def tier_rank(name: str) -> int:
    """Rank 0-3 of a tier name. FilterError where there is no such tier."""
    if name not in TIERS:
        raise FilterError(f"There is no tier '{name}'.", todo=did_you_mean(name, list(TIERS)))
    return TIERS.index(name)


@dataclass(frozen=True)
class Clause:
    """A SQL condition (always safe to put after AND), its bound parameters."""

    sql: str = "TRUE"
    params: Params = field(default_factory=dict)

    def __and__(self, other: Clause) -> Clause:
        if self.sql == "TRUE":
            return other
        if other.sql == "TRUE":
            return self
        return Clause(f"{self.sql} AND {other.sql}", {**self.params, **other.params})


def _one_of(column: str, name: str, values: tuple[Any, ...]) -> Clause:
    """`column IN (…)` with one bound parameter per value; no values, no condition."""
    if not values:
        return Clause()
    params = {f"{name}_{i}": value for i, value in enumerate(values)}
    return Clause(f"{column} IN ({', '.join('$' + key for key in params)})", params)


def _between(column: str, start: date | None, end: date | None) -> Clause:
    clause = Clause()
    if start:
        clause &= Clause(f"{column} >= $start", {"start": start})
    if end:
        clause &= Clause(f"{column} <= $end", {"end": end})
    return clause


TEAM_BITS = 62
"""So many teams have a bit of their own in `tickets.team_mask`: what a whole number of 64 bits holds beside its sign."""


TEAM_SETS = 5
"""The grain of cubes whose cells tell the set of teams that a ticket was with, by its `team_mask`."""

Teams = Sequence[tuple[str, int]]
"""Names and numbers of a dataset's teams."""


@dataclass(frozen=True)
class TeamBits:
    """A bound value: the bits of these teams in `tickets.team_mask`, a number only in a dataset (`Warehouse.bound`)."""

    teams: tuple[str, ...]

    def of(self, there: Teams) -> int:
        """The number, where these teams are there."""
        return reduce(or_, (1 << (number - 1) % TEAM_BITS for name, number in there if name in self.teams), 0)


@dataclass(frozen=True)
class TeamsShareBits:
    """A bound value: whether a dataset has more teams than bits."""

    def of(self, there: Teams) -> bool:
        return max((number for _, number in there), default=0) > TEAM_BITS


def _visited(teams: tuple[str, ...], own_bits: bool) -> Clause:
    """Tickets with a visit to one of the teams: by their bits, and among those, where teams share bits, by their visits."""
    if own_bits:
        return Clause("(t.team_mask & $team_mask) <> 0", {"team_mask": TeamBits(teams)})
    inner = _one_of("m.team", "team", teams)
    # As a list, so that the planner probes it: by its own guess it puts all tickets into a hash table instead.
    visits = f"FROM visits v JOIN teams m USING (team_no) WHERE $teams_share_bits AND {inner.sql}"
    there = f"t.ticket_no IN (SELECT unnest(list(v.ticket_no)) {visits})"
    sql = f"(t.team_mask & $team_mask) <> 0 AND (NOT $teams_share_bits OR {there})"
    return Clause(sql, {**inner.params, "team_mask": TeamBits(teams), "teams_share_bits": TeamsShareBits()})


def quoted(identifier: str) -> str:
    """A SQL identifier, quoted so that no character of it can end the quote."""
    return '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True)
class Filters:
    """What part of a dataset is looked at. Hashable: it is part of every cache key.

    `start` and `end` are inclusive days in the dataset's time zone. A period selects tickets by creation and handoffs by
    the moment of handing over. A tier or team selects tickets with a visit there and handoffs received there. Any other
    attribute goes by the ticket's latest known value. `custom` holds (column, values) pairs of extra columns.
    """

    start: date | None = None
    end: date | None = None
    tiers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    custom: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        if self.start and self.end and self.start > self.end:
            raise FilterError(
                "The period ends before it starts.",
                found=f"From {self.start} to {self.end}.",
                todo="Swap the two dates.",
            )
        for tier in self.tiers:
            tier_rank(tier)

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, item.name) for item in fields(self))

    def with_period(self, start: date | None, end: date | None) -> Filters:
        return replace(self, start=start, end=end)

    def _attributes(self) -> Clause:
        clause = _one_of("t.priority", "priority", self.priorities)
        clause &= _one_of("t.product", "product", self.products)
        clause &= _one_of("t.category", "category", self.categories)
        clause &= _one_of("t.channel", "channel", self.channels)
        for number, (column, values) in enumerate(self.custom):
            inner = _one_of(f"x.{quoted(column)}", f"custom{number}", values)
            sql = f"t.ticket_no IN (SELECT x.ticket_no FROM ticket_extras x WHERE {inner.sql})"
            clause &= Clause(sql, inner.params)
        return clause

    def on_tickets(self, own_bits: bool = False) -> Clause:
        """Condition on `tickets t`: created in the period, with a visit in the tiers and teams. `own_bits`: it is known that no
        two teams share a bit, and `t` may be cells without a ticket's number."""
        clause = _between("t.created_day", self.start, self.end)
        if self.tiers:
            mask = sum(1 << tier_rank(tier) for tier in self.tiers)
            clause &= Clause("(t.tier_mask & $tier_mask) <> 0", {"tier_mask": mask})
        if self.teams:
            clause &= _visited(self.teams, own_bits)
        return clause & self._attributes()

    def on_handoffs(self) -> Clause:
        """Condition on `handoffs h JOIN tickets t`: handed over in the period, received by the tiers and teams."""
        clause = _between("h.handed_day", self.start, self.end)
        clause &= _one_of("h.to_tier", "to_tier", tuple(tier_rank(tier) for tier in self.tiers))
        if self.teams:
            inner = _one_of("m.team", "team", self.teams)
            clause &= Clause(f"h.to_team_no IN (SELECT m.team_no FROM teams m WHERE {inner.sql})", inner.params)
        return clause & self._attributes()

    def sentence(self) -> str:
        """The filter in words, as it stands under every chart."""
        parts = [self._period_words()]
        named = (
            ("tier", self.tiers), ("team", self.teams), ("priority", self.priorities), ("product", self.products),
            ("category", self.categories), ("channel", self.channels), *self.custom,
        )  # fmt: skip
        parts += [f"{name} {' or '.join(values)}" for name, values in named if values]
        return " · ".join(part for part in parts if part) or "All tickets, whole period"

    def _period_words(self) -> str:
        if self.start and self.end:
            return f"{self.start:%-d %b %Y} – {self.end:%-d %b %Y}"
        if self.start:
            return f"from {self.start:%-d %b %Y}"
        return f"until {self.end:%-d %b %Y}" if self.end else ""
