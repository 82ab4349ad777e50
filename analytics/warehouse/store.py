"""The home folder and its datasets: one DuckDB file per version, read-only to everybody but an import.

A dataset is a folder `<home>/datasets/<name>/` with `dataset.json` (which file is current, which came before) and its
version files. Readers open the current file read-only, so the app and a cron job live together. A writer builds the next
version beside it and swaps `dataset.json` in one atomic rename; a killed writer leaves a file to sweep up and nothing
else. Rejected: one file under a write lock, since a read-write DuckDB process locks out every other process.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from analytics.errors import DatasetError, did_you_mean
from analytics.model import TEAM_SETS, TeamBits, Teams, TeamsShareBits

SCHEMA_VERSION = 6
"""Form of the tables in a file. An older file is derived anew when it is first looked for."""
_NAME = re.compile(r"\w[\w .-]{0,63}", re.UNICODE)


def default_home() -> Path:
    """`TIERSCOPE_HOME`, else the per-user data folder of the operating system."""
    if given := os.environ.get("TIERSCOPE_HOME"):
        return Path(given).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tierscope"
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "tierscope"


def check_name(name: str) -> str:
    """The name itself where it can be a dataset's; DatasetError where it cannot be a folder's name."""
    if not _NAME.fullmatch(name) or name != name.strip() or name.endswith("."):
        raise DatasetError(
            f"'{name[:64]}' cannot be a dataset's name.",
            todo="Use letters, digits, spaces, dots, dashes and underscores, at most 64 of them.",
        )
    return name


@dataclass(frozen=True)
class Dataset:
    """One version of one dataset. `version` counts up by one with each import, undo or change of settings."""

    name: str
    folder: Path
    version: int
    previous: int | None

    @property
    def file(self) -> Path:
        return version_file(self.folder, self.version)

    @property
    def key(self) -> str:
        """Identifies the content: what caches are keyed on. When its file was written is part of it: a dataset made anew under an
        old name counts its versions from 1 again."""
        written = self.file.stat().st_mtime_ns if self.file.exists() else 0
        return f"{self.folder}@{self.version}:{written}"


def copy_file(source: Path, target: Path) -> None:
    """Copies within the kernel: file systems that can (btrfs, XFS) share the blocks, so that a large file takes no time.

    Rejected: a hard link, since writing to the copy would change the version that others read.
    """
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, target)
        return
    try:
        with open(source, "rb") as read, open(target, "wb") as written:
            left = os.fstat(read.fileno()).st_size
            while left > 0 and (copied := os.copy_file_range(read.fileno(), written.fileno(), left)):
                left -= copied
    except OSError:  # the file system cannot do this; any other trouble the plain copy will meet again
        shutil.copyfile(source, target)


def version_file(folder: Path, version: int) -> Path:
    return folder / f"v{version:06d}.duckdb"


class Home:
    """The folder that holds all datasets of an installation."""

    def __init__(self, folder: Path | str | None = None) -> None:
        self.folder = Path(folder).expanduser() if folder else default_home()

    @property
    def _datasets(self) -> Path:
        return self.folder / "datasets"

    def names(self) -> list[str]:
        """Names of the datasets that can be opened, in alphabetical order."""
        if not self._datasets.is_dir():
            return []
        return sorted(path.parent.name for path in self._datasets.glob("*/dataset.json"))

    def find(self, name: str) -> Dataset | None:
        """The current version of a dataset, or None where there is none of that name."""
        found = self._current(name)
        if found and _schema(found.folder) < SCHEMA_VERSION:
            from analytics.warehouse.build import build_derived

            with self.new_version(name) as con:
                build_derived(con)
            return self._current(name)
        return found

    def _current(self, name: str) -> Dataset | None:
        """As `find`, whatever form its tables have."""
        folder = self._datasets / check_name(name)
        try:
            told = json.loads((folder / "dataset.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Dataset(name, folder, int(told["version"]), told.get("previous"))

    def get(self, name: str) -> Dataset:
        """As `find`; DatasetError with the nearest name where there is none."""
        found = self.find(name)
        if found is None:
            hint = did_you_mean(name, self.names()) or "Import a file first."
            raise DatasetError(f"There is no dataset '{name}'.", found=f"Looked in {self._datasets}.", todo=hint)
        return found

    @contextmanager
    def new_version(self, name: str, *, fresh: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A writable connection to the next version; swapped in when the block ends well, swept away when it does not.

        Starts from a copy of the current version, or from nothing where there is none or `fresh` is set.
        """
        folder = self._datasets / check_name(name)
        folder.mkdir(parents=True, exist_ok=True)
        with _writer_lock(folder):
            current = self._current(name)
            number = (current.version if current else 0) + 1
            # No undo to a file of an older form: nothing could read it.
            kept = current.version if current and _schema(folder) == SCHEMA_VERSION else None
            sweep(folder, current)
            building = folder / f"building-{os.getpid()}.duckdb"
            if current and not fresh:
                copy_file(current.file, building)
            try:
                with _writing(building) as con:
                    yield con
                os.replace(building, version_file(folder, number))
                _point(folder, number, kept)
            finally:
                for left in folder.glob(f"{building.name}*"):
                    left.unlink(missing_ok=True)
                if not (folder / "dataset.json").exists():
                    shutil.rmtree(folder, ignore_errors=True)
            sweep(folder, self._current(name))

    def undo(self, name: str) -> Dataset:
        """Back to the version before the last import; DatasetError where none is kept. The undone version is dropped."""
        current = self.get(name)
        if current.previous is None:
            raise DatasetError(f"'{name}' has no earlier version to go back to.", todo="Delete the dataset instead.")
        with _writer_lock(current.folder):
            number = current.version + 1  # a new number, so that no cache mistakes it for what it was
            copy_file(version_file(current.folder, current.previous), version_file(current.folder, number))
            _point(current.folder, number, None)
            sweep(current.folder, self.find(name))
        return self.get(name)

    def delete(self, name: str) -> None:
        """Removes a dataset with all its versions."""
        shutil.rmtree(self.get(name).folder)

    def rename(self, name: str, new: str) -> Dataset:
        """Gives a dataset another name; DatasetError where that is taken."""
        current = self.get(name)
        if self.find(new) is not None:
            raise DatasetError(f"There is a dataset '{new}' already.", todo="Choose another name.")
        os.rename(current.folder, self._datasets / check_name(new))
        return self.get(new)


