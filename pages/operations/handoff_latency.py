"""How long handed-over tickets wait until somebody of the receiving side works on them."""

import streamlit as st

from analytics.charts import latency, titles
from pages._kit import cards, controls, kpis, view

seen = view.current("tiers", "paths", "acknowledged")

st.title("Handoff latency")
st.markdown("How long a ticket waits after it is handed over, until somebody of the receiving tier works on it.")

target = controls.target_minutes()
everything = seen.ask("handoff_latency", by="all", target_minutes=target)
if everything.frame.empty:
    view.nothing_handed_over(seen)
cards.kpi_row(kpis.waiting(everything.frame.iloc[0], target), key="waiting")
pairs = seen.ask("handoff_latency", by="tier_pair", target_minutes=target)
lists = cards.drill(seen, "handoff_list", controls.by_pair(pairs.frame, target))

curve = seen.ask("latency_curve", by="tier_pair")
cards.chart_card(
    titles.latency_curve(everything.frame, target),
    latency.latency_curve(curve.frame, target),
    curve.frame,
    unit="Share of all handoffs acknowledged by the time since the handoff; calendar time, nights and weekends included",
    alt="One rising line per pair of tiers; the dashed line is the target.",
    note="A line that ends below 100 % stands for handoffs that nobody of that tier ever acknowledged.",
    sentence=seen.sentence,
    metrics=("latency.curve", "latency.share_within_target"),
    answer=curve,
    tickets=lists,
    key="latency_curve",
)

group = controls.choice("Compare by", controls.latency_groups(seen), key="group")
groups = seen.ask("handoff_latency", by=group, target_minutes=target)
left, right = st.columns(2)
with left:
    cards.chart_card(
        titles.latency_by_group(groups.frame),
        latency.latency_by_group(groups.frame, target),
        groups.frame,
        unit="Median and 90th percentile of the wait; hollow marks leave out what was never acknowledged, filled marks do not",
        alt="Per group four marks on a logarithmic time axis; the dashed line is the target.",
        sentence=seen.sentence,
        metrics=("latency.p50_hours", "latency.p90_hours", "latency.km_p50_hours"),
        answer=groups,
        tickets=lists,
        key="latency_by_group",
    )
with right:
    cards.chart_card(
        titles.outcomes(groups.frame),
        latency.latency_outcomes(groups.frame, target),
        groups.frame,
        unit="Share of handoffs by what became of them; the upright mark is the share in time",
        alt="Stacked bars per group: acknowledged, left unacknowledged, waiting now.",
        sentence=seen.sentence,
        metrics=("latency.acknowledged", "latency.unacknowledged", "latency.waiting", "latency.share_within_target"),
        answer=groups,
        tickets=lists,
        key="outcomes",
    )

hours = seen.ask("latency_heatmap", target_minutes=target)
cards.chart_card(
    titles.heatmap(hours.frame),
    latency.latency_heatmap(hours.frame),
    hours.frame,
    unit=f"Median wait by the hour of the handoff ({seen.zone}); blank where there are under five handoffs",
    alt="Seven rows of 24 hours; the darker, the longer the wait.",
    sentence=seen.sentence,
    metrics=("latency.by_hour",),
    answer=hours,
    tickets=lists,
    key="latency_heatmap",
)
