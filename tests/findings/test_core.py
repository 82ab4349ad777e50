"""The arithmetic of findings against published values and laws; ranking; digest; command."""

from __future__ import annotations

import json
import re

import pytest

from analytics.__main__ import main
from analytics.errors import InputError
from analytics.findings import base, ground
from analytics.findings.digest import digest, escaped
from analytics.findings.registry import find_all, ranked
from pages._kit import definitions


def made(id_="x", severity="act", hours=None, **more):
    told = {"title": "T", "value": 0.3, "low": 0.2, "high": 0.4, "threshold": 0.1, "n": 100, "sentence": "S", "why": "W",
            "advice": "A"} | more  # fmt: skip
    return base.Finding(id_, severity=severity, work_hours=hours, **told)


def test_newcombe_as_published():
    """Newcombe (1998), table II (a): 56/70 - 48/80 by method 10 is 0.0524 to 0.3339."""
    found = ground.difference(56, 70, 48, 80)
    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)


def test_bonferroni_widens():
    lows = [ground.share(30, 100, groups).low for groups in (1, 4, 20)]
    assert lows == sorted(lows, reverse=True)
    assert ground.z_for(1) == pytest.approx(1.959964, abs=1e-6)
    assert ground.z_for(5) == pytest.approx(2.575829, abs=1e-6)


def test_a_ratio_of_equal_samples_is_one_and_turns_over():
    one, two = [0.1, 0.4, 0.2, 0.3], [1.0, 1.4, 1.1, 1.9]
    assert ground.ratio_of_means(one, one).value == pytest.approx(1)
    there, back = ground.ratio_of_means(one, two), ground.ratio_of_means(two, one)
    assert (there.value * back.value, there.low * back.high) == (pytest.approx(1), pytest.approx(1))


def test_an_alarm_needs_the_whole_interval():
    assert ground.above(ground.share(9, 40), 0.20, 0.20) == "good"
    assert ground.above(ground.share(90, 400), 0.15, 0.50) == "watch"
    assert ground.below(ground.share(9, 40), 0.50, 0.45) == "watch"
    assert ground.below(ground.share(90, 400), 0.50, 0.45) == "act"


def test_ranking():
    order = [made("d", "unknown"), made("b", "act", 1), made("a", "act", 9), made("c", "watch", 99), made("e", "good")]
    assert [one.id for one in ranked(order)] == ["a", "b", "c", "e", "d"]


HOSTILE = '<script>alert(1)</script> ![x](http://example.invalid/x) "q"'


def test_the_digest_neither_runs_nor_loads():
    findings = [made(sentence=HOSTILE, title=HOSTILE), made("y", "unknown", value=None, low=None, high=None)]
    page = digest(findings, "html", HOSTILE)
    assert "<script" not in page
    assert not re.search(r"<(img|a|link|iframe)\b|src=|href=", page)
    text = digest(findings, "md", HOSTILE)
    assert "<script" not in text.replace("\\<", "")
    assert "http://" not in text
    assert escaped("a*b") == r"a\*b"
    assert [one["value"] for one in json.loads(digest(findings, "json"))] == [0.3, None]
    with pytest.raises(InputError):
        digest(findings, "pdf")


def test_the_command_prints_a_list_and_fails_on_request(sample, capsys):
    home = str(sample.dataset.folder.parent.parent)
    common = ["findings", "--dataset", "sample", "--home", home]
    assert main(common) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told] == [one.id for one in find_all(sample)]
    assert main([*common, "--format", "md", "--fail-on", "act"]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("# Findings")
    assert "note: act: " in err


def test_every_finding_is_defined_on_the_definitions_page(sample):
    assert {f"findings.{one.id}" for one in find_all(sample)} <= set(definitions.ALL)


@pytest.mark.parametrize("path", sorted(base._FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_the_sql_says_what_it_asks(path):
    text = path.read_text("utf-8")
    assert all(heading in text for heading in ("-- Question:", "-- Grain:", "-- Units:"))
    used = "".join(one.read_text("utf-8") for one in [*base._FOLDER.parent.glob("*.py"), *base._FOLDER.glob("*.sql")])
    assert f'"{path.stem}"' in used or f"'{path.stem}'" in used or f"{{include {path.stem}}}" in used
