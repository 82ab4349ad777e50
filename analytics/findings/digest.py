"""A digest of findings as Markdown, HTML or JSON, for a mail or a cron job. Names from the data cannot run or load."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence

from analytics.errors import InputError, did_you_mean
from analytics.findings.base import SEVERITIES, Finding
from analytics.findings.changes import Change, Comparison

FORMATS = ("json", "md", "html")
HEADINGS = {"act": "Act", "watch": "Watch", "good": "Good", "unknown": "Cannot be told"}
CLAIMS = "The thresholds are a guide's claims or our own choice, not truths; all of them are settings."
NOTHING_NEW = "Nothing has surely changed."
_MARKUP = re.compile(r"([\\`*_{}\[\]()#!<>|~&$])")
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "section{border-left:4px solid #6e7781;padding-left:.8em;margin:1em 0}.act{border-color:#b3261e}"
    ".watch{border-color:#8a6100}.good{border-color:#1a7f37}p{margin:.2em 0}small{color:#57606a}"
)
NO_COMPARISON = Comparison()


def digest(
    findings: Sequence[Finding], form: str = "md", period: str = "", comparison: Comparison = NO_COMPARISON
) -> str:
    """The findings in their order as one text. `period` says what was looked at. InputError for an unknown form."""
    if form not in FORMATS:
        raise InputError(f"A digest cannot be made as '{form}'.", todo=did_you_mean(form, list(FORMATS)))
    return {"json": as_json, "md": as_markdown, "html": as_html}[form](findings, period, comparison)


def as_json(findings: Sequence[Finding], period: str = "", comparison: Comparison = NO_COMPARISON) -> str:
    """A list of objects, one per finding, each with what changed (null where it was not compared); numbers that cannot be told
    are null."""
    told = [one.to_json() | {"period": period, "change": _change_json(comparison, one.id)} for one in findings]
    return json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False, default=str) + "\n"


def _change_json(comparison: Comparison, id_: str) -> dict | None:
    change = comparison.of(id_)
    return change.to_json() | {"periods": comparison.periods} if change else None


def summary(findings: Sequence[Finding]) -> str:
    """How many of what: "2 act, 3 watch, 10 good, 4 cannot be told"."""
    return ", ".join(f"{sum(f.severity == name for f in findings)} {HEADINGS[name].lower()}" for name in SEVERITIES)


def _grouped(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    groups = [(name, [one for one in findings if one.severity == name]) for name in SEVERITIES]
    return [(name, found) for name, found in groups if found]


def _small_print(finding: Finding) -> str:
    return " · ".join(filter(None, (finding.measure(), finding.stake())))


def _titled(findings: Sequence[Finding], news: Sequence[Change]) -> list[tuple[str, str]]:
    titles = {one.id: one.title for one in findings}
    return [(titles[change.id], change.sentence) for change in news if change.id in titles]


def as_markdown(findings: Sequence[Finding], period: str = "", comparison: Comparison = NO_COMPARISON) -> str:
    """Markdown: what changed, then one section per severity; good ones and grey ones a line each."""
    lines = ["# Findings", "", *([escaped(period), ""] if period else []), f"{summary(findings)}.", ""]
    lines += _markdown_news(findings, comparison)
    for severity, found in _grouped(findings):
        lines += [f"## {HEADINGS[severity]}", ""]
        lines += [line for one in found for line in _markdown_item(one)]
        lines += [""] if severity in ("good", "unknown") else []
    return "\n".join([*lines, f"*{CLAIMS}*", ""])


def _markdown_news(findings: Sequence[Finding], comparison: Comparison) -> list[str]:
    if not comparison.periods:
        return [f"*{escaped(comparison.why_not)}*", ""] if comparison.why_not else []
    news = [f"- **{escaped(title)}**: {escaped(said)}" for title, said in _titled(findings, comparison.news)]
    return ["## What changed", "", escaped(comparison.periods), "", *(news or [NOTHING_NEW]), ""]


def _markdown_item(finding: Finding) -> list[str]:
    if not finding.is_alarm:
        return [f"- **{escaped(finding.title)}**: {escaped(finding.sentence)}"]
    lines = [f"### {escaped(finding.title)}", "", escaped(finding.sentence), "", escaped(_small_print(finding)), ""]
    return [*lines, escaped(finding.why), "", f"**What to do:** {escaped(finding.advice)}", ""]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is; an address in it does not become a link."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split())).replace("://", ":\u200b//")


def as_html(findings: Sequence[Finding], period: str = "", comparison: Comparison = NO_COMPARISON) -> str:
    """One page without scripts, images or links."""
    body = [
        f"<h1>Findings</h1><p>{html.escape(period)}</p><p>{summary(findings)}.</p>",
        _html_news(findings, comparison),
    ]
    for severity, found in _grouped(findings):
        body += [f"<h2>{HEADINGS[severity]}</h2>", *(_html_item(one) for one in found)]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Findings</title><style>{_STYLE}</style></head>\n'
        f"<body>{''.join(body)}<p><small>{html.escape(CLAIMS)}</small></p></body></html>\n"
    )


def _html_news(findings: Sequence[Finding], comparison: Comparison) -> str:
    safe = html.escape
    if not comparison.periods:
        return f"<p><small>{safe(comparison.why_not)}</small></p>" if comparison.why_not else ""
    news = [
        f"<li><strong>{safe(title)}</strong>: {safe(said)}</li>" for title, said in _titled(findings, comparison.news)
    ]
    told = f"<ul>{''.join(news)}</ul>" if news else f"<p>{NOTHING_NEW}</p>"
    return f"<h2>What changed</h2><p>{safe(comparison.periods)}</p>{told}\n"


def _html_item(finding: Finding) -> str:
    safe = html.escape
    if not finding.is_alarm:
        said = f"<p><strong>{safe(finding.title)}</strong>: {safe(finding.sentence)}</p>"
        return f'<section class="{finding.severity}">{said}</section>\n'
    parts = [
        f"<h3>{safe(finding.title)}</h3><p>{safe(finding.sentence)}</p><p><small>{safe(_small_print(finding))}</small></p>",
        f"<p>{safe(finding.why)}</p><p><strong>What to do:</strong> {safe(finding.advice)}</p>",
    ]
    return f'<section class="{finding.severity}">{"".join(parts)}</section>\n'
