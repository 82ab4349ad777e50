"""A page as one HTML file that works without a network: for a mail, a meeting, an archive.

Everything that came from the data is escaped, the file may load nothing (its own policy says so), and it is stamped with the
dataset, its days, the filters and the versions, so that a number in it can be found again. Rejected: a PDF (it needs a browser on
the server, and its charts can't be read out or zoomed), and pictures of the charts (the same, and no numbers behind them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.base import CONFIG
from analytics.charts.numbers import count, decimal, share

MOST_ROWS = 60
"""More rows of a table than this are left to its CSV."""


@dataclass(frozen=True)
class Stamp:
    """Where a report's numbers come from. `first_day` and `last_day` are those of the data, in its own time zone."""

    dataset: str
    filters: str
    first_day: date | None
    last_day: date | None
    timezone: str
    data_version: int
    product_version: str
    made_at: datetime

    def lines(self) -> list[tuple[str, str]]:
        """Name and value of each part, as they stand in every report and workbook."""
        days = f"{self.first_day} to {self.last_day} ({self.timezone})" if self.first_day else "none"
        return [
            ("Dataset", self.dataset), ("Days in the data", days), ("Selected", self.filters),
            ("Version of the data", str(self.data_version)), ("Tierscope", self.product_version),
            ("Made", f"{self.made_at:%Y-%m-%d %H:%M %Z}".strip()),
        ]  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A chart, a table or a row of numbers, with what is said about it. `meanings` are (name, unit, definition)."""

    title: str
    unit: str = ""
    figure: go.Figure | None = None
    table: pd.DataFrame | None = None
    numbers: Sequence[tuple[str, str, str]] = ()
    sentence: str = ""
    note: str = ""
    alt: str = ""
    meanings: Sequence[tuple[str, str, str]] = ()
    headings: Mapping[str, str] = field(default_factory=dict)


_STYLE = """
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5d6470; --line: #d9dce1; --page: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #a2a9b4; --line: #3a404b; --page: #12161d; } }
body { margin: 0 auto; max-width: 1100px; padding: 2rem 1.2rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 "Source Sans", "Segoe UI", system-ui, sans-serif; }
h1 { margin: 0 0 .6rem; } h2 { margin: 0 0 .1rem; font-size: 1.2rem; }
section { border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.2rem; margin: 1.2rem 0; break-inside: avoid; }
p { margin: .2rem 0; } .soft, figcaption, dt { color: var(--soft); font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: .4rem 0; } dd { margin: 0; }
.numbers { display: flex; flex-wrap: wrap; gap: .8rem 2rem; } .numbers b { display: block; font-size: 1.6rem; font-weight: 600; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .7rem .2rem 0; text-align: left; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } summary { cursor: pointer; color: var(--soft); font-size: .9rem; } figure { margin: .4rem 0; }
@media print { details { display: none; } body { max-width: none; } }
"""

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)


def html(title: str, stamp: Stamp, sections: Iterable[Section]) -> str:
    """The whole report as one HTML document. Opens in any browser, offline; it loads and sends nothing."""
    told = list(sections)
    body = "\n".join(_section(section) for section in told) or "<p>This page showed no chart or table.</p>"
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in stamp.lines())
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        f"<title>{escape(title)} · {escape(stamp.dataset)}</title><style>{_STYLE}</style>{_script(told)}</head>"
        f"<body><h1>{escape(title)}</h1><dl>{facts}</dl>\n{body}\n</body></html>\n"
    )


def _script(sections: Sequence[Section]) -> str:
    """Plotly's own code, once, where there is a chart: 4 MB, the price of working offline."""
    if not any(section.figure is not None for section in sections):
        return ""
    from plotly.offline import get_plotlyjs

    return f"<script>{get_plotlyjs()}</script>"


def _section(section: Section) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>", _said(section.unit)]
    if section.numbers:
        parts.append('<div class="numbers">' + "".join(_number(*told) for told in section.numbers) + "</div>")
    if section.figure is not None:
        parts.append(_figure(section))
    parts += [_said(section.note), _said(section.sentence)]
    if section.table is not None and len(section.table):
        parts.append(_folded(f"Table ({count(len(section.table))} rows)", table_html(section.table, section.headings)))
    if section.meanings:
        told = "".join(f"<p><b>{escape(n)}</b> ({escape(u)}): {escape(t)}</p>" for n, u, t in section.meanings)
        parts.append(_folded("How is this computed?", told))
    return f"<section>{''.join(parts)}</section>"


def _said(text: str) -> str:
    return f'<p class="soft">{escape(text)}</p>' if text else ""


def _number(name: str, value: str, note: str) -> str:
    return f'<div><span class="soft">{escape(name)}</span><b>{escape(value)}</b><span class="soft">{escape(note)}</span></div>'


def _folded(summary: str, inner: str) -> str:
    return f'<details><summary>{escape(summary)}</summary><div class="scroll">{inner}</div></details>'


def _figure(section: Section) -> str:
    assert section.figure is not None
    checked = go.Figure(section.figure).update_layout(template=None)  # else Plotly's own style is put over the house's
    drawn = checked.to_html(full_html=False, include_plotlyjs=False, config=CONFIG, default_width="100%")
    return f'<figure role="img" aria-label="{escape(f"{section.title}. {section.alt}")}">{drawn}</figure>'


def table_html(frame: pd.DataFrame, headings: Mapping[str, str] | None = None) -> str:
    """A frame's first rows as an HTML table, numbers written for people and aligned to the right."""
    names = headings or {}
    right = {name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])}
    head = "".join(f"<th{_class(name in right)}>{escape(str(names.get(name, name)))}</th>" for name in frame.columns)
    rows = []
    for row in frame.head(MOST_ROWS).to_dict("records"):
        cells = (f"<td{_class(name in right)}>{escape(_cell(name, value))}</td>" for name, value in row.items())
        rows.append(f"<tr>{''.join(cells)}</tr>")
    more = f'<p class="soft">The first {MOST_ROWS} of {count(len(frame))} rows.</p>' if len(frame) > MOST_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"


def _class(is_number: bool) -> str:
    return ' class="n"' if is_number else ""


def _cell(name: Any, value: Any) -> str:
    """A value as people read it; nothing where there is none."""
    if value is None or (not isinstance(value, list | tuple | dict) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if "share" in str(name) or "rate" in str(name).split("_"):
        return share(value)
    return count(value) if float(value).is_integer() else decimal(value)
