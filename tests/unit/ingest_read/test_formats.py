"""Every other format and encoding: the same chunks of text, with the line or row each began on."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile

import openpyxl
import openpyxl.utils.datetime
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from analytics.errors import ImportRefused
from analytics.ingest.read import SourceOptions
from analytics.ingest.readers import json_records
from analytics.ingest.readers.json_stream import Record, records
from analytics.ingest.readers.text import sniff_encoding, text_blocks
from analytics.ingest.readers.xlsx import cell_text
from tests.hostile.corpus import XES, _zip, workbook

# ── Encodings ────────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = "id,équipe\n1,Größe é\n2,naïve €\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (WORDS.encode(), "utf-8"),
        (WORDS.encode("utf-8-sig"), "utf-8-sig"),
        (WORDS.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + WORDS.encode("utf-16-be"), "utf-16"),
        (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("utf-32"), "utf-32"),
        (WORDS.encode("cp1252"), "cp1252"),
        (WORDS.replace("€", "").encode("latin-1"), "cp1252"),
    ],
)
def test_the_encoding_is_found(seen, content, encoding):
    got = seen(content)
    assert got.source.options.encoding == encoding
    assert got.columns == ["id", "équipe"]
    assert got.rows[0] == ["1", "Größe é"]


def test_one_stray_byte_is_read_as_cp1252_and_spoils_nothing_else(seen):
    got = seen(b"id,team\n" + "1,Größe\n".encode() * 3 + "2,Größe\n".encode("cp1252") + "3,Größe\n".encode())
    assert got.column("team") == ["Größe"] * 5


def test_a_given_encoding_is_used(seen):
    got = seen("id,team\n1,Привет\n".encode("cp1251"), options=SourceOptions(encoding="cp1251"))
    assert got.column("team") == ["Привет"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_outdoes_the_given_encoding(seen, encoding):
    got = seen("id,team\n1,Größe\n".encode(encoding), options=SourceOptions(encoding="utf-8"))
    assert (got.columns, got.rows) == (["id", "team"], [["1", "Größe"]])


def test_an_unknown_encoding_is_refused_in_words(seen):
    with pytest.raises(ImportRefused, match="no encoding 'utf-9'"):
        seen("a,b\n1,2\n", options=SourceOptions(encoding="utf-9"))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16-le", "utf-32", "cp1252"]), st.integers(1, 9))
def test_text_comes_out_as_it_went_in_however_the_bytes_are_cut(text, encoding, size):
    text = text.encode(encoding, "ignore").decode(encoding)

    class Dripping(io.BytesIO):
        def read(self, most: int | None = -1) -> bytes:
            return super().read(size)

    assert "".join(text_blocks(Dripping(text.encode(encoding)), encoding)) == text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_have_some_encoding(data):
    assert "".join(text_blocks(io.BytesIO(data), sniff_encoding(data))) is not None


def test_emoji_and_right_to_left_text_come_through(seen):
    """import.md: emoji, right-to-left text."""
    got = seen("id,subject\n1,😀🎫 עזרה مرحبا\n")
    assert got.column("subject") == ["😀🎫 עזרה مرحبا"]


def test_html_markdown_and_formulas_are_text_like_any_other(seen):
    """import.md: HTML and Markdown in subjects, formulas: the reader keeps what was written, who shows it makes it safe."""
    subject = "<b onclick=x>&amp;</b> **bold** [x](http://y) =HYPERLINK(1)"
    assert seen(f"id,subject\n1,{subject}\n").column("subject") == [subject]


# ── Excel ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

MOMENT = dt.datetime(2024, 3, 5, 10, 11, 12)


def test_a_workbook_gives_dates_as_iso_and_numbers_as_they_are_meant(seen):
    rows = [
        ["ticket_id", "at", "hours", "urgent", "spent"],
        [1001, MOMENT, 1.5, True, dt.timedelta(hours=30, minutes=5)],
    ]
    got = seen(workbook(("Data", rows)), "book.xlsx")
    assert got.rows == [["1001", "2024-03-05 10:11:12", "1.5", "TRUE", "30:05:00"]]
    assert got.lines == [2]


def test_the_first_sheet_with_a_table_is_read_and_told(seen):
    cover, data = [["Report of March"]], [["Tickets"], [], ["id", "at"], [1, "x"], [], [2, "y"], [3, "z", "too much"]]
    got = seen(workbook(("Cover", cover), ("Data", data), ("More", data)), "book.xlsx")
    assert (got.columns, got.rows, got.lines) == (["id", "at"], [["1", "x"], ["2", "y"]], [4, 6])
    assert [(m.line, m.reason) for m in got.malformed] == [(7, "3 fields where the header has 2")]
    assert got.source.notes == ("Read from the sheet 'Data'; left out: 'Cover', 'More'.",)


def test_a_formula_counts_by_its_stored_value_and_is_never_computed(seen):
    got = seen(workbook(("Data", [["id", "at"], [1, "=1+1"], [2, "x"]])), "book.xlsx")
    assert got.column("at") == ["", "x"]  # openpyxl stores no value beside a formula, Excel does


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "TRUE"), (7, "7"), (7.0, "7"), (0.25, "0.25"), (1e20, "1e+20"),
        (dt.datetime(2024, 1, 1, 9, 59, 59, 999600), "2024-01-01 10:00:00"),
        (dt.datetime(2024, 1, 1, 9, 59, 59, 500000), "2024-01-01 09:59:59.500000"),
        (dt.timedelta(hours=-2, minutes=-5), "-2:05:00"), (dt.time(9, 5), "09:05:00"),
    ],
)  # fmt: skip
def test_a_cell_as_text(value, text):
    assert cell_text(value) == text


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6, allow_nan=False),
    st.text(st.sampled_from("ab é😀<&>\"'\n_x0"), min_size=1, max_size=8),
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2050, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8))
def test_cells_are_what_openpyxl_makes_of_them(seen, rows):
    """The second way: openpyxl's own reader, cell by cell."""
    content = workbook(("Data", [["id", *"abcdef"], *([f"T{i}", *row] for i, row in enumerate(rows))]))
    got = seen(content, "book.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    expected = [[cell_text(value) for value in row] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert got.rows == [row + [""] * (7 - len(row)) for row in expected]


def test_shared_strings_phonetics_and_cells_without_references(seen):
    """What Excel writes and openpyxl does not: shared strings with runs, how they are pronounced, rows without numbers."""
    files = zipfile.ZipFile(io.BytesIO(workbook(("Data", [["id", "at"], [1, "x"]]))))
    parts = {name: files.read(name) for name in files.namelist()}
    shared = "<si><r><t>on</t></r><r><t xml:space='preserve'>e </t></r><rPh><t>WAN</t></rPh></si>"
    shared += "<si><t>a_x000D_\nb_x0041_</t></si>"
    parts["xl/sharedStrings.xml"] = f"<sst xmlns='http://x'>{shared}</sst>".encode()
    cells = "<row><c t='str'><v>id</v></c><c t='inlineStr'><is><t>at</t></is></c></row>"
    cells += "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row><c t='e'><v>#N/A</v></c><c><f>1+1</f><v>2</v></c></row>"
    parts["xl/worksheets/sheet1.xml"] = (
        f"<worksheet xmlns='http://x'><sheetData>{cells}</sheetData></worksheet>".encode()
    )
    got = seen(_zip(parts), "book.xlsx")
    assert got.columns == ["id", "at"]
    assert got.rows == [["one ", "a\nbA"], ["#N/A", "2"]]
    assert got.lines == [2, 3]


def test_a_workbook_that_counts_from_1904(seen):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["id", "at"], [1, MOMENT]):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    assert seen(out.getvalue(), "mac.xlsx").column("at") == ["2024-03-05 10:11:12"]


