"""Tickets that climb and return: visits per tier, and waits in the network they make.

`routing[i, j]` is the share of visits to tier i that end in a handoff to tier j; what a row lacks to 1 ends there.
`external` are tickets per unit of time by the tier they enter first. Everything is linear in `external`, so tickets per
week give visits per week.

Assumptions of `mean_waits`: steady state, one queue per tier, first come first served, every tier open all the time.
With Poisson arrivals and exponential work it is exact (Jackson 1957); otherwise it is the two-moment approximation of
Allen and Cunneen on the flows of the Queueing Network Analyzer (Whitt 1983).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.errors import InputError, UnstableError
from analytics.staffing._check import array, count, number, per_node, share
from analytics.staffing.erlang import erlang_c

_ROUNDING = 1e-9
_LEAST_SERVICE_SCV = 0.2
"""Whitt's floor: with less variable work than this the departures are not as regular as the formula would have them."""


def visit_rates(external: Any, routing: Any) -> np.ndarray:
    """Visits per tier, lambda = (I - P^T)^-1 gamma; `external` is (tiers,) or (days, tiers), and so is the answer.

    Errors: UnstableError where tickets circle for ever (spectral radius of the routing matrix not below 1).
    """
    gamma, matrix = array("external", external, dims=(1, 2)), _routing(routing)
    if gamma.shape[-1] != matrix.shape[0]:
        raise InputError(
            "external needs one value per tier of the routing matrix.",
            found=f"Found {gamma.shape[-1]} values for {matrix.shape[0]} tiers.",
        )
    return gamma @ _total_visits(matrix)


def visits_per_ticket(external: Any, routing: Any) -> np.ndarray:
    """Mean visits to each tier per ticket, V = lambda / sum(gamma)."""
    rates, total = visit_rates(external, routing), float(np.sum(array("external", external)))
    if total == 0:
        raise InputError("Without arrivals there are no visits per ticket.", found="Found external = 0.")
    return rates / total


def resolved_per_ticket(external: Any, routing: Any) -> np.ndarray:
    """Share of tickets that end in each tier; sums to 1, since what flows in flows out."""
    return visits_per_ticket(external, routing) * (1.0 - _routing(routing).sum(axis=1))


def _total_visits(matrix: np.ndarray) -> np.ndarray:
    """(I - P)^-1: row i holds the visits to every tier of a ticket that enters at tier i."""
    return np.linalg.inv(np.eye(matrix.shape[0]) - matrix)


def _routing(routing: Any) -> np.ndarray:
    matrix = array("routing", routing, dims=(2,))
    if matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
        raise InputError("routing must be square: one row and one column per tier.", found=f"Found {matrix.shape}.")
    rows = matrix.sum(axis=1)
    if (rows > 1.0 + _ROUNDING).any():
        worst = int(rows.argmax())
        raise InputError(
            "More than all visits of a tier are handed on.",
            found=f"Row {worst} of routing sums to {rows[worst]:.4g}.",
            todo="Lower its shares until they sum to at most 1.",
        )
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    if radius >= 1.0 - _ROUNDING:
        raise UnstableError(
            "Tickets circle for ever: some tiers hand every visit on and none resolves any.",
            found=f"Spectral radius {radius:.4g}; tiers (from 0) in the loop: {_listed(circling(matrix))}.",
            todo="Let at least one tier of the loop resolve some of its visits.",
        )
    return matrix


def circling(matrix: np.ndarray) -> tuple[int, ...]:
    """Tiers (from 0) from which no ticket can ever leave the network."""
    ends = matrix.sum(axis=1) < 1.0 - _ROUNDING
    for _ in range(matrix.shape[0]):
        ends = ends | ((matrix > 0) & ends).any(axis=1)
    return tuple(int(tier) for tier in np.flatnonzero(~ends))


def _listed(tiers: tuple[int, ...]) -> str:
    return ", ".join(map(str, tiers)) or "all"


@dataclass(frozen=True)
class NetworkWaits:
    """Steady state per tier; all arrays have one value per tier."""

    rates: np.ndarray
    """Visits per hour."""
    utilisation: np.ndarray
    """Share of the agents' time on visits."""
    wait_hours: np.ndarray
    """Mean wait in the queue per visit."""
    queue_length: np.ndarray
    """Mean number of visits waiting (Little's law: rate x wait)."""
    arrival_scv: np.ndarray
    """Squared coefficient of variation of the times between arrivals, inner flows included; 1 is Poisson."""
    sojourn_hours: np.ndarray
    """Mean wait plus work per visit."""


