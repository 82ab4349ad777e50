"""Live work (phone, chat): who waits, how long, and how many agents keep the service level.

Assumptions: Poisson arrivals, one queue, first come first served, exponential handling times, steady state. Erlang B
blocks, Erlang C waits for ever, Erlang A gives up at an exponential patience. Offered load A is in erlangs (arrivals
per hour x handling hours); times are in minutes; agents are people *on seats*, before shrinkage.

Tickets are not live work: use `deferred` for them. With ten agents at 95 % occupancy and 30-minute tickets, Erlang C
says that 3 in 10,000 wait more than a working day, so it is never what binds.

Sources: Erlang 1917; Palm 1946; Halfin & Whitt 1981; Eick, Massey & Whitt 1993; Mandelbaum & Zeltyn 2005.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.errors import InputError
from analytics.staffing._check import TINY, array, count, number, round_up, share

_NEGLIGIBLE_LOG = -60.0
"""Log weight, relative to the likeliest state, below which a state is left out of Erlang A (8.8e-27)."""
_MOST_STATES = 1 << 26
"""States of Erlang A held at most (half a gigabyte); beyond it the patience is so long that Erlang C answers."""
_SMALL_TEAM = 64
_TARGET_TOO_HIGH = "No finite team answers every contact within the target; ask for a share such as 0.95."


def erlang_b(agents: int, offered_load: float) -> float:
    """Probability that a contact finds all agents busy and is lost (no queue).

    Recursion B(n) = A B(n-1) / (n + A B(n-1)), which neither overflows nor needs factorials.
    """
    seats, load = count("agents", agents), number("offered_load", offered_load)
    return _blocking(load, 1.0, 1, seats)


def _blocking(load: float, blocking: float, first: int, last: int) -> float:
    for n in range(first, last + 1):
        blocking = load * blocking / (n + load * blocking)
        if blocking == 0.0:
            break
    return blocking


def erlang_c(agents: int, offered_load: float) -> float:
    """Probability of waiting: C = c B / (c - A (1 - B)); 1 where the load reaches the agents (the queue never ends)."""
    seats, load = count("agents", agents), number("offered_load", offered_load)
    return _waiting(seats, load, erlang_b(seats, load))


def _waiting(seats: int, load: float, blocking: float) -> float:
    if load >= seats:
        return 1.0 if load > 0 else 0.0
    return min(1.0, seats * blocking / (seats - load * (1.0 - blocking)))


def service_level(agents: int, offered_load: float, target_minutes: float, handle_minutes: float) -> float:
    """Share of contacts that wait at most `target_minutes`: 1 - C exp(-(c - A) T / AHT); 0 where A >= c."""
    seats, load = count("agents", agents), number("offered_load", offered_load)
    target, handle = number("target_minutes", target_minutes), number("handle_minutes", handle_minutes, above=True)
    return _answered(seats, load, erlang_b(seats, load), target / handle)


def _answered(seats: int, load: float, blocking: float, target_in_handles: float) -> float:
    if load >= seats:
        return 0.0 if load > 0 else 1.0
    return 1.0 - _waiting(seats, load, blocking) * math.exp(-(seats - load) * target_in_handles)


def mean_wait_minutes(agents: int, offered_load: float, handle_minutes: float) -> float:
    """Average speed of answer over all contacts, C AHT / (c - A), in minutes; infinite where A >= c > 0."""
    handle = number("handle_minutes", handle_minutes, above=True)
    waiting = erlang_c(agents, offered_load)
    spare = agents - offered_load
    if spare <= 0:
        return math.inf if offered_load > 0 else 0.0
    return waiting * handle / spare


def queue_length(agents: int, offered_load: float) -> float:
    """Mean number of contacts in the queue, C A / (c - A); infinite where A >= c > 0."""
    return mean_wait_minutes(agents, offered_load, 1.0) * offered_load if offered_load > 0 else 0.0


def wait_quantile_minutes(agents: int, offered_load: float, handle_minutes: float, probability: float) -> float:
    """The wait that a share `probability` of contacts does not exceed: max(0, ln(C / (1 - p)) AHT / (c - A))."""
    wanted = share("probability", probability, below_one=True)
    handle = number("handle_minutes", handle_minutes, above=True)
    waiting = erlang_c(agents, offered_load)
    if waiting <= 1.0 - wanted:
        return 0.0
    if offered_load >= agents:
        return math.inf
    return math.log(waiting / (1.0 - wanted)) * handle / (agents - offered_load)


def required_agents(
    offered_load: float,
    target_minutes: float,
    handle_minutes: float,
    service_level: float,
    max_occupancy: float = 1.0,
) -> int:
    """The smallest number of agents on seats with SL >= `service_level` and A / c <= `max_occupancy`; 0 without load.

    The search starts at floor(A) + 1, the first stable team. (Starting at round(A + 1), as a popular library does,
    over-staffs by one for every load with a fraction of a half or more.)
    """
    load, handle = number("offered_load", offered_load), number("handle_minutes", handle_minutes, above=True)
    target = number("target_minutes", target_minutes) / handle
    wanted, cap = share("service_level", service_level), number("max_occupancy", max_occupancy, most=1.0, above=True)
    if wanted >= 1.0:
        raise InputError("A service level of 1 cannot be promised.", found="Found 1.", todo=_TARGET_TOO_HIGH)
    if load == 0:
        return 0
    return _search(load, target, wanted, max(math.floor(load) + 1, round_up(load / cap)))


def _search(load: float, target_in_handles: float, wanted: float, seats: int) -> int:
    count("offered_load", seats)
    blocking = _blocking(load, 1.0, 1, seats)
    while _answered(seats, load, blocking, target_in_handles) < wanted:
        seats += 1
        blocking = _blocking(load, blocking, seats, seats)
    return seats


def required_agents_of(
    offered_loads: np.ndarray,
    target_minutes: float,
    handle_minutes: float,
    service_level: float,
    max_occupancy: float = 1.0,
) -> np.ndarray:
    """`required_agents` of many loads (any shape), elementwise: one recursion of Erlang B over the agents serves them all."""
    loads = np.asarray(offered_loads, dtype=float)
    flat = array("offered_load", loads.ravel())
    most = float(flat.max(initial=0.0))
    required_agents(most, target_minutes, handle_minutes, service_level, max_occupancy)  # refuses what cannot be
    target, over = target_minutes / handle_minutes, flat / max_occupancy
    least = np.maximum(np.floor(flat) + 1, np.ceil(over - TINY * np.maximum(1.0, over)))
    found, blocking, agents = np.zeros(flat.size, dtype=int), np.ones(flat.size), 0
    searched = flat > 0
    while searched.any():
        agents += 1
        lost = flat * blocking
        blocking = lost / (agents + lost)
        now = np.flatnonzero(searched & (agents >= least))
        load, chance = flat[now], blocking[now]
        waiting = np.minimum(1.0, agents * chance / (agents - load * (1.0 - chance)))
        enough = now[1.0 - waiting * np.exp(-(agents - load) * target) >= service_level]
        found[enough], searched[enough] = agents, False
    return found.reshape(loads.shape)


def headcount(agents: int, shrinkage: float) -> int:
    """People to schedule so that `agents` are on seats: ceil(c / (1 - s)). Multiplying by (1 + s) falls short."""
    seats, lost = count("agents", agents), share("shrinkage", shrinkage, below_one=True)
    return round_up(seats / (1.0 - lost))


def halfin_whitt(beta: float) -> float:
    """Limit of the probability of waiting for c = A + beta sqrt(A): 1 / (1 + beta Phi(beta) / phi(beta)), beta > 0."""
    spare = number("beta", beta, above=True)
    density = math.exp(-0.5 * spare * spare) / math.sqrt(2.0 * math.pi)
    below = 0.5 * math.erfc(-spare / math.sqrt(2.0))
    return density / (density + spare * below)


@dataclass(frozen=True)
class ErlangA:
    """Steady state of a queue with impatient contacts (M/M/c+M)."""

    probability_wait: float
    """Share of contacts that find every agent busy."""
    probability_abandon: float
    """Share of contacts that give up before an agent is free."""
    mean_wait_minutes: float
    """Mean wait over *all* contacts, those who gave up and those who never waited included."""
    occupancy: float
    """Share of the agents' time on contacts."""


