"""Files as rows of text: any delimiter, encoding or wrapping, read in chunks with exact line numbers, nothing lost.

`open_source` looks at a file's first bytes, not at its name, and gives a `Source` whose chunks can be read as often as
needed. A row that does not fit the header is not dropped: it comes out as malformed, with its line and the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.readers.base import CHUNK_ROWS, Chunk, Limits, Malformed, Source
from analytics.ingest.readers.members import merged
from analytics.ingest.readers.mended import as_it_was
from analytics.ingest.readers.payload import Payload, in_gzip, in_zip, nested, plain
from analytics.ingest.readers.sniff import file_kind

__all__ = ["CHUNK_ROWS", "Chunk", "Limits", "Malformed", "Source", "SourceOptions", "open_source"]


def open_source(path: Path, source: SourceOptions | None = None, *, limits: Limits | None = None) -> Source:
    """The file as a source of rows. ImportRefused where it is missing, empty, no table, damaged or a bomb.

    A download of rejected rows comes out as it was before its cells were guarded against formulas.
    """
    path = Path(path)
    _check_there(path)
    payloads = _payloads(path, limits or Limits.from_environment())
    opened = merged(payloads, path.name, lambda payload: _open(payload, source or SourceOptions(), path))
    _check_width(opened)
    _check_rows(opened)
    return as_it_was(opened)


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise ImportRefused(f"There is no file '{path.name}'.", found=f"Looked for {path}.", todo="Check the name.")
    if not path.stat().st_size:
        raise ImportRefused(f"'{path.name}' is empty.", found="It has 0 bytes.", todo="Export it again.")


def _payloads(path: Path, limits: Limits) -> list[Payload]:
    with path.open("rb") as handle:
        kind = file_kind(handle.read(1 << 16), path.name)
    if kind == "gzip":
        return [in_gzip(path, limits)]
    return in_zip(path, limits) if kind == "zip" else [plain(path)]


def _open(payload: Payload, options: SourceOptions, path: Path) -> Source:
    head = payload.head()
    if not head:
        raise ImportRefused(f"'{payload.name}' is empty.", found="It has 0 bytes.", todo="Export it again.")
    kind = file_kind(head, payload.name)
    if kind == "zip" and _is_workbook(payload):
        kind = "xlsx"
    if kind in ("gzip", "zip"):
        raise nested(path.name, payload.name)
    return _opener(kind)(payload, options)


def _is_workbook(payload: Payload) -> bool:
    from analytics.ingest.readers.xlsx import is_workbook

    with payload.seekable() as handle:
        return is_workbook(handle, payload.name)


def _opener(kind: str) -> Callable[[Payload, SourceOptions], Source]:
    """The reader of a kind of file; each is imported when it is needed, openpyxl alone takes a quarter of a second."""
    if kind == "xlsx":
        from analytics.ingest.readers.xlsx import open_xlsx as opener
    elif kind == "parquet":
        from analytics.ingest.readers.parquet import open_parquet as opener
    elif kind == "json":
        from analytics.ingest.readers.json_records import open_json as opener
    elif kind == "xes":
        from analytics.ingest.readers.xes import open_xes as opener
    else:
        from analytics.ingest.readers.open_text import open_text as opener
    return opener


MOST_COLUMNS = 1_000
"""Beyond any export that was seen (Jira's, with a column per comment, have hundreds); each costs the more, the more there are."""


def _check_width(source: Source) -> None:
    if len(source.columns) > MOST_COLUMNS:
        raise ImportRefused(
            f"'{source.name}' has {len(source.columns):,} columns.",
            found=f"At most {MOST_COLUMNS:,} are read; they begin {', '.join(source.columns[:5])}.",
            todo="Leave out the columns that are not needed. A table with a column per ticket must be turned first.",
        )


def _check_rows(source: Source) -> None:
    """ImportRefused where there are names of columns and nothing below them."""
    if source.format in ("json", "jsonl", "xes", "xlsx"):
        return  # their columns' names come from rows, or were chosen with rows below them
    chunks: Iterator[Chunk] = source.chunks()
    if not any(chunk.table.num_rows or chunk.malformed for chunk in chunks):
        raise ImportRefused(
            f"'{source.name}' has a header and no rows.",
            found=f"Its columns: {', '.join(source.columns[:8])}{', …' if len(source.columns) > 8 else ''}.",
            todo="Export it again, with its rows.",
        )
