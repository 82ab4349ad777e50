"""Four pairs of a guide's claims that collide. Pure: rates and hours in, a verdict with its arithmetic out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.charts.numbers import count, decimal, share
from analytics.errors import InputError, NotEnoughData
from analytics.staffing.mix import third_tier_minutes
from analytics.warehouse.intervals import wilson

ALARM, TEAM_ALARM = 0.20, 0.50
DEFLECTED = (0.20, 0.40)
LIMIT_MINUTES = 15.0
RESOLVED_L1 = 0.80
LEAST_TICKETS = 200

COLLIDES, HOLDS = "They collide here", "They agree here"


@dataclass(frozen=True)
class Contradiction:
    """Two claims, what comes of them on this data, and the figures that its chart draws.

    `frame` depends on the id: see the function that makes it. `marks` are single numbers for the chart, in the units of its axes.
    """

    id: str
    title: str
    claims: tuple[str, str]
    verdict: str
    sentence: str
    arithmetic: str
    frame: pd.DataFrame
    marks: dict[str, float]


def after_deflection(escalation_rate: float, deflected: float) -> float:
    """e / (1 - d): L1's escalation rate when a Tier 0 takes the share d of all contacts, all of them ones that L1 would have
    solved.

    InputError where more would be deflected than L1 solves.
    """
    if not 0 <= escalation_rate <= 1 or not 0 <= deflected <= 1 - escalation_rate + 1e-12 or deflected == 1:
        raise InputError(
            "Only what L1 solves can be deflected.",
            found=f"Escalated {escalation_rate:.0%}, deflected {deflected:.0%}.",
        )
    return escalation_rate / (1 - deflected)


def deflection(escalated: int, tickets: int) -> Contradiction:
    """Tier 0 takes 20-40 % of contacts, and 20 % escalated is an alarm. Frame: deflected, rate, rate_low, rate_high (of e's
    interval)."""
    _enough(tickets, "tickets in L1")
    rate = escalated / tickets
    low, high = (float(end) for end in wilson(escalated, tickets))
    shares = np.linspace(0, min(0.6, 1 - high), 61)
    frame = pd.DataFrame(
        {
            "deflected": shares,
            "rate": rate / (1 - shares),
            "rate_low": low / (1 - shares),
            "rate_high": high / (1 - shares),
        }
    )
    rings_at = 1 - rate / ALARM
    most = min(DEFLECTED[1], 1 - rate)
    then = after_deflection(rate, most)
    said = f"L1 escalates {share(rate)} now. With {share(most)} deflected the same tickets read as {share(then)}"
    if rate > ALARM:
        verdict, said = (
            COLLIDES,
            f"{said}: the alarm of {share(ALARM)} rings already, and would ring louder for nothing.",
        )
    elif then > ALARM:
        verdict, said = (
            COLLIDES,
            f"{said}: from {share(max(rings_at, 0))} deflected on the alarm rings, and nothing got worse.",
        )
    else:
        verdict, said = HOLDS, f"{said}, which is still under the alarm of {share(ALARM)}."
    return Contradiction(
        "deflection", "Deflection trips the escalation alarm",
        (f"Tier 0 deflects {share(DEFLECTED[0])} to {share(DEFLECTED[1])} of contacts.",
         f"More than {share(ALARM)} escalated from L1 is an alarm."),
        verdict, said,
        f"What is deflected is easy, so the escalated stay: e / (1 − d) = {share(rate)} / (1 − {share(most)}) = {share(then)}. "
        f"In general 12 % at 40 % deflected reads as {share(after_deflection(0.12, 0.40))}. Raise the alarm to "
        f"{share(ALARM)} / (1 − d) when a Tier 0 comes.",
        frame, {"now": rate, "alarm": ALARM, "rings_at": rings_at},
    )  # fmt: skip


def staff_mix(visits: tuple[float, float, float], minutes: tuple[float, float, float]) -> Contradiction:
    """Staff 60-70 / 25-30 / < 10 %, and the work that the flow asks for. `visits` and minutes of work per visit of L1, L2 and L3.

    Frame: minutes (of an L3 visit), l1, l2, l3 (shares of the work), holds. Marks: now, low, high (minutes; NaN where none
    holds).
    """
    if min(visits) <= 0 or min(minutes) <= 0:
        raise NotEnoughData("One of the three tiers has no visits.", todo="Widen the filters.")
    work = np.array(visits) * np.array(minutes) / 60
    allowed = third_tier_minutes(work, np.array(visits))
    grid = np.geomspace(5, 960, 120)
    parts = np.column_stack([np.full_like(grid, work[0]), np.full_like(grid, work[1]), visits[2] * grid / 60])
    parts = parts / parts.sum(axis=1, keepdims=True)
    frame = pd.DataFrame({"minutes": grid, "l1": parts[:, 0], "l2": parts[:, 1], "l3": parts[:, 2]})
    low, high = allowed or (float("nan"), float("nan"))
    frame["holds"] = frame["minutes"].between(low, high)
    mix = " / ".join(f"{100 * part:.0f}" for part in work / work.sum())
    inside = low <= minutes[2] <= high
    return Contradiction(
        "staff_mix", "80/18/2 solved, and 60–70/25–30/<10 staffed",
        ("80 / 18 / 2 % of tickets are solved in L1 / L2 / L3.", "60–70 / 25–30 / under 10 % of people work there."),
        HOLDS if inside else COLLIDES,
        f"A visit to L3 takes {decimal(minutes[2])} minutes of work here, so work splits {mix} %. "
        f"{_range_words(allowed, minutes[2])}",
        f"Work is visits × minutes: {_products(visits, minutes)}. People follow work, not tickets. With the guide's own flow "
        f"(20 % and 10 % escalated, 15 and 30 minutes) both hold only while a visit to L3 takes {_guide_range()} minutes; at "
        f"four "
        "hours the mix would be 58 / 23 / 19.",
        frame, {"now": minutes[2], "low": low, "high": high},
    )  # fmt: skip


def _range_words(allowed: tuple[float, float] | None, now: float) -> str:
    if allowed is None:
        return "With this flow no effort in L3 makes the staffing rule fit: L1 and L2 alone do not stand in its proportion."
    low, high = allowed
    place = "as it does" if low <= now <= high else "which it does not"
    return f"The staffing rule fits only while it takes {low:.0f} to {high:.0f} minutes, {place}."


def _products(visits: tuple[float, float, float], minutes: tuple[float, float, float]) -> str:
    pairs = zip(("L1", "L2", "L3"), visits, minutes, strict=True)
    return ", ".join(f"{tier} {count(n)} × {decimal(each)} min" for tier, n, each in pairs)


def _guide_range() -> str:
    """The range for 100 tickets with the guide's flow, rounded inwards: 22 to 116 minutes."""
    visits = np.array([100.0, 20.0, 2.0])
    found = third_tier_minutes(visits * np.array([15.0, 30.0, 100.0]) / 60, visits)
    return f"{np.ceil(found[0]):.0f} to {np.floor(found[1]):.0f}" if found else "no"


