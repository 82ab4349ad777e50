"""The compiled event loop behind `simulate`: one tiered network, replication by replication.

Time runs in minutes from the first midnight. Each tier has a clock of *open* minutes: work, waits and targets run on it,
so a night costs nothing and work left at closing goes on next morning. Events are arrivals (sorted day by day),
departures (a binary heap as large as the team), and openings and closings; queues are linked lists through the tickets,
one per tier and priority. A ticket's memory is reused when it leaves, so what is in the system stays in the cache.

Every random number is a hash of (seed, replication, day, tier entered, number within the day, purpose): a slider that
adds a tenth of the tickets adds those and leaves the others' times, efforts and routes as they were (common random
numbers). A sequential generator was rejected: one draw more would shift all that follow.

numba's `prange` from two threads aborts the process; `nogil` functions in a thread pool are as fast and safe. Functions
are inlined by force: passing the tuples of arrays on by value made the loop nine times slower.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

DAY = 1440.0
NEVER = 1e18
MOST, MOST_TIERS = 8, 24
"""Priorities, and tiers (or pools of tiers), that a model may have."""
FIXED, EXPONENTIAL, LOGNORMAL, TABLE = range(4)
ENTERED, ARRIVED, STARTED, DONE, WORK, WAIT, ON_TIME, FIRST, FIRST_OK, RESOLVED, RESOLVED_OK, BACKLOG, GONE = range(13)
"""Columns of the statistics: external arrivals; visits that arrived, started, ended; minutes of work ended; open minutes
waited by the visits that started; visits that ended in time; first responses, those in time; tickets resolved, those in
time; visits waiting or in work at midnight; visits that gave up."""
STATISTICS = 13
BINS, BINS_PER_OCTAVE, FIRST_OCTAVE = 162, 8, -4.0
"""Waits by powers of two: bin 0 holds no wait, bin 1 starts at 2^-4 minutes, eight bins double it (9 % wide)."""
RECORD = 11
"""Columns of a record: replication, ticket, visit, tier, priority, arrived, started, ended, wait, effort, next tier."""
GUIDE = 32
"""Equal shares of a day's arrivals for which the hour is looked up before searching."""

_U_PRIORITY, _U_VISIT, _U_PER_VISIT, _U_PATIENCE = 1, 2, 2, 1
"""Purposes of a ticket's random numbers. Its own hash gives the time of arrival; the high bits of a visit's hash its effort
and the low bits its route, which share no digit that matters."""

TIER = np.dtype(
    [
        # given
        ("segments", "i8"),  # opening hours in `clock`
        ("effort_kind", "i8"),
        ("mean", "f8"),  # minutes of work per visit
        ("sigma", "f8"),  # of its logarithm, for LOGNORMAL
        ("stretch", "f8"),  # elapsed open minutes per minute of work
        ("patience", "f8"),  # mean minutes, 0 where nobody gives up
        ("route_from", "f8", (MOST_TIERS,)),  # the interval of the uniform that sends a visit to tier j
        ("route_to", "f8", (MOST_TIERS,)),
        ("target", "f8", (MOST,)),  # by priority: open minutes from arrival to end (live: to start) of a visit in time
        ("live", "i8"),
        ("urgency", "f8", (MOST,)),  # by priority: open minutes added to the arrival; the least sum is served first
        ("priority_below", "f8", (MOST,)),  # cumulative shares of the priorities of tickets entering here
        # changing
        ("queued", "i8"),
        ("busy", "i8"),
        ("seats", "i8"),  # agents now, 0 while closed
        ("is_open", "i8"),
        ("segment", "i8"),  # the current opening, or the next while closed
        ("start", "f8"),
        ("end", "f8"),
        ("before", "f8"),  # open minutes before `start`
        ("boundary", "f8"),  # next opening or closing
        ("head", "i8", (MOST,)),
        ("tail", "i8", (MOST,)),
    ]
)
TICKET = np.dtype(
    [
        ("key", "u8"),
        ("created", "f8"),  # open minutes of the tier entered
        ("came", "f8"),  # open minutes of this tier
        ("came_at", "f8"),  # calendar minutes
        ("began_at", "f8"),
        ("waited", "f8"),
        ("effort", "f8"),
        ("number", "i8"),
        ("next", "i4"),
        ("visit", "i4"),
        ("tier", "i4"),
        ("entry", "i4"),
        ("priority", "i4"),
        ("answered", "i4"),
        ("goes", "i4"),  # tier after this visit, -1 where it ends here; drawn when the visit starts
        ("spare", "i4"),  # keeps the rows at a multiple of eight bytes
    ]
)
EVENT = np.dtype([("time", "f8"), ("slot", "i8")])
ARRIVAL = np.dtype([("time", "f8"), ("key", "u8"), ("tier", "i8")])
COUNTERS = np.dtype(
    [("listed", "i8"), ("events", "i8"), ("free", "i8"), ("used", "i8"), ("tickets", "i8"), ("records", "i8")]
)