def erlang_a(agents: int, offered_load: float, handle_minutes: float, patience_minutes: float) -> ErlangA:
    """Waiting, abandonment and occupancy with exponential patience of mean `patience_minutes`. Stable for any load.

    Birth rate A, death rate min(n, c) + (n - c)+ theta, in units of the handling rate; state weights are scaled by the
    likeliest state, so that a load of 10,000 is no harder than one of 10 (Palm 1946; Mandelbaum & Zeltyn 2005).
    """
    seats, load, handle, patience = _erlang_a_input(agents, offered_load, handle_minutes, patience_minutes)
    if load == 0:
        return ErlangA(0.0, 0.0, 0.0, 0.0)
    states, chance = _state_chances(seats, load, handle / patience)
    queue = float(np.dot(np.maximum(states - seats, 0), chance))
    busy = float(np.dot(np.minimum(states, seats), chance))
    wait_in_handles = queue / load
    return ErlangA(
        probability_wait=min(1.0, float(chance[states >= seats].sum())),
        probability_abandon=min(1.0, wait_in_handles * handle / patience),
        mean_wait_minutes=wait_in_handles * handle,
        occupancy=min(1.0, busy / seats),
    )


def _erlang_a_input(agents: int, load: float, handle: float, patience: float) -> tuple[int, float, float, float]:
    seats, offered = count("agents", agents), number("offered_load", load)
    if seats == 0 and offered > 0:
        raise InputError("Nobody is on seat, so every contact gives up.", found=f"Load {offered:g}, 0 agents.")
    minutes = number("handle_minutes", handle, above=True)
    return seats, offered, minutes, number("patience_minutes", patience, above=True)


