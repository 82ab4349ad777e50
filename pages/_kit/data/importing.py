"""Taking files in from the browser: spooled to disk, imported in a thread of its own, with progress, cancel and account.

The import itself is one transaction (`analytics.ingest.importer`): a cancel, a closed tab or a killed server leaves the
dataset as it was. A job belongs to the browser session that started it; its uploads are removed when the next file is asked
for, or when the session has ended and the job too.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pandas as pd
import streamlit as st

from analytics.errors import TierscopeError
from analytics.ingest.companions import ROSTER, is_roster
from analytics.ingest.detect import Proposal, detect
from analytics.ingest.detection.together import together
from analytics.ingest.importer import Progress, import_files
from analytics.ingest.maintain import rejected_rows, saved_mapping
from analytics.ingest.mapping import Mapping, SourceOptions
from analytics.ingest.preview import Preview, preview
from analytics.ingest.read import Source, open_source
from analytics.ingest.safe_export import csv_bytes
from analytics.sample import NAME as SAMPLE
from analytics.warehouse.store import Home
from pages._kit import cached, filters, menu, numbers, problems, workspace
from pages._kit.text import plain

_JOB, _ROUND, _KEPT, _SPOOL = "_import_job", "_import_round", "_import_kept", "_import_spool"
STAGES = {"reading": "Reading", "sorting": "Sorting out the rows", "deriving": "Working out visits and handoffs"}


@dataclass
class Job:
    """One import under way or done."""

    dataset: str
    files: list[Path]
    mappings: dict[Path, Mapping]
    home: Home
    uploads: tempfile.TemporaryDirectory[str]
    """Where the files lie; held, so that a tab closed meanwhile does not take them away."""
    stop: Event = field(default_factory=Event)
    progress: Progress | None = None
    report: Any = None
    problem: Exception | None = None
    thread: Thread | None = None

    def run(self) -> None:
        """The thread's work. What goes wrong is kept and told on the page."""
        try:
            self.report = import_files(
                self.files,
                self.dataset,
                home=self.home,
                mappings=self.mappings,
                progress=self._note,
                cancelled=self.stop.is_set,
            )
        except Exception as problem:  # noqa: BLE001 - a thread's boundary: handed over to the page, which translates it
            self.problem = problem

    def _note(self, progress: Progress) -> None:
        self.progress = progress

    @property
    def running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()


def _spooled() -> tempfile.TemporaryDirectory[str]:
    """The folder of this session's uploads. It goes with the last who holds it: the session, or a job that outlives it."""
    if _SPOOL not in st.session_state:
        st.session_state[_SPOOL] = tempfile.TemporaryDirectory(prefix="tierscope-upload-", ignore_cleanup_errors=True)
    return st.session_state[_SPOOL]


def spool(uploads: Sequence[Any]) -> list[Path]:
    """The uploaded files on disk, under their own names, in a folder of this session; the same upload is written once."""
    if not uploads:
        return []
    folder, paths = Path(_spooled().name), []
    for upload in uploads:
        path = folder / upload.file_id / Path(upload.name).name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as handle:
                shutil.copyfileobj(upload, handle, 1 << 20)
        paths.append(path)
    return paths


def uploader() -> list[Path]:
    """The drop zone; the files that lie in it, spooled to disk."""
    number = st.session_state.setdefault(_ROUND, 0)
    uploads = st.file_uploader(
        "Drop one or several exports here", accept_multiple_files=True, key=f"uploads_{number}",
        help="CSV, TSV, Excel, Parquet, JSON or XES, also as gzip or zip. Files stay on this machine.",
    )  # fmt: skip
    return spool(uploads)


@dataclass(frozen=True)
class Group:
    """Files with the same columns: they are mapped as one, and the first is previewed. `source` is the first file's.

    `proposal` knows the words of all of them; `options` are how each file's text is read, which they need not share.
    """

    files: tuple[Path, ...]
    source: Source
    proposal: Proposal
    options: tuple[SourceOptions | None, ...] = ()

    def mappings(self, mapping: Mapping) -> dict[Path, Mapping]:
        """The mapping for each file: read by its own delimiter and encoding, where nobody has named others."""
        first = self.options[0]
        if first is None or _text_of(mapping.source) != _text_of(first):
            return dict.fromkeys(self.files, mapping)
        return {file: _read_as(mapping, told or first) for file, told in zip(self.files, self.options, strict=True)}


def _text_of(told: SourceOptions) -> tuple[str | None, str | None]:
    return told.delimiter, told.encoding


