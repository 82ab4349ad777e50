"""A ticket's story, loops between teams, the backlog, kept targets and satisfaction: charts with the titles that go with them."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import (
    FAINT,
    NEUTRAL,
    SMALL_GROUP,
    TIER_COLOURS,
    TIER_DASHES,
    drawing,
    label,
    natural,
    percent_axis,
    see_through,
    tier_bars,
    tier_colour,
    word_axis,
)
from analytics.charts.drawing import Drawing

NO_TIER = "no tier"
AGES = (
    (0, "under 1 day"),
    (1, "1 day"),
    (2, "2–4 days"),
    (5, "5–9 days"),
    (10, "10–19 days"),
    (20, "20 days and more"),
)
"""Ages of open tickets in working days: from this many on, in words."""
OLD_DAYS = 10
"""From this many working days in one tier on a ticket is called old: two working weeks."""
RECENT_DAYS, EARLIER_DAYS = 28, 84
"""The backlog's title compares the mean of the last four weeks with the four weeks that ended twelve weeks before."""

_EVENTS = {"pending": ("hourglass", "pending"), "resolved": ("star", "resolved"), "reopened": ("x", "reopened")}


def story_spans(visits: pd.DataFrame, *, waits: bool = True) -> pd.DataFrame:
    """Each visit as up to two spans: `waiting` until somebody acknowledged it (to its end where nobody did), then `in hand`.

    One row per span: tier, team, row (the line of the chart), part, start, end, hours. `waits=False` where the data cannot
    tell acknowledgements: then each visit is one span, `held`.
    """
    told = visits.assign(tier=visits["tier"].fillna(NO_TIER), team=visits["team"].fillna("(no team)"))
    told["row"] = told["tier"] + " · " + told["team"].map(label)
    if not waits:
        spans = [_span(told, "held", told["started_at"], told["ended_at"])]
    else:
        picked_up = told["acknowledged_at"].fillna(told["ended_at"])
        spans = [
            _span(told, "waiting", told["started_at"], picked_up),
            _span(told, "in hand", picked_up, told["ended_at"]),
        ]
    found = pd.concat(spans)
    return found[found["hours"] > 0].sort_values(["start", "part"]).reset_index(drop=True)


def _span(visits: pd.DataFrame, part: str, start: pd.Series, end: pd.Series) -> pd.DataFrame:
    hours = (end - start).dt.total_seconds() / 3600
    return visits[["tier", "team", "row"]].assign(part=part, start=start, end=end, hours=hours)


def story(spans: pd.DataFrame, events: pd.DataFrame) -> go.Figure:
    """Bars in time, a line per team, coloured by tier; waits are hatched. Marks where it was pending, resolved, reopened.

    Reads `story_spans`, and of the events at, kind, tier, team.
    """
    rows = sorted(dict.fromkeys(spans["row"]), key=natural, reverse=True)
    made = drawing(height=150 + 46 * len(rows), barmode="overlay", bargap=0.3)
    for tier, part in sorted(
        set(zip(spans["tier"], spans["part"], strict=True)), key=lambda one: (one[0], one[1] != "waiting")
    ):
        shown = spans[(spans["tier"] == tier) & (spans["part"] == part)]
        colour = tier_colour(tier)
        made.add_bar(
            base=[str(moment) for moment in shown["start"]], x=shown["hours"] * 3.6e6, y=shown["row"], orientation="h",
            name=f"{tier} {part}", customdata=[numbers.duration(hours) for hours in shown["hours"]],
            hovertemplate=f"%{{y}}, {part}: %{{customdata}} from %{{base}}<extra></extra>",
            marker={"color": see_through(colour, 0.25) if part == "waiting" else colour, "line": {"width": 1.5, "color": colour},
                    "pattern": {"shape": "/" if part == "waiting" else "", "fgcolor": colour, "solidity": 0.35}},
        )  # fmt: skip
    _mark_events(made, events)
    made.update_yaxes(categoryorder="array", categoryarray=rows, showgrid=False)
    made.update_xaxes(type="date", title={"text": "Local time"})
    return made.figure()


