"""Thresholds and targets as settings: a guide's figures and our own as defaults, each with its source, per tier and priority.

A threshold belongs to the finding that is judged by it, and stands in that finding's module. `Settings` hold only what
differs from the defaults.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

from analytics.errors import InputError, did_you_mean
from analytics.model import TIERS, Params

GUIDE = "the guide's claim, not a truth"
OURS = "our own choice; the guide names no figure"
VENDOR = "a vendor's outcome, not a forecast"

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Threshold:
    """A figure that a finding is judged by. `by_tier` are defaults of single tiers; `scopes` says what it may differ by."""

    name: str
    title: str
    default: float
    unit: str
    source: str = OURS
    low: float = 0.0
    high: float = math.inf
    by_tier: tuple[tuple[str, float], ...] = ()
    scopes: tuple[str, ...] = ()

    def check(self, value: float) -> None:
        """InputError where a value cannot be."""
        if not math.isfinite(value) or not self.low <= value <= self.high:
            ends = f"from {self.low:g}" + (f" to {self.high:g}" if math.isfinite(self.high) else "")
            raise InputError(
                f"'{self.title}' cannot be {value:g}.", found=f"It is in {self.unit}.", todo=f"Give a number {ends}."
            )


def share_of(name: str, title: str, default: float, source: str = OURS) -> Threshold:
    """A threshold that is a share, 0-1."""
    return Threshold(name, title, default, "share", source, high=1.0)


MATURE_DAYS = Threshold("mature_days", "Tickets younger than this are left out where their fate counts", 14, "days")
MIN_TICKETS = Threshold("min_tickets", "Smallest number of tickets that is judged", 200, "tickets", low=1)
MIN_GROUP = Threshold("min_group", "Smallest group (team, product, kind) that is judged", 50, "tickets", low=2)
MIN_WEEK = Threshold("min_week", "Smallest number of tickets in a week that is judged", 20, "tickets", low=1)
RECENT_WEEKS = Threshold("recent_weeks", "How far 'now' reaches back", 8, "weeks", low=4)
EARLIER_WEEKS = Threshold("earlier_weeks", "How far 'before' reaches back from there", 52, "weeks", low=4)
HANDLE_MINUTES = Threshold(
    "handle_minutes", "Work that a tier's visit may take", 15, "minutes", GUIDE, by_tier=(("L1", 15.0), ("L2", 30.0)),
    scopes=("tier", "priority"),
)  # fmt: skip
COMMON = (MATURE_DAYS, MIN_TICKETS, MIN_GROUP, MIN_WEEK, RECENT_WEEKS, EARLIER_WEEKS, HANDLE_MINUTES)


@dataclass(frozen=True)
class Text:
    """A setting that is a text; `is_day` where it must be a date."""

    name: str
    title: str
    default: str = ""
    is_day: bool = False

    def check(self, value: str) -> None:
        """InputError where a value cannot be."""
        if not self.is_day or not value:
            return
        try:
            date.fromisoformat(value)
        except ValueError as problem:
            raise InputError(f"'{value}' is not a day.", todo="Write it as 2026-03-31.") from problem


HIGH_PRIORITIES = Text("high_priorities", "Priorities that count as high, separated by commas (empty: by their names)")
MARKED_DAY = Text("marked_day", "Day of a change whose effect is to be told, such as 2026-03-01", is_day=True)
TEXTS = {text.name: text for text in (HIGH_PRIORITIES, MARKED_DAY)}


@dataclass(frozen=True, order=True)
class Changed:
    """One figure that differs from its default; for one tier or priority (in small letters) or, where both are empty, for all."""

    name: str
    value: float
    tier: str = ""
    priority: str = ""

    @property
    def scope(self) -> tuple[str, str]:
        return self.tier, self.priority


@dataclass(frozen=True)
class Settings:
    """What differs from the defaults. Hashable: part of cache keys.

    The most specific figure wins: tier and priority, then priority, then tier, then all. `hourly_cost` is money per hour of
    work by tier; a finding has no money where the cost of one of its tiers is not given.
    """

    changed: tuple[Changed, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    hourly_cost: tuple[tuple[str, float], ...] = ()
    currency: str = "USD"

    def __post_init__(self) -> None:
        for one in self.changed:
            _check_tier(one.tier)
        for name, value in self.texts:
            known(name, TEXTS, "text").check(value)
        for tier, cost in self.hourly_cost:
            _check_tier(tier)
            if not math.isfinite(cost) or cost < 0:
                raise InputError(f"An hour of {tier} cannot cost {cost:g}.", todo="Give money per hour, 0 or more.")
        if not _CURRENCY.fullmatch(self.currency):
            raise InputError(f"'{self.currency}' is no currency.", todo="Use three letters, such as EUR.")

    def of(self, threshold: Threshold, tier: str = "", priority: str = "") -> float:
        """The figure that holds for a tier and a priority."""
        told = {one.scope: one.value for one in self.changed if one.name == threshold.name}
        usual = dict(threshold.by_tier)
        for scope in _wider(tier, priority.casefold()):
            if scope in told:
                return told[scope]
            if not scope[1] and scope[0] in usual:
                return usual[scope[0]]
        return threshold.default

    def text(self, text: Text) -> str:
        """A setting that is a text; empty where it is not set."""
        return dict(self.texts).get(text.name, text.default)

    def money(self, work_hours: dict[str, float]) -> float | None:
        """What hours of work by tier cost; None where the cost of an hour is not given for one of them."""
        rates = dict(self.hourly_cost)
        if not work_hours or not all(tier in rates for tier in work_hours):
            return None
        return sum(hours * rates[tier] for tier, hours in work_hours.items())

    def sql_of(self, threshold: Threshold, tier: str, priority: str) -> tuple[str, Params]:
        """The figure as a SQL expression over a tier's rank and a priority, with its bound parameters."""
        scopes = {one.scope for one in self.changed if one.name == threshold.name}
        scopes |= {(name, "") for name, _ in threshold.by_tier}
        arms, params = [], {threshold.name: self.of(threshold)}
        for number, scope in enumerate(sorted(scopes - {("", "")}, key=_specific_first)):
            test, bound = _test(scope, tier, priority, f"{threshold.name}_for{number}")
            arms.append(f"WHEN {test} THEN ${threshold.name}_is{number}")
            params |= bound | {f"{threshold.name}_is{number}": self.of(threshold, *scope)}
        return f"(CASE {' '.join(arms)} ELSE ${threshold.name} END)" if arms else f"${threshold.name}", params


def _wider(tier: str, priority: str) -> list[tuple[str, str]]:
    return list(dict.fromkeys([(tier, priority), ("", priority), (tier, ""), ("", "")]))


def _specific_first(scope: tuple[str, str]) -> tuple[bool, bool, str, str]:
    return not scope[1], not scope[0], *scope


def _test(scope: tuple[str, str], tier: str, priority: str, name: str) -> tuple[str, Params]:
    tests = [f"{tier} = {TIERS.index(scope[0])}"] if scope[0] else []
    if not scope[1]:
        return " AND ".join(tests), {}
    return " AND ".join([*tests, f"lower({priority}) = ${name}"]), {name: scope[1]}


def _check_tier(tier: str) -> None:
    if tier and tier not in TIERS:
        raise InputError(f"There is no tier '{tier}'.", todo=did_you_mean(tier, list(TIERS)))


def known(name: str, there: dict, what: str):
    """What has that name; InputError with the nearest one where nothing has."""
    if name not in there:
        raise InputError(f"There is no {what} '{name}'.", todo=did_you_mean(name, list(there)))
    return there[name]
