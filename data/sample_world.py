"""The invented company behind the sample: products, categories, teams, and the truths that are planted on purpose.

Assumptions, with units: probabilities 0-1; efforts in minutes of work; dates are days in Europe/Berlin. `need_l2` and
`need_l3` are the chances that a ticket of the category truly needs that tier; everything above that which climbs is a
premature escalation. No number here is taken from a real company.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TIERS = ("L1", "L2", "L3")
KINDS = (
    "created",
    "queued",
    "assigned",
    "acknowledged",
    "pending",
    "replied",
    "customer_replied",
    "resolved",
    "closed",
    "cancelled",
    "reopened",
    "commented",
    "changed",
    "excluded",
)
PRIORITIES = ("urgent", "high", "normal", "low")
CHANNELS = ("email", "web form", "chat", "phone", "partner API")
CHANNEL_SHARES = (0.34, 0.26, 0.14, 0.16, 0.10)
LIVE_CHANNELS = (2, 3)
COLUMNS = (
    "ticket_id",
    "at",
    "kind",
    "tier",
    "team",
    "agent",
    "priority",
    "product",
    "category",
    "channel",
    "customer",
    "subject",
    "note",
    "csat",
    "effort_minutes",
    "escalation_type",
    "knowledge_link",
)

# Public holidays of Berlin that fall into the sample's years; 8 May 2025 was a single one.
HOLIDAY_DAYS = (
    "2024-12-25 2024-12-26 2025-01-01 2025-03-08 2025-04-18 2025-04-21 2025-05-01 2025-05-08 2025-05-29 2025-06-09 "
    "2025-10-03 2025-12-25 2025-12-26 2026-01-01 2026-03-08 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-10-03"
)
HOLIDAYS = tuple(date.fromisoformat(day) for day in HOLIDAY_DAYS.split())


@dataclass(frozen=True)
class Category:
    """A kind of request: its weight inside the product, the tier it needs, and how much work it is."""

    name: str
    weight: float
    need_l2: float
    need_l3: float
    approval: float = 0.0  # chance that it needs a manager's yes (a hierarchical escalation)
    l2_type: bool = False  # work that L2 can do by itself; in the bottleneck half year too much of it lands in L3
    boundary: bool = False  # belongs to both teams of the bouncing pair, so to neither
    effort: float = 1.0


@dataclass(frozen=True)
class Product:
    """A product, its share of all tickets, and the teams behind the desk."""

    name: str
    share: float
    l2_team: str
    l3_team: str
    premature: float  # chance that L1 sends up a ticket which it could have solved
    categories: tuple[Category, ...]


@dataclass(frozen=True)
class Team:
    """A team, its tier, and the heads it starts with."""

    name: str
    tier: int
    heads: int
    note_shift: float = 0.0  # added to the chance of a bad handoff note


@dataclass(frozen=True)
class Launch:
    """A product launch: volume times (1 + lift·e^(-days/decay)), and the same for the chance of needing L2 or L3."""

    name: str
    product: str
    day: date
    volume_lift: float
    harder_lift: float
    decay_days: float


PRODUCTS = (
    Product(
        "Billing Cloud",
        0.32,
        "Billing L2",
        "Platform Engineering",
        0.032,
        (
            Category("Invoice questions", 30, 0.060, 0.007, effort=0.8),
            Category("Payment failed", 22, 0.095, 0.022, l2_type=True),
            Category("Credit note & refund", 14, 0.050, 0.000, approval=0.40, l2_type=True),
            Category("Tax & VAT setup", 12, 0.160, 0.031, l2_type=True, effort=1.2),
            Category("ERP export", 12, 0.230, 0.085, boundary=True, effort=1.3),
            Category("Plan & licence change", 10, 0.055, 0.003, approval=0.19, effort=0.8),
        ),
    ),
    Product(
        "Connect API",
        0.20,
        "Integrations L2",
        "Platform Engineering",
        0.20,
        (
            Category("API errors", 26, 0.180, 0.103, effort=1.2),
            Category("Payment webhooks", 18, 0.200, 0.078, boundary=True, effort=1.1),
            Category("Connector setup", 22, 0.140, 0.027, l2_type=True, effort=1.2),
            Category("Sync delays", 18, 0.150, 0.103, effort=1.0),
            Category("Rate limits", 8, 0.100, 0.038, l2_type=True, effort=0.9),
            Category("Keys & certificates", 8, 0.120, 0.038, l2_type=True, effort=0.9),
        ),
    ),
    Product(
        "Insight Reports",
        0.26,
        "Reporting L2",
        "Data Engineering",
        0.032,
        (
            Category("Wrong figures", 22, 0.150, 0.082, effort=1.3),
            Category("Scheduled report missing", 20, 0.110, 0.038, l2_type=True),
            Category("Dashboard slow", 16, 0.130, 0.082),
            Category("Export & download", 18, 0.080, 0.021, l2_type=True, effort=0.9),
            Category("Filters & sharing", 16, 0.055, 0.007, effort=0.8),
            Category("Data refresh", 8, 0.190, 0.103, effort=1.1),
        ),
    ),
    Product(
        "Identity Hub",
        0.22,
        "Identity & Access L2",
        "Platform Engineering",
        0.028,
        (
            Category("Login & SSO", 34, 0.085, 0.030),
            Category("Password & MFA", 28, 0.018, 0.002, effort=0.6),
            Category("User provisioning", 16, 0.130, 0.038, l2_type=True),
            Category("Roles & permissions", 14, 0.075, 0.007, approval=0.10, l2_type=True, effort=0.9),
            Category("Audit log", 4, 0.110, 0.038),
            Category("Directory sync", 4, 0.190, 0.095, effort=1.2),
        ),
    ),
)

TEAMS = (
    Team("Service Desk DACH", 1, 5),
    Team("Service Desk EMEA", 1, 5),
    Team("Partner Desk", 1, 4, note_shift=0.20),
    Team("Billing L2", 2, 3),
    Team("Integrations L2", 2, 4),
    Team("Reporting L2", 2, 3),
    Team("Identity & Access L2", 2, 2),
    Team("Platform Engineering", 3, 6),
    Team("Data Engineering", 3, 3),
)
TEAM_INDEX = {team.name: index for index, team in enumerate(TEAMS)}
BOUNCING_PAIR = ("Billing L2", "Integrations L2")

LAUNCHES = (
    Launch("Insight Reports 3", "Insight Reports", date(2025, 3, 18), 1.1, 0.9, 16.0),
    Launch("Connect API v2", "Connect API", date(2026, 2, 10), 1.4, 0.35, 18.0),
)
PLANNED_LAUNCH = Launch("Billing Cloud 5", "Billing Cloud", date(2026, 12, 1), 1.0, 0.7, 16.0)
OUTAGE = Launch("Identity Hub login outage", "Identity Hub", date(2025, 9, 24), 5.0, 1.5, 1.2)
OUTAGE_CATEGORY = "Login & SSO"


@dataclass(frozen=True)
class NoteEffect:
    """What a class of handoff note does: factor on the time until somebody looks, chance of being sent back."""

    name: str
    sections: tuple[int, int]  # lowest and highest count of the six sections
    wait_factor: float
    return_chance: float


NOTE_EFFECTS = (
    NoteEffect("bad", (0, 1), 2.6, 0.24),
    NoteEffect("fair", (2, 3), 1.5, 0.09),
    NoteEffect("good", (4, 6), 1.0, 0.025),
)


@dataclass(frozen=True)
class Scenario:
    """One organisation over one period; everything that the simulation needs to know."""

    seed: int = 7
    start: date = date(2024, 11, 1)
    days: int = 730
    tickets: int = 60_000
    growth_per_year: float = 0.09
    launches: tuple[Launch, ...] = LAUNCHES
    outage: Launch | None = OUTAGE
    bottleneck_start: date | None = date(2026, 5, 1)
    pass_up: float = 0.02  # chance that L2 hands L2-type work to L3
    pass_up_bottleneck: float = 0.50
    pass_up_until: int = 28  # tickets waiting for L3; beyond, L2 is as careful as before
    pair_moves: tuple[float, ...] = (0.50, 0.46, 0.38, 0.30, 0.22, 0.15)
    premature: tuple[float, ...] = tuple(product.premature for product in PRODUCTS)
    need_scale: float = 1.0
    approval_scale: float = 1.0
    note_shares: tuple[float, float, float] = (0.27, 0.33, 0.40)
    note_effects: tuple[NoteEffect, ...] = NOTE_EFFECTS
    notice_minutes: tuple[float, float, float] = (4.0, 22.0, 60.0)  # medians until somebody looks, by tier
    link_share: tuple[float, float, float] = (0.34, 0.46, 0.66)  # knowledge link on resolution, by tier
    known_issues: bool = True
    staff_changes: bool = True
    heads_scale: float = 1.0
    min_heads: int = 2
    open_hours: tuple[tuple[float, float], ...] = ((7.0, 20.0), (8.0, 18.0), (9.0, 17.0))  # local, by tier
    open_weekdays: tuple[int, int, int] = (6, 5, 5)  # 6: Monday to Saturday
    productive_share: tuple[float, float, float] = (0.46, 0.38, 0.26)  # of a shift, on tickets, by tier
    paid_hours: tuple[float, float, float] = (6.0, 5.0, 3.0)  # of a shift, for tickets; the rest is other work
    teams: tuple[Team, ...] = TEAMS
    misroute: float = 0.03
    effort_scale: tuple[float, float, float] = (1.0, 1.0, 1.0)  # on the mean work of a visit, by tier
    effort_sigma: tuple[float, float, float] = (0.75, 0.60, 0.65)  # of the lognormal, by tier
    category_effort: bool = True  # whether categories differ in work


HEALTHY = Scenario(
    start=date(2026, 3, 2),
    days=140,
    tickets=4_000,
    growth_per_year=0.0,
    launches=(),
    outage=None,
    bottleneck_start=None,
    pass_up=0.01,
    pair_moves=(0.02,),
    premature=(0.006, 0.006, 0.006, 0.006),
    need_scale=0.74,
    approval_scale=0.10,
    note_shares=(0.01, 0.09, 0.90),
    notice_minutes=(2.0, 4.0, 6.0),
    link_share=(0.6, 0.85, 0.95),
    known_issues=False,
    staff_changes=False,
    heads_scale=0.6,
    min_heads=4,
    open_hours=((7.0, 20.0), (7.0, 20.0), (7.0, 20.0)),
    open_weekdays=(6, 6, 6),
    productive_share=(0.6, 0.6, 0.6),
    misroute=0.006,
    effort_scale=(0.60, 0.48, 0.80),
    effort_sigma=(0.60, 0.22, 0.50),
    category_effort=False,
)
