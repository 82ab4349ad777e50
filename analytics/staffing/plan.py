"""The plan: everything about a team that a manager decides, as a file and as frozen objects.

A plan is TOML. Every key has a default; a key that does not exist is refused with the nearest one that does. Ranges are
checked wherever a plan is made, from a file, a slider or a script. Absent numbers (a cost rate, an effort, a headcount)
stay absent: the engine then says so, or takes them from history.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from analytics.errors import InputError, did_you_mean
from analytics.staffing._check import number
from analytics.staffing.calendars import TierCalendar, calendar_of
from analytics.staffing.risk import RULES

CONCURRENCY_FACTORS = (1.0, 1.7, 2.5, 2.9, 3.5)
"""How many chats at once are worth in one-at-a-time agents, for 1-5 chats: attention is not free."""


def _limited(default: Any, least: float, most: float = float("inf"), above: bool = False) -> Any:
    """A field with a range; `above` excludes the lower end. None, where it is the default, passes."""
    return field(default=default, metadata={"least": least, "most": most, "above": above})


def _check(part: Any) -> None:
    """Refuse a field out of its range, by name."""
    for f in fields(part):
        value = getattr(part, f.name)
        if "least" in f.metadata and value is not None:
            number(f.name, value, **f.metadata)


@dataclass(frozen=True)
class TierPlan:
    """One tier's team."""

    headcount: float | None = _limited(None, 0)
    """People employed (full-time equivalents); absent: from the roster, or active agents per week."""
    paid_hours_per_day: float = _limited(8.0, 0, 24, above=True)
    work_days_per_week: float = _limited(5.0, 0, 7, above=True)
    """Days a week that one person works; a tier open on more days has fewer people on each."""
    shrinkage: float = _limited(0.30, 0, 0.99)
    """Share of paid time away from tickets: leave, sickness, training, meetings, breaks."""
    occupancy_cap: float = _limited(0.85, 0, 1, above=True)
    """Share of the time on tickets that people can be planned to be busy."""
    cost_per_hour: float | None = _limited(None, 0)
    """Per paid hour."""
    effort_minutes: float | None = _limited(None, 0, above=True)
    """Minutes of work per visit, overriding what history says."""
    first_answer_minutes: float = _limited(5.0, 0)
    """Of a ticket's work, the minutes until its first answer, due within `first_response_hours`; at most the whole visit's.
    0: only resolutions are held to their targets."""
    live: bool = False
    """Phone or chat: answered while the customer waits (Erlang); otherwise tickets (deadlines)."""
    live_share: float = _limited(1.0, 0, 1, above=True)
    """Share of a live tier's visits that are live; the rest are tickets of the same people, who answer live first."""
    answer_within_minutes: float = _limited(1.0, 0)
    answer_share: float = _limited(0.80, 0, 0.999)
    """Live target: this share answered within that time."""
    patience_minutes: float | None = _limited(None, 0, above=True)
    """Mean patience of live contacts; absent: they wait for ever (Erlang C)."""
    chats_at_once: int = _limited(1, 1, 5)
    min_seats: int = _limited(1, 0)
    """People on seat in every open hour, whatever the load."""
    target_share: float | None = _limited(None, 0, 1, above=True)
    """Share of a ticket's resolution target that a visit here may take; absent: an equal part for each tier visit that a
    ticket which comes here makes on average (1.4 visits: 70 %)."""
    attrition_per_year: float = _limited(0.0, 0, 1)
    hiring_lead_weeks: float = _limited(8.0, 0)
    """From the decision to the first day."""
    ramp_weeks: float = _limited(6.0, 0)
    """From the first day to full productivity, rising evenly."""
    ramp_start: float = _limited(0.25, 0, 1)
    """Productivity on the first day."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def productive_hours_per_day(self) -> float:
        """Hours of tickets that one person present does on a day: paid x occupancy cap x (1 - shrinkage)."""
        return self.paid_hours_per_day * self.occupancy_cap * (1.0 - self.shrinkage)


@dataclass(frozen=True)
class CalendarPlan:
    """When a tier works."""

    days: str | list[str] = "Mon-Fri"
    hours: str | dict[str, str] = "9-17"
    holidays: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "holidays", tuple(_date(day) for day in self.holidays))
        self.calendar()

    def calendar(self) -> TierCalendar:
        """The calendar that these words say."""
        return calendar_of(self.days, self.hours, self.holidays)


@dataclass(frozen=True)
class SlaTarget:
    """Targets of one priority, in business hours from creation; pending time does not count."""

    first_response_hours: float = _limited(8.0, 0, above=True)
    resolution_hours: float = _limited(48.0, 0, above=True)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class Rules:
    """How the answer is chosen."""

    rule: str = "probability"
    """`probability`: P(every deadline of a week is met) >= p_sla; `expected`: expected share of work on time >= p_sla;
    `least_cost`: newsvendor with `shortage_cost_ratio`."""
    p_sla: float = _limited(0.9, 0, 0.9999, above=True)
    shortage_cost_ratio: float = _limited(4.0, 1, above=True)
    """Cost of an hour of work that is short, in hours of staff."""
    overdue_within_days: int = _limited(20, 1)
    """Business days within which work that is overdue at the start is to be cleared."""
    interval: float = _limited(0.9, 0, 0.9999, above=True)
    """Level of the headcount interval."""

    def __post_init__(self) -> None:
        _check(self)
        if self.rule not in RULES:
            raise InputError("rule is unknown.", found=f"Found '{self.rule}'.", todo=did_you_mean(self.rule, [*RULES]))


@dataclass(frozen=True)
class Launch:
    """Extra arrivals from a date on: a release, a campaign, a move."""

    date: date
    factor: float = _limited(1.5, 0)
    """Arrivals on the first day, as a multiple of the forecast."""
    days: int = _limited(10, 1)
    """Calendar days until the factor has gone back to 1, evenly."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "date", _date(self.date))
        _check(self)


