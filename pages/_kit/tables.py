"""Tables as people read them: named columns with units, percent for shares, and a CSV that no spreadsheet will run."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

_NAMES = {
    "tickets_touched": "Tickets seen", "tickets_only": "Only in this tier", "entry": "Came in here", "value": "Value",
    "escalation_rate_low": "Escalation rate, 95 % low", "escalation_rate_high": "Escalation rate, 95 % high",
    "touched_l1": "Tickets seen by L1", "escalated_l1": "Escalated by L1", "all_resolved": "All resolved",
    "from_key": "From", "to_key": "To", "km_p50_hours": "Median, all (hours)", "km_p90_hours": "90 %, all (hours)",
    "p50_hours": "Median (hours)", "p75_hours": "75 % (hours)", "p90_hours": "90 % (hours)", "p95_hours": "95 % (hours)",
    "still_open": "Waiting now", "unacknowledged": "Not acknowledged", "tickets": "Tickets", "stopped_here": "Got no further",
    "share_of_previous": "Share of the step before", "share_of_start": "Share of all", "tier_visits": "Tier visits",
    "ticket_id": "Ticket", "hours_to_resolve": "Time to resolve (hours)", "wait_hours": "Wait (hours)", "created_at": "Created",
    "handed_at": "Handed over",
    "path": "Tier path", "from_tier": "From tier", "to_tier": "To tier", "matured_rate": "Matured rate",
    "open_share": "Not resolved yet", "hour_of_week": "Hour of the week", "next": "Next",
}  # fmt: skip
"""Column headings where the name itself, with its underscores taken out, would not do."""


def heading(column: str) -> str:
    """A column's name as people read it: `share_resolved` is Share resolved."""
    return _NAMES.get(column) or column.replace("_hours", " (hours)").replace("_", " ").capitalize()


def is_share(column: str) -> bool:
    """Whether a column holds shares 0-1, by its name."""
    return "share" in column or "rate" in column.split("_") or column.endswith("_resolution")


def _config(frame: pd.DataFrame) -> dict:
    """Formats by kind of column: shares in percent, hours with two decimals, counts with separators, times to the minute."""
    made = {}
    for column in frame.columns:
        name = heading(str(column))
        kind = frame[column]
        if pd.api.types.is_datetime64_any_dtype(kind):
            whole_days = (kind.dropna() == kind.dropna().dt.normalize()).all()
            made[column] = st.column_config.DatetimeColumn(
                name, format="YYYY-MM-DD" if whole_days else "YYYY-MM-DD HH:mm"
            )
        elif not pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind):
            made[column] = st.column_config.Column(name)
        elif is_share(str(column)):
            made[column] = st.column_config.NumberColumn(name, format="percent")
        else:
            made[column] = st.column_config.NumberColumn(
                name, format="%.2f" if str(column).endswith("hours") else "localized"
            )
    return made


def in_zone(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Times (UTC without saying so, as the warehouse gives them) in the dataset's time zone, without an offset."""
    times = [name for name in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[name])]
    return frame.assign(**{name: _local(frame[name], zone) for name in times})


def _local(times: pd.Series, zone: str) -> pd.Series:
    aware = times.dt.tz_localize("UTC") if times.dt.tz is None else times
    return aware.dt.tz_convert(zone).dt.tz_localize(None)


def show(frame: pd.DataFrame, *, key: str, file: str, sentence: str) -> None:
    """The table and, under it, its CSV with the sentence of the filters on top."""
    if frame.empty:
        st.caption("No rows.")
        return
    st.dataframe(
        frame, hide_index=True, width="stretch", height=min(420, 38 + 35 * len(frame)), column_config=_config(frame)
    )
    st.download_button(
        "Download as CSV", partial(csv, frame), file_name=file, mime="text/csv", key=f"csv_{key}", on_click="ignore",
        icon=":material/download:", help=f"{len(frame):,} rows. {sentence}",
    )  # fmt: skip


def csv(frame: pd.DataFrame) -> bytes:
    """The frame as UTF-8 CSV with a byte-order mark (Excel needs it), every cell safe from being run as a formula."""
    text = frame.map(lambda cell: _harmless(cell) if isinstance(cell, str) else cell)
    text.columns = [_harmless(str(name)) for name in frame.columns]
    return text.to_csv(index=False).encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it."""
    return "'" + cell if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r", "\n") else cell
