"""Tickets that come back to a team they had left, and between whom they go back and forth."""

import streamlit as st

from analytics.charts import operations
from pages._kit import cards, controls, operating, view

st.title("Bounces")
st.markdown("Tickets that come back to a team they had left. The time they lose is the time with the other team.")
seen = view.current("paths")

told = seen.ask("bounces")
cards.kpi_row(operating.bounces(told.frame.iloc[0]), key="bounces")
loops = seen.ask("bounce_loops")
if loops.frame.empty:
    st.info("No ticket in view went to another team and straight back.", icon=":material/info:")
    st.stop()

rank = controls.choice("Rank by", {"hours_lost": "Hours lost", "loops": "Times"}, key="rank")
cards.chart_card(
    operations.loops_title(loops.frame),
    operations.loops(loops.frame, rank),
    loops,
    unit="Pairs of teams: time that tickets spent with the other team before they came straight back, and how often",
    alt=f"Bars for the first {min(15, len(loops.frame))} of {len(loops.frame)} pairs of teams.",
    note="It is the ticket's time away, nights and weekends included, not people's work.",
    metrics=("bounces.hours_lost", "bounces.team_immediate", "bounces.team_returns"),
    tickets=cards.drill(seen, "ticket_list", {"Came back to a team": {"reason": "bounced"}}),
    key="loops",
)
