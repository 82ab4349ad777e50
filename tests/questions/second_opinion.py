"""Every figure of `metrics` once more, in plain Python over a list of events, written from the definitions and not from the code.

An event is a dict with `ticket_id`, `at_us` (UTC microseconds), `kind`, `tier` (0-3 or None), `team` (or None), `created_us` (or
None) and the attributes; events come in the order of the file.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

REOPENING = {"created", "queued", "assigned", "acknowledged", "pending", "reopened"}
DONE = {"resolved", "closed"}
HOUR_US = 3_600_000_000
Event = dict[str, Any]


@dataclass
class Stay:
    """A visit: the events from `first` to before `stop`, at one place (tier, or tier and team)."""

    place: Any
    events: list[Event]

    @property
    def start_us(self) -> int:
        return self.events[0]["at_us"]


@dataclass
class Story:
    """One ticket: its events in order, and what the definitions make of them."""

    ticket_id: str
    events: list[Event]
    created_us: int = 0
    tiers: list[Stay] = field(default_factory=list)
    visits: list[Stay] = field(default_factory=list)
    resolutions: list[Event] = field(default_factory=list)
    closings: list[Event] = field(default_factory=list)
    reopenings: list[tuple[int, int]] = field(default_factory=list)
    ended_us: int | None = None
    """When the state that the ticket has at last, resolved, closed or cancelled, began; None while it is open."""

    @property
    def resolved(self) -> bool:
        return bool(self.resolutions or self.closings)

    def latest(self, name: str) -> Any:
        return next((event[name] for event in reversed(self.events) if event.get(name)), None)


def stories(log: Sequence[Event]) -> list[Story]:
    """The tickets of a log that count, their events ordered by time and then as the file has them."""
    by_ticket: dict[str, list[Event]] = defaultdict(list)
    for event in log:
        by_ticket[event["ticket_id"]].append(event)
    kept = {name: events for name, events in by_ticket.items() if all(e["kind"] != "excluded" for e in events)}
    return [told(name, sorted(events, key=lambda e: e["at_us"])) for name, events in kept.items()]


def told(name: str, events: list[Event]) -> Story:
    story = Story(name, events)
    story.created_us = creation(events)
    tier, team = carried(events, "tier"), carried(events, "team")
    story.tiers = [stay for stay in runs(events, tier) if stay.place is not None]
    story.visits = [stay for stay in runs(events, list(zip(tier, team, strict=True))) if stay.place != (None, None)]
    follow_state(story)
    return story


def creation(events: Sequence[Event]) -> int:
    said = [e["created_us"] for e in events if e.get("created_us") is not None]
    if said:
        return min(said)
    return next((e["at_us"] for e in events if e["kind"] == "created"), events[0]["at_us"])


def carried(events: Sequence[Event], name: str) -> list[Any]:
    """The place of each event: its own, else the one before it, else the first that is known."""
    first = next((e[name] for e in events if e[name] is not None), None)
    places, now = [], first
    for event in events:
        now = event[name] if event[name] is not None else now
        places.append(now)
    return places


def runs(events: Sequence[Event], places: Sequence[Any]) -> list[Stay]:
    stays: list[Stay] = []
    for event, place in zip(events, places, strict=True):
        if not stays or stays[-1].place != place:
            stays.append(Stay(place, []))
        stays[-1].events.append(event)
    return stays


def follow_state(story: Story) -> None:
    """Walks through the events once: transitions into resolved and closed, and what opens the ticket again."""
    state, since_us = "open", 0
    for event in story.events:
        kind, at_us = event["kind"], event["at_us"]
        if kind in DONE or kind == "cancelled":
            if state != kind:
                (story.resolutions if kind == "resolved" else story.closings if kind == "closed" else []).append(event)
                since_us = since_us if state in DONE and kind in DONE else at_us
                state = kind
        elif kind in REOPENING:
            if state in DONE:
                story.reopenings.append((since_us, at_us))
            state = "open"
    story.ended_us = None if state == "open" else since_us


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Asked:
    """What is selected. Days are those of `zone`, both inclusive."""

    start: date | None = None
    end: date | None = None
    tiers: frozenset[int] = frozenset()
    teams: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, frozenset[str]], ...] = ()
    zone: str = "UTC"

    def in_period(self, at_us: int) -> bool:
        local = (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).astimezone(ZoneInfo(self.zone)).date()
        )
        return (self.start is None or local >= self.start) and (self.end is None or local <= self.end)

    def has(self, story: Story) -> bool:
        return all(story.latest(name) in values for name, values in self.attributes)

    def visited(self, story: Story) -> bool:
        tiers = not self.tiers or any(stay.place in self.tiers for stay in story.tiers)
        teams = not self.teams or any(stay.place[1] in self.teams for stay in story.visits)
        return tiers and teams

    def receives(self, place: tuple[Any, Any]) -> bool:
        """Whether a handoff to this tier and team is meant."""
        return (not self.tiers or place[0] in self.tiers) and (not self.teams or place[1] in self.teams)

    def ticket(self, story: Story) -> bool:
        return self.in_period(story.created_us) and self.has(story) and self.visited(story)


def second_opinion(log: Sequence[Event], asked: Asked = Asked(), target_minutes: float = 30.0) -> dict[str, Any]:
    """What `metrics` should print, without `dataset`."""
    everybody = stories(log)
    chosen = [story for story in everybody if asked.ticket(story)]
    last_us = max((e["at_us"] for story in everybody for e in story.events), default=0)
    has_replies = any(e["kind"] == "replied" for story in everybody for e in story.events)
    figures = {
        "tiers": tier_table(everybody, chosen),
        "handoffs": handoffs(everybody, asked, target_minutes, last_us),
        "latency": latency(tier_handoffs(everybody, asked, last_us), target_minutes, last_us),
        "bounces": bounces(chosen),
        "paths": Counter(">".join(f"L{stay.place}" for stay in story.tiers) for story in chosen if story.tiers),
        "pending": pending(chosen),
        "quality": quality(chosen, has_replies),
        "routing": routing(everybody, chosen),
    }
    return figures if any(story.tiers for story in everybody) else without_tiers(figures)


_NEED_TIERS = {
    "latency": ("acknowledged", "unacknowledged"), "bounces": ("tier_returns", "tier_tickets"),
    "quality": ("first_level_resolution", "first_contact_resolution"),
}  # fmt: skip


def without_tiers(figures: dict[str, Any]) -> dict[str, Any]:
    """What no tier at all leaves unknown is absent, and not 0."""
    absent = {group: figures[group] | dict.fromkeys(names) for group, names in _NEED_TIERS.items()}
    handed = figures["handoffs"] | {"tier": dict.fromkeys(figures["handoffs"]["tier"])}
    return figures | absent | {"handoffs": handed}


def wilson(hits: int, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    share, spread = hits / n, z * math.sqrt(hits / n * (1 - hits / n) / n + z * z / (4 * n * n))
    middle = share + z * z / (2 * n)
    return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)


def resolving_tier(story: Story) -> int | None:
    """The tier of the visit with the last resolution, of the last closing where there is no resolution."""
    last = (story.resolutions or story.closings)[-1]
    return next((stay.place for stay in story.tiers if any(e is last for e in stay.events)), None)


def tier_table(everybody: Sequence[Story], chosen: Sequence[Story]) -> dict[str, dict[str, Any]]:
    known = sorted({stay.place for story in everybody for stay in story.tiers})
    solved = Counter(resolving_tier(story) for story in chosen if story.resolved)
    table = {}
    for tier in known:
        touched = [story for story in chosen if any(stay.place == tier for stay in story.tiers)]
        up = sum(any(a.place == tier and b.place > tier for a, b in steps(story.tiers)) for story in touched)
        rate = {"escalation_rate": None, "escalation_rate_low": None, "escalation_rate_high": None}
        if touched:
            low, high = wilson(up, len(touched))
            rate = {"escalation_rate": up / len(touched), "escalation_rate_low": low, "escalation_rate_high": high}
        table[f"L{tier}"] = {
            "tickets_touched": len(touched),
            "tickets_only": sum(all(stay.place == tier for stay in story.tiers) for story in touched),
            "entry": sum(story.tiers[0].place == tier for story in touched),
            "resolved": solved[tier],
            "share_resolved": solved[tier] / sum(solved.values()) if solved else None,
            "escalated": up,
        } | rate  # fmt: skip
    return table


def steps(stays: Sequence[Stay]) -> Iterable[tuple[Stay, Stay]]:
    return pairwise(stays)


@dataclass(frozen=True)
class Handoff:
    """A boundary between two tier visits. `wait_us` until it was acknowledged, or until nobody could any more."""

    ticket_id: str
    origin: int
    target: int
    handed_us: int
    wait_us: int
    acknowledged: bool
    still_open: bool


def tier_handoffs(everybody: Sequence[Story], asked: Asked, last_us: int) -> list[Handoff]:
    return [
        handoff(story, number, left, entered, last_us)
        for story in everybody
        if asked.has(story)
        for number, (left, entered) in enumerate(steps(story.tiers), start=1)
        if asked.in_period(entered.start_us) and asked.receives(place_of(story, entered.events[0]))
    ]


def place_of(story: Story, event: Event) -> tuple[Any, Any]:
    return next(stay.place for stay in story.visits if any(e is event for e in stay.events))


def end_of(story: Story, last: Stay) -> int | None:
    """When a ticket's last visit ended. One that began when the ticket was resolved already ends with what closes it then."""
    if story.ended_us is None or story.ended_us >= last.start_us:
        return story.ended_us
    inside = [e["at_us"] for e in (*story.resolutions, *story.closings) if any(e is one for one in last.events)]
    return min(inside, default=last.start_us)