class Model(NamedTuple):
    """What a run reads; T tiers, P priorities, D days, S openings."""

    counts: np.ndarray  # (paths, D, T) external arrivals; a fraction is rounded up with that probability
    day_kind: np.ndarray  # (D,) row of `profile`
    profile: np.ndarray  # (kinds, T, 25) cumulative share of arrivals by hour of day
    guide: np.ndarray  # (kinds, T, GUIDE) the hour to start searching at
    pace: np.ndarray  # (kinds, T, 24) minutes per share of arrivals within the hour, 0 where none come
    clock: np.ndarray  # (T, S, 4) start, end, open minutes before, seats
    effort_table: np.ndarray  # (T, Q) quantiles in minutes, used by TABLE
    ticket_target: np.ndarray  # (P, 2) open minutes to first response, to resolution
    opening: np.ndarray  # (n, 4) opening backlog, oldest first: tier, priority, open minutes in tier, since creation


class State(NamedTuple):
    """What a run changes; `tiers` is of TIER with its first half filled in."""

    tiers: np.ndarray
    tickets: np.ndarray  # of TICKET
    free: np.ndarray  # slots of tickets that left
    events: np.ndarray  # of EVENT: a heap by time
    arrivals: np.ndarray  # of ARRIVAL: the day's, sorted
    scratch: np.ndarray
    minute: np.ndarray  # (1442,) for the counting sort
    size: np.ndarray  # one of COUNTERS


def new_state(tiers: np.ndarray, tickets: int, busiest_day: int, seats: int) -> State:
    """Memory for a run, made by the caller, who keeps it alive; slots beyond the fullest moment are never touched."""
    size = np.zeros(1, COUNTERS)
    size["listed"] = seats <= CROWD
    return State(
        tiers=tiers.copy(),
        tickets=np.empty(tickets, TICKET),
        free=np.empty(tickets, np.int64),
        events=np.empty(seats + 2, EVENT),
        arrivals=np.empty(busiest_day, ARRIVAL),
        scratch=np.empty(busiest_day, ARRIVAL),
        minute=np.empty(1442, np.int64),
        size=size,
    )


CROWD = 48
"""Seats up to which the departures stand in a sorted list, which a processor walks faster than a heap."""
_inlined = njit(nogil=True, forceinline=True, error_model="numpy")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT, _TO_UNIT_LOW = 1.0 / 9007199254740992.0, 1.0 / 4294967296.0
_LOW = np.uint64(0xFFFFFFFF)


@_inlined
def _mix(x):
    """The finalizer of SplitMix64 (Steele, Lea & Flood 2014): every bit of x moves every bit of the answer."""
    x = (x ^ (x >> _S30)) * _MIX_1
    x = (x ^ (x >> _S27)) * _MIX_2
    return x ^ (x >> _S31)


@_inlined
def _hash(key, number):
    return _mix(key + np.uint64(number + 1) * _GOLDEN)


@_inlined
def _unit(key):
    """A number in (0, 1) from a hash."""
    return (np.float64(key >> _S11) + 0.5) * _TO_UNIT


@_inlined
def _uniform(key, number):
    """A number in (0, 1) that belongs to this ticket and purpose."""
    return _unit(_hash(key, number))


