"""What is coming: volume by day and hour with bands that hold, tiers that add up, spikes, and plans scored later."""

from functools import partial

import streamlit as st

from pages._kit import cards, controls, menu, view
from pages._kit.forecasting import cards as forecast_cards, sections, shared

SECTIONS = {
    "days": ("By day", sections.days),
    "hours": ("By hour", sections.by_hour),
    "tiers": ("Tiers", sections.by_tier),
    "split": ("Many series", sections.split),
    "spikes": ("Spikes", sections.spikes_found),
    "plans": ("Plans", sections.plans_kept),
}

st.title("Volume forecast")
st.markdown("How many tickets come in the next weeks, how sure that is, and how well this would have worked before.")
seen = view.current()
left, right = st.columns(2)
with left:
    weeks = controls.choice("Ahead", {"4": "4 weeks", "8": "8 weeks", "13": "13 weeks"}, key="ahead", default="4")
with right:
    menu.link("planning/calendar_events.py", "Launches, outages and campaigns that move it")
horizon = int(weeks) * 7
told = shared.shown(seen, horizon)
shared.wait(told)
sections.under_way(seen, horizon)
cards.kpis(seen, partial(forecast_cards.numbers_on_top, horizon_days=horizon), key="forecast")
chosen = controls.choice("Show", {name: words for name, (words, _) in SECTIONS.items()}, key="show", default="days")
SECTIONS[chosen][1](seen, horizon)