def _mark_events(made: Drawing, events: pd.DataFrame) -> None:
    """Marks on the line of the team that had the ticket at the time."""
    held = events.assign(tier=events["tier"].ffill().fillna(NO_TIER), team=events["team"].ffill().fillna("(no team)"))
    for kind, (symbol, name) in _EVENTS.items():
        rows = held[held["kind"] == kind]
        if len(rows):
            made.add_scatter(
                x=rows["at"], y=rows["tier"] + " · " + rows["team"].map(label), mode="markers", name=name,
                marker={"symbol": symbol, "size": 12, "color": "white", "line": {"width": 1.5, "color": "#1B2430"}},
                hovertemplate=f"{name} at %{{x}}<extra></extra>",
            )  # fmt: skip


def story_title(ticket: str, visits: pd.DataFrame, *, waits: bool = True) -> str:
    """How many stops, how long, and how much of it was waiting to be picked up."""
    spans = story_spans(visits, waits=waits)
    total, waiting = spans["hours"].sum(), spans.loc[spans["part"] == "waiting", "hours"].sum()
    stops = "one stop" if len(visits) == 1 else f"{len(visits)} stops"
    told = f"{ticket}: {stops}, {numbers.duration(total)} in all"
    return f"{told}, {numbers.duration(waiting)} of it waiting to be picked up" if waits else told


def loops(frame: pd.DataFrame, shown: str = "hours_lost", most: int = 15) -> go.Figure:
    """Pairs of teams by `shown` (hours_lost or loops), the most on top. Reads team, other_team, loops, tickets, hours_lost."""
    rows = frame.sort_values(shown, ascending=False).head(most)
    names = [pair(row) for row in rows.to_dict("records")]
    per = 24 if shown == "hours_lost" else 1
    made = drawing(height=90 + 44 * len(rows), top=12)
    made.add_bar(
        x=rows[shown] / per, y=names, orientation="h", marker={"color": TIER_COLOURS["L1"]}, showlegend=False, cliponaxis=False,
        text=[f"{numbers.duration(h)} · {numbers.count(n)} ×" for h, n in zip(rows["hours_lost"], rows["loops"], strict=True)],
        textposition="outside", customdata=rows[["loops", "tickets", "hours_lost"]],
        hovertemplate="%{y}<br>%{customdata[0]:,} loops of %{customdata[1]:,} tickets, %{customdata[2]:,.0f} h<extra></extra>",
    )  # fmt: skip
    words = "Days away (calendar time)" if shown == "hours_lost" else "Times straight back"
    top = float(rows[shown].max()) / per if len(rows) else 1.0
    made.update_xaxes(title={"text": words}, range=[0, 1.5 * top])
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made.figure()


def pair(row: dict) -> str:
    """Two teams between which tickets go back and forth, one under the other so that bars have room on a phone."""
    return f"{label(row['team'], 24)}<br>⇄ {label(row['other_team'], 22)}"


def loops_title(frame: pd.DataFrame) -> str:
    """The pair that loses most, and what part of all loss that is."""
    total = float(frame["hours_lost"].sum())
    if not total > 0:
        return "Tickets that come straight back, by pair of teams"
    top = frame.sort_values("hours_lost", ascending=False).iloc[0]
    return (
        f"{top['team']} and {top['other_team']} lose most to tickets sent straight back: {numbers.duration(top['hours_lost'])}, "
        f"{numbers.share(top['hours_lost'] / total)} of all time lost"
    )


