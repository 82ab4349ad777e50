"""Delimited text: whatever the text, every record comes out once, with its line, by the fast and by the slow way alike."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings, strategies as st

from analytics.errors import ImportRefused
from analytics.ingest.read import SourceOptions
from analytics.ingest.readers import delimited
from analytics.ingest.readers.delimited import _fast, _slow, delimited_chunks
from analytics.ingest.readers.dialect import Dialect

COLUMNS = ["a", "b", "c"]
ODD = st.text(st.sampled_from('xy1",;\n\r\t é😀'), max_size=60)
CELL = st.text(st.sampled_from("xyz 1\",;\n\té😀'\\"), max_size=8)


def sides(chunk) -> tuple[list, list, list]:
    return chunk.table.to_pylist(), chunk.lines.to_pylist(), [(m.line, m.reason) for m in chunk.malformed]


@settings(max_examples=400, deadline=None)
@given(ODD)
def test_the_fast_way_reads_what_the_slow_way_reads_or_declines(text):
    fast = _fast(text, Dialect(), COLUMNS, 2) if text else None
    if fast is not None:
        slow, used, _ = _slow(text, Dialect(), COLUMNS, 2, final=True)
        assert used == len(text)
        assert sides(fast) == sides(slow)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=30), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_was_written_is_read_back_with_the_line_it_starts_on(rows, end, quoted):
    """The second way: Python's own csv module writes the rows and says how many lines each takes."""
    out, starts = io.StringIO(newline=""), []
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    for row in rows:
        starts.append(2 + out.getvalue().count("\n"))
        writer.writerow(row)
    chunks = list(delimited_chunks(iter([out.getvalue()]), Dialect(), COLUMNS, 2, lambda: 0))
    assert [list(row.values()) for c in chunks for row in c.table.to_pylist()] == rows
    assert [line for c in chunks for line in c.lines.to_pylist()] == starts
    assert [m for c in chunks for m in c.malformed] == []


@settings(max_examples=300, deadline=None)
@given(ODD, st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_where_the_blocks_are_cut_does_not_matter(text, sizes):
    blocks, at = [], 0
    while at < len(text):
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(text[at : at + size])
        at += size
    whole = list(delimited_chunks(iter([text]), Dialect(), COLUMNS, 2, lambda: 0))
    parts = list(delimited_chunks(iter(blocks), Dialect(), COLUMNS, 2, lambda: 0))
    assert [row for c in parts for row in c.table.to_pylist()] == [row for c in whole for row in c.table.to_pylist()]
    assert [line for c in parts for line in c.lines.to_pylist()] == [n for c in whole for n in c.lines.to_pylist()]
    assert [m for c in parts for m in c.malformed] == [m for c in whole for m in c.malformed]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab",\n\r;é'), max_size=80))
def test_no_line_is_lost(text):
    """Every line with something on it is in a row, in a malformed record, or inside a row that began before it."""
    chunks = list(delimited_chunks(iter([text]), Dialect(), COLUMNS, 1, lambda: 0))
    starts = sorted(
        [line for c in chunks for line in c.lines.to_pylist()] + [m.line for c in chunks for m in c.malformed]
    )
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines, 1) if line.strip("\r")), None)
    assert len(starts) == len(set(starts))
    assert (starts[0] if starts else None) == first
    for number, line in enumerate(lines, 1):
        if line.strip("\r") and number not in starts:
            opening = max(start for start in starts if start < number)
            assert '"' in lines[opening - 1], f"line {number} is in no record"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x1f", "\x01"])
def test_any_delimiter(seen, delimiter):
    text = "\n".join(delimiter.join(row) for row in (["id", "at", "team"], ["1", "2024-03-05", "A, B; C"][:3]))
    text = text.replace("A, B; C", "A" if delimiter in ",;" else "A, B; C")
    got = seen(text + "\n" + delimiter.join(["2", "2024-03-06", "D"]))
    assert got.columns == ["id", "at", "team"]
    assert len(got.rows) == 2
    assert got.source.options.delimiter == delimiter


def test_decimal_commas_do_not_make_a_comma_the_delimiter(seen):
    got = seen("id;hours;cost\n" + "".join(f"{i};1,5;2,25\n" for i in range(20)))
    assert got.columns == ["id", "hours", "cost"]
    assert got.rows[0] == ["0", "1,5", "2,25"]


