"""What can be done with a dataset: open, rename, undo, delete. Whatever cannot be taken back asks first."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import streamlit as st

from analytics.ingest.maintain import export_parquet
from analytics.model import Filters
from pages._kit import cached, filters, workspace
from pages._kit.problems import told
from pages._kit.text import plain

_DONE = "_done"


def slug(name: str) -> str:
    """A dataset's name as part of a key that can stand in a class name."""
    return re.sub(r"\W+", "_", name)


def summary(name: str) -> dict[str, Any]:
    """What a dataset holds: tickets, events, teams, span and notes in words, and whether an import can be undone."""
    dataset = workspace.home().get(name)
    row = cached.frame(dataset, Filters(), "dataset_summary").iloc[0]
    about = cached.about(dataset)
    first, last = about["first_day"], about["last_day"]
    notes = [f"Version {dataset.version}", f"days and hours in {about['timezone']}"]
    if row["rejected_rows"]:
        notes.append(f"{int(row['rejected_rows']):,} rows rejected")
    notes += [f"cannot tell: {reason}" for reason in about["capabilities"].values()]
    return {
        "tickets": row["tickets"], "events": row["events"], "teams": row["teams"],
        "span": f"{first:%-d %b %Y} to {last:%-d %b %Y}" if first and last else "no tickets",
        "notes": " · ".join(notes), "can_undo": dataset.previous is not None,
    }  # fmt: skip


def tell_done() -> None:
    """Says once what the last action did."""
    if done := st.session_state.pop(_DONE, None):
        st.success(plain(done), icon=":material/check:")


def _done(sentence: str) -> None:
    st.session_state[_DONE] = sentence
    st.rerun()


def open_it(name: str) -> None:
    """Makes a dataset the current one (a callback); filters of the one before do not fit it and are taken off."""
    st.session_state["dataset"] = name
    filters.clear()


def _follow(old: str, new: str | None) -> None:
    """Where the dataset that is open was renamed or deleted, the view goes along. The picker is drawn by then, so next time."""
    if st.session_state.get("dataset") == old:
        st.session_state["_open_next"] = new


def parquet(name: str) -> bytes:
    """The dataset's tables as Parquet files in one zip."""
    with tempfile.TemporaryDirectory() as folder:
        files = export_parquet(name, workspace.home(), Path(folder))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for file in files:
                archive.write(file, file.name)
        return packed.getvalue()


@st.dialog("Rename a dataset")
def rename(name: str) -> None:
    """Asks for the new name."""
    new = st.text_input("New name", value=name, key="new_name", max_chars=64)
    with told():
        if st.button("Rename", type="primary", disabled=not new.strip() or new == name, key="rename_sure"):
            workspace.home().rename(name, new.strip())
            cached.forget()
            _follow(name, new.strip())
            _done(f"'{name}' is now called '{new.strip()}'.")


@st.dialog("Undo the last import")
def undo(name: str) -> None:
    """Asks before the last import is taken back."""
    st.markdown(
        f"**{plain(name)}** goes back to what it was before the last import. The import can be made again from its files."
    )
    with told():
        if st.button("Undo the import", type="primary", key="undo_sure"):
            workspace.home().undo(name)
            _done(f"The last import into '{name}' was undone.")


@st.dialog("Delete a dataset")
def delete(name: str) -> None:
    """Asks for the dataset's name before it is deleted with all versions."""
    st.markdown(f"This deletes **{plain(name)}** with all its versions. It cannot be undone.")
    typed = st.text_input("Type the name of the dataset to confirm", key="delete_name")
    with told():
        if st.button("Delete", type="primary", disabled=typed != name, key="delete_sure"):
            workspace.home().delete(name)
            cached.forget()
            _follow(name, None)
            _done(f"'{name}' was deleted.")