def backlog(frame: pd.DataFrame) -> go.Figure:
    """Open tickets at the end of each day, a line per tier: bold the mean of seven days (weekends swing), faint each day.

    Reads day, tier, open_tickets; days complete for each tier.
    """
    made = drawing(height=340, hovermode="x unified")
    for tier, rows in frame.groupby("tier"):
        made.add_scatter(
            x=rows["day"], y=rows["open_tickets"], mode="lines", showlegend=False, hoverinfo="skip",
            line={"color": see_through(tier_colour(tier), 0.3), "width": 1},
        )  # fmt: skip
        made.add_scatter(
            x=rows["day"], y=rows["open_tickets"].rolling(7, min_periods=1).mean(), name=str(tier), mode="lines",
            line={"color": tier_colour(tier), "width": 2.5, "dash": TIER_DASHES.get(str(tier), "solid")},
            customdata=rows[["open_tickets"]], hovertemplate="%{customdata[0]:,} open (7-day mean %{y:.0f})",
        )  # fmt: skip
    made.update_yaxes(title={"text": "Open tickets"}, rangemode="tozero")
    made.update_xaxes(showgrid=False)
    return made.figure()


def backlog_title(frame: pd.DataFrame) -> str:
    """How many are open at the end, and the tier whose backlog changed most in twelve weeks, where that is clear."""
    if frame.empty:
        return "No open tickets in this selection"
    last = frame["day"].max()
    held = frame[frame["day"] == last]
    told = f"{numbers.count(held['open_tickets'].sum())} tickets were open at the end of {last:%-d %b %Y}"
    moved = [(tier, *_two_means(rows, last)) for tier, rows in frame.groupby("tier")]
    clear = [one for one in moved if abs(one[1] - one[2]) >= max(5.0, 0.25 * one[2])]
    if not clear:
        return told
    tier, now, before = max(clear, key=lambda one: abs(one[1] - one[2]))
    way = "more" if now > before else "fewer"
    return f"{told}; {tier} holds {way} than twelve weeks before: {numbers.count(now)} against {numbers.count(before)}"


def _two_means(rows: pd.DataFrame, last: pd.Timestamp) -> tuple[float, float]:
    """Mean of the last four weeks, and of the four that ended twelve weeks earlier; alike where the history is too short."""
    age = (last - rows["day"]).dt.days
    now = rows.loc[age < RECENT_DAYS, "open_tickets"].mean()
    before = rows.loc[(age >= EARLIER_DAYS) & (age < EARLIER_DAYS + RECENT_DAYS), "open_tickets"]
    return float(now), float(before.mean() if len(before) == RECENT_DAYS else now)


def ages(frame: pd.DataFrame) -> pd.DataFrame:
    """Open tickets by tier and age in words, every pair of them: tier, from_days, age, tickets. Reads tier, age_days, tickets."""
    starts = [start for start, _ in AGES]
    bins = pd.cut(frame["age_days"].clip(lower=0), [*starts, float("inf")], right=False, labels=starts).astype(int)
    counts = frame["tickets"].groupby([frame["tier"], bins.rename("from_days")]).sum()
    whole = pd.MultiIndex.from_product([sorted(frame["tier"].unique()), starts], names=["tier", "from_days"])
    found = counts.reindex(whole, fill_value=0).rename("tickets").reset_index()
    return found.assign(age=found["from_days"].map(dict(AGES)))[["tier", "from_days", "age", "tickets"]]


def backlog_ages(found: pd.DataFrame) -> go.Figure:
    """Bars by age, side by side for the tiers. Reads `ages`."""
    made = drawing(height=340, barmode="group")
    for tier, rows in found.groupby("tier"):
        made.add_bar(
            x=rows["age"], y=rows["tickets"], name=str(tier), **tier_bars(tier, rows["tickets"]),
            hovertemplate=f"{tier}, %{{x}}: %{{y:,}} tickets<extra></extra>",
        )  # fmt: skip
    made.update_yaxes(title={"text": "Open tickets"}, rangemode="tozero")
    made.update_xaxes(**word_axis([words for _, words in AGES]))
    return made.figure()