def test_a_delimiter_that_was_given_is_used(seen):
    got = seen("a|b;c\n1|2;3\n", options=SourceOptions(delimiter=";"))
    assert got.columns == ["a|b", "c"]


def test_a_given_delimiter_that_occurs_nowhere_is_found_anew(seen):
    """A mapping made for a comma file must do for the same export with semicolons."""
    got = seen("a;b\n1;2\n", options=SourceOptions(delimiter=","))
    assert (got.columns, got.source.options.delimiter) == (["a", "b"], ";")


def test_the_sep_line_of_excel_is_no_header(seen):
    got = seen("sep=;\nid;at\n1;2024-01-01\n")
    assert (got.columns, got.lines) == (["id", "at"], [3])


def test_titles_above_the_header_are_passed_over_and_told(seen):
    got = seen(
        "Ticket report\n\nFrom 2024-01-01 to 2024-02-01, all teams\nid,at,team,status\n1,2024-01-01,A,New\n2,2024-01-02,B,New\n"
    )
    assert got.columns == ["id", "at", "team", "status"]
    assert got.lines == [5, 6]
    assert "2 lines above the column names in line 4" in got.source.notes[0]


def test_duplicate_headers_get_numbers_and_empty_ones_their_place(seen):
    got = seen("Variant,x,Variant,,Variant\n1,2,3,4,5\n")
    assert got.columns == ["Variant", "x", "Variant (2)", "column 4", "Variant (3)"]


def test_a_name_that_a_number_would_collide_with_is_passed_over(seen):
    assert seen("a,a (2),a\n1,2,3\n").columns == ["a", "a (2)", "a (3)"]


def test_ragged_rows_are_malformed_with_line_and_reason(seen):
    got = seen("a,b,c\n1,2,3\n4,5\n6,7,8,9\n\n10,11,12\n")
    assert got.lines == [2, 6]
    assert [(m.line, m.reason, m.raw) for m in got.malformed] == [
        (3, "2 fields where the header has 3", "4,5"),
        (4, "4 fields where the header has 3", "6,7,8,9"),
    ]


def test_empty_fields_too_many_lose_nothing_and_are_taken(seen):
    got = seen("a,b\n1,2\n3,4,,\n5,6\n")
    assert (got.rows, got.malformed) == ([["1", "2"], ["3", "4"], ["5", "6"]], [])


