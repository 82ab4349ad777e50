"""The calibration's chart: points where the frame has them, and a title that does not praise what told nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.charts.rules import calibration, calibration_note, calibration_title


def frame(brier: float) -> pd.DataFrame:
    return pd.DataFrame({
        "tenth": [1, 2], "open_tickets": [100, 300], "predicted": [0.1, 0.5], "observed": [0.2, 0.4],
        "observed_low": [0.1, 0.3], "observed_high": [0.3, 0.5], "brier": brier, "brier_base": 0.2, "base_rate": 0.35,
        "unknown": 7, "every": 1,
    })  # fmt: skip


def test_the_title_says_what_was_said_and_what_came():
    assert calibration_title(frame(0.1)) == "So far 35 % missed their target, and 40 % were predicted to"
    assert "do not rely on them" in calibration_title(frame(0.2))
    assert "50 % better than" in calibration_note(frame(0.1))
    assert "50 % worse than" in calibration_note(frame(0.3))
    assert "7 cases" in calibration_note(frame(0.1))


def test_a_point_per_tenth_with_its_interval():
    points = calibration(frame(0.1)).data[1]  # pyright: ignore
    assert list(points.x) == [0.1, 0.5]
    assert list(points.y) == [0.2, 0.4]
    assert list(points.error_y.array) == pytest.approx([0.1, 0.1])
