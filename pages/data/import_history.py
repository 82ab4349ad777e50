"""Import: drop a file, see what it is and what would be taken, take it."""

from functools import partial

import streamlit as st

from pages._kit.data import importing, mapping_form
from pages._kit.problems import told

st.title("Import ticket history")
running = importing.job()
if running and running.running:
    importing.watch(running)
    st.stop()
if running:
    importing.tell(running)
    st.stop()

st.markdown(
    "An export of your help desk: every change of a ticket gives all answers, a list of tickets some, daily counts a forecast."
)
files = importing.uploader()
if not files:
    st.caption("Nothing leaves this machine. You see what would be taken before anything is stored.")
    st.stop()

with told():
    dropped = importing.sorted_out(files)
    name_at, zone_at, go_at = st.columns([3, 2, 1.4], vertical_alignment="bottom")
    importing.tell_others(dropped)
    if not dropped.files:
        st.stop()
    with name_at:
        dataset = importing.into(dropped)
    zone, place = None, go_at.empty()
    if dropped.groups:
        with zone_at:
            zone = mapping_form.zone(dropped.groups[0].proposal.mapping)

    mappings = {}
    for number, group in enumerate(dropped.groups):
        with st.container(border=len(dropped.groups) > 1):
            part = f"group{number}_" if number else ""
            mapping = mapping_form.whole(group, zone, partial(importing.previewed, group), part)
            mappings |= group.mappings(mapping)
    place.button(
        "Import", key="import_go", type="primary", on_click=importing.start, args=(dataset, dropped.files, mappings),
        disabled=not dataset, width="stretch",
    )  # fmt: skip
