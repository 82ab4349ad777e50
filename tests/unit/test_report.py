"""The report: everything from the data escaped, nothing loaded, every number where it says it comes from."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from analytics.charts import base
from analytics.report import MOST_ROWS, Section, Stamp, html, table_html
from analytics.version import VERSION

STAMP = Stamp(
    "desk <b>", "1 Jan 2026 – 31 Jan 2026 · product <i>", date(2026, 1, 1), date(2026, 1, 31), "UTC", 3, VERSION,
    datetime(2026, 2, 1, 8, 30, tzinfo=UTC),
)  # fmt: skip


def without_plotly(told: str) -> str:
    """The report without the 4 MB of Plotly's own code."""
    return re.sub(r"<script>.*?</script>", "", told, count=1, flags=re.DOTALL)


def test_what_comes_from_the_data_is_escaped():
    evil = "<script>alert(1)</script>"
    section = Section(
        evil, evil, None, pd.DataFrame({evil: [evil]}), [(evil, evil, evil)], evil, evil, evil, [(evil,) * 3]
    )
    told = html(evil, STAMP, [section])
    assert "<script" not in told
    assert told.count("&lt;script&gt;alert(1)") >= 10
    assert "desk &lt;b&gt;" in told
    assert "product &lt;i&gt;" in told


def test_a_report_is_stamped_and_loads_nothing():
    figure = base.drawing().figure()
    figure.add_bar(x=[1, 2], y=[3, 4])
    told = html("Overview", STAMP, [Section("Tickets", "per week", figure, alt="Two bars")])
    for part in ("2026-01-01 to 2026-01-31 (UTC)", VERSION, "2026-02-01 08:30 UTC", "<dd>3</dd>", "Two bars"):
        assert part in told
    assert "default-src &#x27;none&#x27;" in told
    rest = without_plotly(told)
    assert not re.search(r"""(src|href)\s*=\s*["']https?:""", rest)
    assert '"showSendToCloud": false' in rest or '"showSendToCloud":false' in rest


def test_without_a_chart_there_is_no_code_in_it():
    assert len(html("Numbers", STAMP, [Section("A", numbers=[("Tickets", "12,480", "")])])) < 10_000


def test_cells_are_written_for_people():
    frame = pd.DataFrame({
        "tier": ["L1", None], "share_resolved": [0.643, float("nan")], "tickets": [12480, 3], "p50_hours": [1.25, 30.0],
        "day": pd.to_datetime(["2026-01-05", None]),
    })  # fmt: skip
    told = table_html(frame, {"tier": "Tier"})
    cells = re.findall(r"<td[^>]*>(.*?)</td>", told)
    assert cells == ["L1", "64 %", "12,480", "1.2", "2026-01-05", "", "", "3", "30", ""]
    assert "<th>Tier</th>" in told


def test_long_tables_are_cut_and_say_so():
    told = table_html(pd.DataFrame({"n": range(MOST_ROWS + 5)}))
    assert told.count("<tr>") == MOST_ROWS + 1
    assert f"The first {MOST_ROWS} of {MOST_ROWS + 5} rows." in told


def test_the_version_is_said_once():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == VERSION