@_inlined
def _push(s, time, slot):
    """Into a sorted list (latest first) for teams up to CROWD, into a heap beyond."""
    events, hole = s.events, s.size[0].events
    s.size[0].events = hole + 1
    if s.size[0].listed:
        while hole > 0 and events[hole - 1].time < time:
            events[hole].time, events[hole].slot = events[hole - 1].time, events[hole - 1].slot
            hole -= 1
    else:
        while hole > 0:
            parent = (hole - 1) >> 1
            if events[parent].time <= time:
                break
            events[hole].time, events[hole].slot = events[parent].time, events[parent].slot
            hole = parent
    events[hole].time, events[hole].slot = time, slot


@_inlined
def _first(s):
    """Place of the earliest event."""
    return s.size[0].events - 1 if s.size[0].listed else 0


@_inlined
def _pop(s):
    events, last = s.events, s.size[0].events - 1
    s.size[0].events = last
    if s.size[0].listed:
        return events[last].slot
    top, time, slot = events[0].slot, events[last].time, events[last].slot
    hole, child = 0, 1
    events[last].time = NEVER  # so that the right child of the last one never wins
    while child < last:
        child += events[child + 1].time < events[child].time  # without a branch: the processor guesses it half the time
        if events[child].time >= time:
            break
        events[hole].time, events[hole].slot = events[child].time, events[child].slot
        hole, child = child, 2 * child + 1
    events[hole].time, events[hole].slot = time, slot
    return top


@_inlined
def _open_minutes(s, k, now):
    """Open minutes of tier k up to `now`."""
    tier = s.tiers[k]
    return tier.before + min(max(now - tier.start, 0.0), tier.end - tier.start)


@_inlined
def _when(m, s, k, open_minute):
    """The moment at which tier k has been open for so long; NEVER beyond its last opening."""
    segment = s.tiers[k].segment
    while segment < s.tiers[k].segments:
        start, end, before = m.clock[k, segment, 0], m.clock[k, segment, 1], m.clock[k, segment, 2]
        if open_minute <= before + (end - start):
            return start + max(open_minute - before, 0.0)
        segment += 1
    return NEVER


@_inlined
def _effort_minutes(m, tier, k, u, second):
    """Minutes of work at rank u; `second` is the hash behind another rank, for the normal of LOGNORMAL."""
    if tier.effort_kind == FIXED:
        return tier.mean
    if tier.effort_kind == EXPONENTIAL:
        return -tier.mean * math.log(u)
    if tier.effort_kind == LOGNORMAL:
        angle = 2.0 * math.pi * _unit(_mix(second + _GOLDEN))
        normal = math.sqrt(-2.0 * math.log(u)) * math.cos(angle)
        return tier.mean * math.exp(tier.sigma * normal - 0.5 * tier.sigma * tier.sigma)
    place = u * (m.effort_table.shape[1] - 1)
    left = int(place)
    below = m.effort_table[k, left]
    return below + (place - left) * (m.effort_table[k, left + 1] - below)


@_inlined
def _bin(wait):
    if wait <= 1e-9:
        return 0
    place = 1 + int((math.log2(wait) - FIRST_OCTAVE) * BINS_PER_OCTAVE)
    return min(max(place, 1), BINS - 1)


@_inlined
def _start(m, s, statistics, waits, slot, k, day, now, now_open):
    """An agent of tier k takes the ticket now."""
    ticket = s.tickets[slot]
    wait = now_open - ticket.came
    dice = _hash(ticket.key, _U_VISIT + _U_PER_VISIT * ticket.visit)
    effort = _effort_minutes(m, s.tiers[k], k, _unit(dice), dice)
    ticket.goes = _next_tier(s.tiers[k], s.tiers.shape[0], np.float64(dice & _LOW) * _TO_UNIT_LOW)
    s.tiers[k].busy += 1
    ticket.began_at, ticket.waited, ticket.effort = now, wait, effort
    statistics[k, day, STARTED] += 1.0
    statistics[k, day, WAIT] += wait
    waits[k, day, _bin(wait)] += 1
    first = 1.0 - ticket.answered
    ticket.answered = 1
    statistics[k, day, FIRST] += first
    statistics[k, day, FIRST_OK] += first * (wait <= m.ticket_target[ticket.priority, 0])
    _push(s, _when(m, s, k, now_open + effort * s.tiers[k].stretch), slot)


