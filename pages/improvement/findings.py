"""What a leader opens on Monday: a support guide's rules, held against the team's own tickets."""

import streamlit as st

from pages._kit import findings, view
from pages._kit.text import plain

st.title("Findings")
seen = view.current()
st.markdown(
    "A staffing guide's rules, computed on your own tickets. Its figures are claims, not truths. Nothing is called an alarm "
    "unless its interval lies wholly beyond the threshold; what rests on too little data stays grey and says why."
)
st.caption(plain(seen.sentence))

with st.spinner("Holding the rules against the tickets"):
    told = findings.found(seen)

counts = findings.counted(told)
st.markdown("  ".join(findings.badge(name, f"{count} ") for name, count in counts.items()))
names = [name for name, count in counts.items() if count]
wanted = st.pills(
    "Show",
    names,
    selection_mode="multi",
    default=[name for name in names if name != "good"] or names,
    format_func=lambda name: findings.SEVERITY[name][0],
    key="severities",
)

shown = [finding for finding in told if finding.severity in wanted]
for finding in shown:
    findings.card(finding, seen)
if not shown:
    st.info("Choose what to show above.", icon=":material/info:")

st.subheader("Take it with you")
findings.downloads(told, seen)
st.caption(
    "For a weekly mail or a check in a cron job: `python -m analytics findings --dataset NAME --format html --fail-on act`."
)