def fifteen_minutes(visits: pd.DataFrame, from_first_look: bool = True) -> Contradiction:
    """L1 has 15 minutes, and what is not resolved after 15 minutes is escalated: then the 20 % alarm must ring.

    `visits` are tickets' first visits to L1: hours, wait_hours, to_tier. Frame: minutes, rate (escalated, or not resolved
    within the minutes). Marks: limit, alarm, fits (the fewest minutes at which the rate is not over the alarm; NaN where none
    up to 2 weeks).
    """
    _enough(len(visits), "tickets that came in at L1")
    looked = visits["wait_hours"].fillna(visits["hours"]) if from_first_look else 0.0
    worked = ((visits["hours"] - looked) * 60).to_numpy(float)
    escalated = (visits["to_tier"] > 1).fillna(False).to_numpy(bool)
    grid = np.unique(np.concatenate([np.arange(5.0, 61, 5), np.geomspace(60, 20_160, 120)]))
    rates = np.array([float((escalated | (worked > limit)).mean()) for limit in grid])
    now, then = float(escalated.mean()), float((escalated | (worked > LIMIT_MINUTES)).mean())
    fits = float(grid[rates <= ALARM][0]) if (rates <= ALARM).any() else float("nan")
    return Contradiction(
        "fifteen_minutes", "Fifteen minutes as a limit and as a trigger",
        ("L1 solves a ticket within 15 minutes; what it has not solved then is escalated.",
         f"More than {share(ALARM)} escalated from L1 is an alarm, and L1 solves {share(RESOLVED_L1)}."),
        COLLIDES if then > ALARM else HOLDS,
        f"Today {share(now)} of tickets in L1 are escalated. Were all those escalated too that L1 has not solved within 15 "
        f"working "
        f"minutes {'of its first look' if from_first_look else ''}, it would be {share(then)}".replace("  ", " ")
        + _rings(now, then),
        f"{count(escalated.sum())} are escalated anyway, and {count((~escalated & (worked > LIMIT_MINUTES)).sum())} were "
        f"solved later "
        f"than that, of the latest {count(len(visits))} resolved tickets. {_fits_words(now, fits)}",
        pd.DataFrame({"minutes": grid, "rate": rates}), {"limit": LIMIT_MINUTES, "alarm": ALARM, "fits": fits},
    )  # fmt: skip


