"""Text from the data, made safe to stand in Markdown: a subject or a product's name must never become a link or an image."""

from __future__ import annotations

import re
from typing import Any

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~$:^=&\"'/])")

_UNIT = re.compile(r"(?<=\d) (?=(?:%|s|min|h|d)(?:\W|$))")


def plain(text: Any) -> str:
    """Any text with every character that Markdown could read escaped, on one line; a number keeps its unit beside it."""
    together = _UNIT.sub("\u00a0", " ".join(str(text).split()))
    return _MARKUP.sub(r"\\\1", together)
