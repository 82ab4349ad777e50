"""The product's version, as it stands on every report and workbook. `pyproject.toml` says the same (a test compares them)."""

VERSION = "0.2.0"