def handoff(story: Story, number: int, left: Stay, entered: Stay, last_us: int) -> Handoff:
    taken = next((e["at_us"] for e in entered.events if e["kind"] == "acknowledged"), None)
    after = story.tiers[number + 1].start_us if number + 1 < len(story.tiers) else end_of(story, entered)
    until = taken if taken is not None else after if after is not None else last_us
    return Handoff(story.ticket_id, left.place, entered.place, entered.start_us, max(until - entered.start_us, 0),
                   taken is not None, taken is None and after is None)  # fmt: skip


def handoffs(everybody: Sequence[Story], asked: Asked, target_minutes: float, last_us: int) -> dict[str, Any]:
    of_tiers = tier_handoffs(everybody, asked, last_us)
    of_teams = [
        (story.ticket_id, left.place, entered.place)
        for story in everybody
        if asked.has(story)
        for left, entered in steps(story.visits)
        if asked.in_period(entered.start_us) and asked.receives(entered.place)
    ]
    pairs: dict[tuple[int, int], list[Handoff]] = defaultdict(list)
    for one in of_tiers:
        pairs[one.origin, one.target].append(one)
    return {
        "tier": {
            "count": len(of_tiers),
            "tickets": len({one.ticket_id for one in of_tiers}),
            "escalations": sum(one.target > one.origin for one in of_tiers),
            "returns": sum(one.target < one.origin for one in of_tiers),
        },
        "team": {
            "count": len(of_teams),
            "tickets": len({ticket for ticket, _, _ in of_teams}),
            "lateral": sum(origin[0] == target[0] for _, origin, target in of_teams),
        },
        "pairs": {
            (f"L{origin}", f"L{target}"): {"count": len(some), "tickets": len({one.ticket_id for one in some})}
            | without_target(latency(some, target_minutes, last_us))
            for (origin, target), some in pairs.items()
        },
    }


