"""Several files of the same columns as one: the words of all, the order of dates that any of them proves."""

from __future__ import annotations

from analytics.ingest.detect import Proposal, detect
from analytics.ingest.detection.together import together
from analytics.ingest.read import open_source

HEADER = "Ticket,Changed at,Status,Group,Level"


def proposed(tmp_path, name: str, *rows: str) -> Proposal:
    path = tmp_path / name
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return detect(open_source(path))


def test_a_file_that_proves_the_order_of_dates_answers_for_the_others(tmp_path):
    unsure = proposed(tmp_path, "a.csv", "T1,03/04/2026 10:00,New,Desk,", "T1,03/04/2026 11:00,Resolved,Desk,")
    sure = proposed(tmp_path, "b.csv", "T2,04/28/2026 10:00,New,Desk,", "T2,04/28/2026 11:00,Resolved,Desk,")
    assert [question.what for question in unsure.questions] == ["date_order"]
    both = together([unsure, sure])
    assert both.questions == ()
    assert both.mapping.source.date_order == "mdy"
    assert together([unsure, unsure]).questions == unsure.questions


def test_words_and_columns_that_only_one_file_has_are_known_for_all(tmp_path):
    first = proposed(tmp_path, "a.csv", "T1,2026-04-13 10:00,New,Desk,", "T1,2026-04-13 11:00,Resolved,?,")
    second = proposed(tmp_path, "b.csv", "T2,2026-04-14 10:00,Waiting,Desk,L1", "T2,2026-04-14 11:00,Resolved,Apps,L2")
    both = together([first, second])
    assert both.mapping.kinds == first.mapping.kinds | second.mapping.kinds
    assert both.mapping.kinds["Waiting"] == "pending"
    assert both.mapping.columns["tier"] == ("Level",)
    assert both.mapping.source.missing == ("?",)
    assert {"status 'New'", "status 'Waiting'"} <= {choice.what for choice in both.choices}


def test_one_file_is_what_it_is(tmp_path):
    alone = proposed(tmp_path, "a.csv", "T1,2026-04-13 10:00,New,Desk,", "T1,2026-04-13 11:00,Resolved,Desk,")
    assert together([alone]) == alone


def test_no_column_means_two_things(tmp_path):
    first = proposed(tmp_path, "a.csv", "T1,2026-04-13 10:00,New,Desk,x", "T1,2026-04-13 11:00,Resolved,Desk,y")
    second = proposed(tmp_path, "b.csv", "T2,2026-04-14 10:00,New,Desk,L1", "T2,2026-04-14 11:00,Resolved,Apps,L2")
    used = [column for columns in together([first, second]).mapping.columns.values() for column in columns]
    assert len(used) == len(set(used))
