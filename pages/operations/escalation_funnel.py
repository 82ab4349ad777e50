"""How far tickets climb: nested counts, the way step by step, the most common paths, where visits end."""

import streamlit as st

from analytics.charts import flow, numbers, tiers, titles
from pages._kit import cards, controls, view

st.title("Escalation funnel")
st.markdown("How many tickets get how far, which way they take, and where they come back.")
seen = view.current("tiers", "paths")

funnel, rates, routing = seen.ask("funnel"), seen.ask("tiers"), seen.ask("routing")
matured = seen.frame("matured_escalation")[["tier", "matured_rate"]]
hops, paths = seen.ask("hops", last_hop=flow.LAST_HOP + 2), seen.ask("paths")

left, right = st.columns(2)
with left:
    cards.chart_card(
        titles.funnel(funnel.frame),
        flow.escalation_funnel(funnel.frame),
        funnel,
        unit="Tickets that reached each tier or a higher one",
        alt=", ".join(f"{numbers.count(r.tickets)} reached {r.tier}" for r in funnel.frame.itertuples()) + ".",
        metrics=("funnel.tickets", "funnel.share_of_start", "funnel.share_of_previous"),
        tickets=cards.drill(seen, "ticket_list", controls.by_tier(funnel.frame, "reached", "Reached")),
        key="funnel",
    )
with right:
    cards.chart_card(
        titles.routing(routing.frame),
        flow.routing_matrix(routing.frame),
        routing,
        unit="Where visits to a tier end, as a share of those that have ended; each row adds up to 100 %",
        alt="A table of shares: from each tier to each other one, or ended there.",
        metrics=("routing",),
        key="routing",
    )

cards.chart_card(
    titles.hop_flow(hops.frame),
    flow.hop_flow(hops.frame),
    hops,
    unit="Tickets from stop to stop; one that comes back appears again further right. Flows under 0.1 % are in the table only",
    alt="A flow from the first stop to the second and on, with what is resolved, cancelled or still open at each.",
    metrics=("hops.visits",),
    key="hops",
)

left, right = st.columns(2)
with left:
    cards.chart_card(
        titles.paths(paths.frame),
        flow.top_paths(paths.frame),
        paths,
        unit="Tickets by their path through the tiers; the most common ones; all are in the table",
        alt=f"Bars of the most common of {len(paths.frame)} paths.",
        metrics=("paths.path", "paths.tickets"),
        tickets=cards.drill(seen, "ticket_list", controls.by_path(paths.frame)),
        key="paths",
    )
with right:
    cards.chart_card(
        titles.escalation_rates(rates.frame),
        tiers.escalation_rates(rates.frame, matured),
        rates,
        frame=rates.frame.merge(matured, on="tier", how="left"),
        unit="Share of the tier's tickets escalated",
        alt="Per tier the rate so far with its 95 % interval, and the rate within 14 days.",
        metrics=("tiers.escalation_rate", "tiers.matured_rate"),
        tickets=cards.drill(
            seen, "ticket_list", controls.by_tier(rates.frame[:-1], "escalated_from", "Escalated from")
        ),
        key="escalation_rates",
    )
