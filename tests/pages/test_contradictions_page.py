"""The contradictions page: claims, verdict, arithmetic and a chart for each that can be told."""

from __future__ import annotations

from tests.pages.conftest import charts, texts

PAGE = "pages/improvement/contradictions.py"


def test_each_pair_has_its_claims_verdict_and_chart(visit):
    page = visit(PAGE, dataset="sample")
    said = texts(page)
    assert not page.exception
    assert len(page.subheader) == len(charts(page)) == 4
    assert "pairs of claims collide on your data" in said
    assert "12 % at 40 % deflected reads as 20 %" in said
    assert "22 to 116 minutes" in said
    assert "58 / 23 / 19" in said
    assert "nan" not in said.split()


def test_how_it_is_computed(visit):
    page = visit(PAGE, dataset="sample")
    page.button_group(key="more_contradiction_two_alarms").set_value("How is this computed?").run()
    assert not page.exception
    assert "l1_teams" not in texts(page)
    assert "SELECT m.team" in page.code[0].value


def test_what_cannot_be_told_says_why(visit):
    page = visit(PAGE, dataset="sample", product="Loud", priority="high")
    assert not page.exception
    assert "are needed" in texts(page)
    assert "which tier" in texts(visit(PAGE, dataset="flat"))
