"""D19: what do poor handoff notes cost here?

Log waits of handoffs with few and with many sections in the note, each less the mean of its stratum (receiving team and
priority), so that a team with both poor notes and long queues does not pass for an effect. An association, not an experiment.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding, part_sql
from analytics.findings.ground import Measured, ratio_of_means, same, share
from analytics.findings.settings import MIN_GROUP, Threshold, share_of

POOR = Threshold("bad_note_sections", "A note with at most so many of the six sections is poor", 1, "sections", high=6)
FULL = Threshold(
    "good_note_sections", "A note with at least so many of the six sections is good", 4, "sections", high=6
)
SHARE = share_of("bad_note_share", "Poor notes that are too many", 0.20)
RATIO = Threshold("note_wait_ratio", "How much longer poor notes may wait", 1.25, "times", low=1.0)
CLAIM = Claim(
    "d19_handoff_notes",
    "Poor handoff notes and how long they wait",
    "The guide wants six parts in a handoff: problem, diagnostics, steps tried, status, customer context, ask.",
    "A note without them makes the next tier start over.",
    "Make the six sections a form that opens on escalation, and send back what has none of them.",
    "How many times as long handoffs to L2 with a poor note wait as those with a good one (ratio of geometric means in "
    "L2's working hours), within the same receiving team and priority. Sections are told by labels at the start of a "
    "line. Act where they surely wait longer and are surely many. An association: whoever writes poor notes may also "
    "send harder tickets.",
    (RATIO, SHARE, POOR, FULL, MIN_GROUP),
    n_of="poor notes",
    unit="times",
)
_LEAST_HOURS = 1 / 60


def find(asked: Asked) -> list[Finding]:
    """How many times as long handoffs with a poor note wait, and how many notes are poor."""
    if not asked.columns["notes"] or not asked.columns["acknowledged"]:
        return [CLAIM.unknown("The data holds no handoff notes, or does not tell when a handoff was acknowledged.")]
    notes = _less_stratum(asked.ask("d19_notes"))
    if int(notes["sections"].sum()) == 0:
        return [CLAIM.unknown("No handoff note has a section that could be told by its label.", len(notes))]
    poor, full = notes[notes["sections"] <= asked.of(POOR)], notes[notes["sections"] >= asked.of(FULL)]
    if min(len(poor), len(full)) < asked.of(MIN_GROUP):
        return [_few(asked, len(poor), len(notes))]
    ratio = ratio_of_means(poor["log_wait"], full["log_wait"])
    return [_told(asked, ratio, share(len(poor), len(notes)), poor["calendar_hours"].sum())]


def _less_stratum(notes: pd.DataFrame) -> pd.DataFrame:
    log = np.log(notes["wait_hours"].clip(lower=_LEAST_HOURS))
    return notes.assign(log_wait=log - log.groupby([notes["team"], notes["priority"]]).transform("mean"))


def _few(asked: Asked, poor: int, notes: int) -> Finding:
    """Good where poor notes are surely rare; grey where there is too little to tell."""
    least = asked.of(MIN_GROUP)
    if notes < least or share(poor, notes).high > asked.of(SHARE):
        return CLAIM.unknown(f"Only {notes} notes, {poor} of them poor; {least:.0f} of each kind are needed.", notes)
    few = share(poor, notes)
    return CLAIM.found(asked, "good", same(1.0, poor), asked.of(RATIO),
                       f"Only {few.percent()} of {notes:,} handoff notes are poor: too few to matter.")  # fmt: skip


def _told(asked: Asked, ratio: Measured, poor: Measured, hours: float) -> Finding:
    """Act where poor notes surely wait longer by the ratio and are surely many; watch where they only wait longer."""
    surely = ratio.sure_low > asked.of(RATIO) and poor.sure_low > asked.of(SHARE)
    severity = "act" if surely else "watch" if ratio.low > asked.of(RATIO) else "good"
    said = (f"{poor.percent()} of {poor.n:,} handoff notes to L2 hold at most {asked.of(POOR):.0f} of six parts; they wait "
            f"{numbers.decimal(ratio.value)} times ({numbers.decimal(ratio.low)} to {numbers.decimal(ratio.high)}) as long as "
            "well-written ones.")  # fmt: skip
    sql = f"t.ticket_no IN (SELECT n.ticket_no FROM ({part_sql('d19_sections')}) n WHERE n.sections <= $found_sections)"
    return CLAIM.found(asked, severity, ratio, asked.of(RATIO), said, waiting=hours * max(0.0, 1 - 1 / ratio.value),
                       evidence=Evidence(sql, (("found_sections", asked.of(POOR)),)))  # fmt: skip
