"""Starts the app: `python -m pages._kit.serve [streamlit options]`, what `make run` does.

A server that has not run an app yet takes a folder `pages/` for Streamlit's old kind of pages, does not find the address of
a deep link among them, and greets its first visitor with "Page not found" (measured on Streamlit 1.67; `st.navigation`
corrects it only after that). Setting the flag before the server starts is all that this adds to `streamlit run app.py`.
Rejected: another name for the folder, which every Streamlit user looks for; a rerun from app.py, which loses the address.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

APP = Path(__file__).parent.parent.parent / "app.py"


def main() -> None:
    """Runs until the server is stopped."""
    PagesManager.uses_pages_directory = False
    Thread(target=_warm_up, name="simulation-warm-up", daemon=True).start()
    sys.argv = ["streamlit", "run", str(APP), *sys.argv[1:]]
    try:
        cli.main()
    finally:
        end()


def end() -> None:
    """Ends what runs behind the pages: the process would wait for it, minutes on a large dataset."""
    from pages._kit.forecasting import shared
    from pages._kit.turns import turns

    turns().close()
    shared.stop_all()


def _warm_up() -> None:
    """Loads the compiled simulation beside the start, so that the first slider does not wait for it."""
    from analytics.staffing.simulate import warm_up

    warm_up()


if __name__ == "__main__":
    main()