def mean_waits(
    external: Any,
    routing: Any,
    handle_hours: Any,
    agents: Sequence[int] | np.ndarray | int,
    arrival_scv: Any = 1,
    service_scv: Any = 1,
) -> NetworkWaits:
    """Mean wait per visit of every tier; rates per hour, work in hours, `arrival_scv` of the external streams.

    Errors: UnstableError where a tier has as much work as its agents, or more, or work and no agent.
    """
    gamma = array("external", external)
    rates, nodes = visit_rates(gamma, routing), gamma.size
    work = per_node("handle_hours", handle_hours, nodes)
    seats = np.array([count("agents", seat) for seat in per_node("agents", agents, nodes)])
    scv_in, scv_work = per_node("arrival_scv", arrival_scv, nodes), per_node("service_scv", service_scv, nodes)
    load = rates * work
    _refuse_overload(load, seats)
    busy = np.divide(load, seats, out=np.zeros(nodes), where=seats > 0)
    flow_scv = _flow_scv(gamma, rates, _routing(routing), busy, np.maximum(seats, 1), scv_in, scv_work)
    exponential = np.array([_wait(s, a, h) for s, a, h in zip(seats, load, work, strict=True)])
    wait = (flow_scv + scv_work) / 2.0 * exponential
    return NetworkWaits(rates, busy, wait, rates * wait, flow_scv, wait + work)


def _wait(seats: int, load: float, handle: float) -> float:
    return float(erlang_c(int(seats), load)) * handle / (seats - load) if load > 0 else 0.0


def _refuse_overload(load: np.ndarray, seats: np.ndarray) -> None:
    over = np.flatnonzero((load > 0) & (load >= seats))
    if over.size:
        tier = int(over[0])
        raise UnstableError(
            "A tier has more work than its agents can ever do, so its queue grows without end.",
            found=f"Tier {tier} (from 0): {load[tier]:.6g} agents' worth of work for {seats[tier]} agents.",
            todo=f"Give it at least {int(np.floor(load[tier])) + 1} agents, or less work.",
        )


def _flow_scv(
    gamma: np.ndarray,
    rates: np.ndarray,
    routing: np.ndarray,
    busy: np.ndarray,
    seats: np.ndarray,
    scv_in: np.ndarray,
    scv_work: np.ndarray,
) -> np.ndarray:
    """Arrival variability of every tier from the linear equations of QNA.

    c_aj^2 = sum_i (lambda_ij / lambda_j) (p_ij c_di^2 + 1 - p_ij) + (gamma_j / lambda_j) c_0j^2, where the departures
    of i have c_di^2 = constant_i + (1 - rho_i^2) c_ai^2. Tiers without visits are Poisson by courtesy.
    """
    nodes = rates.size
    regular = busy**2 / np.sqrt(seats) * (np.maximum(scv_work, _LEAST_SERVICE_SCV) - 1.0)
    constant = 1.0 - (1.0 - busy**2) + regular
    weight = np.divide(rates[:, None] * routing, rates[None, :], out=np.zeros((nodes, nodes)), where=rates[None, :] > 0)
    entering = np.divide(gamma, rates, out=np.ones(nodes), where=rates > 0)
    known = entering * np.where(rates > 0, scv_in, 1.0)
    known = known + (weight * (routing * constant[:, None] + 1.0 - routing)).sum(axis=0)
    carried = (weight * routing * (1.0 - busy**2)[:, None]).T
    return np.linalg.solve(np.eye(nodes) - carried, known)


@dataclass(frozen=True)
class Routing:
    """A routing matrix learnt from counts of ended visits, with 95 % intervals. Arrays are (tiers, tiers)."""

    tiers: tuple[str, ...]
    matrix: np.ndarray
    low: np.ndarray
    high: np.ndarray
    concentration: np.ndarray
    """Dirichlet parameters, (tiers, tiers + 1); the last column is "ended here", 0 where a step cannot happen."""
    visits: np.ndarray
    """Ended visits seen per tier, before smoothing."""

    def draws(self, size: int, seed: int) -> np.ndarray:
        """`size` plausible matrices, (size, tiers, tiers): one gamma per cell, normalised by row."""
        shape = np.broadcast_to(self.concentration, (size, *self.concentration.shape))
        cells = np.random.default_rng(seed).gamma(shape)
        rows = cells.sum(axis=2, keepdims=True)
        return np.divide(cells, rows, out=np.zeros_like(cells), where=rows > 0)[:, :, :-1]


def estimate_routing(
    counts: Any, tiers: Sequence[str], *, prior_visits: float = 1.0, prior_routing: Any = None
) -> Routing:
    """The routing matrix and its uncertainty from counts of ended tier visits, smoothed by a Dirichlet prior.

    `counts` is (tiers, tiers + 1): row i, column j the visits to i that ended in a handoff to j; the last column those
    that ended there. `prior_visits` imaginary visits per row are spread as `prior_routing` says (the overall matrix,
    when estimating one category), else evenly over the other tiers and "ended here". Handoffs within a tier cannot
    happen. A tier in which no visit ever ended follows `prior_routing`; without one it is taken to end all of its
    visits, with an interval as wide as the prior.
    Errors: InputError for a count within a tier or a shape that does not fit; prior_visits must be above 0.
    """
    seen = array("counts", counts, dims=(2,))
    nodes = len(tiers)
    if seen.shape != (nodes, nodes + 1):
        raise InputError("counts must be one row per tier.", found=f"Found {seen.shape}, {nodes} tiers.")
    if np.diag(seen).any():
        raise InputError("A tier visit cannot end in a handoff to its own tier.", found=f"Found {np.diag(seen)}.")
    prior = number("prior_visits", prior_visits, above=True) * _prior(prior_routing, nodes)
    alpha = seen + prior
    matrix = alpha[:, :-1] / alpha.sum(axis=1, keepdims=True)
    if prior_routing is None:
        matrix[seen.sum(axis=1) == 0] = 0.0
    low, high = _marginal_interval(alpha)
    return Routing(tuple(tiers), matrix, np.minimum(low, matrix), high, alpha, seen.sum(axis=1))


