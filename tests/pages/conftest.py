from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import small

APP = str(Path(__file__).parent.parent.parent / "app.py")


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Path:
    """A home folder with the three small datasets; nobody writes to it."""
    folder = tmp_path_factory.mktemp("home")
    small.fill(folder)
    return folder


@pytest.fixture
def visit(home, monkeypatch):
    """Opens a page of the app at an address: visit("pages/operations/overview.py", dataset="sample", product="Loud")."""
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))

    def opened(page: str = "pages/operations/overview.py", **address) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60)
        for key, value in address.items():
            app.query_params[key] = value
        app.run()
        return app if page.endswith("overview.py") else app.switch_page(page).run()

    return opened


def texts(app: AppTest) -> str:
    """All that a reader can read on a page, one string."""
    parts = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.success]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


def charts(app: AppTest) -> list:
    """The Plotly charts of a page, as their protobufs."""
    return [element.proto for element in app.get("plotly_chart")]