def test_a_delimiter_at_the_end_of_every_row_is_a_nameless_column(seen):
    got = seen("a;b\n1;2;\n3;4;\n")
    assert (got.columns, got.rows, got.malformed) == (["a", "b", "column 3"], [["1", "2", ""], ["3", "4", ""]], [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_three_line_ends(seen, end):
    got = seen(end.join(["a,b", "1,2", '"3\n3",4', "5,6"]))
    assert got.rows == [["1", "2"], ["3\n3", "4"], ["5", "6"]]
    assert got.lines[0] == 2


def test_a_carriage_return_inside_quotes_ends_no_line(seen):
    got = seen('a,b\n1,"x\ry"\n2,z\n')
    assert (got.rows, got.lines) == ([["1", "x\ry"], ["2", "z"]], [2, 3])


def test_quoted_newlines_keep_the_lines_exact(seen):
    got = seen('a,b\n1,"one\ntwo\nthree"\n2,"say ""hi"""\n3,x\n')
    assert got.rows == [["1", "one\ntwo\nthree"], ["2", 'say "hi"'], ["3", "x"]]
    assert got.lines == [2, 5, 6]


def test_a_quote_in_the_middle_of_a_value_is_a_quote(seen):
    got = seen('a,b,c\n1,5" pipe,x\n2,"quoted" and more,y\n3,plain,z\n')
    assert got.column("b") == ['5" pipe', "quoted and more", "plain"]
    assert got.malformed == []


def test_an_unclosed_quote_costs_its_own_line_only(seen):
    """Its line is told, and the rows that it would have swallowed are rows."""
    got = seen('a,b,c\n1,x,y\n2,"open,y\n' + "".join(f"{i},x,y\n" for i in range(3, 200)))
    assert [(m.line, m.raw) for m in got.malformed] == [(3, '2,"open,y')]
    assert "never closed" in got.malformed[0].reason
    assert len(got.rows) == 198
    assert got.lines == [2, *range(4, 201)]


def test_an_unclosed_quote_before_quoted_rows_costs_its_own_line_only(seen):
    got = seen('a,b,c\n1,"open,y\n' + "".join(f'{i},"x","y"\n' for i in range(2, 50)))
    assert [m.line for m in got.malformed] == [2]
    assert len(got.rows) == 48


def test_an_unclosed_quote_that_a_later_one_closes_does_not_swallow_the_rows_between(seen):
    got = seen('a,b,c\n1,"open,y\n2,x,y\n3,x,y\n4,x,"\n5,x,y\n')
    assert 2 in [m.line for m in got.malformed]
    assert [row[0] for row in got.rows if row[0] in "235"] == ["2", "3", "5"]


def test_a_real_field_of_many_lines_with_a_wrong_number_of_fields_is_one_malformed_row(seen):
    got = seen('a,b,c\n1,"dear all\nplease\nhelp"\n2,x,y\n')
    assert [(m.line, m.raw) for m in got.malformed] == [(2, '1,"dear all\nplease\nhelp"')]
    assert got.lines == [5]


def test_a_file_cut_in_the_middle_of_a_row_says_so(seen):
    """import.md: a file cut in the middle."""
    got = seen("a,b,c\n1,2,3\n4,5")
    assert got.rows == [["1", "2", "3"]]
    assert got.malformed[0].line == 3
    assert got.malformed[0].reason == "the file ends in the middle of this row: 2 fields where the header has 3"


def test_a_file_cut_inside_a_quoted_field_says_so(seen):
    got = seen('a,b,c\n1,2,3\n4,5,"the customer wri')
    assert [(m.line, m.raw) for m in got.malformed] == [(3, '4,5,"the customer wri')]
    assert "the file ends in the middle" in got.malformed[0].reason


def test_escaped_quotes_with_a_backslash(seen):
    got = seen('a,b,c\n1,"say \\"hi\\", he said",x\n2,"plain",y\n')
    assert got.column("b") == ['say "hi", he said', "plain"]


def test_a_blank_after_the_delimiter_is_no_part_of_a_quoted_value(seen):
    got = seen('a, b, c\n1, "x, y", z\n2, "v, w", z\n')
    assert got.column("b") == ["x, y", "v, w"]


def test_a_hundred_thousand_characters_in_one_field(seen):
    """import.md: 100,000-character descriptions."""
    long = "line of text, with a comma\n" * 4000
    got = seen(f'id,text\n1,"{long}"\n2,short\n')
    assert len(long) > 100_000
    assert got.rows == [["1", long], ["2", "short"]]
    assert got.lines == [2, 4003]


def test_nul_bytes_are_no_part_of_a_value(seen):
    """import.md: NUL bytes."""
    got = seen(b"id,team\n1,A\x00B\n2,\x00\x00C\n")
    assert got.column("team") == ["AB", "C"]


def test_a_line_without_end_is_refused(seen, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_RECORD_CHARS", 1000)
    with pytest.raises(ImportRefused, match="Line 2 has more than"):
        seen("a,b\n1," + "x" * (9 << 20))


def test_a_quote_that_never_closes_is_given_up_after_so_many_characters(monkeypatch):
    monkeypatch.setattr(delimited, "MAX_RECORD_CHARS", 2000)
    text = '1,"open,x\n' + "".join(f"{i},x,y\n" for i in range(2, 5000))
    blocks = [text[i : i + 500] for i in range(0, len(text), 500)]
    chunks = list(delimited_chunks(iter(blocks), Dialect(), COLUMNS, 2, lambda: 0))
    assert [m.line for c in chunks for m in c.malformed] == [2]
    assert sum(c.table.num_rows for c in chunks) == 4998
    assert len(chunks) > 5  # they came on the way, not all at the end


def test_chunks_hold_at_most_fifty_thousand_rows_and_progress_grows(seen):
    got = seen("a,b\n" + "1,2\n" * 120_000)
    assert len(got.rows) == 120_000
    assert got.lines == list(range(2, 120_002))
    assert max(chunk.table.num_rows for chunk in got.source.chunks()) == 50_000
    assert got.bytes_done == sorted(got.bytes_done)
    assert got.bytes_done[-1] == got.source.total_bytes


def test_a_source_can_be_read_again(seen):
    got = seen("a,b\n1,2\n3,4\n")
    assert [c.table.num_rows for c in got.source.chunks()] == [c.table.num_rows for c in got.source.chunks()] == [2]
