"""Launches, outages, campaigns, price changes: what they did, and what planned ones will do to the forecast."""

import streamlit as st

from pages._kit import menu, view
from pages._kit.forecasting import events as kit, shared
from pages._kit.problems import told

st.title("Calendar events")
st.markdown(
    "What moves volume and is known beforehand, or was found afterwards. Forecasts learn from past events and plan the next."
)
seen = view.current()
known = kit.stored(seen.dataset)
kit.told_last()
with told("events"):
    kit.editor(seen.dataset, known)
with told("upload"):
    kit.upload(seen.dataset, known)
menu.link("planning/volume_forecast.py", "What planned events do to the forecast")
learned, offered = shared.learned(seen.dataset)
kit.offer(seen.dataset, known, offered)
kit.learnt(seen, learned)