def ages_title(frame: pd.DataFrame) -> str:
    """How many of the open tickets have lain for two working weeks in one tier, and where most of those are."""
    total, old = int(frame["tickets"].sum()), frame[frame["age_days"] >= OLD_DAYS]
    if not total:
        return "No ticket is open"
    if old.empty:
        return f"Not one of {numbers.count(total)} open tickets has lain in one tier for {OLD_DAYS} working days"
    by_tier = old.groupby("tier")["tickets"].sum()
    count = f"{numbers.count(by_tier.sum())} of {numbers.count(total)} open tickets have lain in one tier for"
    return f"{count} {OLD_DAYS} working days or more; {numbers.count(by_tier.max())} of those in {by_tier.idxmax()}"


_TARGETS = (
    ("share_answered_in_time", "answer_due", "answered in time", "circle", TIER_COLOURS["L1"]),
    ("share_resolved_in_time", "resolve_due", "resolved in time", "diamond", TIER_COLOURS["L3"]),
)


def sla(frame: pd.DataFrame, order: list[str]) -> go.Figure:
    """Shares answered and resolved in time by priority, in the given order; under 30 due tickets are hollow.

    Reads priority, share_answered_in_time, answer_due, share_resolved_in_time, resolve_due.
    """
    rows = frame.set_index("priority").reindex([name for name in order if name in set(frame["priority"])]).reset_index()
    names = [label(name) for name in rows["priority"]]
    made = drawing(height=150 + 44 * len(rows), top=48)
    for share, due, name, symbol, colour in _TARGETS:
        made.add_scatter(
            x=rows[share], y=names, mode="markers", name=name, customdata=rows[[due]],
            marker={"size": 14, "color": colour, "line": {"width": 2, "color": colour},
                    "symbol": [f"{symbol}-open" if n < SMALL_GROUP else symbol for n in rows[due]]},
            hovertemplate=f"%{{y}}: %{{x:.1%}} {name} of %{{customdata[0]:,}}<extra></extra>",
        )  # fmt: skip
    made.update_xaxes(**percent_axis("Share of due tickets in time"))
    made.update_yaxes(autorange="reversed", gridcolor=FAINT)
    return made.figure()


def sla_title(frame: pd.DataFrame) -> str:
    """The priority and target that are missed most, among those with enough due tickets."""
    found = [
        (row[share], row["priority"], words)
        for share, due, words, *_ in _TARGETS
        for row in frame[(frame[due] >= SMALL_GROUP) & frame[share].notna()].to_dict("records")
    ]
    if not found:
        return "Answered and resolved in time, by priority"
    worst, priority, words = min(found)
    return f"Missed most: of priority {priority}, {numbers.share(worst)} are {words}"


def satisfaction(frame: pd.DataFrame) -> go.Figure:
    """Share of good ratings with its interval, one dot per `name`, in the frame's order; under 30 ratings hollow and grey.

    Reads name, csat, csat_low, csat_high, rated, response_rate.
    """
    rows = frame[frame["rated"] > 0]
    small = rows["rated"] < SMALL_GROUP
    colours = [NEUTRAL if few else TIER_COLOURS["L1"] for few in small]
    made = drawing(height=100 + 38 * len(rows), top=12)
    for row, colour, few in zip(rows.to_dict("records"), colours, small, strict=True):
        made.add_scatter(
            x=[row["csat"]], y=[label(row["name"])], mode="markers", showlegend=False, cliponaxis=False,
            error_x={"array": [row["csat_high"] - row["csat"]], "arrayminus": [row["csat"] - row["csat_low"]],
                     "symmetric": False, "color": colour, "thickness": 2},
            marker={"size": 11, "color": colour, "symbol": "circle-open" if few else "circle",
                    "line": {"width": 2, "color": colour}},
            hovertemplate=f"%{{y}}: %{{x:.1%}} of {numbers.count(row['rated'])} ratings good "
            f"(95 %: {numbers.interval(row['csat_low'], row['csat_high'])}); {numbers.share(row['response_rate'])} "
            "answered<extra></extra>",
        )  # fmt: skip
    made.update_xaxes(**percent_axis("Share of good ratings"))
    made.update_yaxes(autorange="reversed", gridcolor=FAINT)
    return made.figure()