def test_a_workbook_inside_a_zip(seen):
    got = seen(_zip({"book.xlsx": workbook(("Data", [["id", "at"], [1, "x"]]))}), "packed.zip")
    assert (got.source.format, got.rows) == ("xlsx", [["1", "x"]])


# ── Parquet ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def parquet(**columns) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_columns_as_text(seen):
    got = seen(
        parquet(
            id=[11071.0, None],
            utc=pa.array([1_709_633_472_000_000, None], pa.timestamp("us", "Europe/Stockholm")),
            local=[MOMENT, None],
            day=[dt.date(2024, 3, 5), None],
            via=[{"channel": "web", "from": {"name": "A"}}, None],
            tags=[["a", "b"], None],
            team=pa.array(["A", None]).dictionary_encode(),
            open=[True, None],
        ),
        "table.parquet",
    )
    assert dict(zip(got.columns, got.rows[0], strict=True)) == {
        "id": "11071", "utc": "2024-03-05 10:11:12.000000Z", "local": "2024-03-05 10:11:12.000000", "day": "2024-03-05",
        "via.channel": "web", "via.from.name": "A", "tags": '["a", "b"]', "team": "A", "open": "true",
    }  # fmt: skip
    assert set(got.rows[1]) == {None}
    assert got.lines == [1, 2]


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

