"""The later findings, each on a log built to trigger it and on one built not to; values recomputed in closed form or by hand."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.findings.d10_same_work import divergence
from analytics.findings.d22_training import shrunk
from analytics.findings.d25_marked_day import interrupted
from analytics.findings.issues import grouping
from analytics.findings.settings import MARKED_DAY, Settings
from analytics.findings.settings_file import changed
from tests.findings.drawn import START, Stay, log, ticket
from tests.findings.test_each import DESK, ENG, TECH, UP, UP_TWICE, mixed

COSTS = Settings(hourly_cost=(("L1", 30.0), ("L2", 45.0), ("L3", 60.0)))


def roster(hours, days=84):
    """The same hours of L1, L2 and L3 every day, from the first day of the logs on."""
    return [(START.date() + timedelta(days=day), tier, hours[tier - 1]) for day in range(days) for tier in (1, 2, 3)]


@pytest.mark.parametrize(("hours", "severity"), [((8, 1, 1), "watch"), ((8, 8, 8), "good")])
def test_d02_staff_mix(findings_of, hours, severity):
    """Every ticket takes 10 minutes in each tier: the work asks for a third of the hours in each."""
    made = [ticket(f"T{i:03d}", i / 4, UP_TWICE) for i in range(336)]
    finding = findings_of(log(made), roster=roster(hours))["d02_staff_mix"]
    assert finding.severity == severity
    assert abs(finding.value) == pytest.approx(max(abs(h / sum(hours) - 1 / 3) for h in hours), abs=1e-3)
    assert findings_of(log(made))["d02_staff_mix"].severity == "unknown"


@pytest.mark.parametrize(("slow", "severity"), [(5, "watch"), (200, "good")])
def test_d06_the_rule_replayed(findings_of, slow, severity):
    """A desk visit lasts 16 minutes, or 71. `slow` of 200 that stay and all 100 escalated take 71: the rule ends them at 30."""
    settings = Settings((changed(_threshold("escalate_after_minutes"), 30),))
    late = Stay("L1", "Desk", wait=60)
    made = [ticket(f"S{i:03d}", i / 4, [late if i < slow else DESK]) for i in range(200)]
    made += [ticket(f"U{i:03d}", i / 2, [late, TECH]) for i in range(100)]
    finding = findings_of(log(made), settings)["d06_escalate_after"]
    assert finding.severity == severity
    assert finding.value == pytest.approx(slow / 100)
    assert "within 30 min instead of 1.2 h" in finding.sentence


def _threshold(name):
    from analytics.findings.registry import thresholds

    return thresholds()[name]


@pytest.mark.parametrize(("of_tech", "severity"), [("A", "watch"), ("B", "good")])
def test_d10_same_work(findings_of, of_tech, severity):
    """L1 and L2 resolve 1,200 tickets each: of one category with the same work, or of two."""
    made = [ticket(f"D{i:04d}", i / 20, [DESK], category="A") for i in range(1200)]
    made += [ticket(f"T{i:04d}", i / 20, UP, category=of_tech) for i in range(1200)]
    made += [ticket(f"X{i:04d}", i / 2, way, category="C") for i, way in enumerate([[DESK], UP] * 10)]
    finding = findings_of(log(made))["d10_same_work"]
    assert finding.severity == severity
    assert finding.value == pytest.approx(0.0 if of_tech == "A" else 1210 / 1220, abs=0.02)


def test_divergence_in_closed_form_and_its_error_by_simulation():
    assert divergence(pd.Series([5, 0]), pd.Series([0, 5])).value == pytest.approx(1)
    assert divergence(pd.Series([30, 70]), pd.Series([300, 700])).value == pytest.approx(0)
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
    m = (p + q) / 2
    expected = sum(x * math.log2(x / y) for x, y in [*zip(p, m, strict=True), *zip(q, m, strict=True)]) / 2
    told = divergence(pd.Series(p * 1000), pd.Series(q * 1000))
    assert told.value == pytest.approx(expected)
    rng = np.random.default_rng(1)
    drawn = [
        divergence(pd.Series(rng.multinomial(1000, p)), pd.Series(rng.multinomial(1000, q))).value for _ in range(400)
    ]
    assert (told.high - told.low) / 2 / 1.96 == pytest.approx(np.std(drawn), rel=0.15)


@pytest.mark.parametrize(("lent", "severity"), [(True, "watch"), (False, "good")])
def test_d11_l2_work_in_l3(findings_of, lent, severity):
    """Half a year in which L2 solves category A; then, for eight weeks, L3 does it, or B, which was always L3's."""
    made = [ticket(f"A{i:03d}", i, UP, category="A") for i in range(180)]
    made += [ticket(f"B{i:03d}", i, UP_TWICE, category="B") for i in range(180)]
    made += [ticket(f"Z{i:03d}", 180 + i / 2, UP_TWICE, category="A" if lent and i % 2 else "B") for i in range(112)]
    finding = findings_of(log(made).query("ticket_id != 'ZZ-last'"))["d11_l3_vetting"]
    assert finding.severity == severity
    assert finding.value == pytest.approx(0.5 if lent else 0.0, abs=0.02)


