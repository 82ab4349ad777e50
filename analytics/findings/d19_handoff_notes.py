"""D19: what do poor handoff notes cost here?

Log waits of handoffs with few and with many sections in the note, each less the mean of its stratum (receiving team and
priority), so that a team with both poor notes and long queues does not pass for an effect. An association, not an experiment.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.findings.base import Asked, Claim, Evidence, Finding, Measured, ratio_of_means, share

CLAIM = Claim(
    "d19_handoff_notes",
    "Poor handoff notes and how long they wait",
    "A note without problem, diagnostics, steps tried, status, context and ask makes the next tier start over.",
    "Make the six sections a form that opens on escalation, and send back what has none of them.",
    unit="ratio",
    hours_kind="waiting",
)
_LEAST_HOURS = 1 / 60


def find(asked: Asked) -> list[Finding]:
    """How many times as long handoffs with a poor note wait, and how many notes are poor."""
    settings = asked.settings
    if not asked.columns["notes"] or not asked.columns["acknowledged"]:
        return [CLAIM.unknown("The data holds no handoff notes, or does not tell when a handoff was acknowledged.")]
    notes = _less_stratum(asked.ask("d19_notes"))
    if int(notes["sections"].sum()) == 0:
        return [CLAIM.unknown("No handoff note has a section that could be told by its label.", len(notes))]
    poor = notes[notes["sections"] <= settings.bad_note_sections]
    full = notes[notes["sections"] >= settings.good_note_sections]
    if min(len(poor), len(full)) < settings.min_group:
        return [_few(asked, len(poor), len(notes))]
    ratio = ratio_of_means(poor["log_wait"], full["log_wait"])
    return [_told(asked, ratio, share(len(poor), len(notes)), poor["calendar_hours"].sum())]


def _less_stratum(notes: pd.DataFrame) -> pd.DataFrame:
    log = np.log(notes["wait_hours"].clip(lower=_LEAST_HOURS))
    return notes.assign(log_wait=log - log.groupby([notes["team"], notes["priority"]]).transform("mean"))


def _few(asked: Asked, poor: int, notes: int) -> Finding:
    """Good where poor notes are surely rare; grey where there is too little to tell."""
    settings = asked.settings
    if notes < settings.min_group or share(poor, notes).high > settings.bad_note_share:
        return CLAIM.unknown(
            f"Only {notes} notes, {poor} of them poor; {settings.min_group} of each kind are needed.", notes
        )
    few = share(poor, notes)
    return CLAIM.found("good", Measured(1.0, 1.0, 1.0, notes), settings.note_wait_ratio,
                       f"Only {few.percent()} of {notes:,} handoff notes are poor: too few to matter.")  # fmt: skip


def _told(asked: Asked, ratio: Measured, poor: Measured, hours: float) -> Finding:
    """Act where poor notes surely wait longer by the ratio and are surely many; watch where they only wait longer."""
    settings = asked.settings
    slower, many = ratio.low > settings.note_wait_ratio, poor.low > settings.bad_note_share
    severity = "act" if slower and many else "watch" if slower else "good"
    said = (f"{poor.percent()} of {poor.n:,} handoff notes to L2 hold at most {settings.bad_note_sections} of six parts; "
            f"they wait {ratio.value:.1f} times ({ratio.low:.1f} to {ratio.high:.1f}) as long as well-written ones.")  # fmt: skip
    return CLAIM.found(severity, ratio, settings.note_wait_ratio, said, hours_at_stake=hours * max(0.0, 1 - 1 / ratio.value),
                       evidence=Evidence("t.escalated_mask & 2 <> 0"))  # fmt: skip
