"""Every number of the product in plain words."""

import streamlit as st

from pages._kit import definitions
from pages._kit.text import plain

st.title("Definitions")
st.markdown(
    "What each number counts, and what it leaves out. The same words stand behind every *How is this computed?*, "
    "and the names in small print are those in the JSON of the command line."
)
wanted = st.text_input("Find a definition", placeholder="For example: escalation", key="find", bind="query-params")

for group, entries in definitions.GROUPS.items():
    shown = definitions.matching(entries, wanted or "")
    if shown:
        st.subheader(group)
        with st.container(border=True):
            for name, entry in shown.items():
                what, means = st.columns([2, 5], gap="medium")
                what.markdown(f"**{plain(entry.title)}**  \n:small[:gray[{plain(entry.unit)}]]")
                means.markdown(f"{plain(entry.text)}  \n:small[:gray[{plain(name)}]]")

if not any(definitions.matching(entries, wanted or "") for entries in definitions.GROUPS.values()):
    st.info(f"No definition holds the words “{plain(wanted)}”. Try a shorter one.", icon=":material/info:")

st.subheader("How filters select")
st.markdown(
    "A **period** selects tickets by the day they were created and handoffs by the day of the handoff. A **tier** or "
    "**team** selects tickets that were there at least once, and handoffs received there. Everything else goes by the "
    "ticket's latest value. Days are those of the dataset's time zone."
)