def known(climbing, calm=200):
    """An issue that L3 solves first and that comes ten times in 20 days after that, under other words; and many easy tickets."""
    words = [
        "Sync stops on emoji in names",
        "Urgent: sync stops on emoji in names",
        "Sync stops on emoji in names (since Monday)",
    ]
    made = [ticket("F000", 5, UP_TWICE, subject=words[0], product="P")]
    made += [
        ticket(f"F{i:03d}", 8 + 2 * i, UP_TWICE if climbing else UP, subject=words[i % 3], product="P")
        for i in range(1, 11)
    ]
    made += [
        ticket(f"N{i:03d}", i / 3, UP_TWICE if i < 60 else [DESK], subject=_other(i), product="P") for i in range(calm)
    ]
    return log(made)


def _other(number):
    """Subjects that share no word with each other: numbers, written in letters."""
    letters = "".join(chr(97 + int(digit)) for digit in f"{number:03d}")
    return f"a{letters} b{letters} c{letters}"


@pytest.mark.parametrize(("climbing", "severity"), [(True, "watch"), (False, "good")])
def test_d13_known_issues(findings_of, climbing, severity):
    finding = findings_of(known(climbing))["d13_known_issues"]
    assert finding.severity == severity
    assert (finding.value, finding.n) == (pytest.approx((10 / 71) if climbing else 0), 71 if climbing else 61)
    if climbing:
        assert "“Sync stops on emoji in names” (10 times)" in finding.sentence
        assert finding.work_hours * 97 / 7 == pytest.approx(10 * 10 / 60, rel=0.05)


def test_similar_subjects_by_hand():
    """3 of 4 words are 75 % and join; 2 of 5 are not; other products and short subjects stay apart."""
    told = grouping(
        ["P | a bb ccc", "P | x yy zzz", "P | help"],
        ["P | a bb ccc dddd", "P | a bb q w e", "Q | a bb ccc", "P | help me"],
        0.6,
    )
    assert told == {"P | a bb ccc": "P | a bb ccc", "P | x yy zzz": "P | x yy zzz", "P | help": "P | help",
                    "P | a bb ccc dddd": "P | a bb ccc"}  # fmt: skip


@pytest.mark.parametrize(("slow", "severity"), [(True, "watch"), (False, "good")])
def test_d14_risk(findings_of, slow, severity):
    """Past tickets took 11 minutes, or, where they are slow, 30 hours; 40 are open for five hours with 24 to go for."""
    past = Stay("L1", "Desk", wait=30 * 60 if slow else 300)
    made = [ticket(f"P{i:03d}", i / 4, [past], priority="normal") for i in range(300)]
    frame = log(made).query("ticket_id != 'ZZ-last'")
    end = frame["at"].max()
    still = [
        row | {"at": end - timedelta(hours=5)}
        for i in range(40)
        for row in ticket(f"O{i:02d}", 0, [DESK], priority="normal")[:1]
    ]
    finding = findings_of(pd.concat([frame, pd.DataFrame(still)], ignore_index=True))["d14_breach_risk"]
    assert finding.severity == severity
    assert finding.n >= 40


@pytest.mark.parametrize(("up", "severity"), [(45, "watch"), (10, "good"), (200, "good")])
def test_d15_deflection_rings_the_alarm(findings_of, up, severity):
    """15 % of 300 read as 21 % at 30 % deflected. Few stay few, and 67 % rings already."""
    settings = Settings((changed(_threshold("deflected_share"), 0.5),))
    finding = findings_of(mixed(UP, [DESK], up), settings)["d15_deflection"]
    part = min(0.5, (301 - up) / 301)
    assert finding.severity == severity
    assert finding.value == pytest.approx(min(1.0, up / 300 / (1 - part)), rel=0.02)