@dataclass(frozen=True)
class Hire:
    """People who start on a date (or leave, with a negative count)."""

    tier: str
    date: date
    people: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "date", _date(self.date))
        number("people", self.people, least=-1e6)


@dataclass(frozen=True)
class Tier0:
    """Self-service or a bot before the front line."""

    deflection: float = _limited(0.0, 0, 0.99)
    """Share of all contacts that it solves; all of them the front line could have solved."""
    cost_per_contact: float | None = _limited(None, 0)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class Plan:
    """A whole plan. Make one with `read_plan`, `plan_of`, or from parts; change one with `dataclasses.replace`."""

    tiers: dict[str, TierPlan] = field(default_factory=dict)
    """Tiers that the plan does not name follow the defaults of TierPlan."""
    calendar: CalendarPlan = field(default_factory=CalendarPlan)
    calendars: dict[str, CalendarPlan] = field(default_factory=dict)
    """Calendars of single tiers, instead of the common one."""
    sla: dict[str, SlaTarget] = field(default_factory=dict)
    """By priority; `default` holds for priorities not named."""
    routing: dict[str, dict[str, float]] = field(default_factory=dict)
    """Shares of visits handed on, from -> to, overriding history."""
    rules: Rules = field(default_factory=Rules)
    launches: tuple[Launch, ...] = ()
    hires: tuple[Hire, ...] = ()
    tier0: Tier0 = field(default_factory=Tier0)
    arrivals_factor: float = _limited(1.0, 0)
    category_factors: dict[str, float] = field(default_factory=dict)
    """Tickets of a category as a multiple of its part of the forecast: they enter and climb as that category does."""
    pending_share: float = _limited(0.0, 0, 0.95)
    """Share of a ticket's time during which it waits for the customer and its clock stands still."""
    chat_factors: tuple[float, ...] = CONCURRENCY_FACTORS
    """What 1, 2, ... chats at once are worth in one-at-a-time agents; see `chats_at_once`."""

    def __post_init__(self) -> None:
        _check(self)
        self._check_chats()
        for start, row in self.routing.items():
            for end, value in row.items():
                number(f"routing.{start}.{end}", value, most=1.0)
        for category, factor in self.category_factors.items():
            number(f"category_factors.{category}", factor)

    def _check_chats(self) -> None:
        object.__setattr__(self, "chat_factors", tuple(number("chat_factors", f, least=1.0) for f in self.chat_factors))
        most = max((tier.chats_at_once for tier in self.tiers.values()), default=1)
        if len(self.chat_factors) < most:
            raise InputError(
                f"chat_factors needs one number for each of 1 to {most} chats.", found=f"{self.chat_factors}."
            )

    def tier(self, name: str) -> TierPlan:
        """A tier's plan; the defaults where the plan does not name it."""
        return self.tiers.get(name, TierPlan())

    def calendar_of(self, name: str) -> TierCalendar:
        """A tier's calendar."""
        return self.calendars.get(name, self.calendar).calendar()

    def target(self, priority: str) -> SlaTarget:
        """Targets of a priority: its own, else `default`, else 8 and 48 business hours."""
        return self.sla.get(priority, self.sla.get("default", SlaTarget()))

    def with_tier(self, name: str, **changes: Any) -> Plan:
        """The plan with some numbers of a tier changed."""
        return replace(self, tiers={**self.tiers, name: replace(self.tier(name), **changes)})


def plan_of(table: Mapping[str, Any]) -> Plan:
    """A plan from nested tables, as TOML or JSON have them. Errors: InputError naming the key, with the nearest known."""
    known = {f.name for f in fields(Plan)}
    _refuse_unknown(table, known, "")
    simple = ("arrivals_factor", "pending_share", "chat_factors")
    values: dict[str, Any] = {name: table[name] for name in simple if name in table}
    for name, kind in (("tiers", TierPlan), ("calendars", CalendarPlan), ("sla", SlaTarget)):
        rows = _table(table, name)
        values[name] = {key: _part(kind, _table(rows, key, name), f"{name}.{key}") for key in rows}
    for name, kind in (("calendar", CalendarPlan), ("rules", Rules), ("tier0", Tier0)):
        values[name] = _part(kind, _table(table, name), name)
    for name, kind in (("launches", Launch), ("hires", Hire)):
        values[name] = tuple(_part(kind, row, f"{name}[{i}]") for i, row in enumerate(table.get(name, ())))
    values["category_factors"] = dict(_table(table, "category_factors"))
    routing = _table(table, "routing")
    values["routing"] = {key: dict(_table(routing, key, "routing")) for key in routing}
    return Plan(**values)


