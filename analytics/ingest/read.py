"""Files as rows of text: any delimiter, encoding or wrapping, read in chunks with exact line numbers, nothing lost.

`open_source` looks at a file's first bytes, not at its name, and gives a `Source` whose chunks can be read as often as
needed. A row that does not fit the header is not dropped: it comes out as malformed, with its line and the reason.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions

CHUNK_ROWS = 50_000
MAX_EXPANDED_BYTES = 1_000_000_000
MAX_EXPANSION = 100
"""An archive is refused where it expands past both: a bomb does, an export that is merely large or repetitive does not."""


@dataclass(frozen=True)
class Malformed:
    """A row that could not be read: its line, why, and its raw text."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Chunk:
    """Some rows: text columns, each row's physical line (its number where there are no lines), and what was malformed."""

    table: pa.Table
    lines: pa.Array
    malformed: tuple[Malformed, ...] = ()
    bytes_done: int = 0


@dataclass(frozen=True)
class Source:
    """An opened file. `total_bytes` is in the unit of `bytes_done`; None where it is not known."""

    name: str
    columns: list[str]
    total_bytes: int | None
    read: Callable[[], Iterator[Chunk]]
    options: SourceOptions = field(default_factory=SourceOptions)

    def chunks(self) -> Iterator[Chunk]:
        """The rows from the start; may be called again."""
        return self.read()


def open_source(path: Path, source: SourceOptions | None = None) -> Source:
    """The file as a source of rows. ImportRefused where it is missing, empty, not a table, truncated or a bomb."""
    from analytics.ingest import read_text, read_typed

    path, options = Path(path), source or SourceOptions()
    if not path.is_file():
        raise ImportRefused(f"There is no file {path.name}.", found=f"Looked for {path}.", todo="Check the name.")
    if not path.stat().st_size:
        raise ImportRefused(f"{path.name} is empty.", found="0 bytes.", todo="Export it again.")
    with path.open("rb") as handle:
        start = handle.read(16)
    opener, name = unwrapped(path, start)
    with opener() as handle:
        start = handle.read(4096)
    return read_typed.open_typed(opener, name, start, options) or read_text.open_text(opener, name, start, options)


Opener = Callable[[], IO[bytes]]


def unwrapped(path: Path, start: bytes) -> tuple[Opener, str]:
    """How to open the bytes inside a gzip or zip file, or the file itself; and the name of what is inside."""
    if start.startswith(b"\x1f\x8b"):
        return _checked(lambda: gzip.open(path, "rb"), path), path.name.removesuffix(".gz")
    if start.startswith(b"PK\x03\x04") and (member := _member(path)):
        return _checked(lambda: zipfile.ZipFile(path).open(member), path), member
    if start.startswith(b"PK\x05\x06"):
        raise ImportRefused(f"{path.name} is an empty archive.", todo="Export it again.")
    return lambda: path.open("rb"), path.name


def _member(path: Path) -> str | None:
    """The one table of a zip archive; None where the zip is itself a table (XLSX)."""
    try:
        names = [info.filename for info in zipfile.ZipFile(path).infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError) as broken:
        raise ImportRefused(
            f"{path.name} is a damaged archive.", found=str(broken), todo="Export or download it again."
        ) from broken
    if "[Content_Types].xml" in names:
        return None
    tables = [name for name in names if not name.startswith("__MACOSX/") and not Path(name).name.startswith(".")]
    if len(tables) != 1:
        shown = ", ".join(tables[:5]) or "nothing"
        raise ImportRefused(
            f"{path.name} holds {len(tables)} files.",
            found=shown,
            todo="Take them out and give them one by one, or together.",
        )
    return tables[0]


def _checked(opener: Opener, path: Path) -> Opener:
    """The opener, once a whole pass has shown that the archive is sound and no bomb."""
    limit, seen = max(MAX_EXPANDED_BYTES, MAX_EXPANSION * path.stat().st_size), 0
    try:
        with opener() as handle:
            while block := handle.read(1 << 20):
                seen += len(block)
                if seen > limit:
                    raise ImportRefused(
                        f"{path.name} expands past {limit / 1e9:.0f} GB, more than {MAX_EXPANSION} times its size.",
                        todo="Unpack it yourself if it is really this large, and import the file.",
                    )
    except (OSError, EOFError, zipfile.BadZipFile, RuntimeError) as broken:
        raise ImportRefused(
            f"{path.name} is a damaged or truncated archive.", found=str(broken), todo="Export or download it again."
        ) from broken
    if not seen:
        raise ImportRefused(f"{path.name} is empty.", found="The archive holds 0 bytes.", todo="Export it again.")
    return opener


def unique(header: list[str]) -> list[str]:
    """The header with repeated names told apart: Variant, Variant (2), … and empty ones named by their place."""
    out: list[str] = []
    for place, name in enumerate(header, start=1):
        plain = name.strip() or f"column {place}"
        wanted, number = plain, 1
        while wanted in out:
            number += 1
            wanted = f"{plain} ({number})"
        out.append(wanted)
    return out