@pytest.mark.parametrize(("minutes", "severity"), [(16, "watch"), (4, "good")])
def test_d16_cost(findings_of, minutes, severity):
    """16 minutes at 30 an hour are 8.00; 4 minutes are 2.00."""
    made = mixed([Stay("L1", "Desk", work=minutes)], UP, 200)
    finding = findings_of(made, COSTS)["d16_contact_cost"]
    assert finding.severity == severity
    assert finding.value == pytest.approx((minutes * 200 + 10) / 201 * 30 / 60, abs=0.01)
    assert findings_of(made)["d16_contact_cost"].severity == "unknown"


def test_d17_applies_to_the_premature_ones_only(findings_of):
    found = findings_of(mixed([DESK, Stay("L2", "Tech", work=5)], [DESK, Stay("L2", "Tech", work=60)], 150))
    finding = found["d17_ai_assist"]
    assert (finding.severity, finding.threshold) == ("good", None)
    assert finding.value == pytest.approx(0.55 * found["d09_premature"].value)
    assert found["d17_ai_assist"].source == "a vendor's outcome, not a forecast"


@pytest.mark.parametrize(("extra", "severity"), [(0.4, "watch"), (0.0, "good")])
def test_d22_new_agents(findings_of, extra, severity):
    """Two experienced agents and six who begin on day 100; everybody's own escalation rate is set."""

    def takes(name, agent, day, up):
        return [row | {"agent": agent} for row in ticket(name, day, UP if up else [DESK])]

    made = [takes(f"E{i:04d}", f"old {i % 2}", i / 4, i % 5 == 0) for i in range(800)]
    for new in range(6):
        made += [takes(f"N{new}{i:03d}", f"new {new}", 100 + i, i % 10 < round(10 * (0.2 + extra))) for i in range(50)]
    finding = findings_of(log(made))["d22_training"]
    assert finding.severity == severity
    assert finding.value == pytest.approx(extra, abs=0.011)
    assert finding.n == 6


def test_shrunk_rates_keep_their_order_and_draw_small_groups_in():
    rates = shrunk(
        pd.Series({"big": 300, "small": 4, "other": 100}), pd.Series({"big": 1000, "small": 5, "other": 1000})
    )
    mean = 404 / 2005
    assert rates["big"] == pytest.approx(0.3, abs=0.01)
    assert mean < rates["small"] < 0.8
    assert abs(rates["small"] - mean) / (0.8 - mean) < abs(rates["big"] - mean) / (0.3 - mean)


@pytest.mark.parametrize(("slow_hours", "severity"), [(20, "watch"), (2, "good")])
def test_d23_time_to_restore(findings_of, slow_hours, severity):
    """Three tickets a day reach L2 for 240 days; those of the last eight weeks wait longer there."""
    made = []
    for i in range(720):
        day = i / 3
        hours = (slow_hours if day >= 240 - 56 else 2) * (1 + 0.2 * math.sin(i))
        made.append(ticket(f"T{i:04d}", day, [DESK, Stay("L2", "Tech", wait=60 * hours)]))
    settings = Settings((changed(_threshold("mature_days"), 0),))
    finding = findings_of(log(made).query("ticket_id != 'ZZ-last'"), settings)["d23_time_to_restore"]
    assert finding.severity == severity
    if severity == "watch":
        assert finding.value == pytest.approx(20 / 2, rel=0.15)


@pytest.mark.parametrize(("again", "severity"), [(True, "watch"), (False, "good")])
def test_d24_recurrence(findings_of, again, severity):
    """60 hard problems that L3 fixes; each comes back 20 days later, or 40."""
    made = []
    for i in range(60):
        made += [
            ticket(f"A{i:02d}", i, UP_TWICE, subject=_other(i)),
            ticket(f"B{i:02d}", i + (20 if again else 40), UP_TWICE, subject=_other(i)),
        ]
    finding = findings_of(log(made))["d24_recurrence"]
    assert finding.severity == severity
    assert (finding.value, finding.n) == (pytest.approx(60 / 120 if again else 0), 120)


