"""Very long event logs for benchmarks: right in shape, lean in columns, and fast to make.

Assumptions: every ticket follows one of `PATHS`, a written-out sequence of events; gaps between events are lognormal
minutes; creation is spread over two years by weekday and hour. About 4.5 events per ticket; no queues are simulated.
Tickets are numbered as they were created, as help desks do and as an import numbers the tickets of an export; `shuffled` logs
are the hard case, an export in no order at all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data.sample_world import CHANNELS, KINDS, PRIORITIES, PRODUCTS

CHUNK_TICKETS = 250_000
START_US = 1_730_415_600_000_000  # 2024-11-01 00:00 in Berlin
DAY_US = 86_400_000_000
DAYS = 730
MINUTE_US = 60_000_000
TEAMS = tuple(f"L{tier} Team {number:02d}" for tier, count in ((1, 12), (2, 16), (3, 8)) for number in range(count))
TEAM_OFFSET = {1: (0, 12), 2: (12, 16), 3: (28, 8)}
GAP_MINUTES = {
    "queued": 14.0,
    "acknowledged": 22.0,
    "pending": 3.0,
    "customer_replied": 900.0,
    "replied": 35.0,
    "resolved": 20.0,
    "closed": 6000.0,
    "reopened": 900.0,
}
# (share, events as kind:tier)
PATHS = (
    (0.520, "created:1 acknowledged:1 resolved:1 closed:1"),
    (0.140, "created:1 resolved:1"),
    (0.110, "created:1 acknowledged:1 pending:1 customer_replied:1 resolved:1 closed:1"),
    (0.150, "created:1 acknowledged:1 queued:2 acknowledged:2 resolved:2 closed:2"),
    (0.025, "created:1 acknowledged:1 queued:2 acknowledged:2 queued:3 acknowledged:3 resolved:3 closed:3"),
    (0.020, "created:1 acknowledged:1 queued:2 acknowledged:2 queued:1 acknowledged:1 resolved:1 closed:1"),
    (0.015, "created:1 acknowledged:1 resolved:1 reopened:1 resolved:1 closed:1"),
    (0.020, "created:1 acknowledged:1"),
)


def scaled_log(tickets: int, seed: int, *, shuffled: bool = False) -> Iterator[pa.Table]:
    """Tables of events for `tickets` tickets, numbered from 0, sorted by ticket and then time, chunk after chunk.

    Columns: ticket_no int64, at_us int64 (microseconds since 1970, UTC), tier int8, and kind, team, priority, product
    and channel as dictionaries of strings. Chunks are seeded one by one: a chunk depends on its number, its part of the tickets
    and the seed. `shuffled`: numbers tell nothing about when a ticket was created.
    """
    for number, first in enumerate(range(0, tickets, CHUNK_TICKETS)):
        count = min(CHUNK_TICKETS, tickets - first)
        part = None if shuffled else (first / tickets, (first + count) / tickets)
        yield chunk(first, count, part, np.random.default_rng([seed, number]))


def chunk(first: int, count: int, part: tuple[float, float] | None, rng: np.random.Generator) -> pa.Table:
    """The events of `count` tickets that start at number `first`: numbered in the order in which they were created in that part
    (0-1) of the days, or in none, over all days."""
    kinds, tiers, lengths = path_tables()
    path = rng.choice(len(PATHS), size=count, p=[share for share, _ in PATHS])
    length = lengths[path]
    ticket = np.repeat(np.arange(count), length)
    begin = np.cumsum(length) - length
    step = np.arange(len(ticket)) - np.repeat(begin, length)
    kind, tier = kinds[path[ticket], step], tiers[path[ticket], step]
    created = created_us(count, part or (0.0, 1.0), rng)
    created = np.sort(created) if part else created
    at = created[ticket] + since_creation(kind, begin, length, rng)
    columns = {
        "ticket_no": ticket + first,
        "at_us": at,
        "kind": coded(kind, KINDS),
        "tier": tier.astype(np.int8),
        "team": coded(team_codes(ticket, tier, count, rng), TEAMS),
        "priority": coded(per_ticket(ticket, count, (0.04, 0.16, 0.62, 0.18), rng), PRIORITIES),
        "product": coded(per_ticket(ticket, count, (0.32, 0.20, 0.26, 0.22), rng), [one.name for one in PRODUCTS]),
        "channel": coded(per_ticket(ticket, count, (0.34, 0.26, 0.14, 0.16, 0.10), rng), CHANNELS),
    }
    return pa.table(columns)


def path_tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Kinds and tiers of every path as padded matrices, and the paths' lengths."""
    steps = [[step.split(":") for step in events.split()] for _, events in PATHS]
    lengths = np.array([len(path) for path in steps])
    kinds = np.zeros((len(steps), lengths.max()), dtype=np.int8)
    tiers = np.zeros_like(kinds)
    for row, path in enumerate(steps):
        kinds[row, : len(path)] = [KINDS.index(kind) for kind, _ in path]
        tiers[row, : len(path)] = [int(tier) for _, tier in path]
    return kinds, tiers, lengths


def created_us(count: int, part: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Creation times in that part (0-1) of the days: fewer at weekends, most in office hours, whole seconds."""
    day = np.minimum(rng.uniform(*part, size=count) * DAYS, DAYS - 1).astype(np.int64)
    weekend = (day + 4) % 7 >= 5  # the first day is a Friday
    day = np.where(weekend & (rng.random(count) < 0.8), np.maximum(day - 2, 0), day)
    second = np.clip(rng.normal(46_000, 13_000, size=count), 0, 86_399).astype(np.int64)
    return START_US + day * DAY_US + second * 1_000_000


def since_creation(kind: np.ndarray, begin: np.ndarray, length: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Microseconds from each ticket's creation to each of its events: gaps summed up within the ticket."""
    medians = np.array([GAP_MINUTES.get(name, 0.0) * MINUTE_US for name in KINDS])
    gap = (medians[kind] * np.exp(rng.standard_normal(len(kind), dtype=np.float32))).astype(np.int64)
    total = np.cumsum(gap)
    return total - np.repeat(total[begin], length)


def team_codes(ticket: np.ndarray, tier: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """A team of the event's tier; a ticket stays with one team per tier."""
    offset = np.array([0, *(TEAM_OFFSET[level][0] for level in (1, 2, 3))])
    size = np.array([1, *(TEAM_OFFSET[level][1] for level in (1, 2, 3))])
    return offset[tier] + rng.integers(0, 1 << 20, size=count)[ticket] % size[tier]


def per_ticket(ticket: np.ndarray, count: int, shares: tuple[float, ...], rng: np.random.Generator) -> np.ndarray:
    """One category per ticket by shares, repeated over its events."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(count), side="right").astype(np.int8)[ticket]


def coded(codes: np.ndarray, words) -> pa.DictionaryArray:
    """Numbers as a dictionary of strings."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(list(words), pa.string()))