NESTED = [
    {"id": 9_007_199_254_740_993, "via": {"channel": "web"}, "tags": ["a", "b"], "ok": True, "none": None, "x": 1.10},
    {"id": 2, "late": "é😀", "parts": [{"a": 1}]},
]


def test_objects_are_flattened_and_numbers_keep_their_text(seen):
    text = json.dumps(NESTED).replace("1.1", "1.10")
    got = seen(text, "list.json")
    first = dict(zip(got.columns, got.rows[0], strict=True))
    assert first == {
        "id": "9007199254740993", "via.channel": "web", "tags": "a, b", "ok": "true", "none": "", "x": "1.10",
        "late": None, "parts": None,
    }  # fmt: skip
    assert got.rows[1][got.columns.index("parts")] == '[{"a": "1"}]'


WAYS = {
    "list": lambda rows: json.dumps(rows),
    "list, pretty": lambda rows: json.dumps(rows, indent=2),
    "wrapped": lambda rows: json.dumps({"count": 2, "next_page": None, "tickets": rows, "users": [{"id": 1}]}),
    "wrapped, pretty": lambda rows: json.dumps({"result": rows}, indent=1),
    "lines": lambda rows: "\n".join(map(json.dumps, rows)),
    "lines, CRLF": lambda rows: "\r\n".join(map(json.dumps, rows)) + "\r\n",
    "one after the other": lambda rows: "\n".join(json.dumps(row, indent=2) for row in rows),
}


@pytest.mark.parametrize("way", WAYS)
def test_however_the_records_are_written_they_are_the_same(seen, way):
    got = seen(WAYS[way](NESTED), "any.json")
    assert got.column("id") == ["9007199254740993", "2"]
    assert got.column("late") == [None, "é😀"]


def test_lines_of_json_records_are_exact(seen):
    assert seen("\n\n".join(map(json.dumps, NESTED)), "a.jsonl").lines == [1, 3]
    assert seen(json.dumps(NESTED, indent=1), "a.json").lines == [2, 15]


def test_a_single_record_is_a_table_of_one_row(seen):
    assert seen('{"id": 1, "team": "A"}', "one.json").rows == [["1", "A"]]


