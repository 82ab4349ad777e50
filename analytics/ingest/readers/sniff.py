"""What a file is by its first bytes, whatever its name says; and a plain sentence for what is no export at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.errors import ImportRefused
from analytics.ingest.readers.text import sniff_encoding

ARCHIVE_SUFFIXES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")

_UNPACK = "Unpack it and import the file inside."
_EXPORT = "Choose the export itself: CSV, TSV, XLSX, Parquet, JSON, JSON Lines or XES."
_SAVE_AS = "Open it and save it as XLSX or CSV."

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "a photo (JPEG)", _EXPORT),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", _EXPORT),
    (b"GIF8", "a picture (GIF)", _EXPORT),
    (b"%PDF", "a PDF document", "Export the table behind it as CSV or XLSX."),
    (b"{\\rtf", "a text document (RTF)", _EXPORT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file (.xls, .doc)", _SAVE_AS),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"SQLite format 3\x00", "a SQLite database", "Export the table as CSV."),
    (b"MZ\x90", "a Windows program", _EXPORT),
    (b"\x7fELF", "a program", _EXPORT),
    (b"OggS", "a sound file", _EXPORT),
    (b"ID3", "a sound file", _EXPORT),
    (b"Obj\x01", "an Avro file", "Export it as Parquet or CSV."),
    (b"ORC", "an ORC file", "Export it as Parquet or CSV."),
)
_HTML = re.compile(r"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)
_JSON = re.compile(r"\s*(\[\s*[\[{\]]|\{\s*[\"}])")
_TEXT_CONTROLS = frozenset(b"\t\n\r\x00\x01\x0b\x0c\x1b\x1c\x1d\x1e\x1f")
_OTHER_CONTROLS = bytes(byte for byte in range(32) if byte not in _TEXT_CONTROLS)


def file_kind(head: bytes, name: str) -> str:
    """gzip, zip, parquet, xes, json or text. ImportRefused, saying what it is, where it is none of them."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head.startswith(b"PAR1"):
        return "parquet"
    _refuse_known(head, name)
    encoding = sniff_encoding(head)
    _refuse_binary(head, encoding, name)
    return _text_kind(head.decode(encoding, "replace").lstrip("\ufeff"), name)


def refused(name: str, what: str, todo: str) -> ImportRefused:
    """The refusal of a file that is something else."""
    return ImportRefused(f"'{name}' is {what}, not an export.", found="Its first bytes say so.", todo=todo)


def _refuse_known(head: bytes, name: str) -> None:
    for magic, what, todo in _MAGIC:
        if head.startswith(magic) and not (magic.isalnum() and _is_plain_text(head)):
            raise refused(name, what, todo)
    if head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI ", b"WAVE")):
        raise refused(name, "a photo, film or sound file", _EXPORT)
    if head[257:262] == b"ustar":
        raise refused(name, "a tar archive", _UNPACK)


def _is_plain_text(head: bytes) -> bool:
    """A header may begin with letters that a format begins with too ("ID3", "ORC"): the rest tells."""
    return not _control_share(head) and b"\x00" not in head


def _control_share(head: bytes) -> float:
    return (len(head) - len(head.translate(None, _OTHER_CONTROLS))) / max(len(head), 1)


def _refuse_binary(head: bytes, encoding: str, name: str) -> None:
    """A text has next to no control characters, and zero bytes in numbers only where it is UTF-16."""
    if encoding.startswith(("utf-16", "utf-32")):
        return
    told = head.rstrip(b"\0")  # a crash may have left zeros behind the last row
    if _control_share(head) > 0.02 or told.count(0) > 0.3 * len(told) or not told:
        raise ImportRefused(
            f"'{name}' is not a table.", found="It holds bytes that are no text in any encoding.", todo=_EXPORT
        )


def _text_kind(text: str, name: str) -> str:
    if _HTML.match(text):
        raise refused(name, "a web page, perhaps of a sign-in that had run out", "Download the export again.")
    if text.lstrip().startswith("<"):
        return _xml_kind(text, name)
    return "json" if _JSON.match(text) else "text"


def _xml_kind(text: str, name: str) -> str:
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise refused(name, "an Excel 2003 XML workbook", _SAVE_AS)
    if re.search(r"<(\w+:)?log[\s>]", text) or re.search(r"<!DOCTYPE|<!ENTITY", text):
        return "xes"  # the XES reader refuses what declares entities
    raise refused(name, "XML, but no XES log", "Export it as CSV, XLSX or JSON.")


def office_kind(members: Sequence[str], name: str) -> str:
    """ "xlsx" where these are a workbook's parts, "" where they are an archive's files; ImportRefused for other documents."""
    names = set(members)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise refused(name, "a binary Excel workbook (.xlsb)", _SAVE_AS)
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise refused(name, "a Word or PowerPoint document", _EXPORT)
    if "content.xml" in names and "mimetype" in names:
        raise refused(name, "an OpenDocument file", _SAVE_AS)
    return ""
