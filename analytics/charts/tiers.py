"""Who resolves what: the tiers' shares now, over time, and by product or another attribute."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import (
    FAINT,
    GUIDE,
    NEUTRAL,
    SMALL_GROUP,
    TIER_COLOURS,
    TIER_DASHES,
    TIER_SYMBOLS,
    drawing,
    label,
    percent_axis,
    tier_colour,
)
from analytics.charts.drawing import Drawing

SEEN_APART = 0.005
"""A rate drawn to the mean is shown beside the rate itself where they differ by half a point or more."""

IMMATURE_OPEN_SHARE = 0.05
"""A period with more of its tickets than this still unresolved is marked: its mix will still move towards the higher tiers."""


def tier_distribution(frame: pd.DataFrame) -> go.Figure:
    """Bars of `share_resolved` by tier with the guide's rule as a mark. Reads tier, resolved, share_resolved."""
    tiers = list(frame["tier"])
    ruled = [tier for tier in tiers if tier in GUIDE]
    made = drawing(height=110 + 76 * len(tiers))
    made.add_bar(
        x=frame["share_resolved"],
        y=tiers,
        orientation="h",
        showlegend=False,
        marker={"color": [tier_colour(tier) for tier in tiers]},
        customdata=[numbers.count(n) for n in frame["resolved"]],
        hovertemplate="%{y}: %{x:.1%}, %{customdata} tickets<extra></extra>",
    )
    made.add_scatter(
        x=[GUIDE[tier] for tier in ruled],
        y=ruled,
        mode="markers",
        name="The 80/18/2 rule of thumb",
        marker={"symbol": "line-ns", "size": 30, "line": {"width": 3, "color": NEUTRAL}},
        hovertemplate="%{y}: the rule says %{x:.0%}<extra></extra>",
    )
    _share_labels(made, frame)
    made.update_xaxes(**percent_axis("Share of resolved tickets", room=0.32))
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made.figure()


def _share_labels(made: Drawing, frame: pd.DataFrame) -> None:
    """Share and number beside each bar, beyond the rule's mark as well, so that the two never overlap."""
    ends = [
        max(s, GUIDE.get(t, 0.0)) if s == s else GUIDE.get(t, 0.0)
        for t, s in zip(frame["tier"], frame["share_resolved"], strict=True)
    ]
    made.add_scatter(
        x=[end + 0.02 for end in ends],
        y=frame["tier"],
        mode="text",
        text=[
            f"{numbers.share(s)} · {numbers.count(n)}"
            for s, n in zip(frame["share_resolved"], frame["resolved"], strict=True)
        ],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )


def tier_mix_over_time(frame: pd.DataFrame) -> go.Figure:
    """Lines of each tier's share by period of creation; young periods are dotted, faint, with hollow marks, and shaded.

    Reads period, tier, share, resolved, open_share.
    """
    made = drawing(height=340, hovermode="x unified")
    young = young_from(frame)
    for tier, rows in frame.groupby("tier"):
        colour = tier_colour(tier)
        grown = rows if young is None else rows[rows["period"] < young]
        made.add_scatter(
            x=grown["period"], y=grown["share"], name=str(tier), mode="lines", legendgroup=str(tier),
            line={"color": colour, "width": 2.5, "dash": TIER_DASHES.get(str(tier), "solid")},
            customdata=grown[["resolved"]], hovertemplate="%{y:.1%} · %{customdata[0]:,} tickets",
        )  # fmt: skip
        if young is not None:
            _draw_young(made, rows, len(grown), str(tier))
    _mark_small(made, frame)
    _shade_young(made, frame)
    made.update_yaxes(**percent_axis("Share of resolved tickets"))
    made.update_xaxes(title={"text": "Created in the period starting"}, showgrid=False)
    return made.figure()


def _draw_young(made: Drawing, rows: pd.DataFrame, grown: int, tier: str) -> None:
    """The periods that are still maturing, joined to the last grown one."""
    late, colour = rows.iloc[max(0, grown - 1) :], tier_colour(tier)
    made.add_scatter(
        x=late["period"], y=late["share"], name=f"{tier}, so far", mode="lines+markers", legendgroup=tier, showlegend=False,
        line={"color": colour, "width": 1.5, "dash": "dot"}, opacity=0.6,
        marker={"symbol": "circle-open", "size": [0 if grown and n == 0 else 8 for n in range(len(late))], "color": colour},
        customdata=late[["resolved"]], hovertemplate="%{y:.1%} so far · %{customdata[0]:,} tickets",
    )  # fmt: skip


