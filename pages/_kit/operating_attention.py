"""What needs attention now: handoffs past the rule, spikes, the gravest findings; each with the page that shows more."""

from __future__ import annotations

from analytics.charts import numbers
from analytics.errors import TierscopeError
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES
from pages._kit import cached, findings, operating
from pages._kit.highlights import Highlight
from pages._kit.view import View

MOST_FINDINGS = 3


def found(view: View) -> list[Highlight]:
    """What somebody should look at now, the most pressing first; empty where nothing is."""
    return [item for item in (_open_handoffs(view), *_spikes(view), *_findings(view)) if item]


def _open_handoffs(view: View) -> Highlight | None:
    """Handoffs that wait now for longer than the rule allows, whatever the period."""
    if cached.capabilities(view.dataset).keys() & {"tiers", "paths", "acknowledgement"}:
        return None
    frame = operating.whole_period(view).frame("open_handoffs", target_minutes=ACKNOWLEDGE_TARGET_MINUTES)
    overdue = int(frame["overdue"].sum()) if len(frame) else 0
    if not overdue:
        return None
    longest = numbers.duration(frame["longest_hours"].max())
    waits = (
        f"{numbers.count(overdue)} handed-over tickets have waited for more than 30 min and nobody has picked them up"
    )
    return Highlight(f"{waits}; the longest for {longest}.", "operations/handoff_latency.py")


def _spikes(view: View) -> list[Highlight]:
    return []


def _findings(view: View) -> list[Highlight]:
    """The gravest findings that call for acting. What cannot be judged here is told on their own page."""
    try:
        alarms = [one for one in findings.found(view) if one.severity == "act"]
    except TierscopeError:
        return []
    return [Highlight(one.sentence, "improvement/findings.py") for one in alarms[:MOST_FINDINGS]]
