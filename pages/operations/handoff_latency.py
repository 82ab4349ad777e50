"""How long handed-over tickets wait until somebody of the receiving side works on them."""

import streamlit as st

from analytics.charts import latency, titles
from pages._kit import cards, controls, kpis, view

st.title("Handoff latency")
st.markdown("How long a ticket waits after it is handed over, until somebody of the receiving tier works on it.")
seen = view.current("tiers", "paths", "acknowledgement")

with st.container(horizontal=True, gap="medium"):
    target, clock = controls.target_minutes(), controls.clock()
waits = {"target_minutes": target, "clock": clock}
everything = seen.ask("handoff_latency", by="all", **waits)
if everything.frame.empty:
    view.nothing_handed_over(seen)
cards.kpi_row(kpis.waiting(everything.frame.iloc[0], target), key="waiting")
pairs = seen.ask("handoff_latency", by="tier_pair", **waits)
lists = cards.drill(seen, "handoff_list", controls.by_pair(pairs.frame, target))

curve = seen.ask("latency_curve", by="tier_pair", clock=clock)
cards.chart_card(
    titles.latency_curve(everything.frame, target),
    latency.latency_curve(curve.frame, target),
    curve,
    unit=f"Share of all handoffs acknowledged by the time since the handoff; {controls.CLOCK_WORDS[clock]}",
    alt="One rising line per pair of tiers; the dashed line is the target.",
    note="A line that ends below 100 % stands for handoffs that nobody of that tier ever acknowledged.",
    metrics=("latency.curve", "latency.share_within_target"),
    tickets=lists,
    key="latency_curve",
)

group = controls.choice("Compare by", controls.latency_groups(seen), key="group")
groups = seen.ask("handoff_latency", by=group, **waits)
left, right = st.columns(2)
with left:
    cards.chart_card(
        titles.latency_by_group(groups.frame),
        latency.latency_by_group(groups.frame, target),
        groups,
        unit=f"{controls.GROUP_WORDS[group]}: median and 90th percentile of the wait, {controls.CLOCK_WORDS[clock]}",
        note="A filled mark is missing where too few were ever acknowledged to tell it.",
        alt="Per group four marks on a logarithmic time axis; the dashed line is the target.",
        metrics=("latency.p50_hours", "latency.p90_hours", "latency.km_p50_hours"),
        tickets=lists,
        key="latency_by_group",
    )
with right:
    cards.chart_card(
        titles.outcomes(groups.frame),
        latency.latency_outcomes(groups.frame, target),
        groups,
        unit=f"{controls.GROUP_WORDS[group]}, by what became of them; the white diamond is the share in time",
        alt="Stacked bars per group: acknowledged, left unacknowledged, waiting now.",
        metrics=("latency.acknowledged", "latency.unacknowledged", "latency.waiting", "latency.share_within_target"),
        tickets=lists,
        key="outcomes",
    )

hours = seen.ask("latency_heatmap", **waits)
cards.chart_card(
    titles.heatmap(hours.frame),
    latency.latency_heatmap(hours.frame),
    hours,
    unit=f"Median wait ({controls.CLOCKS[clock].lower()}) by the hour of the handoff ({seen.zone}); blank: under five handoffs",
    alt="Seven rows of 24 hours; the darker, the longer the wait.",
    metrics=("latency.by_hour",),
    tickets=lists,
    key="latency_heatmap",
)
