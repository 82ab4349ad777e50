"""The app as `python -m pages._kit.serve` starts it, writing down what each run of a page took: for `bench/pages.py` alone.

A line of JSON per run in the file that the variable RUNS names: whole run of the page or of a fragment, wall and processor
milliseconds, and what queries took and what drawing took (`analytics.charts` and handing the figure over), each summed over the
threads that did it: where a page asks on several at a time, that can be more than the run. The processor time is the whole
process's, with DuckDB's threads.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import FunctionType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import streamlit as st
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from analytics import charts
from analytics.warehouse.store import Warehouse
from pages._kit import serve

RUNS = "TIERSCOPE_BENCH_RUNS"
_here = threading.local()
_adding = threading.Lock()
_spent = {"sql": 0.0, "charts": 0.0}


def counted(kind: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself, its wall time added to a kind; what it calls of the same or another kind is not counted twice."""

    @wraps(work)
    def timed(*args: Any, **kwargs: Any) -> Any:
        if getattr(_here, "inside", False):
            return work(*args, **kwargs)
        _here.inside, started = True, time.perf_counter()
        try:
            return work(*args, **kwargs)
        finally:
            _here.inside = False
            with _adding:
                _spent[kind] += (time.perf_counter() - started) * 1000

    return timed


def noted(run: Callable[..., Any], file: Path) -> Callable[..., Any]:
    """A run of a page, with a line about it in the file."""

    def measured(self: Any, asked: Any, *rest: Any) -> Any:
        _spent.update(sql=0.0, charts=0.0)
        wall, processor = time.perf_counter(), time.process_time()
        try:
            return run(self, asked, *rest)
        finally:
            line = {
                "fragment": bool(getattr(asked, "fragment_id", None) or getattr(asked, "fragment_id_queue", None)),
                "wall": (time.perf_counter() - wall) * 1000, "processor": (time.process_time() - processor) * 1000,
                **_spent,
            }  # fmt: skip
            with file.open("a") as lines:
                lines.write(json.dumps(line) + "\n")

    return measured


def main() -> None:
    for name in ("frame", "rows"):
        setattr(Warehouse, name, counted("sql", getattr(Warehouse, name)))
    st.plotly_chart = counted("charts", st.plotly_chart)
    for module in pkgutil.iter_modules(charts.__path__, "analytics.charts."):
        there = importlib.import_module(module.name)
        for name, value in list(vars(there).items()):
            if isinstance(value, FunctionType) and value.__module__ == module.name and not name.startswith("_"):
                setattr(there, name, counted("charts", value))
    ScriptRunner._run_script = noted(ScriptRunner._run_script, Path(os.environ[RUNS]))
    serve.main()


if __name__ == "__main__":
    main()
