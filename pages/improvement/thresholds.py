"""The thresholds that findings are judged by: a guide's figures and our own, each with its source, all to be changed."""

import streamlit as st

from pages._kit import menu, workspace
from pages._kit.improvement import settings
from pages._kit.problems import told
from pages._kit.text import plain

st.title("Thresholds")
dataset = workspace.current()
st.markdown(
    f"What the findings of **{plain(dataset.name)}** are judged by. The guide's figures are claims, not truths; where it names "
    "none, the choice is ours. Nothing is applied before you keep it."
)
settings.tell_done()

with told("thresholds"):
    settings.form(dataset)

st.subheader("As a file")
st.caption("The command line takes it too: `python -m analytics findings --dataset NAME --thresholds FILE.toml`.")
with told("thresholds_files"):
    settings.files(dataset)
menu.link("improvement/findings.py", "To the findings")
menu.link("operations/backlog_and_sla.py", "Targets by priority are set under Backlog and SLA")
