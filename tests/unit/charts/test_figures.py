"""Charts: they show the numbers of their frame, carry no markup of the data, name their units, and have the house's settings."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.charts import base, flow, latency, people, tiers, volume

TIERS = pd.DataFrame({
    "tier": ["L1", "L2", "L3"], "resolved": [78, 19, 3], "share_resolved": [0.78, 0.19, 0.03],
    "escalation_rate": [0.22, 0.13, 0.0],
    "escalation_rate_low": [0.2, 0.1, 0.0], "escalation_rate_high": [0.24, 0.17, 0.02],
})  # fmt: skip
MATURED = pd.DataFrame({"tier": ["L1", "L2", "L3"], "matured_rate": [0.25, 0.14, 0.0]})
FUNNEL = pd.DataFrame({
    "tier": ["L1", "L2", "L3"], "tickets": [100, 22, 3], "share_of_start": [1, 0.22, 0.03],
    "share_of_previous": [1, 0.22, 3 / 22],
})  # fmt: skip
PAIRS = pd.DataFrame({
    "from_key": ["L1", "L2"], "to_key": ["L2", "L1"], "handoffs": [100, 40], "tickets": [90, 40], "acknowledged": [80, 40],
    "unacknowledged": [20, 0], "still_open": [5, 0], "share_within_target": [0.3, 0.9], "p50_hours": [1.0, 0.0],
    "p90_hours": [20.0, 0.5], "km_p50_hours": [1.5, 0.0], "km_p90_hours": [math.nan, 0.5],
})  # fmt: skip
HEAT = pd.DataFrame(
    {
        "weekday": [0, 6],
        "hour": [9, 23],
        "handoffs": [50, 4],
        "p50_hours": [2.0, 9.0],
        "share_within_target": [0.4, 0.0],
    }
)
MIX = pd.DataFrame({
    "period": pd.to_datetime(["2025-01-01"] * 2 + ["2025-02-01"] * 2 + ["2025-03-01"] * 2), "tier": ["L1", "L2"] * 3,
    "resolved": [40, 10, 45, 5, 9, 1], "all_resolved": [50, 50, 50, 50, 10, 10], "share": [0.8, 0.2, 0.9, 0.1, 0.9, 0.1],
    "created": [50, 50, 60, 60, 60, 60], "open_share": [0, 0, 1 / 6, 1 / 6, 5 / 6, 5 / 6],
})  # fmt: skip
BY = pd.DataFrame({
    "value": ["<b>A</b>", "<b>A</b>", "B"], "tier": ["L1", "L2", "L1"], "resolved": [60, 40, 9], "tickets": [110, 110, 9],
    "all_resolved": [100, 100, 9], "share": [0.6, 0.4, 1.0], "touched_l1": [110, 110, 9], "escalated_l1": [44, 44, 0],
    "escalation_rate": [0.4, 0.4, 0.0], "escalation_rate_low": [0.31, 0.31, 0.0], "escalation_rate_high": [0.49, 0.49, 0.3],
    "shrunk_rate": [0.39, 0.39, 0.2], "shrunk_rate_low": [0.31, 0.31, 0.05], "shrunk_rate_high": [0.48, 0.48, 0.4],
})  # fmt: skip
CURVE = pd.DataFrame({
    "from_key": ["L1"] * 3, "to_key": ["L2"] * 3, "wait_hours": [0.0, 1.0, 30.0], "acknowledged_share": [0.0, 0.4, 0.8],
})  # fmt: skip
HOPS = pd.DataFrame({
    "hop": [1, 1, 1, 2, 2, 3, 4, 5], "tier": ["L1", "L1", "L1", "L2", "L2", "L1", "L2", "L1"],
    "next": ["resolved", "L2", "cancelled", "resolved", "L1", "L2", "L1", "resolved"],
    "visits": [7000, 2900, 100, 2000, 900, 900, 900, 900],
})  # fmt: skip
ROUTING = pd.DataFrame({
    "tier": ["L1", "L1", "L2", "L2"], "next": ["L2", "resolved", "L1", "resolved"], "visits": [22, 78, 5, 15],
    "share": [0.22, 0.78, 0.25, 0.75], "share_low": [0.15, 0.69, 0.11, 0.53], "share_high": [0.31, 0.85, 0.47, 0.89],
})  # fmt: skip
PATHS = pd.DataFrame({"path": ["L1", "L1>L2"], "tickets": [78, 22]})
WEEKS = pd.DataFrame({"week": pd.to_datetime(["2025-01-06", "2025-01-13"]), "tickets": [10, 3], "whole": [True, False]})

ALL = {
    "tier_distribution": lambda: tiers.tier_distribution(TIERS),
    "tier_mix_over_time": lambda: tiers.tier_mix_over_time(MIX),
    "tier_mix_by": lambda: tiers.tier_mix_by(BY),
    "escalation_by": lambda: tiers.escalation_by(BY, 0.3),
    "escalation_rates": lambda: tiers.escalation_rates(TIERS, MATURED),
    "escalation_funnel": lambda: flow.escalation_funnel(FUNNEL),
    "hop_flow": lambda: flow.hop_flow(HOPS),
    "top_paths": lambda: flow.top_paths(PATHS),
    "routing_matrix": lambda: flow.routing_matrix(ROUTING),
    "latency_curve": lambda: latency.latency_curve(CURVE, 30),
    "latency_by_group": lambda: latency.latency_by_group(PAIRS, 30),
    "latency_outcomes": lambda: latency.latency_outcomes(PAIRS, 30),
    "latency_heatmap": lambda: latency.latency_heatmap(HEAT),
    "volume_by_week": lambda: volume.volume_by_week(WEEKS),
}


@pytest.mark.parametrize("name", ALL)
def test_every_chart_has_the_house_style_and_no_markup(name):
    made = ALL[name]()
    assert made.layout.paper_bgcolor == "rgba(0,0,0,0)"
    go.Figure(made.to_dict())  # Plotly checks every property here, and none while a page is drawn
    assert made.layout.datarevision
    assert made.layout.height >= 150
    assert "<b>" not in made.to_json().replace("\\u003c", "<")
    assert len(made.to_json()) < 60_000


@pytest.mark.parametrize(
    "name", [name for name in ALL if name not in ("escalation_funnel", "hop_flow", "routing_matrix")]
)
def test_every_axis_of_values_says_what_it_shows(name):
    made = ALL[name]()
    titles = [axis.title.text for axis in (made.layout.xaxis, made.layout.yaxis)]
    assert any(titles), titles


def test_charts_cannot_upload_the_data():
    assert base.CONFIG["showSendToCloud"] is False
    assert base.CONFIG["displaylogo"] is False


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [*base.TIER_COLOURS.values(), *flow.END_COLOURS.values(), base.NEUTRAL])
@pytest.mark.parametrize("background", ["#FEFEFD", "#10151B"])
def test_colours_can_be_seen_in_both_modes(colour, background):
    """WCAG 2 contrast of at least 3:1, by its own formula, on the two backgrounds of the settings."""
    light, dark = sorted([_luminance(colour), _luminance(background)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_backgrounds_are_those_of_the_settings():
    import tomllib
    from pathlib import Path

    theme = tomllib.loads((Path(__file__).parents[3] / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    assert (theme["light"]["backgroundColor"], theme["dark"]["backgroundColor"]) == ("#FEFEFD", "#10151B")


def test_the_distribution_shows_shares_and_the_rule():
    made = ALL["tier_distribution"]()
    assert list(made.data[0].x) == [0.78, 0.19, 0.03]
    assert list(made.data[1].x) == [0.80, 0.18, 0.02]
    assert list(made.data[2].text) == ["78 % · 78", "19 % · 19", "3.0 % · 3"]


def test_young_periods_are_those_at_the_end_with_much_open():
    assert tiers.young_from(MIX) == pd.Timestamp("2025-02-01")
    assert tiers.young_from(MIX.assign(open_share=0.01)) is None
    assert tiers.young_from(MIX[MIX["period"] < "2025-02-01"]) is None
    assert len(ALL["tier_mix_over_time"]().layout.shapes) == 1


def test_few_tickets_are_hollow():
    many, few, drawn = ALL["escalation_by"]().data
    assert (many.y, many.marker.symbol) == (("&lt;b&gt;A&lt;/b&gt;",), "circle")
    assert (few.y, few.marker.symbol, few.name) == (("B",), "circle-open", "the same, under 30 tickets")
    assert list(drawn.x) == [0.2, 0.39]
    young = ALL["tier_mix_over_time"]().data[-1]
    assert (young.name, list(young.y)) == ("under 30 tickets", [0.9, 0.1])


def test_a_value_that_stands_out_is_shown_however_few_tickets_it_has():
    many = pd.DataFrame({
        "value": [f"v{n}" for n in range(30)], "tickets": range(900, 0, -30), "touched_l1": [100] * 30,
        "escalation_rate": [0.1] * 29 + [0.9],
        "escalation_rate_low": [0.05] * 29 + [0.8], "escalation_rate_high": [0.2] * 29 + [0.95],
    })  # fmt: skip
    shown = tiers.shown_values(many, 0.15)
    assert len(shown) == 15
    assert "v29" in set(shown["value"])
    assert list(shown["value"])[1:4] == ["v0", "v1", "v2"]


def test_the_flow_keeps_its_tickets():
    """What goes into a hop comes out of it; nothing runs in a circle; the last column is not followed."""
    link, names = ALL["hop_flow"]().data[0].link, ALL["hop_flow"]().data[0].node.customdata
    going, coming = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for source, target, passing in zip(link.source, link.target, link.value, strict=True):
        assert source != target
        going[names[source]] += passing
        coming[names[target]] += passing
    assert going["L1 · 1st"] == 10_000
    assert coming["L2 · 2nd"] == going["L2 · 2nd"] == 2900
    assert coming["L1 · 5th +"] == 900
    assert going["L1 · 5th +"] == 0


def test_flow_nodes_do_not_overlap():
    """Within a column every node begins below the end of the one above it, and all lie inside the drawing."""
    node = ALL["hop_flow"]().data[0].node
    columns: dict[float, list[float]] = {}
    for x, y in zip(node.x, node.y, strict=True):
        columns.setdefault(x, []).append(y)
    assert len(columns) == 5
    assert all(0 <= y <= 1 for y in node.y)
    assert all(len(set(heights)) == len(heights) for heights in columns.values())


def test_the_funnel_says_both_shares():
    texts = [note.text for note in ALL["escalation_funnel"]().layout.annotations]
    assert texts == ["100 tickets", "22 tickets<br>22 % of all", "3 tickets<br>3.0 % of all<br>14 % of L2"]


def test_routing_rows_add_up_to_one():
    wide = flow.routing_table(ROUTING)
    assert list(wide.columns) == ["L1", "L2", "resolved"]
    assert wide.sum(axis=1).tolist() == pytest.approx([1, 1])


def test_outcomes_add_up_to_the_handoffs():
    told = latency.outcomes(PAIRS)
    assert (told["acknowledged"] + told["left"] + told["waiting"] == told["handoffs"]).all()
    assert told.loc[0, ["acknowledged", "left", "waiting"]].tolist() == [80, 15, 5]


def test_hours_with_few_handoffs_are_blank():
    heat = ALL["latency_heatmap"]().data[0]
    assert heat.customdata[0][9][0] == "2 h"
    assert math.isnan(heat.z[6][23])
    assert heat.customdata[6][23][1] == "4"


def test_a_duration_axis_has_ticks_that_people_know():
    axis = base.duration_axis(60 * 24 * 10, "Wait")
    assert axis["tickvals"] == [1, 5, 30, 60, 480, 1440, 10080]
    assert axis["ticktext"] == ["≤ 1 min", "5 min", "", "1 h", "", "1 d", "1 w"]


@pytest.mark.parametrize("longest", [60, 500, 3000, 20_000, 80_000, 600_000, 5_000_000])
def test_labels_of_durations_never_touch_on_a_phone(longest):
    """On 260 pixels of axis, at 6.5 pixels a letter, none is turned and each ends before the next one begins."""
    axis = base.duration_axis(longest, "Wait")
    low, high = axis["range"]
    named = [(minutes, text) for minutes, text in zip(axis["tickvals"], axis["ticktext"], strict=True) if text]
    at = [260 * (math.log10(minutes) - low) / (high - low) for minutes, _ in named]
    halves = [6.5 * len(text) / 2 for _, text in named]
    assert len(named) >= 3
    assert axis["tickangle"] == 0
    for n in range(len(at) - 1):
        assert at[n] + halves[n] <= at[n + 1] - halves[n + 1] + 1


def test_names_stand_as_people_count():
    names = ["Group 76", "group 9", "Group 10", "Desk", "2nd line", "10th line", "Group 9b"]
    assert sorted(names, key=base.natural) == [
        "2nd line",
        "10th line",
        "Desk",
        "group 9",
        "Group 9b",
        "Group 10",
        "Group 76",
    ]
    rows = pd.DataFrame({"team": ["T10", "T9", "T1", "T2"], "tier": ["L1", "L1", "L2", None], "visits": 1, "ended": 1})
    assert list(people.shown(rows, "team", "ended")["team"]) == ["T9", "T10", "T1", "T2"]


def test_words_under_bars_are_broken_near_their_middle():
    assert [base.in_two_lines(text) for text in ("1 day", "20 days and more", "under 10 %", "Unbreakable")] == [
        "1 day", "20 days<br>and more", "under<br>10 %", "Unbreakable",
    ]  # fmt: skip
    axis = base.word_axis(["late already", "<b>"])
    assert axis["categoryarray"] == axis["tickvals"] == ["late already", "<b>"]
    assert axis["ticktext"] == ["late<br>already", "&lt;b&gt;"]


def test_no_wait_at_all_can_be_drawn_on_a_logarithmic_axis():
    assert min(ALL["latency_curve"]().data[0].x) == 1


def test_a_percent_axis_is_written_like_the_text():
    axis = base.percent_axis("Share", top=0.24)
    assert axis["ticktext"] == ["0 %", "5 %", "10 %", "15 %", "20 %"]
    assert base.percent_axis("Share")["ticktext"] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    assert base.percent_axis("Share", top=math.nan)["range"][1] > 0


def test_labels_are_shortened_and_cannot_be_tags():
    assert base.label("<a href='x'>y</a>") == "&lt;a href='x'&gt;y&lt;/a&gt;"
    assert base.label("x" * 50) == "x" * 33 + "…"
    assert base.label("two\n lines") == "two lines"


def test_crowded_days():
    """99 tickets in ten days and one a year later: crowded. Evenly spread: not."""
    days = pd.DataFrame(
        {"day": [*pd.date_range("2025-01-01", periods=10), pd.Timestamp("2026-01-01")], "tickets": [20] * 10 + [1]}
    )
    assert volume.crowded_days(days) == (pd.Timestamp("2025-01-01"), pd.Timestamp("2025-01-10"))
    even = pd.DataFrame({"day": pd.date_range("2025-01-01", periods=100), "tickets": 1})
    assert volume.crowded_days(even) is None


@pytest.mark.parametrize("frame", [HEAT.head(0), HEAT.tail(1)])
def test_a_heatmap_of_next_to_nothing_is_blank_and_not_an_error(frame):
    assert latency.latency_heatmap(frame).data[0].z is not None


def test_bars_of_tiers_are_told_apart_without_colour_and_their_counts_can_be_read():
    bars = {tier: base.tier_bars(tier, [1234, 0]) for tier in base.TIER_COLOURS}
    assert len({bar["marker"]["pattern"]["shape"] for bar in bars.values()}) == len(bars)
    assert bars["L1"]["text"] == ["1,234", ""]
    assert bars["L1"]["constraintext"] == "none"


def test_ticks_of_a_colour_bar_do_not_touch():
    """On 200 pixels from one minute to four weeks, at 13 pixels a line."""
    bar = latency._colour_bar(np.array([0.0, math.log10(40320)]), False)
    at = [200 * 0.9 * value / math.log10(40320) for value in bar["tickvals"]]
    assert len(at) >= 5
    assert np.diff(at).min() >= 13