def without_target(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: figure for name, figure in figures.items() if name != "target_minutes"}


def latency(found: Sequence[Handoff], target_minutes: float, last_us: int) -> dict[str, Any]:
    waits = [one.wait_us for one in found if one.acknowledged]
    target_us = target_minutes * 60_000_000
    judged = [one for one in found if not (one.still_open and last_us - one.handed_us < target_us)]
    within = sum(one.acknowledged and one.wait_us <= target_us for one in judged)
    return {
        "acknowledged": len(waits),
        "unacknowledged": len(found) - len(waits),
        "p50_hours": float(np.percentile(waits, 50)) / HOUR_US if waits else None,
        "p90_hours": float(np.percentile(waits, 90)) / HOUR_US if waits else None,
        "km_p50_hours": kaplan_meier(found, 0.5),
        "km_p90_hours": kaplan_meier(found, 0.9),
        "share_within_target": within / len(judged) if judged else None,
        "target_minutes": target_minutes,
    }


def kaplan_meier(found: Sequence[Handoff], share: float) -> float | None:
    """The first wait by which at least this share is acknowledged; those who leave at a moment are still at risk in it."""
    surviving, at_risk = 1.0, len(found)
    acknowledged, left = (
        Counter(one.wait_us for one in found if one.acknowledged),
        Counter(one.wait_us for one in found),
    )
    for wait in sorted(left):
        surviving *= 1 - acknowledged[wait] / at_risk
        if acknowledged[wait] and surviving <= 1 - share + 1e-12:
            return wait / HOUR_US
        at_risk -= left[wait]
    return None