def test_zendesk_audits_give_a_row_per_change_and_tell_the_customers_comments(seen):
    audit = {"id": 1, "ticket_id": 7, "created_at": "2024-03-05T10:00:00Z", "author_id": 50}
    events = [
        {"id": 10, "type": "Create", "field_name": "requester_id", "value": "50"},
        {"id": 11, "type": "Create", "field_name": "status", "value": "new"},
        {"id": 12, "type": "Comment", "public": True, "body": "help"},
    ]
    later = {"id": 2, "ticket_id": 7, "created_at": "2024-03-05T11:00:00Z", "author_id": 60}
    more = [
        {"id": 13, "type": "Change", "field_name": "group_id", "previous_value": "1", "value": "2"},
        {"id": 14, "type": "Comment", "public": False, "author_id": 60},
        {"id": 15, "type": "Comment", "public": True, "author_id": 60},
        {"id": 16, "type": "Comment", "public": True, "author_id": 50},
    ]
    empty = {"id": 3, "ticket_id": 8, "created_at": "2024-03-05T12:00:00Z", "events": []}
    got = seen(json.dumps({"audits": [audit | {"events": events}, later | {"events": more}, empty]}), "audits.json")
    told = list(zip(got.column("ticket_id"), got.column("field_name"), got.column("previous_value"), strict=True))
    assert told == [
        ("7", "requester_id", None), ("7", "status", None), ("7", "customer comment", ""), ("7", "group_id", "1"),
        ("7", "internal comment", ""), ("7", "public comment", ""), ("7", "customer comment", ""), ("8", "", None),
    ]  # fmt: skip
    assert got.column("id") == ["1", "1", "1", "2", "2", "2", "2", "3"]
    assert got.column("event.id")[:3] == ["10", "11", "12"]


def jira_history(**more) -> dict:
    items = [
        {"field": "status", "fromString": "Open", "toString": "In Progress"},
        {"field": "assignee", "fromString": None, "toString": "Ann"},
    ]
    return {
        "id": "5",
        "created": "2024-01-01T11:00:00.000+0100",
        "author": {"displayName": "Ann"},
        "items": items,
        **more,
    }


@pytest.mark.parametrize(
    ("content", "ticket"),
    [
        ({"issues": [{"id": "1", "key": "SUP-1", "changelog": {"histories": [jira_history()]}}]}, "SUP-1"),
        ({"issueChangeLogs": [{"issueId": "1", "changeHistories": [jira_history()]}]}, "1"),
        ({"values": [jira_history(issueId="1")]}, "1"),
        ({"id": "1", "key": "SUP-1", "changelog": {"histories": [jira_history()]}}, "SUP-1"),
    ],
)
def test_jira_changelogs_give_a_row_per_item_whoever_wraps_them(seen, content, ticket):
    got = seen(json.dumps(content), "changelog.json")
    name = "issueKey" if "issueKey" in got.columns else "issueId"
    assert got.column(name) == [ticket, ticket]
    assert got.column("field") == ["status", "assignee"]
    assert got.column("fromString") == ["Open", ""]
    assert got.column("toString") == ["In Progress", "Ann"]
    assert got.column("author.displayName") == ["Ann", "Ann"]


def test_a_jira_issue_that_never_changed_is_not_lost(seen):
    issue = {"id": "2", "key": "SUP-2", "fields": {"created": "2024-01-01"}, "changelog": {"histories": []}}
    got = seen(json.dumps({"issues": [issue]}), "changelog.json")
    assert (got.column("issueKey"), got.column("field"), got.column("created")) == (
        ["SUP-2"],
        ["created"],
        ["2024-01-01"],
    )


def test_intercom_conversations_give_a_row_per_part(seen):
    part = {"id": "9", "part_type": "assignment", "created_at": 1709633472, "assigned_to": {"type": "team", "id": "3"}}
    talk = {
        "id": "77", "created_at": 1709633000, "source": {"author": {"type": "user", "id": "u"}},
        "conversation_parts": {"conversation_parts": [part], "total_count": 1},
    }  # fmt: skip
    got = seen(json.dumps({"conversations": [talk]}), "conversations.json")
    assert got.column("conversation_id") == ["77", "77"]
    assert got.column("part_type") == ["initial", "assignment"]
    assert got.column("created_at") == ["1709633000", "1709633472"]
    assert got.column("assigned_to.id") == [None, "3"]
    assert got.column("conversation.created_at") == ["1709633000", "1709633000"]


def test_a_history_of_unknown_make_is_rows_too(seen):
    ticket = {"number": "A", "history": [{"at": "x", "number": 1}, {"at": "y", "number": 2}]}
    got = seen(json.dumps([ticket]), "own.json")
    assert (got.columns, got.rows) == (["number", "at", "history.number"], [["A", "x", "1"], ["A", "y", "2"]])


