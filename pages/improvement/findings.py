"""What a leader opens on Monday: what changed, what needs somebody now, and why. A guide's rules on the team's own tickets."""

import streamlit as st

from pages._kit import menu, view
from pages._kit.improvement import findings
from pages._kit.text import plain

st.title("Findings")
seen = view.current()
st.caption(plain(seen.sentence))

told = findings.found(seen)
with st.spinner("Holding the rules against the period before"):
    comparison = findings.changed(seen)
findings.summary(told)

findings.beside(told, seen)

st.subheader("What changed")
findings.news(told, comparison)

st.subheader("What needs action")
pressing = findings.of_severity(told, "act")
findings.act(pressing, seen)
if not pressing:
    st.success("Nothing lies so surely beyond its threshold that somebody must act.", icon=":material/check_circle:")

st.subheader("Worth a look")
watched = findings.of_severity(told, "watch")
for finding in watched:
    findings.folded(finding, seen)
if not watched:
    st.markdown("Nothing.")

st.subheader("The rest")
findings.good(findings.of_severity(told, "good"), seen)
findings.unknown(findings.of_severity(told, "unknown"))

st.subheader("Take it with you")
findings.downloads(told, comparison, seen)
st.markdown(
    "A staffing guide's rules, computed on your own tickets. Its figures are claims, not truths, and every one can be changed. "
    "Nothing is an alarm unless its interval lies wholly beyond the threshold; to act, an interval wide enough for all "
    "findings at once must. Within a severity, findings stand by the hours of work at stake, then of waiting."
)
menu.link("improvement/thresholds.py", "Change the thresholds")
st.caption(
    "For a weekly mail or a check in a cron job: `python -m analytics findings --dataset NAME --format html --fail-on act`."
)