def _state_chances(seats: int, load: float, theta: float) -> tuple[np.ndarray, np.ndarray]:
    """States around the likeliest one and their probabilities; the weights are log-concave, so one window suffices."""
    mode = math.floor(load) if load <= seats else seats + math.floor((load - seats) / theta)
    up = _log_weights(mode, 1, seats, load, theta)
    down = _log_weights(mode, -1, seats, load, theta)
    weights = np.exp(np.concatenate([down[::-1], [0.0], up]))
    states = np.arange(mode - down.size, mode + up.size + 1, dtype=float)
    return states, weights / weights.sum()


def _log_weights(mode: int, step: int, seats: int, load: float, theta: float) -> np.ndarray:
    """Log weights of the states above (`step` 1) or below (-1) the mode, until they are negligible or run out."""
    size, most = 1024, _MOST_STATES if step > 0 else mode
    while True:
        size = min(size, most)
        # a step up from n - 1 to n multiplies by A / death(n); a step down from n to n - 1 by death(n) / A
        n = mode + np.arange(1, size + 1) if step > 0 else mode - np.arange(size)
        death = np.minimum(n, seats) + np.maximum(n - seats, 0) * theta
        logs = np.cumsum(step * (math.log(load) - np.log(death)))
        if size == 0 or logs[-1] < _NEGLIGIBLE_LOG or (size == most and step < 0):
            return logs
        if size == most:
            raise InputError(
                "The patience is too long for Erlang A.", found=f"theta {theta:g}.", todo="Use Erlang C instead."
            )
        size *= 4


