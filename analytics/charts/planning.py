"""Charts about what is coming and who is needed: forecast with its band, scores, load against people, tier mixes."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.base import NEUTRAL, TIER_COLOURS, figure, percent_axis, see_through, tier_colour

SHOWN_HISTORY_DAYS = 120


def forecast(history: pd.Series, points: pd.DataFrame, unit: str) -> go.Figure:
    """The last months as counted, then the forecast's mean with its 80 % and 95 % bands. `points`: at, mean, low80 …"""
    made, colour = figure(380), TIER_COLOURS["L1"]
    past = history.tail(SHOWN_HISTORY_DAYS)
    for low, high, opacity, name in (("low95", "high95", 0.10, "95 % band"), ("low80", "high80", 0.22, "80 % band")):
        made.add_scatter(
            x=[*points["at"], *points["at"][::-1]], y=[*points[high], *points[low][::-1]], fill="toself", name=name,
            fillcolor=see_through(colour, opacity), line={"width": 0}, hoverinfo="skip",
        )  # fmt: skip
    made.add_scatter(x=past.index, y=past, mode="lines", name="Counted", line={"color": NEUTRAL, "width": 1.6})
    made.add_scatter(
        x=points["at"], y=points["mean"], mode="lines", name="Forecast", line={"color": colour, "width": 2.4, "dash": "solid"},
        customdata=points[["low80", "high80"]],
        hovertemplate="%{x|%a %-d %b}: %{y:.0f} (%{customdata[0]:.0f}–%{customdata[1]:.0f})<extra></extra>",
    )  # fmt: skip
    made.update_yaxes(title_text=unit.capitalize(), rangemode="tozero")
    return made


def race(backtest: pd.DataFrame, floor: float | None) -> go.Figure:
    """WAPE of each model in the backtest, the best on top, with the noise floor. Columns model, wape, weight."""
    shown = backtest.dropna(subset=["wape"]).sort_values("wape", ascending=False)
    made = figure(90 + 30 * len(shown))
    colours = [TIER_COLOURS["L1"] if name == "combination" else NEUTRAL for name in shown["model"]]
    made.add_bar(
        y=[name.replace("_", " ") for name in shown["model"]], x=shown["wape"], orientation="h", marker={"color": colours},
        text=[f"{wape:.1%}" for wape in shown["wape"]], textposition="outside", cliponaxis=False, showlegend=False,
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )  # fmt: skip
    if floor is not None:
        made.add_vline(
            x=floor,
            line={"dash": "dash", "color": NEUTRAL},
            annotation_text=f"noise floor {floor:.1%}",
            annotation_position="top",
        )
    made.update_xaxes(
        **percent_axis("Mean error of 28 days ahead, share of volume (WAPE)", float(shown["wape"].max()), 0.2)
    )
    return made


def load(weeks: pd.DataFrame, tier: str) -> go.Figure:
    """Hours of work that arrive each week (with their 80 % band) against what the people can do. Columns of WEEK_COLUMNS."""
    made, colour = figure(300), tier_colour(tier)
    at = weeks["week"]
    made.add_scatter(
        x=[*at, *at[::-1]], y=[*weeks["work_hours_high"], *weeks["work_hours_low"][::-1]], fill="toself", name="80 % band",
        fillcolor=see_through(colour, 0.2), line={"width": 0}, hoverinfo="skip",
    )  # fmt: skip
    made.add_scatter(x=at, y=weeks["work_hours"], name="Work that comes", mode="lines+markers", line={"color": colour})
    for column, name, dash in (
        ("capacity_hours_now", "People now can do", "dot"),
        ("capacity_hours", "Recommended can do", "dash"),
    ):
        if column in weeks and bool(weeks[column].notna().any()):
            made.add_scatter(
                x=at, y=weeks[column], name=name, mode="lines", line={"color": NEUTRAL, "dash": dash, "shape": "hv"}
            )
    made.update_yaxes(title_text="Hours of work per week", rangemode="tozero")
    return made


def heads(tiers: pd.DataFrame) -> go.Figure:
    """People now against people needed, with the interval. Columns tier, headcount, its _low, _high and _now."""
    made = figure(280)
    known = tiers["headcount_now"].notna()
    if bool(known.any()):
        made.add_bar(
            x=tiers["tier"][known], y=tiers["headcount_now"][known], name="Now", marker={"color": see_through("#868B94", 0.55)},
            text=[f"{n:.1f}" for n in tiers["headcount_now"][known]], textposition="outside", cliponaxis=False,
        )  # fmt: skip
    made.add_bar(
        x=tiers["tier"], y=tiers["headcount"], name="Needed", marker={"color": [tier_colour(t) for t in tiers["tier"]]},
        text=[f"{n:.0f}" for n in tiers["headcount"]], textposition="inside", insidetextanchor="middle",
        error_y={
            "array": tiers["headcount_high"] - tiers["headcount"], "arrayminus": tiers["headcount"] - tiers["headcount_low"],
            "color": NEUTRAL,
        },
    )  # fmt: skip
    made.update_yaxes(title_text="People", rangemode="tozero")
    return made


def mixes(mix: pd.DataFrame) -> go.Figure:
    """Shares by tier of people, work and resolved tickets, side by side. Columns tier, headcount, work, resolved."""
    made = figure(240)
    rows = [("People needed", "headcount"), ("Work", "work"), ("Resolved", "resolved")]
    for row in mix.to_dict("records"):
        made.add_bar(
            y=[name for name, _ in rows], x=[row[column] for _, column in rows], orientation="h", name=row["tier"],
            marker={"color": tier_colour(row["tier"])}, text=[f"{row['tier']} {row[column]:.0%}" for _, column in rows],
            textposition="inside", insidetextanchor="middle", hovertemplate="%{y}: %{x:.1%}<extra>" + row["tier"] + "</extra>",
        )  # fmt: skip
    made.update_layout(barmode="stack")
    made.update_xaxes(**percent_axis("Share by tier"))
    return made