@_inlined
def _join(m, s, statistics, waits, slot, k, day, now):
    """The ticket reaches tier k: a free agent takes it at once, or it queues with its priority."""
    ticket, tier = s.tickets[slot], s.tiers[k]
    now_open = _open_minutes(s, k, now)
    statistics[k, day, ARRIVED] += 1.0
    ticket.tier, ticket.came, ticket.came_at = k, now_open, now
    if tier.queued == 0 and tier.busy < tier.seats:
        _start(m, s, statistics, waits, slot, k, day, now, now_open)
    else:
        _enqueue(s, tier, slot, ticket.priority)


@_inlined
def _enqueue(s, tier, slot, priority):
    s.tickets[slot].next = -1
    last = tier.tail[priority]
    if last < 0:
        tier.head[priority] = slot
    else:
        s.tickets[last].next = slot
    tier.tail[priority] = slot
    tier.queued += 1


@_inlined
def _dequeue(m, s, tier):
    """The most urgent of the oldest of each priority: least arrival plus urgency (first come first served, strict
    priority and earliest deadline differ only in `urgency`)."""
    best, least = -1, np.inf
    for priority in range(m.ticket_target.shape[0]):
        slot = tier.head[priority]
        if slot >= 0:
            due = s.tickets[slot].came + tier.urgency[priority]
            if due < least:
                best, least = priority, due
    slot = tier.head[best]
    tier.head[best] = s.tickets[slot].next
    if s.tickets[slot].next < 0:
        tier.tail[best] = -1
    tier.queued -= 1
    return slot


@_inlined
def _dispatch(m, s, statistics, waits, k, day, now):
    """Free agents of tier k take what waits; who has given up meanwhile is struck off."""
    tier = s.tiers[k]
    while tier.queued > 0 and tier.busy < tier.seats:
        slot = _dequeue(m, s, tier)
        now_open = _open_minutes(s, k, now)
        if tier.patience > 0.0 and _gave_up(s.tickets[slot], tier.patience, now_open):
            statistics[k, day, GONE] += 1.0
            _release(s, slot)
        else:
            _start(m, s, statistics, waits, slot, k, day, now, now_open)


@_inlined
def _gave_up(ticket, patience, now_open):
    number = _U_VISIT + _U_PER_VISIT * ticket.visit + _U_PATIENCE
    return now_open - ticket.came > -patience * math.log(_uniform(ticket.key, number))


@_inlined
def _release(s, slot):
    s.free[s.size[0].free] = slot
    s.size[0].free += 1


@_inlined
def _next_tier(tier, tiers, u):
    for j in range(tiers):
        if tier.route_from[j] <= u < tier.route_to[j]:
            return j
    return -1


@_inlined
def _end_visit(m, s, statistics, records, replication, slot, day, now):
    """The visit ends: count it. Returns the tier it was in and the next, or -1 where the ticket leaves."""
    ticket = s.tickets[slot]
    k = ticket.tier
    tier = s.tiers[k]
    tier.busy -= 1
    statistics[k, day, DONE] += 1.0
    statistics[k, day, WORK] += ticket.effort
    took = ticket.waited + (0.0 if tier.live else ticket.effort * tier.stretch)
    statistics[k, day, ON_TIME] += took <= tier.target[ticket.priority]
    j = ticket.goes
    if records.shape[0] > 0:
        _record(s, records, replication, ticket, j, now)
    if j >= 0:
        ticket.visit += 1
    else:
        _resolve(m, s, statistics, slot, k, day, now)
    return k, j


@_inlined
def _resolve(m, s, statistics, slot, k, day, now):
    ticket = s.tickets[slot]
    statistics[k, day, RESOLVED] += 1.0
    took = _open_minutes(s, ticket.entry, now) - ticket.created
    statistics[k, day, RESOLVED_OK] += took <= m.ticket_target[ticket.priority, 1]
    _release(s, slot)


@_inlined
def _record(s, records, replication, ticket, j, now):
    row = s.size[0].records
    s.size[0].records = row + 1
    if row < records.shape[0]:
        to = records[row]
        to[0], to[1], to[2], to[3], to[4] = replication, ticket.number, ticket.visit, ticket.tier, ticket.priority
        to[5], to[6], to[7], to[8], to[9], to[10] = (
            ticket.came_at, ticket.began_at, now, ticket.waited, ticket.effort, j,
        )  # fmt: skip


