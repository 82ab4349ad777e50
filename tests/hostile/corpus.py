"""Files that break importers, each made on the spot, with what must come of it.

`python -m tests.hostile.corpus FOLDER` writes them, to be dropped on the import page by hand.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

HEADER = "ticket_id,at,status,team"
GOOD = HEADER + "\n" + "".join(f"T{i},2024-03-{i % 28 + 1:02d} 10:00:00,New,Desk {i % 3}\n" for i in range(40))


@dataclass(frozen=True)
class Hostile:
    """A file and what becomes of it: `refused` with these words in the message, or `rows` read and `malformed` told."""

    name: str
    make: Callable[[], bytes]
    refused: str = ""
    rows: int = 0
    malformed: int = 0


def _zip(files: dict[str, bytes], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _locked_zip() -> bytes:
    """A zip whose member says that it is encrypted; the flag stands in both headers."""
    data = bytearray(_zip({"a.csv": GOOD.encode()}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _bad_crc_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", GOOD)
    return out.getvalue().replace(b"T7,2024", b"T7,2025", 1)


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.csv")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD.encode()))
    return out.getvalue()


def _photo() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + random.Random(1).randbytes(20_000)


def _png() -> bytes:
    pixels = zlib.compress(random.Random(2).randbytes(3000))
    chunk = struct.pack(">I", len(pixels)) + b"IDAT" + pixels + struct.pack(">I", zlib.crc32(b"IDAT" + pixels))
    return b"\x89PNG\r\n\x1a\n" + chunk


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _table(rows: int = 5) -> list[list[object]]:
    return [HEADER.split(","), *([f"T{i}", "2024-03-05 10:00", "New", "Desk"] for i in range(rows))]


def _xlsx_with_entities() -> bytes:
    source = zipfile.ZipFile(io.BytesIO(workbook(("Data", _table()))))
    files = {name: source.read(name) for name in source.namelist()}
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    files["xl/worksheets/sheet1.xml"] = bomb + files["xl/worksheets/sheet1.xml"].split(b"?>", 1)[-1]
    return _zip(files)


def _xlsx_without_a_sheet_part() -> bytes:
    source = zipfile.ZipFile(io.BytesIO(workbook(("Data", _table()))))
    return _zip({name: source.read(name) for name in source.namelist() if "sheet1" not in name})


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"ticket_id": ["1", "2"], "at": ["2024-01-01", None]}), out)
    return out.getvalue()


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/"><trace><string key="concept:name" value="Case 1"/>
<event><string key="concept:name" value="Open"/><date key="time:timestamp" value="2010-01-01T00:00:00+01:00"/></event>
<event><string key="concept:name" value="Close"/><date key="time:timestamp" value="2010-01-02T00:00:00+01:00"/></event>
</trace></log>"""

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    + ']><log><trace><event><string key="x" value="&l9;"/></event></trace></log>'
)
THIEF = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    '<log><trace><event><string key="x" value="&f;"/></event></trace></log>'
)
RECORDS = [{"ticket_id": i, "at": "2024-03-05T10:00:00Z", "status": "New", "via": {"channel": "web"}} for i in range(6)]

