"""Files written on the spot, and everything that a source says in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics.ingest.read import Malformed, Source, SourceOptions, open_source

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


@dataclass(frozen=True)
class Seen:
    """A source read to its end: rows as lists of texts, the line of each, and what was malformed."""

    source: Source
    rows: list[list[str | None]]
    lines: list[int]
    malformed: list[Malformed]
    bytes_done: list[int]

    @property
    def columns(self) -> list[str]:
        return self.source.columns

    def column(self, name: str) -> list[str | None]:
        return [row[self.columns.index(name)] for row in self.rows]


def read_all(source: Source) -> Seen:
    rows, lines, malformed, done = [], [], [], []
    for chunk in source.chunks():
        assert chunk.table.column_names == source.columns
        assert chunk.table.num_rows == len(chunk.lines)
        rows += [list(row) for row in zip(*(c.to_pylist() for c in chunk.table.columns), strict=True)]
        lines += chunk.lines.to_pylist()
        malformed += chunk.malformed
        done.append(chunk.bytes_done)
    return Seen(source, rows, lines, malformed, done)


@pytest.fixture
def seen(tmp_path):
    """Writes bytes (or text as UTF-8) under a name, opens them and reads all."""

    def see(content: bytes | str, name: str = "export.csv", options: SourceOptions | None = None, **kwargs) -> Seen:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_all(open_source(path, options, **kwargs))

    return see


@pytest.fixture
def shared() -> Path:
    """The folder of real exports; skips with the reason where this checkout stands alone."""
    if not SHARED.is_dir():
        reason = f"no real exports beside this checkout (looked for {SHARED})"
        print(reason)
        pytest.skip(reason)
    return SHARED
