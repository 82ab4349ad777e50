"""The house rules, enforced: who may import whom, one question one file, short functions, short pages."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ANALYTICS = sorted((ROOT / "analytics").rglob("*.py"))
PAGES = sorted(path for path in (ROOT / "pages").rglob("*.py") if "_kit" not in path.parts and path.name[0] != "_")
PRODUCT = [*ANALYTICS, *sorted((ROOT / "pages").rglob("*.py")), ROOT / "app.py"]
QUESTIONS = sorted((ROOT / "analytics/warehouse/questions").glob("*.sql"))
TABLES = sorted((ROOT / "analytics/warehouse/tables").glob("*.sql"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def breaches(paths: list[Path], forbidden: str) -> list[str]:
    rule = re.compile(forbidden)
    return [f"{path.relative_to(ROOT)} imports {name}" for path in paths for name in imported(path) if rule.match(name)]


def under(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("analytics", r"(streamlit|pages|app)(\.|$)"),
        ("analytics/forecasting", r"(duckdb|plotly|analytics\.(warehouse|charts|ingest|findings|staffing))(\.|$)"),
        ("analytics/staffing", r"(duckdb|plotly|analytics\.(warehouse|charts(?!\.numbers)|ingest|findings))(\.|$)"),
        ("analytics/charts", r"(duckdb|analytics\.(warehouse|ingest|findings|staffing|forecasting))(\.|$)"),
        ("analytics/warehouse", r"analytics\.(ingest|charts|findings|staffing|forecasting)(\.|$)"),
        ("analytics/ingest", r"(plotly|analytics\.(charts|findings|staffing|forecasting|workforce))(\.|$)"),
        ("analytics/workforce", r"(plotly|analytics\.(charts(?!\.numbers)|ingest|findings|commands))(\.|$)"),
        ("analytics/warehouse", r"analytics\.workforce(\.|$)"),
    ],
)
def test_imports_point_one_way(folder, forbidden):
    assert breaches(under(folder), forbidden) == []


def test_the_errors_import_nothing_of_the_product():
    assert breaches([ROOT / "analytics/errors.py"], r"(analytics|pages)") == []


def test_importing_analytics_loads_neither_streamlit_nor_prophet():
    code = (
        "import sys, analytics, analytics.metrics, analytics.__main__;"
        "print([m for m in ('streamlit', 'prophet', 'statsforecast', 'numba', 'plotly') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_pages_hold_no_sql_and_no_caches():
    words = re.compile(r"\bSELECT\b.+\bFROM\b|\bduckdb\b|st\.cache_", re.DOTALL)
    assert [str(path.relative_to(ROOT)) for path in PAGES if words.search(path.read_text("utf-8"))] == []


def test_every_page_is_registered():
    router = (ROOT / "app.py").read_text("utf-8") + "".join(path.read_text("utf-8") for path in under("pages/_kit"))
    assert PAGES
    missing = [
        path.name for path in PAGES if f"{path.parent.name}/{path.name}" not in router and path.stem not in router
    ]
    assert missing == []


def test_page_names_are_unique_across_sections():
    stems = [path.stem for path in PAGES]
    assert len(stems) == len(set(stems))


def test_a_page_has_at_most_eighty_lines():
    assert {str(p.relative_to(ROOT)): n for p in PAGES if (n := len(p.read_text("utf-8").splitlines())) > 80} == {}


def functions() -> list[tuple[str, int]]:
    found = []
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                found.append((f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines))
    return found


def test_functions_are_short():
    lengths = sorted(lines for _, lines in functions())
    assert [(name, lines) for name, lines in functions() if lines > 40] == []
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 25


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_says_what_it_asks(path):
    text = path.read_text("utf-8")
    for heading in ("-- Question:", "-- Grain:", "-- Units:"):
        assert heading in text


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_used_and_checked_a_second_way(path):
    """Some function asks it by name, and some test of `tests/questions` or of its own area compares that function's answer."""
    code = "".join(p.read_text("utf-8") for p in ANALYTICS)
    assert f'"{path.stem}"' in code
    tests = "".join(
        p.read_text("utf-8") for p in sorted((ROOT / "tests").rglob("*.py")) if p.name != Path(__file__).name
    )
    assert re.search(rf"\b{path.stem}\b", tests), f"no test names {path.stem}"


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_tables_are_written_in_the_common_subset(path):
    """What only one of the two engines understands stays out of `tables/*.sql`."""
    sql = re.sub(r"--[^\n]*", "", path.read_text("utf-8"))
    only_one = re.compile(
        r'"|::|//|IGNORE NULLS|QUALIFY|\bEXCLUDE\b|GROUP BY ALL|string_agg|epoch|date_trunc|->|\$', re.IGNORECASE
    )
    assert only_one.findall(sql) == []


def test_no_broad_except():
    caught = re.compile(r"except\s*(Exception|BaseException)?\s*:")
    allowed = {"pages/_kit/problems.py"}  # the boundary, where everything is translated once
    found = [str(p.relative_to(ROOT)) for p in PRODUCT if caught.search(p.read_text("utf-8"))]
    assert [path for path in found if path not in allowed] == []