CORPUS = (
    # nothing in it
    Hostile("empty.csv", lambda: b"", refused="is empty"),
    Hostile("blank.csv", lambda: b"\n\n   \n", refused="is empty"),
    Hostile("only_a_mark.csv", lambda: b"\xef\xbb\xbf", refused="is empty"),
    Hostile("header_and_no_rows.csv", lambda: HEADER.encode(), refused="a header and no rows"),
    Hostile("header_and_blank_lines.csv", lambda: (HEADER + "\r\n\r\n\r\n").encode(), refused="a header and no rows"),
    Hostile("empty.csv.gz", lambda: gzip.compress(b""), refused="is empty"),
    Hostile("empty.zip", lambda: _zip({}), refused="holds no file"),
    Hostile("empty_list.json", lambda: b"[]", refused="holds no records"),
    Hostile("empty_object.json", lambda: b"{}", refused="holds no records"),
    Hostile("empty_log.xes", lambda: b"<?xml version='1.0'?><log></log>", refused="holds no events"),
    Hostile("empty_sheets.xlsx", lambda: workbook(("A", []), ("B", [["note"]])), refused="No sheet"),
    # the wrong file altogether
    Hostile("photo.csv", _photo, refused="a photo"),
    Hostile("picture.csv", _png, refused="a picture"),
    Hostile("random.csv", lambda: random.Random(3).randbytes(50_000), refused="is not a table"),
    Hostile("zeros.csv", lambda: bytes(10_000), refused="is not a table"),
    Hostile("document.csv", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", refused="a PDF"),
    Hostile("old.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), refused="old Excel"),
    Hostile("sign_in.csv", lambda: b"<!DOCTYPE html><html><body>Sign in</body></html>", refused="a web page"),
    Hostile("rss.xml", lambda: b"<?xml version='1.0'?><rss><channel/></rss>", refused="no XES log"),
    Hostile("letter.docx", lambda: _zip({"[Content_Types].xml": b"", "word/document.xml": b"<x/>"}), refused="Word"),
    Hostile("table.ods", lambda: _zip({"mimetype": b"x", "content.xml": b"<x/>"}), refused="OpenDocument"),
    # archives
    Hostile("bz2.csv", lambda: bz2.compress(GOOD.encode()), refused="bzip2"),
    Hostile("xz.csv", lambda: lzma.compress(GOOD.encode()), refused="xz archive"),
    Hostile("tar.csv", _tar, refused="tar archive"),
    Hostile("tar.tar.gz", lambda: gzip.compress(_tar()), refused="tar archive"),
    Hostile("nested.zip", lambda: _zip({"in.zip": _zip({"a.csv": GOOD.encode()})}), refused="holds another archive"),
    Hostile("nested_gz.zip", lambda: _zip({"a.csv.gz": gzip.compress(GOOD.encode())}), refused="another archive"),
    Hostile("disguised.zip", lambda: _zip({"a.csv": _zip({"b.csv": GOOD.encode()})}), refused="another archive"),
    Hostile("twice.csv.gz", lambda: gzip.compress(gzip.compress(GOOD.encode())), refused="another archive"),
    Hostile("zip_in.csv.gz", lambda: gzip.compress(_zip({"a.csv": GOOD.encode()})), refused="another archive"),
    Hostile("cut.csv.gz", lambda: gzip.compress(GOOD.encode())[:-30], refused="cut off or damaged"),
    Hostile("cut_head.csv.gz", lambda: gzip.compress(GOOD.encode())[:5], refused="cut off or damaged"),
    Hostile("trailing.csv.gz", lambda: gzip.compress(GOOD.encode()) + b"garbage", refused="cut off or damaged"),
    Hostile("cut.zip", lambda: _zip({"a.csv": GOOD.encode()})[:-40], refused="cut off or damaged"),
    Hostile("bad_crc.zip", _bad_crc_zip, refused="cut off or damaged"),
    Hostile("locked.zip", _locked_zip, refused="password"),
    Hostile("cut.xlsx", lambda: workbook(("Data", _table()))[:-200], refused="cut off or damaged"),
    Hostile("no_sheet.xlsx", _xlsx_without_a_sheet_part, refused="'no_sheet.xlsx'"),
    Hostile("cut.parquet", lambda: _parquet()[:-20], refused="cut off or damaged"),
    Hostile("bomb_entities.xlsx", _xlsx_with_entities, refused="entities"),
    Hostile("two_members.csv.gz", lambda: gzip.compress(GOOD.encode()) + gzip.compress(b"T99,x,y,z\n"), rows=41),
    Hostile("climbing.zip", lambda: _zip({"../../../../etc/a.csv": GOOD.encode()}), rows=40),
    Hostile("mac.zip", lambda: _zip({"a.csv": GOOD.encode(), "__MACOSX/._a.csv": b"\0\5\x16\7"}), rows=40),
    Hostile("with_readme.zip", lambda: _zip({"README.txt": b"hello\nyou\n", "a.csv": GOOD.encode()}), rows=40),
    Hostile("with_photo.zip", lambda: _zip({"logo.png": _png(), "a.csv": GOOD.encode()}), rows=40),
    Hostile("months.zip", lambda: _zip({"jan.csv": GOOD.encode(), "feb.csv": GOOD.encode()}), rows=80),
    # XML
    Hostile("laughs.xes", LAUGHS.encode, refused="entities"),
    Hostile("laughs.xes.gz", lambda: gzip.compress(LAUGHS.encode()), refused="entities"),
    Hostile("thief.xes", THIEF.encode, refused="entities"),
    Hostile("broken.xes", lambda: XES.replace("</event>", "</evnt>", 1).encode(), refused="no well-formed XML"),
    Hostile("cut.xes", lambda: XES.encode()[:-60], rows=1, malformed=1),
    # JSON
    Hostile("no_json.json", lambda: b'[{"a": 1},\n{"a": oops},\n{"a": 3}]', refused="no valid JSON"),
    Hostile("no_comma.json", lambda: b'[{"a": 1} {"a": 2}]', refused="no valid JSON"),
    Hostile("deep.json", lambda: b'[{"a": ' + b"[" * 200_000, refused="nested too deep"),
    Hostile("cut.json", lambda: json.dumps(RECORDS).encode()[:-30], rows=5, malformed=1),
    Hostile("cut_between.json", lambda: (json.dumps(RECORDS)[:-1] + ",").encode(), rows=6, malformed=1),
    Hostile("numbers.json", lambda: b'[{"ticket_id": 3}, 1, 2]', rows=1, malformed=2),
    Hostile("broken_line.jsonl", lambda: b'{"a": 1}\n{"a": oops\n{"a": 3}\n', rows=2, malformed=1),
    Hostile("marked.json", lambda: b"\xef\xbb\xbf" + json.dumps(RECORDS).encode(), rows=6),
    Hostile("wide.json", lambda: json.dumps(RECORDS).encode("utf-16"), rows=6),
    # delimited text
    Hostile("cut.csv", lambda: GOOD.encode()[:-12], rows=39, malformed=1),
    Hostile("cut_in_quotes.csv", lambda: (GOOD + 'T99,2024-03-05,"Wai').encode(), rows=40, malformed=1),
    Hostile("open_quote.csv", lambda: GOOD.replace("T3,", 'T3,"', 1).encode(), rows=39, malformed=1),
    Hostile("ragged.csv", lambda: (GOOD + "a,b\n" + "a,b,c,d,e\n").encode(), rows=40, malformed=2),
    Hostile("nul.csv", lambda: GOOD.replace("New", "N\0ew").encode(), rows=40),
    Hostile("nul_tail.csv", lambda: GOOD.encode() + bytes(2000), rows=40),
    Hostile("latin.csv", lambda: (GOOD + "T99,x,y,Größe\n").encode("latin-1"), rows=41),
    Hostile("mixed.csv", lambda: (GOOD + "T98,x,y,Größe\n").encode() + "T99,x,y,Größe\n".encode("latin-1"), rows=42),
    Hostile("utf16.csv", lambda: GOOD.encode("utf-16"), rows=40),
    Hostile("utf16le_no_mark.csv", lambda: GOOD.encode("utf-16-le"), rows=40),
    Hostile("utf16be_no_mark.csv", lambda: GOOD.encode("utf-16-be"), rows=40),
    Hostile("half_utf16.csv", lambda: GOOD.encode("utf-16")[:-9], rows=40),
    Hostile("utf32.csv", lambda: GOOD.encode("utf-32"), rows=40),
    Hostile("emoji.csv", lambda: (GOOD + "T99,x,😀🎫,שלום\n").encode(), rows=41),
    Hostile("formula.csv", lambda: (GOOD + 'T99,x,"=HYPERLINK(""http://x"";""y"")",@SUM(1)\n').encode(), rows=41),
    Hostile("html.csv", lambda: (GOOD + "T99,x,<script>alert(1)</script>,[a](b)\n").encode(), rows=41),
    Hostile("only_quotes.csv", lambda: (GOOD + '"""\n' * 9).encode(), rows=40, malformed=5),
    Hostile("long.csv", lambda: (GOOD + "T99,x,y," + "z" * 300_000 + "\n").encode(), rows=41),
    Hostile("wide.csv", lambda: ("\n".join(",".join(f"{r}_{i}" for i in range(1000)) for r in "abc")).encode(), rows=2),
    Hostile(
        "too_wide.csv",
        lambda: (",".join(f"c{i}" for i in range(100_000)) + "\n" + "x," * 99_999 + "x\n").encode(),
        refused="100,000 columns",
    ),
)
"""All of them; what is refused must be a sentence for people, what is read must lose nothing."""


def main(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for hostile in CORPUS:
        (Path(folder) / hostile.name).write_bytes(hostile.make())


if __name__ == "__main__":
    main(sys.argv[1])
