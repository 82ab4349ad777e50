"""What changed since the period before: by the alarm, then by the value where it moved by more than its noise."""

from __future__ import annotations

import json
from datetime import date

import pytest

from analytics.findings.base import Finding
from analytics.findings.changes import Comparison, changes, compared, periods
from analytics.findings.digest import digest
from analytics.findings.registry import find_all
from analytics.model import Filters


def told(severity, value=0.3, half=0.02, id_="d08_bounces"):
    ends = (None, None, None) if severity == "unknown" else (value, value - half, value + half)
    return Finding(id_, "Title", severity, *ends, 0.1, 100, "S", "W", "A")


@pytest.mark.parametrize(
    ("now", "before", "status"),
    [
        (told("watch"), told("good", 0.05), "new"),
        (told("good", 0.05), told("act"), "gone"),
        (told("watch", 0.4), told("watch", 0.3), "worse"),
        (told("watch", 0.3), told("watch", 0.4), "better"),
        (told("watch", 0.31), told("watch", 0.30), "same"),
        (told("act", 0.31), told("watch", 0.30), "worse"),
        (told("watch", 0.30), told("act", 0.31), "better"),
        (told("unknown"), told("act"), "unknown"),
        (told("watch", 0.4, id_="d01_resolved_shares"), told("watch", 0.3, id_="d01_resolved_shares"), "better"),
    ],
)
def test_status(now, before, status):
    change = changes([now], [before])[0]
    assert change.status == status
    assert change.is_news == (status in ("new", "gone", "worse", "better"))


def test_a_good_one_that_moved_is_no_news():
    assert not changes([told("good", 0.08)], [told("good", 0.02)])[0].is_news


def test_periods_are_of_one_length_and_touch(sample):
    _, before = periods(sample, Filters(start=date(2026, 5, 1), end=date(2026, 6, 30)))
    assert (before.start, before.end) == (date(2026, 3, 1), date(2026, 4, 30))
    usual, earlier = periods(sample, Filters())
    assert (usual.start, usual.end, earlier.start) == (date(2026, 8, 2), date(2026, 10, 31), date(2026, 5, 3))


def test_the_first_period_has_none_before(sample):
    told_why = compared(sample, Filters(start=date(2024, 12, 1), end=date(2025, 3, 31)))
    assert "no whole period before" in told_why.why_not
    assert "no whole period before" in digest([told("watch")], "md", "", told_why)


def test_the_bottleneck_is_new_in_the_quarter_in_which_it_began(sample):
    told_by = compared(sample, Filters(start=date(2026, 5, 1), end=date(2026, 7, 31)))
    assert told_by.of("d11_l3_wait").status == "new"
    assert told_by.of("d11_l3_wait") in told_by.news


def test_the_digest_tells_what_changed(sample):
    found = find_all(sample)
    comparison = Comparison(tuple(changes([told("watch", 0.4)], [told("good", 0.05)])), "now against then")
    for form in ("md", "html"):
        text = digest(found, form, "sample", comparison)
        assert "What changed" in text
        assert "New: 40 % now, 5.0 % before" in text.replace("\\", "")
    items = {one["id"]: one for one in json.loads(digest(found, "json", "sample", comparison))}
    assert items["d08_bounces"]["change"]["status"] == "new"
    assert items["d08_pair"]["change"] is None
    assert "Nothing has surely changed" in digest(found, "md", "", Comparison((), "now against then"))
