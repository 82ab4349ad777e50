"""Import: drop a file, see what it is and what would be taken, take it."""

import re
from pathlib import Path

import streamlit as st

from analytics.ingest.mapping import Mapping
from pages._kit import importing, mapping_form
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
    source, proposal = importing.looked_at(files[0])
    mapping_form.detected(proposal)
    mapping = mapping_form.questions(proposal, proposal.mapping)

    name_at, zone_at, go_at = st.columns([3, 2, 1.4], vertical_alignment="bottom")
    usual = re.sub(r"[^\w .-]+", " ", Path(source.name).stem)[:64].strip(" .") or "history"
    dataset = name_at.text_input("Name of the dataset", value=usual, max_chars=64, key="import_name")
    with zone_at:
        mapping = mapping_form.zone(mapping)
    place = go_at.empty()

    with st.expander("Columns", expanded=not proposal.mapping.columns):
        given = st.file_uploader("Use a saved mapping", type=["toml"], key="mapping_file")
        if given:
            mapping = Mapping.from_toml(given.getvalue().decode("utf-8", "replace"), given.name)
        mapping = mapping_form.columns(mapping, source.columns)
    look = importing.previewed(files[0], source, mapping)
    mapping = mapping_form.tiers(mapping, look.teams)
    mapping = mapping_form.kinds(mapping, look.statuses)
    mapping = mapping_form.personal(mapping, look.before)

    st.markdown("**The first rows**, as they came and as they would be taken")
    after, before = st.tabs(["As taken", "As they came"])
    after.dataframe(importing.previewed(files[0], source, mapping).after, hide_index=True, width="stretch")
    before.dataframe(look.before, hide_index=True, width="stretch")
    st.download_button(
        "Download this mapping",
        mapping.to_toml(),
        file_name=f"{usual}.toml",
        mime="application/toml",
        on_click="ignore",
    )
    place.button(
        "Import", key="import_go", type="primary", on_click=importing.start, args=(dataset.strip(), files, mapping),
        disabled=not dataset.strip(), width="stretch",
    )  # fmt: skip