def test_a_field_that_appears_late_is_kept_beside_the_columns(seen, monkeypatch):
    monkeypatch.setattr(json_records, "LOOK_BYTES", 10)
    rows = [{"id": i} for i in range(60_000)] + [{"id": 1, "late": "x"}]
    got = seen("\n".join(map(json.dumps, rows)), "long.jsonl")
    assert got.columns == ["id", "other fields"]
    assert got.rows[-1] == ["1", '{"late": "x"}']
    assert len(got.rows) == 60_001


def test_nul_characters_and_halves_of_surrogate_pairs_do_no_harm(seen):
    got = seen('[{"id": "a\\u0000b", "team": "\\ud83d"}, {"id\\u0000": 1}]', "odd.json")
    assert got.columns == ["id", "team", "id (2)"]
    assert got.rows == [["ab", "?", None], [None, None, "1"]]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=5), VALUES, min_size=1, max_size=4), min_size=1, max_size=6),
    st.sampled_from(["list", "list, pretty", "lines"]),
    st.integers(1, 30),
)
def test_records_come_out_whole_however_the_text_is_cut(rows, way, size):
    """The second way: `json.loads` of the whole text. Numbers are compared as text."""
    text = WAYS[way](rows)
    if way == "lines" and len(rows) == 1:
        return  # one object alone may be a wrapper
    blocks = [text[i : i + size] for i in range(0, len(text), size)]
    got = [record.value for record in records(iter(blocks), "x") if isinstance(record, Record)]
    assert got == json.loads(json.dumps(rows), parse_int=str)


# ── XES ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("packed", [False, True])
def test_an_xes_log_gives_a_row_per_event_with_its_case(seen, packed):
    got = seen(gzip.compress(XES.encode()) if packed else XES, "log.xes.gz" if packed else "log.xes")
    assert got.columns == ["case:concept:name", "concept:name", "time:timestamp"]
    assert got.column("case:concept:name") == ["Case 1", "Case 1"]
    assert got.column("concept:name") == ["Open", "Close"]
    assert got.lines == [3, 4]


def test_what_is_nested_in_an_attribute_of_an_event_is_no_column_of_it(seen):
    inner = (
        '<string key="a" value="1"><string key="b" value="2"/></string>'
        '<list key="l"><values><int key="c" value="3"/></values></list>'
    )
    got = seen(XES.replace("</event>", inner + "</event>"), "log.xes")
    assert got.columns == ["case:concept:name", "concept:name", "time:timestamp", "a"]
    assert got.column("a") == ["1", "1"]


def test_attributes_of_the_log_belong_to_no_event(seen):
    got = seen(XES.replace("<trace>", '<string key="source" value="x"/><trace>', 1), "log.xes")
    assert "source" not in got.columns


# ── Real exports ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [("uci_incident_event_log.zip", 141_712, 36), ("italian_helpdesk.csv.gz", 21_348, 16)],
)
def test_a_real_log_is_read_whole(shared, name, rows, columns):
    from analytics.ingest.read import open_source

    source = open_source(shared / name)
    chunks = list(source.chunks())
    assert len(source.columns) == columns
    assert sum(chunk.table.num_rows for chunk in chunks) == rows
    assert [m for chunk in chunks for m in chunk.malformed] == []
    assert chunks[-1].bytes_done == source.total_bytes
    assert [line for chunk in chunks for line in chunk.lines.to_pylist()] == list(range(2, rows + 2))


def test_the_italian_header_repeats_variant(shared):
    from analytics.ingest.read import open_source

    assert {"Variant", "Variant (2)", "Variant index"} <= set(open_source(shared / "italian_helpdesk.csv.gz").columns)


def test_every_vendor_seed_is_read_to_its_last_line(shared):
    """The second way: Python's csv module on the whole file."""
    import csv

    from analytics.ingest.read import open_source
    from tests.unit.ingest_read.conftest import read_all

    checked = 0
    for path in sorted((shared / "vendor").rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            expected = [row for row in csv.reader(handle) if row][1:]
        if expected:
            assert read_all(open_source(path)).rows == expected, path.name
            checked += 1
    assert checked > 50