def _read_as(mapping: Mapping, told: SourceOptions) -> Mapping:
    return replace(mapping, source=replace(mapping.source, delimiter=told.delimiter, encoding=told.encoding))


@dataclass(frozen=True)
class Dropped:
    """What lies in the drop zone: ticket histories, rosters to be put beside them, and what is left out, with the reason."""

    groups: tuple[Group, ...]
    rosters: tuple[Path, ...]
    refused: tuple[TierscopeError, ...]

    @property
    def files(self) -> list[Path]:
        """The files that can be imported."""
        return [*(file for group in self.groups for file in group.files), *self.rosters]


def sorted_out(files: Sequence[Path]) -> Dropped:
    """The files by what they are: those of the same columns and shape belong together."""
    found: dict[tuple[str, ...], list[tuple[Path, Source, Proposal]]] = {}
    rosters, refused = [], []
    for file in files:
        source, proposal, refusal = looked_at(file)
        if source is not None and is_roster(source.columns):
            rosters.append(file)
        elif refusal or source is None:
            refused.append(refusal)
        else:
            found.setdefault((proposal.shape, *source.columns), []).append((file, source, proposal))
    groups = [_group(same) for same in found.values()]
    return Dropped(tuple(groups), tuple(rosters), tuple(refused))


def _group(same: Sequence[tuple[Path, Source, Proposal]]) -> Group:
    files, sources, proposals = zip(*same, strict=True)
    return Group(files, sources[0], together(proposals), tuple(source.options for source in sources))


def looked_at(path: Path) -> tuple[Any, Any, TierscopeError | None]:
    """The file as a source, what was detected, or why it was refused; kept for this session: every click runs the page again."""
    return _kept(("looked", str(path)), lambda: _look(path))


def _look(path: Path) -> tuple[Any, Any, TierscopeError | None]:
    source = None
    try:
        source = open_source(path)
        return source, detect(source, known=_known_mappings()), None
    except TierscopeError as refusal:
        return source, None, refusal


def tell_others(dropped: Dropped) -> None:
    """What else lies in the drop zone: rosters, files that are left out and where they belong."""
    for file in dropped.rosters:
        st.info(f"**{plain(file.name)}** is {ROSTER}. It is put beside the tickets.", icon=":material/badge:")
    for refusal in dropped.refused:
        problems.show(refusal)
    if dropped.refused and dropped.files:
        st.caption("The others can be imported without it.")
    shapes = {group.proposal.shape for group in dropped.groups}
    if len(shapes) > 1:
        st.warning(
            "These files tell the same things in different ways. Import them one by one, each into a dataset of its own."
        )


def into(dropped: Dropped) -> str:
    """The name of the dataset to import into: a new one or not; for a roster alone, one of those with tickets."""
    if not dropped.groups:
        return st.selectbox("Put the roster beside", workspace.names(), key="import_beside") or ""
    return st.text_input("Name of the dataset", value=usual_name(dropped), max_chars=64, key="import_name").strip()


def usual_name(dropped: Dropped) -> str:
    """A name after the first file."""
    return re.sub(r"[^\w .-]+", " ", Path(dropped.groups[0].source.name).stem)[:64].strip(" .") or "history"


def _known_mappings() -> list[Mapping]:
    """The mappings of all datasets: proposed again when the same columns come."""
    home = workspace.home()
    found = (saved_mapping(cached.warehouse(home.get(name))) for name in home.names() if name != SAMPLE)
    return [mapping for mapping in found if mapping]


def previewed(group: Group, mapping: Mapping, *, all_files: bool = False) -> Preview:
    """What a mapping makes of the first rows of a group's first file; kept for this session. `all_files`: with the statuses and
    teams of the other files too, so that nothing is applied to words that nobody was shown."""
    first = _preview_of(group.files[0], mapping)
    if not all_files or len(group.files) == 1:
        return first
    looks = [first, *(_preview_of(file, mapping) for file in group.files[1:])]
    return replace(
        first,
        statuses=_counted([look.statuses for look in looks], "status", "kind"),
        teams=_counted([look.teams for look in looks], "team", "tier"),
    )


def _preview_of(path: Path, mapping: Mapping) -> Preview:
    return _kept(("preview", str(path), mapping.to_toml()), lambda: preview(looked_at(path)[0], mapping))


def _counted(frames: Sequence[pd.DataFrame], word: str, meaning: str) -> pd.DataFrame:
    """The words of several files with their rows added up, the most frequent first."""
    told = pd.concat([frame for frame in frames if len(frame)] or list(frames), ignore_index=True)
    added = told.groupby(word, sort=False).agg(**{meaning: (meaning, "first"), "rows": ("rows", "sum")}).reset_index()
    return added.sort_values("rows", ascending=False, kind="stable", ignore_index=True)