def answered_in_time(
    agents: int, offered_load: float, target_minutes: float, handle_minutes: float, patience_minutes: float
) -> float:
    """Share of contacts with patience that are *answered* within `target_minutes` (those who gave up count as missed)."""
    seats, load, handle, patience = _erlang_a_input(agents, offered_load, handle_minutes, patience_minutes)
    target = number("target_minutes", target_minutes)
    return float(patient_levels(np.array([seats]), np.array([load]), target, handle, patience)[0][0])


def patient_levels(
    agents: np.ndarray, offered_load: np.ndarray, target_minutes: float, handle_minutes: float, patience_minutes: float
) -> tuple[np.ndarray, np.ndarray]:
    """Shares answered within the target, and answered at all, for many teams and loads at once (same shape).

    From the density of the offered wait, A exp(f(x)) / (E + A J(0)), with f(x) = A (1 - exp(-theta x)) / theta - c x,
    J(T) the integral of exp(f) from T on, and E = 1 / B(c - 1, A), in units of handling time: a contact whose wait would
    be x is answered with probability exp(-theta x) (Mandelbaum & Zeltyn 2005). Teams of 0 answer nobody.
    """
    theta, target = handle_minutes / patience_minutes, target_minutes / handle_minutes
    seats, load = np.maximum(agents, 1).astype(float), np.maximum(offered_load, 1e-12)
    late_exponent = -load * np.expm1(-theta * target) / theta - seats * target
    whole = _log_tail(seats, load, theta)
    late = late_exponent + _log_tail(seats, load * math.exp(-theta * target), theta)
    idle = -np.log(np.maximum(blockings(seats - 1, load), 1e-300))
    scale = np.maximum(np.maximum(idle, whole), 0.0)
    all_idle, all_wait = np.exp(idle - scale), np.exp(whole - scale)
    total = all_idle + load * all_wait
    ever = (all_idle + seats * all_wait - np.exp(-scale)) / total
    missed = (seats * np.exp(late - scale) - np.exp(late_exponent - scale)) / total
    nobody = np.asarray(agents) <= 0
    in_time, served = (np.where(nobody, 0.0, np.clip(x, 0.0, 1.0)) for x in (ever - missed, ever))
    return np.where(np.asarray(offered_load) > 0, in_time, 1.0), np.where(np.asarray(offered_load) > 0, served, 1.0)


def _log_tail(seats: np.ndarray, load: np.ndarray, theta: float) -> np.ndarray:
    """log of sum over n of (1/c) prod_{j<=n} A / (c + j theta): the queue's weights, by an incomplete gamma function.

    exp(x) x^-k gamma(k, x) / theta with k = c / theta, x = A / theta. Where that underflows, patience is long and the
    load well below the seats, so that the series itself is short.
    """
    from scipy.special import gammainc, gammaln  # not at the top: Erlang B and C must import in a blink

    k, x = seats / theta, load / theta
    below = gammainc(k, x)
    safe = below > 1e-280
    logs = x - k * np.log(x) + gammaln(k) + np.log(np.where(safe, below, 1.0)) - math.log(theta)
    return logs if safe.all() else np.where(safe, logs, _log_series(seats, load, theta, ~safe))


def _log_series(seats: np.ndarray, load: np.ndarray, theta: float, wanted: np.ndarray) -> np.ndarray:
    total, term, j = np.ones_like(load), np.ones_like(load), 0
    while j < 1_000_000 and (term[wanted] > 1e-17 * total[wanted]).any():
        j += 1
        term = np.where(wanted, term * load / (seats + j * theta), 0.0)
        total = total + term
    return np.log(total) - np.log(seats)