def by_handoffs_title(frame: pd.DataFrame) -> str:
    """Satisfaction at the fewest and the most handoffs with enough ratings; a change only where the intervals are apart."""
    rows = frame[frame["rated"] >= SMALL_GROUP]
    if len(rows) < 2:
        return "Satisfaction by number of handoffs"
    first, last = rows.iloc[0], rows.iloc[-1]
    ends = [f"{numbers.share(row['csat'])} with {row['name']}" for row in (first, last)]
    if first["csat_low"] > last["csat_high"] or first["csat_high"] < last["csat_low"]:
        return f"Good ratings: {ends[0]}, {ends[1]}"
    return f"Satisfaction does not differ clearly by handoffs: {ends[0]}, {ends[1]}"


def by_path_title(frame: pd.DataFrame) -> str:
    """The path with enough ratings where satisfaction is lowest."""
    rows = frame[frame["rated"] >= SMALL_GROUP]
    if len(rows) < 2:
        return "Satisfaction by tier path"
    low = rows.sort_values("csat").iloc[0]
    return f"Least satisfied after {low['name']}: {numbers.share(low['csat'])} of {numbers.count(low['rated'])} ratings are good"


LOOP_WORDS = {0: "no loop", 1: "1 loop", 2: "2 loops", 3: "3 and more"}


def loop_delay(frame: pd.DataFrame) -> go.Figure:
    """Median time to resolve by number of loops, with the tickets beside it. Reads loops, tickets, p50_hours; under 30 grey."""
    names = [LOOP_WORDS[int(loops)] for loops in frame["loops"]]
    few = frame["tickets"] < SMALL_GROUP
    made = drawing(height=120 + 46 * len(frame), top=12)
    made.add_bar(
        x=frame["p50_hours"] / 24, y=names, orientation="h", showlegend=False, cliponaxis=False,
        marker={"color": [NEUTRAL if small else TIER_COLOURS["L1"] for small in few],
                "pattern": {"shape": ["/" if small else "" for small in few], "solidity": 0.25}},
        text=[
            f"{numbers.duration(h)} · {numbers.count(n)} tickets"
            for h, n in zip(frame["p50_hours"], frame["tickets"], strict=True)
        ],
        textposition="outside", hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    top = float(frame["p50_hours"].max()) / 24 if len(frame) else 1.0
    made.update_xaxes(title={"text": "Median time to resolve, days (calendar time)"}, range=[0, 1.6 * top])
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made.figure()


def delay_share(frame: pd.DataFrame) -> float:
    """Time spent with another team and straight back, over all time until resolution; NaN where there is none."""
    total = float(frame["resolve_hours"].sum())
    return float(frame["away_hours"].sum()) / total if total > 0 else float("nan")


def loop_delay_title(frame: pd.DataFrame) -> str:
    """What share of all delay loops carry, beside the share of tickets that have one."""
    share, tickets = delay_share(frame), int(frame["tickets"].sum())
    if share != share or tickets == 0:
        return "No resolved ticket in this selection"
    looped = float(frame.loc[frame["loops"] > 0, "tickets"].sum()) / tickets
    return (
        f"{numbers.share(looped)} of resolved tickets have a loop; loops carry {numbers.share(share)} of all time until "
        "resolution"
    )


def moment_title(frame: pd.DataFrame, when: str) -> str:
    """How many were open at a moment, and at which tier most."""
    total = int(frame["tickets"].sum()) if len(frame) else 0
    if not total:
        return f"No ticket was open {when}"
    by_tier = frame.groupby("tier")["tickets"].sum()
    return (
        f"{numbers.count(total)} tickets were open {when}, {numbers.count(by_tier.max())} of them in {by_tier.idxmax()}"
    )