@_inlined
def _new_ticket(s, key, entry, priorities):
    size = s.size[0]
    if size.free > 0:
        size.free -= 1
        slot = s.free[size.free]
    else:
        slot = size.used
        size.used += 1
    priority = 0
    if priorities > 1:
        u = _uniform(key, _U_PRIORITY)
        while priority < priorities - 1 and u >= s.tiers[entry].priority_below[priority]:
            priority += 1
    ticket = s.tickets[slot]
    ticket.key, ticket.number, ticket.visit, ticket.answered = key, size.tickets, 0, 0
    ticket.entry, ticket.priority = entry, priority
    size.tickets += 1
    return slot


@_inlined
def _time_of_day(m, kind, k, u):
    """Minutes after midnight at which a share u of the day's arrivals has come; even within an hour."""
    hour = m.guide[kind, k, int(u * GUIDE)]
    while hour < 23 and u >= m.profile[kind, k, hour + 1]:
        hour += 1
    return 60.0 * hour + min((u - m.profile[kind, k, hour]) * m.pace[kind, k, hour], 59.999999)


@_inlined
def _draw_day(m, s, base, path, day):
    """The day's external arrivals in time order; returns how many."""
    n = 0
    for k in range(m.counts.shape[2]):
        stream = _hash(_hash(base, day), k)
        whole = int(m.counts[path, day, k] + _uniform(stream, -1))
        for j in range(whole):
            key = _hash(stream, j)
            arrival = s.scratch[n]
            arrival.key, arrival.tier = key, k
            arrival.time = _time_of_day(m, m.day_kind[day], k, _unit(key))
            n += 1
    _sort_day(s, n, day * DAY)
    return n


@_inlined
def _sort_day(s, n, midnight):
    """Counting sort by minute, then one insertion pass: linear, where a comparison sort costs 50 ns a ticket."""
    minute = s.minute
    minute[:] = 0
    for i in range(n):
        minute[int(s.scratch[i].time) + 1] += 1
    for i in range(1, minute.size):
        minute[i] += minute[i - 1]
    for i in range(n):
        arrival = s.scratch[i]
        place = minute[int(arrival.time)]
        minute[int(arrival.time)] = place + 1
        s.arrivals[place].time = midnight + arrival.time
        s.arrivals[place].key, s.arrivals[place].tier = arrival.key, arrival.tier
    _insertion_pass(s.arrivals, n)


@_inlined
def _insertion_pass(arrivals, n):
    for i in range(1, n):
        place, time, key, k = i, arrivals[i].time, arrivals[i].key, arrivals[i].tier
        while place > 0 and arrivals[place - 1].time > time:
            arrivals[place].time, arrivals[place].key = arrivals[place - 1].time, arrivals[place - 1].key
            arrivals[place].tier = arrivals[place - 1].tier
            place -= 1
        arrivals[place].time, arrivals[place].key, arrivals[place].tier = time, key, k


@_inlined
def _enter_segment(m, tier, k, segment):
    """Tier k is closed until this opening, or for ever after its last."""
    tier.is_open, tier.seats = 0, 0
    if segment >= tier.segments:
        tier.boundary = NEVER
        return
    tier.segment, tier.start, tier.end = segment, m.clock[k, segment, 0], m.clock[k, segment, 1]
    tier.before, tier.boundary = m.clock[k, segment, 2], m.clock[k, segment, 0]


@_inlined
def _cross_boundary(m, tier, k):
    """Tier k opens (and will take what came overnight) or closes (work in hand goes on at the next opening)."""
    if tier.is_open == 0:
        tier.is_open, tier.seats, tier.boundary = 1, int(m.clock[k, tier.segment, 3]), tier.end
    else:
        _enter_segment(m, tier, k, tier.segment + 1)


@_inlined
def _first_boundary(s):
    first = 0
    for k in range(1, s.tiers.shape[0]):
        if s.tiers[k].boundary < s.tiers[first].boundary:
            first = k
    return first