def bounces(chosen: Sequence[Story]) -> dict[str, int]:
    teams = {story.ticket_id: joined(s.place[1] for s in story.visits) for story in chosen}
    tiers = {story.ticket_id: [stay.place for stay in story.tiers] for story in chosen}
    back = {ticket: returns(places) for ticket, places in teams.items()}
    climbed = {ticket: returns(places) for ticket, places in tiers.items()}
    at_once = {story.ticket_id: straight_back([stay.place[1] for stay in story.visits]) for story in chosen}
    return {
        "team_returns": sum(back.values()), "team_tickets": sum(n > 0 for n in back.values()),
        "team_immediate": sum(at_once.values()), "team_immediate_tickets": sum(n > 0 for n in at_once.values()),
        "tier_returns": sum(climbed.values()), "tier_tickets": sum(n > 0 for n in climbed.values()),
    }  # fmt: skip


def joined(places: Iterable[Any]) -> list[Any]:
    """Places without those that are the same as the one before, and without unknown ones."""
    kept: list[Any] = []
    for place in places:
        if place is not None and (not kept or kept[-1] != place):
            kept.append(place)
    return kept


def returns(places: Sequence[Any]) -> int:
    return sum(place in places[:number] for number, place in enumerate(places))


def straight_back(teams: Sequence[Any]) -> int:
    """Visits whose team is that of the visit before last and not that of the last; a team that changes its tier is two visits."""
    return sum(
        here is not None and here == before and here != between
        for before, between, here in zip(teams, teams[1:], teams[2:], strict=False)
    )


def pending(chosen: Sequence[Story]) -> dict[str, float]:
    events, tickets, waited_us = 0, 0, 0
    for story in chosen:
        marks = [e for e in story.events if e["kind"] != "commented"]
        here = sum(e["kind"] == "pending" for e in marks)
        events, tickets = events + here, tickets + (here > 0)
        since = None
        for event in marks:
            if event["kind"] == "pending":
                since = event["at_us"] if since is None else since
            elif since is not None:
                waited_us, since = waited_us + event["at_us"] - since, None
    return {"events": events, "tickets": tickets, "days": waited_us / HOUR_US / 24}


def quality(chosen: Sequence[Story], has_replies: bool) -> dict[str, float | None]:
    solved = [story for story in chosen if story.resolved]
    only_first = [s for s in solved if s.tiers and all(stay.place == 1 for stay in s.tiers)]
    week_us = 7 * 24 * HOUR_US
    once = [
        s for s in only_first
        if sum(e["kind"] == "replied" for e in s.events) <= 1 and not any(b - a <= week_us for a, b in s.reopenings)
    ]  # fmt: skip
    return {
        "first_level_resolution": share(sum(not s.reopenings for s in only_first), len(solved)),
        "first_contact_resolution": share(len(once), len(solved)) if has_replies else None,
        "reopen_rate": share(sum(bool(s.reopenings) for s in solved), len(solved)),
        "never_resolved": share(len(chosen) - len(solved), len(chosen)),
    }


def share(hits: int, n: int) -> float | None:
    return hits / n if n else None


def routing(everybody: Sequence[Story], chosen: Sequence[Story]) -> dict[str, dict[str, float]]:
    known = sorted({stay.place for story in everybody for stay in story.tiers})
    ways: dict[int, Counter[Any]] = {tier: Counter() for tier in known}
    for story in chosen:
        for left, entered in steps(story.tiers):
            ways[left.place][entered.place] += 1
        if story.tiers and story.ended_us is not None:
            ways[story.tiers[-1].place]["resolved"] += 1
    return {
        f"L{tier}": {
            (to if to == "resolved" else f"L{to}"): counts[to] / counts.total()
            for to in [*known, "resolved"]
            if to != tier
        }
        for tier, counts in ways.items()
        if counts.total()
    }
