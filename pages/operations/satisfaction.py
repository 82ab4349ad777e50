"""How satisfied customers are, by how often their ticket was handed over and which way it took."""

import streamlit as st

from pages._kit import cards, operating_ratings, view

st.title("Satisfaction")
st.markdown(
    "Good ratings by the way a ticket took. Only customers who answered are counted; few do, and not at random."
)
seen = view.current("paths")

operating_ratings.needed(seen)
cards.kpis(seen, operating_ratings.numbers_on_top, key="satisfied")
cards.show(seen, operating_ratings.by_handoffs)
if operating_ratings.has_paths(seen):
    cards.show(seen, operating_ratings.by_path)