def _table(table: Mapping[str, Any], name: str, path: str = "") -> Mapping[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, Mapping):
        where = f"{path}.{name}" if path else name
        raise InputError(f"[{where}] must be a table.", found=f"Found {found!r}.", todo=f"Write [{where}] on a line.")
    return found


def _refuse_unknown(table: Mapping[str, Any], known: set[str], path: str) -> None:
    for key in table:
        if key not in known:
            where = f"{path}.{key}" if path else str(key)
            raise InputError(
                f"The plan has a key that does not exist: {where}.", todo=did_you_mean(str(key), sorted(known))
            )


def _part(kind: type, table: Any, path: str) -> Any:
    if not isinstance(table, Mapping):
        raise InputError(f"{path} must be a table.", found=f"Found {table!r}.")
    _refuse_unknown(table, {f.name for f in fields(kind)}, path)
    missing = [f.name for f in fields(kind) if _required(f) and f.name not in table]
    if missing:
        raise InputError(f"{path} lacks {', '.join(missing)}.", found=f"Found {', '.join(table) or 'nothing'}.")
    for key, value in table.items():
        _check_kind(kind, key, value, path)
    try:
        return kind(**table)
    except InputError as error:
        raise type(error)(f"{path}: {error.title}", found=error.found, todo=error.todo) from error


def _required(f: Any) -> bool:
    return f.default is MISSING and f.default_factory is MISSING


@cache
def _kinds(kind: type) -> dict[str, tuple[type, ...]]:
    hints = get_type_hints(kind)
    plain = {
        name: tuple(getattr(h, "__origin__", h) for h in (get_args(hint) or (hint,))) for name, hint in hints.items()
    }
    plain.update({name: (list, tuple) for name, hint in hints.items() if getattr(hint, "__origin__", None) is tuple})
    return plain


def _check_kind(kind: type, key: str, value: Any, path: str) -> None:
    """Numbers for numbers, words for words: "0.3" is refused where 0.3 is meant, true where 1 is meant."""
    wanted = _kinds(kind)[key]
    allowed = {*wanted, int} if float in wanted else {*wanted, str, datetime} if date in wanted else {*wanted}
    fits = isinstance(value, tuple(allowed)) and (bool in wanted or not isinstance(value, bool))
    if not fits:
        names = " or ".join(sorted({_WORDS.get(w, w.__name__) for w in wanted if w is not NoneType}))
        raise InputError(f"{path}.{key} must be {names}.", found=f"Found {value!r}.")


_WORDS = {float: "a number", int: "a whole number", bool: "true or false", str: "text", date: "a date", dict: "a table"}


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InputError("A date was expected, such as 2025-11-03.", found=f"Found {value!r}.") from error


def read_plan(text: str) -> Plan:
    """A plan from the text of a TOML file. Errors: InputError with the line where it is no TOML, or the key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("The plan is not valid TOML.", found=f"{error}.") from error
    return plan_of(table)


def plan_table(plan: Plan) -> dict[str, Any]:
    """The plan as nested tables of plain values, without absent numbers and empty tables: what differs is what shows."""
    return _without_empty(asdict(plan))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_empty(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not None and inner not in ({}, [])}
    if isinstance(value, list | tuple):
        return [_without_empty(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def write_plan(plan: Plan) -> str:
    """The plan as TOML; `read_plan(write_plan(plan)) == plan`."""
    return "\n".join(_lines(plan_table(plan), "")) + "\n"


def _lines(table: Mapping[str, Any], path: str) -> list[str]:
    """Plain keys first, then tables, then lists of tables: after a header, TOML takes every key as its own."""
    plain = [f"{_key(k)} = {_value(v)}" for k, v in table.items() if not isinstance(v, dict) and not _is_rows(v)]
    lines = [f"[{path}]", *plain] if path and (plain or not table) else plain
    for key, value in table.items():
        where = f"{path}.{_key(key)}" if path else _key(key)
        if isinstance(value, dict):
            lines += ["", *_lines(value, where)]
        elif _is_rows(value):
            for row in value:
                lines += ["", f"[[{where}]]", *(f"{_key(k)} = {_value(v)}" for k, v in row.items())]
    return lines


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _key(key: str) -> str:
    bare = key and all(c.isascii() and (c.isalnum() or c in "_-") for c in key)
    return key if bare else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if ord(c) >= 32 and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    return repr(value)