def young_words(frame: pd.DataFrame) -> str:
    """From when on the periods are still maturing (`IMMATURE_OPEN_SHARE`) in a sentence, or that the last one is mature."""
    start = young_from(frame)
    if start is None:
        return "The latest period is mature: at most 5 % of its tickets are not resolved yet."
    return (
        f"From {start:%-d %b %Y} on (dotted, hollow marks) over 5 % of a period's tickets are "
        "not resolved yet. Hard tickets take longest, so these shares will still move towards the higher tiers."
    )


def _mark_small(made: Drawing, frame: pd.DataFrame) -> None:
    """Hollow marks on periods with too few resolved tickets to say much."""
    rows = frame[frame["all_resolved"] < SMALL_GROUP]
    if len(rows):
        made.add_scatter(
            x=rows["period"],
            y=rows["share"],
            mode="markers",
            name=f"under {SMALL_GROUP} tickets",
            marker={"symbol": "circle-open", "size": 9, "color": NEUTRAL, "line": {"width": 2}},
            hoverinfo="skip",
        )


def _shade_young(made: Drawing, frame: pd.DataFrame) -> None:
    """Shades the run of periods at the end in which many tickets are still open."""
    start = young_from(frame)
    if start is None:
        return
    made.band(start, frame["period"].max(), FAINT)
    words = {"text": "still maturing", "font": {"size": 12}}
    made.write([words | {"x": start, "y": 1, "yref": "paper", "xanchor": "right", "yanchor": "bottom"}])


def young_from(frame: pd.DataFrame) -> pd.Timestamp | None:
    """The start of the run of immature periods at the end of the data; None where the last period is mature."""
    start: pd.Timestamp | None = None
    periods = frame[["period", "open_share"]].drop_duplicates("period").sort_values("period", ascending=False)
    for row in periods.to_dict("records"):
        if not row["open_share"] > IMMATURE_OPEN_SHARE:
            break
        start = row["period"]
    return start


def tier_mix_by(frame: pd.DataFrame, most: int = 15) -> go.Figure:
    """Stacked bars of the resolved mix, one per value of an attribute, the most tickets on top. Reads value, tier, share."""
    order = list(dict.fromkeys(frame["value"]))[:most]
    shown = frame[frame["value"].isin(order)].dropna(subset=["tier"])
    made = drawing(height=120 + 34 * len(order), barmode="stack")
    for tier, rows in shown.groupby("tier"):
        made.add_bar(
            x=rows["share"], y=[label(value) for value in rows["value"]], orientation="h", name=str(tier),
            marker={"color": tier_colour(tier), "line": {"width": 0},
                    "opacity": [0.4 if few else 1.0 for few in rows["all_resolved"] < SMALL_GROUP]},
            text=[f"{tier} {numbers.share(s)}" if s >= 0.09 else "" for s in rows["share"]], textposition="inside",
            insidetextanchor="middle", textfont={"color": "white"}, textangle=0, constraintext="none",
            customdata=rows[["value", "resolved", "all_resolved"]],
            hovertemplate=f"%{{y}} · {tier}: %{{x:.1%}} (%{{customdata[1]:,}} of %{{customdata[2]:,}} resolved)<extra></extra>",
        )  # fmt: skip
    made.update_layout(legend={"traceorder": "normal"})
    made.update_xaxes(**percent_axis("Share of resolved tickets", room=0))
    made.update_yaxes(categoryorder="array", categoryarray=[label(v) for v in reversed(order)], showgrid=False)
    return made.figure()


def standing_out(frame: pd.DataFrame, overall: float) -> pd.DataFrame:
    """Values with enough tickets whose whole 95 % interval is above the overall rate, the highest rate first."""
    rows = frame.drop_duplicates("value")
    rows = rows[(rows["touched_l1"] >= SMALL_GROUP) & (rows["escalation_rate_low"] > overall)]
    return rows.sort_values("escalation_rate", ascending=False)


