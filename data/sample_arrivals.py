"""When tickets arrive, about what, from whom: everything that is known about a ticket before anybody touches it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.sample_clock import closed, days_of, midnights
from data.sample_text import KNOWN_ISSUES, SPAM_SUBJECTS, customers, recurrence, subject
from data.sample_world import (
    CHANNEL_SHARES,
    LIVE_CHANNELS,
    OUTAGE_CATEGORY,
    PRODUCTS,
    Launch,
    Scenario,
)

WEEKDAY = np.array([1.20, 1.09, 1.03, 1.00, 0.87, 0.15, 0.09])
MONTH = np.array([1.08, 1.03, 1.04, 1.00, 0.98, 1.00, 0.90, 0.88, 1.03, 1.04, 1.07, 0.93])
HOLIDAY = 0.18
CHRISTMAS = 0.45  # 24 December to 1 January
DAY_NOISE_CV = 0.09
CUSTOMER_COUNT = 380
CHAT, PHONE, PARTNER = 2, 3, 4  # channel numbers
KNOWN_ISSUE_DAYS = 110
KNOWN_ISSUE_SHARE = 0.075  # of the category's tickets after the first day, while the issue lives
# Local-hour profiles, 0-23 h: written channels trickle in at night, live ones follow L1's opening hours.
WRITTEN_HOURS = np.array([2, 1, 1, 1, 1, 3, 9, 24, 58, 82, 90, 84, 62, 68, 84, 80, 66, 46, 26, 16, 12, 9, 6, 4], float)
LIVE_HOURS = np.array([0, 0, 0, 0, 0, 0, 0, 22, 60, 86, 92, 84, 56, 66, 82, 76, 62, 38, 16, 7, 0, 0, 0, 0], float)
MACHINE_HOURS = np.array(
    [14, 12, 12, 12, 13, 16, 22, 32, 46, 54, 58, 56, 48, 50, 54, 52, 48, 40, 32, 26, 22, 20, 18, 16], float
)


@dataclass(frozen=True)
class Arrivals:
    """One entry per ticket, in order of creation. Times are seconds since 1970 (UTC); the rest are numbers of lists."""

    at: np.ndarray
    product: np.ndarray
    category: np.ndarray  # number inside the product
    channel: np.ndarray
    priority: np.ndarray
    customer: np.ndarray
    need: np.ndarray  # the tier that the ticket truly needs: 1, 2 or 3
    approval: np.ndarray  # needs a manager's yes
    excluded: np.ndarray  # merged, spam
    l1_team: np.ndarray
    known_issue: np.ndarray  # number in KNOWN_ISSUES, or -1
    subject: list[str]
    customers: list[str]


def lift(days: list[date], launch: Launch, size: float) -> np.ndarray:
    """1 before the launch, and 1 + size·e^(-days/decay) from its day on."""
    since = np.array([(day - launch.day).days for day in days], dtype=float)
    return 1 + np.where(since >= 0, size * np.exp(-np.maximum(since, 0) / launch.decay_days), 0.0)


def daily_level(days: list[date]) -> np.ndarray:
    """The seasonal factor of each day: weekday, month, holidays, Christmas."""
    weekday = WEEKDAY[[day.weekday() for day in days]]
    level = weekday * MONTH[[day.month - 1 for day in days]]
    shut = np.array([closed(day) for day in days])
    level = np.where(shut, np.minimum(level, HOLIDAY), level)
    quiet = np.array([(day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1) for day in days])
    return np.where(quiet, level * CHRISTMAS, level)


def events_of(scenario: Scenario, product: str) -> list[Launch]:
    """Launches and the outage that touch a product."""
    happened = [*scenario.launches, *([scenario.outage] if scenario.outage else [])]
    return [launch for launch in happened if launch.product == product]


def expected(scenario: Scenario, days: list[date]) -> np.ndarray:
    """Expected tickets, days × products; without events they sum to `scenario.tickets` over the period."""
    trend = (1 + scenario.growth_per_year) ** (np.arange(len(days)) / 365.25)
    base = daily_level(days) * trend
    rate = base[:, None] * np.array([product.share for product in PRODUCTS])
    for number, product in enumerate(PRODUCTS):
        for launch in events_of(scenario, product.name):
            rate[:, number] *= lift(days, launch, launch.volume_lift)
    return rate * scenario.tickets / rate.sum()


def hardness(scenario: Scenario, days: list[date]) -> np.ndarray:
    """Factor on the chance of needing L2 or L3, days × products."""
    factor = np.full((len(days), len(PRODUCTS)), scenario.need_scale)
    for number, product in enumerate(PRODUCTS):
        for launch in events_of(scenario, product.name):
            factor[:, number] *= lift(days, launch, launch.harder_lift)
    return factor


def choose(shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One column number per row of shares (rows need not sum to 1)."""
    edges = np.cumsum(shares, axis=1)
    return (rng.random(len(shares))[:, None] * edges[:, -1:] > edges).sum(axis=1)