@_inlined
def _reset(m, s, base):
    """An empty system, then the opening backlog in its queues."""
    size = s.size[0]
    size.events, size.free, size.used, size.tickets = 0, 0, 0, 0
    for k in range(s.tiers.shape[0]):
        tier = s.tiers[k]
        tier.queued, tier.busy = 0, 0
        for priority in range(MOST):
            tier.head[priority], tier.tail[priority] = -1, -1
        _enter_segment(m, tier, k, 0)
    for i in range(m.opening.shape[0]):
        k = int(m.opening[i, 0])
        slot = _new_ticket(s, _hash(_hash(base, -2), i), k, m.ticket_target.shape[0])
        ticket = s.tickets[slot]
        ticket.priority, ticket.answered, ticket.tier = int(m.opening[i, 1]), 1, k
        ticket.came, ticket.created, ticket.came_at = -m.opening[i, 2], -m.opening[i, 3], -m.opening[i, 2]
        _enqueue(s, s.tiers[k], slot, ticket.priority)


@_inlined
def _enter(m, s, statistics, i, day):
    """The day's i-th arrival becomes a ticket; returns its slot and tier."""
    k = s.arrivals[i].tier
    slot = _new_ticket(s, s.arrivals[i].key, k, m.ticket_target.shape[0])
    s.tickets[slot].created = _open_minutes(s, k, s.arrivals[i].time)
    statistics[k, day, ENTERED] += 1.0
    return slot, k


@_inlined
def _run_day(m, s, statistics, waits, records, replication, day, arrivals):
    i, midnight, k = 0, (day + 1) * DAY, _first_boundary(s)
    while True:
        arrives = s.arrivals[i].time if i < arrivals else NEVER
        leaves = s.events[_first(s)].time if s.size[0].events > 0 else NEVER
        now, boundary, freed, joined = min(arrives, leaves), s.tiers[k].boundary, -1, -1
        if boundary <= now and boundary < midnight:
            _cross_boundary(m, s.tiers[k], k)
            freed, now, slot = k, boundary, -1
            k = _first_boundary(s)
        elif now >= midnight:
            break
        elif arrives <= leaves:
            slot, joined = _enter(m, s, statistics, i, day)
            i += 1
        else:
            slot = _pop(s)
            freed, joined = _end_visit(m, s, statistics, records, replication, slot, day, now)
        if joined >= 0:
            _join(m, s, statistics, waits, slot, joined, day, now)
        if freed >= 0:
            _dispatch(m, s, statistics, waits, freed, day, now)
    for tier in range(s.tiers.shape[0]):
        statistics[tier, day, BACKLOG] = s.tiers[tier].queued + s.tiers[tier].busy


@intrinsic
def _borrowed(typing, value):
    """The same array (or tuple of arrays) without its owner, so that passing it on counts no references.

    Counting them costs an atomic addition per array and call. Only for memory that the caller of `run` keeps alive.
    """

    def without_owner(context, builder, kind, lowered):
        array = context.make_array(kind)(context, builder, lowered)
        array.meminfo = array.meminfo.type(None)
        return array._getvalue()

    def generate(context, builder, signature, arguments):
        kind, lowered = signature.args[0], arguments[0]
        if isinstance(kind, types.Array):
            return without_owner(context, builder, kind, lowered)
        parts = cgutils.unpack_tuple(builder, lowered)
        owned = [without_owner(context, builder, k, part) for k, part in zip(kind, parts, strict=True)]
        return context.make_tuple(builder, kind, owned)

    return value(value), generate


@njit(nogil=True, cache=True, error_model="numpy")
def run(model, state, seed, first, statistics, waits, records):
    """Replications first, first + 1, ... (one per row of `statistics`), each on path `replication % paths`.

    `statistics` is (replications, T, D, STATISTICS), `waits` (T, D, BINS) summed over the replications, `records`
    (rows, RECORD) or no rows; all are added to. Returns the number of visits that records would hold (more than rows:
    the caller gives more room and runs again).
    """
    m, s = _borrowed(model), _borrowed(state)
    waits, records, everything = _borrowed(waits), _borrowed(records), _borrowed(statistics)
    s.size[0].records = 0
    for r in range(everything.shape[0]):
        replication = first + r
        base = _hash(_mix(np.uint64(seed) + _GOLDEN), replication)
        _reset(m, s, base)
        for day in range(m.counts.shape[1]):
            arrivals = _draw_day(m, s, base, replication % m.counts.shape[0], day)
            _run_day(m, s, everything[r], waits, records, replication, day, arrivals)
    return s.size[0].records