def blockings(agents: np.ndarray, offered_load: np.ndarray) -> np.ndarray:
    """Erlang B of many teams and loads at once: the recursion on whole arrays for small teams; for large ones the ratio
    of Poisson probabilities, P(N = c) / P(N <= c), where it does not underflow (far overload)."""
    seats, load = np.broadcast_arrays(np.asarray(agents, float), np.asarray(offered_load, float))
    if seats.max(initial=0.0) <= _SMALL_TEAM:
        return _recursion(seats, load)
    from scipy.special import gammaincc, gammaln  # not at the top: Erlang B and C must import in a blink

    below, safe_load = gammaincc(seats + 1.0, load), np.maximum(load, 1e-300)
    safe = below > 1e-280
    logs = seats * np.log(safe_load) - load - gammaln(seats + 1.0) - np.log(np.where(safe, below, 1.0))
    blocking = np.exp(np.where(safe, np.minimum(logs, 0.0), 0.0))
    if not safe.all():
        blocking[~safe] = _recursion(seats[~safe], load[~safe])
    return blocking


def _recursion(seats: np.ndarray, load: np.ndarray) -> np.ndarray:
    blocking = np.ones(load.shape)
    for n in range(1, int(seats.max(initial=0)) + 1):
        more = load * blocking
        blocking = np.where(n <= seats, more / (n + more), blocking)
    return blocking


def modified_offered_load(
    arrivals_per_hour: np.ndarray,
    step_hours: float,
    handle_hours: float,
    service_scv: float = 1.0,
    periodic: bool = True,
) -> np.ndarray:
    """Mean number of busy agents of an infinite team, in erlangs, at the middle of each step: M_t/G/infinity.

    m(t) = integral of lambda(t - u) P(S > u) du, exact for arrivals that are constant within a step. Handling times
    are exponential for an scv of 1, fixed for 0, lognormal otherwise. The load lags the arrivals: staffing by the
    arrivals of the hour is early. `periodic` wraps (a week follows itself); otherwise the system starts empty.
    Source: Eick, Massey & Whitt 1993.
    """
    rate = array("arrivals_per_hour", arrivals_per_hour)
    step, handle = number("step_hours", step_hours, above=True), number("handle_hours", handle_hours)
    scv = number("service_scv", service_scv)
    if not periodic:
        kernel = _memory(rate.size, step, handle, scv)
        return np.convolve(rate, kernel)[: rate.size]
    kernel = _folded_memory(rate.size, step, handle, scv)
    wave = np.fft.irfft(np.fft.rfft(rate) * np.fft.rfft(kernel), rate.size)
    return np.maximum(wave, 0.0)


def _memory(lags: int, step: float, handle: float, scv: float) -> np.ndarray:
    """Hours that contacts of this step, the last one, ... are still in work at mid-step, (lags,)."""
    edges = step * np.concatenate([[0.0], np.arange(lags) + 0.5])
    return np.diff(_mean_of_minimum(edges, handle, scv))


@lru_cache(maxsize=256)
def _folded_memory(size: int, step: float, handle: float, scv: float) -> np.ndarray:
    """The memory of an endless past folded onto one cycle; what is beyond the longest look back is spread evenly."""
    cycles = 1
    while cycles * size < 1_000_000:
        kernel = _memory(cycles * size, step, handle, scv)
        if handle - kernel.sum() <= 1e-9 * handle:
            break
        cycles *= 4
    return kernel.reshape(-1, size).sum(axis=0) + (handle - kernel.sum()) / size


def _mean_of_minimum(x: np.ndarray, mean: float, scv: float) -> np.ndarray:
    """E[min(S, x)], the integral of P(S > u) from 0 to x."""
    if mean == 0.0 or scv == 0.0:
        return np.minimum(x, mean)
    if scv == 1.0:
        return -mean * np.expm1(-x / mean)
    from scipy.special import ndtr  # not at the top: Erlang alone must import in a blink

    spread = math.log1p(scv)
    with np.errstate(divide="ignore"):
        z = (np.log(x) - math.log(mean) + spread / 2) / math.sqrt(spread)
    return mean * ndtr(z - math.sqrt(spread)) + x * ndtr(-z)
