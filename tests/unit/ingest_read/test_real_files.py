"""What real files contain (import.md), item by item, as far as reading and detection go; `ITEMS` says where each is tested."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.ingest.detect import detect
from analytics.ingest.read import open_source

ITEMS = {
    "29/2/2016 01:16 beside 29-02-2016 01:16 and ISO": "test_real_files.test_dates_written_in_three_ways_in_one_column",
    "11/May/24 03:26 PM": "test_real_files.test_dates_of_jira",
    "Excel serial dates": "test_real_files.test_numbers_that_are_times",
    "epoch seconds and milliseconds": "test_real_files.test_numbers_that_are_times",
    "? NA null": "test_detect.test_what_stands_for_nothing_is_proposed_where_it_occurs",
    "HH:MM durations, negative where an SLA is breached": "test_real_files.test_durations_are_no_times",
    "3,87,16,91,111 as a number": "test_real_files.test_a_number_with_commas_is_one_value",
    "final values repeated on every row": "test_detect.test_final_values_on_every_row_are_no_event_times",
    "rows out of order": "test_real_files.test_rows_come_in_the_order_of_the_file",
    "two events at one second": "test_real_files.test_rows_come_in_the_order_of_the_file",
    "a team named V13 2nd 3rd": "test_detect.test_the_contracts_example_a_status_with_its_sub_status_and_tiers_in_names",
    "100,000-character descriptions": "test_delimited.test_a_hundred_thousand_characters_in_one_field",
    "emoji, right-to-left text": "test_formats.test_emoji_and_right_to_left_text_come_through",
    "NUL bytes": "test_delimited.test_nul_bytes_are_no_part_of_a_value",
    "formulas": "test_safe_export.test_no_cell_starts_a_formula",
    "HTML and Markdown in subjects": "test_formats.test_html_markdown_and_formulas_are_text_like_any_other",
    "a file cut in the middle": "test_delimited.test_a_file_cut_in_the_middle_of_a_row_says_so",
    "an empty file": "test_real_files.test_a_file_with_nothing_to_take_is_refused",
    "a header and no rows": "test_real_files.test_a_file_with_nothing_to_take_is_refused",
    "2 million rows": "test_real_files.test_two_million_rows_stay_far_below_the_memory_limit",
    "the wrong file altogether": "test_real_files.test_a_file_with_nothing_to_take_is_refused",
}
"""The hour that DST skips, and an event before its ticket's creation, are the import's: see `tests/unit/ingest_core`."""


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_has_a_test(item):
    module, name = ITEMS[item].split(".")
    assert callable(getattr(importlib.import_module(f"tests.unit.ingest_read.{module}"), name))


def proposed(tmp_path: Path, content: str | bytes):
    path = tmp_path / "export.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return detect(open_source(path))


def log(*times: str) -> str:
    return "ticket_id,at,status\n" + "".join(f"T{i // 2},{time},New\n" for i, time in enumerate(times))


def test_dates_written_in_three_ways_in_one_column(tmp_path):
    """`29/2/2016 01:16` beside `29-02-2016 01:16` and ISO with offsets."""
    told = proposed(tmp_path, log("29/2/2016 01:16", "29-02-2016 01:16", "2016-02-29T01:16:00+01:00", "1/3/2016 01:16"))
    assert told.mapping.columns["at"] == ("at",)
    assert told.mapping.source.date_order == "dmy"


def test_dates_of_jira(tmp_path):
    """`11/May/24 03:26 PM` needs no order of day and month."""
    told = proposed(
        tmp_path, log("11/May/24 03:26 PM", "11/May/24 04:26 PM", "12/May/24 03:26 AM", "12/May/24 04:26 AM")
    )
    assert told.mapping.columns["at"] == ("at",)
    assert not told.questions


@pytest.mark.parametrize(
    "times", [("42429.0528", "42429.0945"), ("1456708560", "1456708620"), ("1456708560000", "1456708620000")]
)
def test_numbers_that_are_times(tmp_path, times):
    """Excel serial dates; epoch seconds and milliseconds."""
    assert proposed(tmp_path, log(*times)).mapping.columns["at"] == ("at",)


def test_durations_are_no_times(tmp_path):
    """`HH:MM` durations, negative where an SLA is breached: not the time of anything, whatever the column is called."""
    rows = "".join(f"T{i // 2},2024-03-0{i % 9 + 1} 10:0{i % 6},-{i}:30,New,1{i % 9}:15\n" for i in range(20))
    told = proposed(tmp_path, "ticket_id,changed on,Time to resolution,status,time\n" + rows)
    assert told.mapping.columns["at"] == ("changed on",)


def test_a_number_with_commas_is_one_value(tmp_path):
    """`3,87,16,91,111` as a number: quoted in a comma file, bare in a semicolon file."""
    for content in (
        'ticket_id,at,status,n\nA,2024-03-05,New,"3,87,16,91,111"\n',
        "ticket_id;at;status;n\nA;2024-03-05;New;3,87,16,91,111\n",
    ):
        path = tmp_path / "export.csv"
        path.write_text(content * 1)
        (chunk,) = open_source(path).chunks()
        assert chunk.table.column("n").to_pylist() == ["3,87,16,91,111"]


def test_rows_come_in_the_order_of_the_file(tmp_path):
    """Rows out of order, and two events at one second where file order decides: the reader keeps the order and the lines."""
    path = tmp_path / "export.csv"
    times = ["2024-03-05 10:00:00", "2024-03-01 10:00:00", "2024-03-05 10:00:00"]
    path.write_text(log(*times))
    (chunk,) = open_source(path).chunks()
    assert chunk.table.column("at").to_pylist() == times
    assert chunk.lines.to_pylist() == [2, 3, 4]


@pytest.mark.parametrize("content", [b"", b"ticket_id,at,status\n", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9])
def test_a_file_with_nothing_to_take_is_refused(tmp_path, content):
    """An empty file; a header and no rows; a photo named `.csv`."""
    with pytest.raises(ValueError, match=r"is empty|a header and no rows|a photo"):
        proposed(tmp_path, content)


# The peak is the process's own (VmHWM): `ru_maxrss` survives exec, so a child would report what its large parent once held.
READ = """
import sys
from pathlib import Path
from analytics.ingest.detect import detect
from analytics.ingest.read import open_source
source = open_source(Path(sys.argv[1]))
shape = detect(source).shape
rows = sum(chunk.table.num_rows for chunk in source.chunks())
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(rows, shape, int(peak) // 1024)
"""


def test_two_million_rows_stay_far_below_the_memory_limit(tmp_path):
    """2 million rows, 90 MB: opened, detected and read in a process of its own, whose memory stays below 500 MB."""
    path = tmp_path / "large.csv"
    block = "".join(
        f"T{i // 4},2024-03-{i % 28 + 1:02d} 10:00:{i % 60:02d},assigned,L1,Team {i % 40}\n" for i in range(20_000)
    )
    with path.open("w") as out:
        out.write("ticket_id,at,kind,tier,team\n")
        for _ in range(100):
            out.write(block)
    told = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    rows, shape, megabytes = told.stdout.split()
    print(f"{rows} rows, peak {megabytes} MB")
    assert (rows, shape) == ("2000000", "events")
    assert int(megabytes) < 500