@contextmanager
def _writer_lock(folder: Path) -> Iterator[None]:
    """One writer at a time per dataset; DatasetError where another one is at work. Freed by the system on a kill."""
    import fcntl

    with open(folder / ".writer.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise DatasetError(
                f"'{folder.name}' is being written by another import.", todo="Wait until it has ended, then try again."
            ) from taken
        yield


@contextmanager
def _writing(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(file))
    try:
        con.execute("SET preserve_insertion_order = true")
        con.execute(f"SET memory_limit = '{_memory_megabytes()}MB'")
        con.execute(
            "SET enable_progress_bar = false"
        )  # it writes to standard output, where the command line's JSON goes
        con.execute(f"SET temp_directory = '{str(file.parent / (file.name + '.tmp')).replace(chr(39), chr(39) * 2)}'")
        yield con
        con.execute("CHECKPOINT")
    finally:
        con.close()
        shutil.rmtree(file.parent / (file.name + ".tmp"), ignore_errors=True)


def _memory_megabytes() -> int:
    """What a writer's database may hold in memory, the rest goes to disk: 3 GB, or half of a small machine's memory."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    return min(3000, there // 2)


def _schema(folder: Path) -> int:
    """The form of the tables in a dataset's current file."""
    return int(json.loads((folder / "dataset.json").read_text("utf-8")).get("schema", 1))


def _point(folder: Path, version: int, previous: int | None) -> None:
    """Makes a version the current one: the one atomic step of an import."""
    told = folder / f"dataset.json.{os.getpid()}"
    with open(told, "w", encoding="utf-8") as handle:
        json.dump({"version": version, "previous": previous, "schema": SCHEMA_VERSION}, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(told, folder / "dataset.json")


def sweep(folder: Path, current: Dataset | None) -> None:
    """Removes what no reader can reach: versions that are neither current nor the one before, and killed builds."""
    keep = {current.file, version_file(folder, current.previous or -1)} if current else set()
    for path in folder.glob("*.duckdb*"):
        if path in keep:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


class Warehouse:
    """A dataset opened for reading. Safe to share between threads: every query has a cursor of its own."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        try:
            self._con = duckdb.connect(
                str(dataset.file),
                read_only=True,
                config={"enable_external_access": "false", "lock_configuration": "true", "autoload_known_extensions": "false",
                        "autoinstall_known_extensions": "false"},
            )  # fmt: skip
        except duckdb.Error as problem:
            raise DatasetError(
                f"'{dataset.name}' could not be opened.", found=str(problem).splitlines()[0], todo="Import it again."
            ) from problem

    def frame(self, sql: str, params: dict[str, Any] | None = None):
        """The answer to a query as a pandas frame. One cursor per query: a shared one mixes threads' rows up."""
        cursor = self._con.cursor()
        try:
            return cursor.execute(sql, self.bound(params)).df()
        finally:
            cursor.close()

    def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple]:
        """The answer to a small query as tuples."""
        cursor = self._con.cursor()
        try:
            return cursor.execute(sql, self.bound(params)).fetchall()
        finally:
            cursor.close()

    def bound(self, params: dict[str, Any] | None) -> dict[str, Any]:
        """Bound parameters, with those that are numbers only in a dataset as what they are in this one."""
        told = params or {}
        if not any(isinstance(value, TeamBits | TeamsShareBits) for value in told.values()):
            return told
        return {
            name: value.of(self._teams) if isinstance(value, TeamBits | TeamsShareBits) else value
            for name, value in told.items()
        }

    @cached_property
    def _teams(self) -> Teams:
        return self.rows("SELECT team, team_no FROM teams")

    @cached_property
    def has_team_sets(self) -> bool:
        """Whether cubes tell the sets of teams that tickets were with, and each team has a bit of its own in them."""
        there = "SELECT EXISTS (SELECT * FROM cube_tickets WHERE grain = $grain)"
        return not TeamsShareBits().of(self._teams) and self.rows(there, {"grain": TEAM_SETS})[0][0]

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own on the open file, for what must be streamed; whoever asks for it closes it."""
        return self._con.cursor()

    def close(self) -> None:
        self._con.close()


def open_dataset(name: str, home: Home | Path | str | None = None) -> Warehouse:
    """The current version of a dataset, for reading."""
    found = (home if isinstance(home, Home) else Home(home)).get(name)
    return Warehouse(found)
