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
    TIER_DASHES,
    TIER_SYMBOLS,
    figure,
    label,
    percent_axis,
    tier_colour,
)

IMMATURE_OPEN_SHARE = 0.05
"""A period with more of its tickets than this still unresolved is marked: its mix will still move towards the higher tiers."""


def tier_distribution(frame: pd.DataFrame) -> go.Figure:
    """Bars of `share_resolved` by tier with the guide's rule as a mark. Reads tier, resolved, share_resolved."""
    tiers = list(frame["tier"])
    ruled = [tier for tier in tiers if tier in GUIDE]
    made = figure(height=110 + 76 * len(tiers))
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
    return made


def _share_labels(made: go.Figure, frame: pd.DataFrame) -> None:
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
    """Lines of each tier's share by period of creation. Young periods are shaded.

    Reads period, tier, share, resolved, open_share.
    """
    made = figure(height=340, hovermode="x unified")
    for tier, rows in frame.groupby("tier"):
        made.add_scatter(
            x=rows["period"], y=rows["share"], name=str(tier), mode="lines",
            line={"color": tier_colour(tier), "width": 2.5, "dash": TIER_DASHES.get(str(tier), "solid")},
            customdata=rows[["resolved"]], hovertemplate="%{y:.1%} · %{customdata[0]:,} tickets",
        )  # fmt: skip
    _mark_small(made, frame)
    _shade_young(made, frame)
    made.update_yaxes(**percent_axis("Share of resolved tickets"))
    made.update_xaxes(title={"text": "Created in the period starting"}, showgrid=False)
    return made


def _mark_small(made: go.Figure, frame: pd.DataFrame) -> None:
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


def _shade_young(made: go.Figure, frame: pd.DataFrame) -> None:
    """Shades the run of periods at the end in which many tickets are still open."""
    start = young_from(frame)
    if start is None:
        return
    made.add_vrect(x0=start, x1=frame["period"].max(), fillcolor=FAINT, line_width=0, layer="below")
    made.add_annotation(
        x=start,
        y=1,
        yref="paper",
        xanchor="right",
        yanchor="bottom",
        text="still maturing",
        showarrow=False,
        font={"size": 12},
    )


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
    shown = frame[frame["value"].isin(order)]
    made = figure(height=120 + 34 * len(order), barmode="stack")
    for tier, rows in shown.groupby("tier"):
        made.add_bar(
            x=rows["share"], y=[label(value) for value in rows["value"]], orientation="h", name=str(tier),
            marker={"color": tier_colour(tier), "line": {"width": 0}},
            text=[f"{tier} {numbers.share(s)}" if s >= 0.09 else "" for s in rows["share"]], textposition="inside",
            insidetextanchor="middle", textfont={"color": "white"}, textangle=0, constraintext="none",
            customdata=rows[["resolved", "tickets"]],
            hovertemplate=f"%{{y}} · {tier}: %{{x:.1%}} (%{{customdata[0]:,}} of %{{customdata[1]:,}} tickets)<extra></extra>",
        )  # fmt: skip
    made.update_layout(legend={"traceorder": "normal"})
    made.update_xaxes(**percent_axis("Share of resolved tickets", room=0))
    made.update_yaxes(categoryorder="array", categoryarray=[label(v) for v in reversed(order)], showgrid=False)
    return made


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
    """Escalation rate out of L1 by value with its Wilson 95 % interval; few tickets are hollow. One dot per value."""
    rows = shown_values(frame, overall, most).sort_values("escalation_rate")
    made = figure(height=120 + 30 * len(rows))
    small = rows["touched_l1"] < SMALL_GROUP
    made.add_scatter(
        x=rows["escalation_rate"], y=[label(value) for value in rows["value"]], mode="markers", name="Escalation rate",
        error_x={"array": rows["escalation_rate_high"] - rows["escalation_rate"], "symmetric": False, "thickness": 2,
                 "arrayminus": rows["escalation_rate"] - rows["escalation_rate_low"], "color": tier_colour("L1")},
        marker={"size": 11, "color": tier_colour("L1"), "symbol": ["circle-open" if few else "circle" for few in small]},
        customdata=rows[["touched_l1", "escalation_rate_low", "escalation_rate_high"]], showlegend=False,
        hovertemplate="%{y}: %{x:.1%} (95 %: %{customdata[1]:.1%} to %{customdata[2]:.1%}) of %{customdata[0]:,} tickets"
        "<extra></extra>",
    )  # fmt: skip
    made.add_vline(x=overall, line={"color": NEUTRAL, "dash": "dash", "width": 1.5})
    made.add_annotation(
        x=overall,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"all: {numbers.share(overall)}",
        showarrow=False,
        font={"size": 12},
    )
    made.update_xaxes(
        **percent_axis("Share of L1's tickets escalated", top=float(rows["escalation_rate_high"].max()), room=0.05)
    )
    made.update_yaxes(gridcolor=FAINT)
    return made


def escalation_rates(frame: pd.DataFrame, matured: pd.DataFrame) -> go.Figure:
    """Observed and matured escalation rate by tier; the top tier, which cannot escalate, is left out."""
    rows = frame.iloc[:-1].merge(matured[["tier", "matured_rate"]], on="tier", how="left")
    made = figure(height=100 + 88 * max(1, len(rows)))
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
    return made
