"""How satisfied customers are, by how often their ticket was handed over and which way it took."""

import streamlit as st

from analytics.charts import operations
from pages._kit import cards, controls, operating, view

st.title("Satisfaction")
st.markdown(
    "Good ratings by the way a ticket took. Only customers who answered are counted; few do, and not at random."
)
seen = view.current("paths")

told = seen.ask("satisfaction")
operating.needs_ratings(seen, told.frame)
cards.kpi_row(operating.satisfied(told.frame), key="satisfied")

unit = "Share of good ratings with its 95 % interval; hollow and grey where there are fewer than 30 ratings"
metrics = ("satisfaction.csat", "satisfaction.rated", "satisfaction.response_rate")
handoffs = operating.by_handoffs(told.frame)
cards.chart_card(
    operations.by_handoffs_title(handoffs),
    operations.satisfaction(handoffs),
    told,
    frame=handoffs,
    unit=f"{unit}, by handoffs between teams",
    alt="A dot with its interval for each number of handoffs.",
    note="Tickets with many handoffs are also harder ones: this is an association, not an effect of the handoffs alone.",
    metrics=metrics,
    tickets=cards.drill(seen, "ticket_list", {"Resolved": {"reason": "resolved"}}),
    key="by_handoffs",
)

paths = operating.by_path(told.frame)
if len(paths):
    cards.chart_card(
        operations.by_path_title(paths),
        operations.satisfaction(paths),
        told,
        frame=paths,
        unit=f"{unit}, by tier path",
        alt=f"A dot with its interval for each of the {len(paths)} paths with the most ratings.",
        metrics=(*metrics, "paths.path"),
        tickets=cards.drill(seen, "ticket_list", controls.by_path(paths)),
        key="by_path",
    )
