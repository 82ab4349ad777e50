"""How far tickets climb: nested counts, the way step by step, the commonest paths, where visits end."""

import streamlit as st

from analytics.charts import flow, numbers, tiers, titles
from pages._kit import cards, controls, view

seen = view.current("tiers", "paths")

st.title("Escalation funnel")
st.markdown("How many tickets get how far, which way they take, and where they come back.")

funnel, rates = seen.ask("funnel"), seen.ask("tiers")
left, right = st.columns([3, 2])
with left:
    cards.chart_card(
        titles.funnel(funnel.frame),
        flow.escalation_funnel(funnel.frame),
        funnel.frame,
        unit="Tickets that reached each tier or a higher one",
        alt=", ".join(f"{numbers.count(r.tickets)} reached {r.tier}" for r in funnel.frame.itertuples()) + ".",
        sentence=seen.sentence,
        metrics=("funnel.tickets", "funnel.share_of_start", "funnel.share_of_previous"),
        answer=funnel,
        tickets=cards.drill(seen, "ticket_list", controls.by_tier(funnel.frame, "reached", "Reached")),
        key="funnel",
    )
with right:
    matured = seen.frame("matured_escalation")
    cards.chart_card(
        titles.escalation_rates(rates.frame),
        tiers.escalation_rates(rates.frame, matured),
        rates.frame.merge(matured[["tier", "matured_rate"]], on="tier", how="left"),
        unit="Share of the tier's tickets escalated",
        alt="Per tier the rate so far with its 95 % interval, and the rate within 14 days.",
        sentence=seen.sentence,
        metrics=("tiers.escalation_rate", "tiers.matured_rate"),
        answer=rates,
        tickets=cards.drill(
            seen, "ticket_list", controls.by_tier(rates.frame.iloc[:-1], "escalated_from", "Escalated from")
        ),
        key="escalation_rates",
    )
    routing = seen.ask("routing")
    cards.chart_card(
        titles.routing(routing.frame),
        flow.routing_matrix(routing.frame),
        routing.frame,
        unit="Where visits to a tier end; each row adds up to 100 %",
        alt="A table of shares: from each tier to each other one, or ended there.",
        sentence=seen.sentence,
        metrics=("routing",),
        answer=routing,
        key="routing",
    )

hops = seen.ask("hops", last_hop=flow.LAST_HOP + 2)
cards.chart_card(
    titles.hop_flow(hops.frame),
    flow.hop_flow(hops.frame),
    hops.frame,
    unit="Tickets from stop to stop; a ticket that comes back appears again further right",
    alt="A flow from the first stop to the second and on, with what is resolved, cancelled or still open at each.",
    sentence=seen.sentence,
    metrics=("hops.visits",),
    answer=hops,
    key="hops",
)

paths = seen.ask("paths")
cards.chart_card(
    titles.paths(paths.frame),
    flow.top_paths(paths.frame),
    paths.frame,
    unit="Tickets by their path through the tiers; the ten commonest, all of them in the table",
    alt=f"Bars of the commonest of {len(paths.frame)} paths.",
    sentence=seen.sentence,
    metrics=("paths.path", "paths.tickets"),
    answer=paths,
    tickets=cards.drill(seen, "ticket_list", {p: {"reason": "path", "path": p} for p in paths.frame["path"].head(20)}),
    key="paths",
)
