"""Tables as people read them: named columns with units, percent for shares, and a CSV that no spreadsheet will run."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.ingest.safe_export import book_bytes, csv_bytes
from pages._kit import menu, report, workspace
from pages._kit.text import plain

LONG = 10
"""Lists of tickets with more rows than this can be narrowed by words."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

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
                name, format="%.2f" if "hours" in str(column).split("_") else "localized"
            )
    return made


def in_zone(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Times (UTC without saying so, as the warehouse gives them) in the dataset's time zone, without an offset."""
    times = [name for name in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[name])]
    return frame.assign(**{name: _local(frame[name], zone) for name in times})


def _local(times: pd.Series, zone: str) -> pd.Series:
    aware = times.dt.tz_localize("UTC") if times.dt.tz is None else times
    return aware.dt.tz_convert(zone).dt.tz_localize(None)


def show(frame: pd.DataFrame, *, key: str, file: str, sentence: str, story: bool = True) -> None:
    """The table with its downloads. Where its rows are tickets (`ticket_id`), a chosen row leads to that ticket's story."""
    if frame.empty:
        st.caption("No rows.")
        return
    leads = story and "ticket_id" in frame.columns
    if leads and len(frame) > LONG:
        frame = holding(
            frame, st.text_input("Only rows that hold", key=f"only_{key}", placeholder="Words or numbers", width=340)
        )
        if frame.empty:
            st.caption("No row holds all of these.")
            return
    chosen: Any = st.dataframe(
        frame, hide_index=True, width="stretch", height=min(420, 38 + 35 * len(frame)), column_config=_config(frame),
        placeholder="–", alt=_spoken(frame, sentence), key=f"rows_{key}", selection_mode="single-row",
        on_select="rerun" if leads else "ignore",
    )  # fmt: skip
    if leads:
        _to_the_story(frame, list(chosen["selection"]["rows"]))
    downloads(frame, key=key, file=file, sentence=sentence)


def holding(frame: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """The rows in which every word is found, in whichever column; all of them where there are no words."""
    words = wanted.casefold().split()
    if not words:
        return frame
    told = frame.astype(object).where(frame.notna(), "").astype(str).agg(" ".join, axis=1).str.casefold()
    return frame[[all(word in text for word in words) for text in told]]


def _spoken(frame: pd.DataFrame, sentence: str) -> str:
    """What a table is called for those who do not see it."""
    return f"Table of {len(frame):,} rows with {', '.join(heading(str(name)) for name in frame.columns)}. {sentence}"


def _to_the_story(frame: pd.DataFrame, rows: list[int]) -> None:
    if rows and rows[0] < len(frame):
        ticket = str(frame["ticket_id"].iloc[rows[0]])
        menu.link("operations/ticket_story.py", f"The story of ticket {plain(ticket)}", ticket=ticket)
    else:
        st.caption("Tick a row to open that ticket's story.")


def downloads(frame: pd.DataFrame, *, key: str, file: str, sentence: str) -> None:
    """The frame as CSV, and as a workbook with a sheet that says where its numbers come from."""
    told = f"{len(frame):,} rows. {sentence}"
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download as CSV", partial(csv_bytes, frame), file_name=file, mime="text/csv", key=f"csv_{key}",
            on_click="ignore", icon=":material/download:", help=told,
        )  # fmt: skip
        st.download_button(
            "Excel", partial(workbook, frame, sentence), file_name=file.removesuffix(".csv") + ".xlsx", mime=_XLSX,
            key=f"xlsx_{key}", on_click="ignore", icon=":material/table_view:", help=told,
        )  # fmt: skip


def workbook(frame: pd.DataFrame, sentence: str) -> bytes:
    """A workbook with the table under people's headings, and a sheet with its origin."""
    dataset = workspace.current()
    about = pd.DataFrame(report.stamp(dataset, sentence).lines(), columns=["About", "Value"])
    return book_bytes({"Data": frame.rename(columns=lambda name: heading(str(name))), "About": about})
