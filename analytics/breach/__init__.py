"""P(breach): which open tickets will miss the target of their priority, and how far such predictions could be trusted so far."""

from analytics.breach.calibrate import calibration
from analytics.breach.risks import COLUMNS, open_risks

__all__ = ["COLUMNS", "calibration", "open_risks"]
