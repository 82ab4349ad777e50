"""Files that are kept beside a dataset: written whole or not at all, read by any process, swept up when they are many.

A shelf is a folder. A file is written under another name and renamed, so that a reader sees the old one or the new one; a
file that cannot be read counts as not there, since everything on a shelf of results can be computed again. Imports nothing
heavy: a forecast that is on the shelf is told in a fraction of a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any

MOST_FILES = 600


def digest(told: Any) -> str:
    """Twenty hexadecimal digits that stand for plain data (dicts, lists, texts, numbers)."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def slug(name: str) -> str:
    """A name as a file's: readable, and different for different names."""
    return f"{re.sub(r'[^a-z0-9]+', '-', name.casefold()).strip('-')[:40]}-{digest(name)[:8]}"


def read(file: Path) -> Any:
    """The file's JSON; None where there is none or it is damaged."""
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def write(file: Path, told: Any) -> None:
    """Writes JSON in one step; OSError where it cannot. The shelf is made, the folder that it stands in never is.

    A dataset that was deleted meanwhile would otherwise come back as an empty folder.
    """
    file.parent.mkdir(exist_ok=True)
    building = file.parent / f".{file.name}.{os.getpid()}.{time.monotonic_ns()}"
    try:
        with open(building, "w", encoding="utf-8") as handle:
            json.dump(told, handle, ensure_ascii=False, allow_nan=False)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(building, file)
    finally:
        building.unlink(missing_ok=True)


def sweep(folder: Path, pattern: str, most: int = MOST_FILES) -> None:
    """Keeps the `most` files of a pattern that were written last, and no half-written ones of processes that were killed."""
    files = sorted(folder.glob(pattern), key=_written_at, reverse=True)
    killed = [path for path in folder.glob(".*.json.*") if time.time() - _written_at(path) > 3600]
    for path in [*files[most:], *killed]:
        path.unlink(missing_ok=True)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
