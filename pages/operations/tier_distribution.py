"""Who resolves what: the tiers' shares now, over time, and by product or another attribute."""

import streamlit as st

from analytics.charts import numbers, tiers, titles
from pages._kit import cached, cards, controls, view

st.title("Tier distribution")
st.markdown("Which tier resolves how much, how that moves, and where L1 passes on more than it has to.")
seen = view.current("tiers")

now = seen.ask("tiers")
cards.chart_card(
    titles.tier_distribution(now.frame),
    tiers.tier_distribution(now.frame),
    now,
    unit="Share of resolved tickets by the tier of the last resolution, and their number",
    alt=f"Bars by tier: {', '.join(f'{r.tier} {numbers.share(r.share_resolved)}' for r in now.frame.itertuples())}.",
    note="The marks show 80/18/2, a rule of thumb from a service-desk guide. It holds only for some lengths of work per tier; "
    "it is not a target.",
    metrics=("tiers.share_resolved", "tiers.resolved"),
    tickets=cards.drill(seen, "ticket_list", controls.by_tier(now.frame, "resolved_in", "Resolved in")),
    key="tier_distribution",
)

grain = controls.choice("Periods", {"week": "Weeks", "month": "Months"}, key="grain", default="month")
mix = seen.ask("tier_mix_over_time", grain=grain)
cards.chart_card(
    titles.mix_over_time(mix.frame),
    tiers.tier_mix_over_time(mix.frame),
    mix,
    unit=f"Share of resolved tickets by {grain} of creation",
    alt=f"One line per tier over {mix.frame['period'].nunique()} {grain}s.",
    metrics=("tiers.mix_over_time", "tiers.share_resolved"),
    key="mix_over_time",
)

if not controls.dimensions(seen):
    st.stop()
dimension = controls.choice("Split by", controls.dimensions(seen), key="by")
by = seen.ask("tier_mix_by", dimension=dimension)
overall = controls.rate_of(now.frame, "L1")
left, right = st.columns(2)
with left:
    cards.chart_card(
        titles.mix_by(by.frame, dimension),
        tiers.tier_mix_by(by.frame),
        by,
        unit=f"Share of resolved tickets by tier, for each {dimension}; the most tickets on top",
        alt=f"Stacked bars for {by.frame['value'].nunique()} values of {dimension}.",
        metrics=("tiers.share_resolved",),
        tickets=cards.drill(seen, "ticket_list", controls.by_value(by.frame, dimension)),
        key="mix_by",
    )
if "paths" in cached.capabilities(seen.dataset):
    st.stop()
with right:
    cards.chart_card(
        titles.escalation_by(by.frame, overall, dimension),
        tiers.escalation_by(by.frame, overall),
        by,
        unit="Share of L1's tickets escalated so far, with its 95 % interval; hollow where there are under 30 tickets",
        alt=f"A dot with its interval per {dimension}; the dashed line is the rate overall, {numbers.share(overall)}.",
        metrics=("tiers.escalation_rate", "tiers.escalation_rate_low", "tiers.escalation_rate_high"),
        tickets=cards.drill(seen, "ticket_list", {"Escalated from L1": {"reason": "escalated_from", "tier": 1}}),
        key="escalation_by",
    )