def shown_values(frame: pd.DataFrame, overall: float, most: int = 15) -> pd.DataFrame:
    """One row per value that the chart shows: the few that stand out, then those with the most tickets."""
    rows = frame.drop_duplicates("value").dropna(subset=["escalation_rate"])
    return pd.concat([standing_out(frame, overall).head(most // 3), rows]).drop_duplicates("value").head(most)


def escalation_by(frame: pd.DataFrame, overall: float, most: int = 15) -> go.Figure:
    """Escalation rate out of L1 by value with its Wilson 95 % interval, and drawn to the mean of all values by as much as its
    size leaves open (diamond). Values of under 30 tickets are grey and hollow. A click's `customdata` begins with the value."""
    rows = shown_values(frame, overall, most).sort_values("escalation_rate")
    names = [label(value) for value in rows["value"]]
    made = drawing(height=150 + 32 * len(rows), top=52)
    for few, words in ((False, "Escalation rate, 95 % interval"), (True, f"the same, under {SMALL_GROUP} tickets")):
        _rates(made, rows, (rows["touched_l1"] < SMALL_GROUP) == few, words, faint=few)
    drawn = rows[(rows["shrunk_rate"] - rows["escalation_rate"]).abs() >= SEEN_APART]
    if len(drawn):
        made.add_scatter(
            x=drawn["shrunk_rate"], y=[label(value) for value in drawn["value"]], mode="markers",
            name="drawn to the mean by size",
            marker={"size": 9, "symbol": "diamond-open", "color": TIER_COLOURS["L3"], "line": {"width": 2}},
            customdata=drawn[["value", "shrunk_rate_low", "shrunk_rate_high"]],
            hovertemplate="%{y}: %{x:.1%} drawn to the mean (%{customdata[1]:.1%} to %{customdata[2]:.1%})<extra></extra>",
        )  # fmt: skip
    _all_line(made, overall)
    widest = float(rows["escalation_rate_high"].max()) if len(rows) else 1.0
    made.update_xaxes(**percent_axis("Share of L1's tickets escalated", top=widest, room=0.05))
    made.update_yaxes(gridcolor=FAINT, categoryorder="array", categoryarray=names)
    return made.figure()


def _rates(made: Drawing, rows: pd.DataFrame, which: pd.Series, name: str, *, faint: bool) -> None:
    shown = rows[which]
    if shown.empty:
        return
    colour = NEUTRAL if faint else tier_colour("L1")
    made.add_scatter(
        x=shown["escalation_rate"], y=[label(value) for value in shown["value"]], mode="markers", name=name,
        error_x={"array": shown["escalation_rate_high"] - shown["escalation_rate"], "symmetric": False, "thickness": 2,
                 "arrayminus": shown["escalation_rate"] - shown["escalation_rate_low"], "color": colour},
        marker={"size": 11, "color": colour, "line": {"width": 2, "color": colour},
                "symbol": "circle-open" if faint else "circle"},
        customdata=shown[["value", "touched_l1", "escalation_rate_low", "escalation_rate_high"]],
        hovertemplate="%{y}: %{x:.1%} (95 %: %{customdata[2]:.1%} to %{customdata[3]:.1%}) of %{customdata[1]:,} tickets"
        "<extra></extra>",
    )  # fmt: skip


def _all_line(made: Drawing, overall: float) -> None:
    """The rate of all tickets as a dashed line with its name."""
    made.line(x=overall, text=f" all: {numbers.share(overall)}", note={"y": 0, "xanchor": "left"}, color=NEUTRAL)


def small_values(frame: pd.DataFrame) -> str:
    """How many values have too few tickets for their share to say much, in a sentence; empty where none has."""
    rows = frame.drop_duplicates("value")
    few = int((rows["touched_l1"] < SMALL_GROUP).sum())
    if not few:
        return ""
    return (
        f"{numbers.count(few)} of {numbers.count(len(rows))} values have under {SMALL_GROUP} tickets: they are grey, and the "
        "diamond is the better guess for them."
    )


def escalation_rates(frame: pd.DataFrame, matured: pd.DataFrame) -> go.Figure:
    """Observed and matured escalation rate by tier; the top tier, which cannot escalate, is left out."""
    rows = frame.iloc[:-1].merge(matured[["tier", "matured_rate"]], on="tier", how="left")
    made = drawing(height=120 + 88 * max(1, len(rows)), top=66)
    made.add_scatter(
        x=rows["escalation_rate"], y=rows["tier"], mode="markers", name="Escalated so far, with 95 % interval",
        error_x={"array": rows["escalation_rate_high"] - rows["escalation_rate"], "symmetric": False, "thickness": 2,
                 "arrayminus": rows["escalation_rate"] - rows["escalation_rate_low"], "color": NEUTRAL},
        marker={"size": 13, "color": [tier_colour(t) for t in rows["tier"]], "symbol": [TIER_SYMBOLS[t] for t in rows["tier"]]},
        hovertemplate="%{y}: %{x:.1%} escalated so far<extra></extra>",
    )  # fmt: skip
    made.add_scatter(
        x=rows["matured_rate"], y=rows["tier"], mode="markers", name="Within 14 days, young tickets accounted for",
        marker={"size": 17, "symbol": "circle-open", "color": NEUTRAL, "line": {"width": 2}},
        hovertemplate="%{y}: %{x:.1%} within 14 days<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(
        **percent_axis("Share of the tier's tickets", top=float(rows["escalation_rate_high"].max()), room=0.12)
    )
    made.update_yaxes(autorange="reversed", gridcolor=FAINT)
    return made.figure()
