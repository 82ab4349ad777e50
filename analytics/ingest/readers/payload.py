"""The bytes behind a file's name: as they are, or inside a gzip or zip, counted and guarded while they are read.

Nothing is unpacked to disk under a name that an archive chose, and nothing is read whole: sizes that an archive declares are
only a first check, what really comes out is counted.
"""

from __future__ import annotations

import gzip
import io
import lzma
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from analytics.errors import ImportRefused
from analytics.ingest.readers.base import Limits
from analytics.ingest.readers.sniff import ARCHIVE_SUFFIXES, office_kind

HEAD_BYTES = 64 << 10
DAMAGED = (
    EOFError, OSError, KeyError, ValueError, OverflowError, RuntimeError, NotImplementedError,
    zlib.error, lzma.LZMAError, struct.error, zipfile.BadZipFile,
)  # fmt: skip
"""What Python's archive readers raise on archives that are cut, changed or made to harm."""


class Stream(io.BufferedReader):
    """Bytes to be read once."""

    def __init__(self, raw: io.RawIOBase, position: Callable[[], int]) -> None:
        super().__init__(raw, 1 << 20)
        self._where, self._end = position, 0

    def position(self) -> int:
        """How far it has been read, towards the payload's `total_bytes`; where it stood, once it is closed."""
        return self._end if self.closed else self._where()

    def close(self) -> None:
        if not self.closed:
            self._end = self._where()
        super().close()


@dataclass(frozen=True)
class Payload:
    """One readable file: itself, or what an archive holds. `start()` opens it anew each time."""

    name: str
    total_bytes: int
    start: Callable[[], Stream]
    path: Path | None = None

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Its first bytes. ImportRefused where the archive around it is damaged."""
        with self.start() as stream:
            return stream.read(size)

    def seekable(self) -> BinaryIO:
        """The same bytes in a file that can be read from anywhere: itself, or a temporary copy of what was packed."""
        if self.path:
            return self.path.open("rb")
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        with self.start() as stream:
            shutil.copyfileobj(stream, copy, 1 << 20)
        copy.seek(0)
        return cast(BinaryIO, copy)


class Guarded(io.RawIOBase):
    """What an archive member gives, counted. Damage and bombs are ImportRefused, wherever they show."""

    def __init__(self, inner: BinaryIO, name: str, packed: int, limits: Limits) -> None:
        self._inner, self._name, self._packed, self._limits = inner, name, packed, limits
        self.expanded = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self._inner.read(len(buffer))
        except DAMAGED as problem:
            raise damaged(self._name, problem) from problem
        buffer[: len(data)] = data
        self.expanded += len(data)
        self._limits.check(self._name, self.expanded, self._packed)
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def damaged(name: str, problem: Exception) -> ImportRefused:
    """The refusal of an archive that is cut or broken."""
    return ImportRefused(
        f"The archive '{name}' is cut off or damaged.",
        found=f"{problem}." if str(problem) else f"{type(problem).__name__}.",
        todo="Download or export it again.",
    )


def plain(path: Path) -> Payload:
    """A file as it lies there."""

    def start() -> Stream:
        raw = path.open("rb", buffering=0)
        return Stream(raw, raw.tell)

    return Payload(path.name, path.stat().st_size, start, path)


def in_gzip(path: Path, limits: Limits) -> Payload:
    """What a gzip file holds; several members follow each other as one. Its progress counts packed bytes."""
    size = path.stat().st_size

    def start() -> Stream:
        raw = path.open("rb")
        unpacked = cast(BinaryIO, _Closing(raw))
        return Stream(Guarded(unpacked, path.name, size, limits), lambda: min(raw.tell(), size))

    if _could_be_bomb(size, limits):
        with start() as stream:
            while stream.read(1 << 20):
                pass
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    return Payload(name, size, start)


MOST_DEFLATED = 1032
"""Bytes that one byte of deflate can become at most."""


def _could_be_bomb(size: int, limits: Limits) -> bool:
    """Whether a gzip file of this size could pass both limits. If so it is read through before anything is done with it: to
    find it out in the middle of an import would cost minutes, and 1 GB of disk."""
    return size * MOST_DEFLATED > limits.max_expanded_bytes > size * limits.max_ratio


class _Closing(gzip.GzipFile):
    """A gzip reader that closes the file under it too."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__(fileobj=raw, mode="rb")
        self._raw = raw

    def close(self) -> None:
        super().close()
        self._raw.close()


def in_zip(path: Path, limits: Limits) -> list[Payload]:
    """The files in a zip archive, or the file itself where it is a workbook. ImportRefused where there is none to read."""
    infos = _zip_infos(path)
    if office_kind([info.filename for info in infos], path.name) == "xlsx":
        limits.check(path.name, sum(info.file_size for info in infos), path.stat().st_size)
        return [plain(path)]
    members = [info for info in infos if _is_data(info)]
    for info in members:
        _check_member(info, path.name)
    limits.check(path.name, sum(info.file_size for info in members), path.stat().st_size)
    if not members:
        raise ImportRefused(f"The archive '{path.name}' holds no file.", todo="Export it again.")
    return [_member(path, info, limits) for info in members]


def _zip_infos(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except DAMAGED as problem:
        raise damaged(path.name, problem) from problem


def _is_data(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a file of the user's and none that an operating system put there."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    return bool(parts) and not info.is_dir() and parts[0] != "__MACOSX" and not parts[-1].startswith(".")


def _check_member(info: zipfile.ZipInfo, archive: str) -> None:
    if info.flag_bits & 1:
        raise ImportRefused(
            f"The archive '{archive}' is locked with a password.",
            found=f"'{info.filename}' is encrypted.",
            todo="Unpack it and import the file inside.",
        )
    if info.filename.lower().endswith(ARCHIVE_SUFFIXES):
        raise nested(archive, info.filename)


def nested(archive: str, inner: str) -> ImportRefused:
    """The refusal of an archive inside an archive."""
    return ImportRefused(
        f"The archive '{archive}' holds another archive.",
        found=f"'{inner}' would have to be unpacked too.",
        todo="Unpack the outer one and import what is inside.",
    )


def _member(path: Path, info: zipfile.ZipInfo, limits: Limits) -> Payload:
    name = PurePosixPath(info.filename.replace("\\", "/")).name

    def start() -> Stream:
        guarded = Guarded(_opened_member(path, info), path.name, max(info.compress_size, 1), limits)
        return Stream(guarded, lambda: guarded.expanded)

    return Payload(name, info.file_size, start)


def _opened_member(path: Path, info: zipfile.ZipInfo) -> BinaryIO:
    try:
        with zipfile.ZipFile(path) as archive:
            return cast(BinaryIO, archive.open(info))  # keeps the file open for itself
    except DAMAGED as problem:
        raise damaged(path.name, problem) from problem
