"""Several files in one archive as one source, where they have the same columns; what does not fit is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from analytics.errors import ImportRefused
from analytics.ingest.readers.base import Chunk, Source
from analytics.ingest.readers.payload import Payload


def merged(payloads: Sequence[Payload], archive: str, opened: Callable[[Payload], Source]) -> Source:
    """The one source, or those of the same columns one after the other: the group with the most bytes.

    Members that are no table or have other columns are named in the notes. ImportRefused where no member is a table.
    """
    if len(payloads) == 1:
        return opened(payloads[0])
    sources, left = _open_all(payloads, opened)
    if not sources:
        raise ImportRefused(
            f"No file in '{archive}' is an export.", found=" ".join(left[:5]), todo="Import the files one by one."
        )
    chosen = _largest_group(sources)
    left += [
        f"'{source.name}' has other columns; unpack the archive to import it too."
        for source in sources
        if source not in chosen
    ]
    first = chosen[0]
    names = ", ".join(f"'{source.name}'" for source in chosen)
    notes = [f"Read from the archive: {names}.", *(f"Left out: {reason}" for reason in left)]
    total = sum(source.total_bytes or 0 for source in chosen)
    return replace(
        first, name=archive, total_bytes=total, reader=lambda: _chained(chosen), notes=(*first.notes, *notes)
    )


def _open_all(payloads: Sequence[Payload], opened: Callable[[Payload], Source]) -> tuple[list[Source], list[str]]:
    sources, left = [], []
    for payload in payloads:
        try:
            sources.append(opened(payload))
        except ImportRefused as refusal:
            left.append(refusal.title)
    return sources, left


def _largest_group(sources: Sequence[Source]) -> list[Source]:
    """The sources with the same columns that have most bytes; one column alone is rather a text than a table."""
    groups: dict[tuple[str, ...], list[Source]] = {}
    for source in sources:
        groups.setdefault(tuple(source.columns), []).append(source)
    return max(groups.values(), key=lambda group: (len(group[0].columns) > 1, sum(s.total_bytes or 0 for s in group)))


def _chained(sources: Sequence[Source]) -> Iterator[Chunk]:
    before = 0
    for source in sources:
        for chunk in source.chunks():
            yield replace(chunk, member=source.name, bytes_done=before + chunk.bytes_done)
        before += source.total_bytes or 0