def _rings(now: float, then: float) -> str:
    if then <= ALARM:
        return ", which is under the alarm."
    return (
        ", and the alarm would ring for obeying the rule."
        if now <= ALARM
        else ", further over an alarm that rings already."
    )


def _fits_words(now: float, fits: float) -> str:
    if now > ALARM:
        return f"No limit can bring it under {share(ALARM)}: more than that is escalated already."
    if np.isnan(fits):
        return f"No limit up to two weeks would bring it under {share(ALARM)}."
    words = f"{fits:.0f} minutes" if fits < 120 else f"{fits / 60:.0f} hours"
    return f"A limit of about {words} of working time would keep both."


def two_alarms(teams: pd.DataFrame, least: int = 30) -> Contradiction:
    """20 % is an alarm, and 50 % is one: what lies between is both fine and not. `teams`: team, tickets, escalated.

    Frame: the teams with at least `least` tickets, with rate, rate_low, rate_high and verdict. Marks: alarm, team_alarm.
    """
    large = teams[teams["tickets"] >= least].reset_index(drop=True)
    if large.empty:
        raise NotEnoughData(f"No team of L1 had {least} tickets.", todo="Widen the filters.")
    low, high = wilson(large["escalated"], large["tickets"])
    rate = large["escalated"] / large["tickets"]
    words = np.select([rate > TEAM_ALARM, rate > ALARM], ["over both", "over one alone"], "under both")
    frame = large.assign(rate=rate, rate_low=low, rate_high=high, verdict=words).sort_values("rate", ascending=False)
    between = int((words == "over one alone").sum())
    whole = float(large["escalated"].sum() / large["tickets"].sum())
    names = f"{between} of {len(large)} teams" if len(large) > 1 else ("The one team" if between else "No team")
    lies = "lies" if between == 1 or len(large) == 1 else "lie"
    return Contradiction(
        "two_alarms", "Twenty per cent and fifty per cent are both alarms",
        (f"More than {share(ALARM)} escalated from L1 is a warning sign.",
         f"More than {share(TEAM_ALARM)} escalated shows a gap in training or authority."),
        COLLIDES if between else HOLDS,
        f"{names} {lies} between the two, so one claim calls {'it' if lies == 'lies' else 'them'} an alarm and the other does "
        f"not. "
        f"All teams together escalate {share(whole)}.",
        f"If every team stayed just under {share(TEAM_ALARM)}, no team would be over the second, and L1 as a whole would "
        f"escalate "
        f"{share(TEAM_ALARM)}, two and a half times the first. Read {share(ALARM)} as the tier's level over weeks, and "
        f"{share(TEAM_ALARM)} as a single team's limit; a team counts only where its whole interval lies beyond.",
        frame.reset_index(drop=True), {"alarm": ALARM, "team_alarm": TEAM_ALARM},
    )  # fmt: skip


def _enough(n: int, what: str) -> None:
    if n < LEAST_TICKETS:
        raise NotEnoughData(
            f"Too few {what} to tell.", found=f"{n}, and {LEAST_TICKETS} are needed.", todo="Widen the filters."
        )