def _kept(key: tuple[str, ...], make: Callable[[], Any]) -> Any:
    kept = st.session_state.setdefault(_KEPT, {})
    if key not in kept:
        kept[key] = make()
    return kept[key]


def job() -> Job | None:
    """This session's import, under way or done."""
    return st.session_state.get(_JOB)


def start(dataset: str, files: list[Path], mappings: dict[Path, Mapping]) -> None:
    """Starts an import (a callback)."""
    made = Job(dataset, files, mappings, workspace.home(), _spooled())
    made.thread = Thread(target=made.run, daemon=True)
    st.session_state[_JOB] = made
    made.thread.start()


def again() -> None:
    """Clears the page for the next file (a callback); the job has ended, its files can go."""
    _spooled().cleanup()
    for key in (_JOB, _KEPT, _SPOOL):
        st.session_state.pop(key, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


@st.fragment(run_every=0.4)
def watch(running: Job) -> None:
    """Progress of the import that runs, and a way to stop it."""
    if not running.running:
        st.rerun()
    told = running.progress
    share = told.share if told and told.share is not None else 0.0
    words = f"{STAGES.get(told.stage, told.stage)} {told.file}: {numbers.count(told.rows)} rows" if told else "Starting"
    st.progress(min(max(share, 0.0), 1.0), text=plain(words))
    if st.button("Cancel the import", key="cancel_import", icon=":material/close:", disabled=running.stop.is_set()):
        running.stop.set()
    if running.stop.is_set():
        st.caption("Stopping. Nothing will have been imported.")


def tell(done: Job) -> None:
    """The end of an import: the account of every row and what can be asked now, or why nothing was taken."""
    if isinstance(done.problem, TierscopeError):
        problems.show(done.problem)
    elif done.problem is not None:
        problems.log.error("import failed", exc_info=done.problem)
        st.error("**The import failed on our side; nothing was imported.**  \nThe server's log says what happened.")
    else:
        _account(done)
    st.button("Import another file", key="import_again", on_click=again)


def _account(done: Job) -> None:
    report = done.report
    word = "Taken" if report.changed else "Nothing new"
    st.success(
        f"**{word}: {numbers.count(report.rows)} rows = {numbers.count(report.taken)} taken + "
        f"{numbers.count(report.repeated)} already there + {numbers.count(report.rejected)} rejected.**  \n"
        f"{plain(done.dataset)} now holds {numbers.count(report.tickets)} tickets with {numbers.count(report.events)} events.",
        icon=":material/check:",
    )
    _per_file(done)
    _rejected(done)
    for note in report.notes:
        st.caption(plain(note))
    _next(done)


def _per_file(done: Job) -> None:
    """The account of each file, where there were several."""
    if len(done.report.accounts) > 1:
        rows = [
            {"File": a.file, "Rows": a.rows, "Taken": a.taken, "Already there": a.repeated, "Rejected": a.rejected}
            for a in done.report.accounts
        ]
        st.dataframe(rows, hide_index=True)


def _rejected(done: Job) -> None:
    if not done.report.rejected:
        return
    st.markdown("**Rejected rows.** Mend them in the download and import it again: they take their places.")
    st.dataframe(
        [{"Why": r.reason, "Rows": r.rows, "First line": r.first_line} for r in done.report.reasons], hide_index=True
    )
    st.download_button(
        "Download the rejected rows", data=lambda: csv_bytes(rejected_rows(cached.warehouse(done.home.get(done.dataset)))),
        file_name=f"{done.dataset}-rejected.csv", mime="text/csv", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _next(done: Job) -> None:
    """Links to what the dataset can answer now; they open the new dataset."""
    if st.session_state.get("dataset") != done.dataset:
        st.button(
            f"Open {plain(done.dataset)}", key="open_imported", type="primary", on_click=_open, args=(done.dataset,)
        )
        return
    missing = cached.capabilities(done.home.get(done.dataset))
    st.markdown("**What you can ask now**")
    menu.link("operations/overview.py", "Overview")
    if not missing.keys() & {"tiers", "paths"}:
        menu.link("operations/tier_distribution.py", "Who resolves what")
        menu.link("operations/escalation_funnel.py", "How far tickets climb")
        menu.link("operations/handoff_latency.py", "How long handoffs wait")
    menu.link("planning/volume_forecast.py", "What is coming")
    for reason in missing.values():
        st.caption(f"Not yet: {plain(reason)}")


def _open(name: str) -> None:
    st.session_state["dataset"] = name
    filters.clear()