def category_numbers(product: np.ndarray, outage_share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The category of each ticket; `outage_share` is the chance that it is about the outage."""
    weights = np.array([[category.weight for category in item.categories] for item in PRODUCTS])
    chosen = choose(weights[product], rng)
    login = [category.name for category in PRODUCTS[3].categories].index(OUTAGE_CATEGORY)
    return np.where(rng.random(len(product)) < outage_share, login, chosen)


def outage_shares(scenario: Scenario, day: np.ndarray, product: np.ndarray, days: list[date]) -> np.ndarray:
    """The share of a day's tickets that exist because of the outage, for its product; 0 for the others."""
    if scenario.outage is None:
        return np.zeros(len(day))
    extra = lift(days, scenario.outage, scenario.outage.volume_lift)
    hit = PRODUCTS[3].name == scenario.outage.product
    return np.where((product == 3) & hit, 1 - 1 / extra[day], 0.0)


def channels(day: np.ndarray, product: np.ndarray, days: list[date], rng: np.random.Generator) -> np.ndarray:
    """The channel; no live ones on Sundays and holidays, few on Saturdays, more of the partner API for the API."""
    shares = np.tile(np.array(CHANNEL_SHARES), (len(day), 1))
    factor = np.array([0.0 if closed(d) or d.weekday() == 6 else 0.35 if d.weekday() == 5 else 1.0 for d in days])
    shares[:, list(LIVE_CHANNELS)] *= factor[day][:, None]
    shares[:, PARTNER] *= np.where(product == 1, 2.4, 0.6)
    return choose(shares, rng)


def seconds_of_day(channel: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Second of the local day at which each ticket arrives."""
    profile = np.array([WRITTEN_HOURS, WRITTEN_HOURS, LIVE_HOURS, LIVE_HOURS, MACHINE_HOURS])
    return choose(profile[channel], rng) * 3600 + rng.integers(0, 3600, size=len(channel))


def needs(
    scenario: Scenario, product: np.ndarray, category: np.ndarray, hard: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The tier each ticket truly needs."""
    table = np.array([[(item.need_l2, item.need_l3) for item in one.categories] for one in PRODUCTS])
    chance = np.minimum(table[product, category] * hard[:, None], (0.5, 0.25))
    draw = rng.random(len(product))
    return np.where(draw < chance[:, 1], 3, np.where(draw < chance.sum(axis=1), 2, 1))


def priorities(need: np.ndarray, outage_share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Priority numbers: harder tickets are more urgent, outage tickets much more."""
    shares = np.array([[0.02, 0.13, 0.65, 0.20], [0.05, 0.24, 0.59, 0.12], [0.10, 0.34, 0.49, 0.07]])[need - 1]
    outage = np.array([0.38, 0.42, 0.19, 0.01])
    return choose(np.where((outage_share > 0.3)[:, None], outage, shares), rng)


def mark_known_issues(
    scenario: Scenario, at: np.ndarray, product: np.ndarray, category: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """For each ticket the known issue it is about, or -1: a first one, then some of its category's later tickets."""
    known = np.full(len(at), -1)
    for number, (name, about, _, first, _) in enumerate(KNOWN_ISSUES if scenario.known_issues else ()):
        place = [item.name for item in PRODUCTS].index(name)
        kind = [item.name for item in PRODUCTS[place].categories].index(about)
        begin = np.datetime64(first, "s").astype(np.int64) + 9 * 3600
        alike = np.flatnonzero((product == place) & (category == kind) & (at >= begin))
        if begin < at[0] or not len(alike):  # its first ticket lies outside of the period
            continue
        fresh = alike[(at[alike] > at[alike[0]] + 8 * 86_400) & (at[alike] < at[alike[0]] + KNOWN_ISSUE_DAYS * 86_400)]
        share = max(KNOWN_ISSUE_SHARE, 9 / max(len(fresh), 1))
        known[alike[0]] = number
        known[fresh[rng.random(len(fresh)) < share]] = number
    return known


def known_needs(need: np.ndarray, known: np.ndarray) -> np.ndarray:
    """A known issue needs L3; once an article exists (documented), its later tickets need L2 only."""
    documented = np.array([issue[4] for issue in KNOWN_ISSUES])
    firsts = {int(number): int(np.flatnonzero(known == number)[0]) for number in np.unique(known[known >= 0])}
    changed = np.where(known >= 0, np.where(documented[known], 2, 3), need)
    changed[list(firsts.values())] = 3
    return changed


def l1_teams(channel: np.ndarray, customer: np.ndarray) -> np.ndarray:
    """Partners go to the partner desk; of the other customers about half are in Germany, Austria and Switzerland."""
    seat = customer * 7 % 15
    home = np.where(seat < 7, 0, np.where(seat < 13, 1, 2))
    return np.where(channel == PARTNER, 2, home)


def subjects(product: np.ndarray, category: np.ndarray, excluded: np.ndarray, known: np.ndarray, rng) -> list[str]:
    """One subject per ticket."""
    rolls = iter(rng.random(len(product) * 8).tolist())

    def pick(count: int) -> int:
        return int(next(rolls) * count)

    texts = []
    for place, kind, spam, issue in zip(
        product.tolist(), category.tolist(), excluded.tolist(), known.tolist(), strict=True
    ):
        if spam and pick(2):
            texts.append(SPAM_SUBJECTS[pick(len(SPAM_SUBJECTS))])
        elif issue >= 0:
            texts.append(recurrence(KNOWN_ISSUES[issue][2], pick))
        else:
            texts.append(subject(PRODUCTS[place].categories[kind].name, pick))
    return texts


def arrivals(scenario: Scenario, rng: np.random.Generator) -> Arrivals:
    """All tickets of the scenario."""
    days, at0 = days_of(scenario), midnights(scenario)
    noise = rng.gamma(1 / DAY_NOISE_CV**2, DAY_NOISE_CV**2, size=(len(days), 1))
    counts = rng.poisson(expected(scenario, days) * noise)
    day, product = (np.repeat(grid.ravel(), counts.ravel()) for grid in np.indices(counts.shape))
    channel = channels(day, product, days, rng)
    at = np.minimum(at0[day] + seconds_of_day(channel, rng), at0[day + 1] - 1)
    order = np.argsort(at, kind="stable")
    at, day, product, channel = at[order], day[order], product[order], channel[order]
    outage_share = outage_shares(scenario, day, product, days)
    category = category_numbers(product, outage_share, rng)
    known = mark_known_issues(scenario, at, product, category, rng)
    need = needs(scenario, product, category, hardness(scenario, days)[day, product], rng)
    need = known_needs(need, known) if scenario.known_issues else need
    excluded = (rng.random(len(at)) < 0.012) & (known < 0)
    names = customers(CUSTOMER_COUNT, rng)
    customer = np.minimum((rng.pareto(1.1, size=len(at)) * 30).astype(int), 10**6) % CUSTOMER_COUNT
    approval = approvals(scenario, product, category, need, rng)
    return Arrivals(
        at, product, category, channel, priorities(need, outage_share, rng), customer, need, approval, excluded,
        l1_teams(channel, customer), known, subjects(product, category, excluded, known, rng), names,
    )  # fmt: skip


def approvals(
    scenario: Scenario, product: np.ndarray, category: np.ndarray, need: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Whether an L1 ticket needs a manager's yes: by category, and a few complaints everywhere."""
    table = np.array([[item.approval for item in one.categories] for one in PRODUCTS])
    chance = (table[product, category] + 0.008) * scenario.approval_scale
    return (rng.random(len(product)) < chance) & (need == 1)