def _prior(prior_routing: Any, nodes: int) -> np.ndarray:
    if prior_routing is None:
        even = np.ones((nodes, nodes + 1))
        even[np.arange(nodes), np.arange(nodes)] = 0.0
        return even / even.sum(axis=1, keepdims=True)
    given = _routing(prior_routing)
    return np.hstack([given, 1.0 - given.sum(axis=1, keepdims=True)])


def _marginal_interval(alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """2.5 % and 97.5 % of each cell: a Dirichlet's cell is Beta(a, rest)."""
    from scipy.special import betaincinv  # not at the top: the closed forms above need no scipy

    cell = alpha[:, :-1]
    rest = alpha.sum(axis=1, keepdims=True) - cell
    sure = (cell > 0) & (rest > 0)
    a, b = np.where(sure, cell, 1.0), np.where(sure, rest, 1.0)
    low, high = (np.where(sure, betaincinv(a, b, q), 0.0) for q in (0.025, 0.975))
    return low, np.where((cell > 0) & (rest <= 0), 1.0, high)


def rates_by_category(external: Any, routings: Sequence[Any]) -> np.ndarray:
    """Visits per tier summed over categories that route differently: `external` is (categories, tiers)."""
    gamma = array("external", external, dims=(2,))
    if gamma.shape[0] != len(routings):
        raise InputError("One routing matrix per category.", found=f"{gamma.shape[0]} rows, {len(routings)} matrices.")
    return np.sum([visit_rates(row, matrix) for row, matrix in zip(gamma, routings, strict=True)], axis=0)


def remixed(external: Any, routings: Sequence[Any], factors: Any) -> tuple[np.ndarray, np.ndarray]:
    """What it does to the arrivals and to the ways of visits when each category brings `factors` times its tickets.

    `external` is (categories, tiers), with a routing matrix and a factor for each. Answers multiples of what all factors of 1
    give: of the arrivals at each tier, (tiers,), and of the shares of a tier's visits that go to each other tier or, in the
    last column, end there, (tiers, tiers + 1); 1 where nothing goes. The visits that follow are those of `rates_by_category`.
    """
    gamma, times = array("external", external, dims=(2,)), array("factors", factors)
    matrices = np.array([_routing(matrix) for matrix in routings])
    whole = np.concatenate([matrices, 1.0 - matrices.sum(axis=2, keepdims=True)], axis=2)

    def shares(entering: np.ndarray) -> np.ndarray:
        rates = np.array([visit_rates(row, matrix) for row, matrix in zip(entering, matrices, strict=True)])
        handed = np.einsum("ci,cij->ij", rates, whole)
        total = handed.sum(axis=1, keepdims=True)
        return np.divide(handed, total, out=np.zeros_like(handed), where=total > 0)

    before, after = shares(gamma), shares(gamma * times[:, None])
    came, comes = gamma.sum(axis=0), times @ gamma
    moved = np.divide(
        after, before, out=np.ones_like(after), where=(before > 0) & (after.sum(axis=1, keepdims=True) > 0)
    )
    return np.divide(comes, came, out=np.ones_like(came), where=came > 0), moved


def deflect(external: Any, routing: Any, tier: int, deflection: float) -> tuple[np.ndarray, np.ndarray]:
    """External arrivals and routing after tier 0 solves a share `deflection` of the contacts entering `tier`.

    The flow out of the tier to others is unchanged (only solvable contacts disappear), so its shares rise by
    lambda / (lambda - d gamma), which is 1 / (1 - d) where no ticket returns.
    """
    gamma, matrix = array("external", external, dims=(1, 2)).copy(), _routing(routing).copy()
    gone = share("deflection", deflection, below_one=True)
    total, entering = visit_rates(gamma, matrix)[..., tier].sum(), gamma[..., tier].sum()
    left = total - gone * entering
    factor = total / left if left > 0 else 1.0
    kept = matrix[tier].sum()
    if kept * factor > 1.0 + _ROUNDING:
        most = (1.0 - kept) * total / entering
        raise InputError(
            "Tier 0 cannot solve what the front line could not.",
            found=f"Deflection {gone:.4g}; the front line hands on {kept:.4g} of its visits.",
            todo=f"Deflect at most {most:.4g}.",
        )
    matrix[tier] *= factor
    gamma[..., tier] *= 1.0 - gone
    return gamma, matrix