@pytest.mark.parametrize(("change", "severity"), [(2.0, "watch"), (0.5, "good")])
def test_d25_marked_day(findings_of, change, severity):
    """40 tickets a week for 40 weeks, 8 of them to L3, after week 20 `change` times as many."""
    made = []
    for week in range(40):
        hard = round(8 * (change if week >= 20 else 1)) + week % 2
        made += [ticket(f"T{week:02d}{i:02d}", 7 * week + i / 6, UP_TWICE if i < hard else [DESK]) for i in range(40)]
    marked = (START.date() + timedelta(weeks=20)).isoformat()
    events = log(made)
    finding = findings_of(events, Settings(texts=((MARKED_DAY.name, marked),)))["d25_marked_day"]
    assert finding.severity == severity
    assert finding.value == pytest.approx(change - 1, abs=0.15)
    assert finding.low < finding.value < finding.high
    assert findings_of(events)["d25_marked_day"].severity == "unknown"


def test_the_step_of_an_interrupted_series():
    """A series made of a trend and a step gives the step back, with no error; with white noise the interval holds it."""
    index = pd.Series(range(-26, 27))
    index = index[index != 0]
    exact = 1 + 0.01 * index + 0.5 * (index > 0)
    told = interrupted(exact, index, index > 0)
    assert (told.value, told.low, told.high) == (pytest.approx(0.5), pytest.approx(0.5), pytest.approx(0.5))
    rng, held = np.random.default_rng(3), 0
    for _ in range(200):
        told = interrupted(exact + rng.normal(0, 0.2, len(index)), index, index > 0)
        held += told.low <= 0.5 <= told.high
    assert 178 <= held <= 198


def steady(surge):
    """Two products with 12 tickets a day for 150 days; One has `surge(day)` more from day 100 on."""
    rng = np.random.default_rng(5)
    made = []
    for day in range(150):
        for product in ("One", "Two"):
            more = surge(day - 100) if product == "One" and day >= 100 else 0
            made += [
                ticket(f"{product}{day:03d}{i:03d}", day + i / 300, [DESK], product=product)
                for i in range(rng.poisson(12) + more)
            ]
    return log(made)


SURGES = {
    "outage": lambda age: {0: 80, 1: 20}.get(age, 0),
    "launch": lambda age: round(18 * 0.95**age),
    "nothing": lambda age: 0,
}


@pytest.mark.parametrize(
    ("kind", "sudden", "slow"), [("outage", "watch", "good"), ("launch", "good", "watch"), ("nothing", "good", "good")]
)
def test_d26_surges(findings_of, kind, sudden, slow):
    found = findings_of(steady(SURGES[kind]))
    assert (found["d26_sudden_surge"].severity, found["d26_slow_surge"].severity) == (sudden, slow)
    surged = found["d26_sudden_surge"] if kind == "outage" else found["d26_slow_surge"]
    if kind != "nothing":
        first = START.date() + timedelta(days=100)
        assert "One: " in surged.sentence
        assert f"from {first:%-d %b %Y}" in surged.sentence or kind == "launch"
        assert surged.value == pytest.approx(5, abs=1.5) if kind == "outage" else surged.value > 1.5


def test_a_holiday_that_all_products_have_is_no_surge(findings_of):
    """Both products stand still for a week and then have twice as many: neither surges against the other."""
    rng, made = np.random.default_rng(6), []
    for day in range(150):
        factor = 0 if 100 <= day < 107 else 2 if 107 <= day < 112 else 1
        for product in ("One", "Two"):
            made += [
                ticket(f"{product}{day:03d}{i:03d}", day + i / 300, [DESK], product=product)
                for i in range(rng.poisson(12 * factor))
            ]
    found = findings_of(log(made))
    assert found["d26_sudden_surge"].severity == found["d26_slow_surge"].severity == "good"


def test_the_roster_and_the_work_need_not_cover_the_same_weeks(findings_of):
    """A roster of another year gives no mix at all."""
    other = [(date(2024, 1, 1) + timedelta(days=day), tier, 8) for day in range(84) for tier in (1, 2, 3)]
    assert findings_of(log([ticket("A", 1, [DESK, ENG])]), roster=other)["d02_staff_mix"].severity == "unknown"
