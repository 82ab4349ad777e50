"""Text from the data, made safe to stand in Markdown: a subject or a product's name must never become a link or an image."""

from __future__ import annotations

import re
from typing import Any

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~$:^=&\"'/])")


def plain(text: Any) -> str:
    """Any text with every character that Markdown could read escaped, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))
