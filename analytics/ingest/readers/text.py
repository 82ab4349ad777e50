"""Bytes to text: which encoding, and a stream of decoded text that never fails on a stray byte.

Rejected: a strict decoder, since one byte of another encoding in row 900,000 would cost the whole file; and
`errors="replace"`, since it destroys what is nearly always a readable cp1252 letter.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from analytics.errors import ImportRefused

BLOCK_BYTES = 4 << 20
"""Bytes decoded at a time: about 50,000 rows of an ordinary export."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _as_cp1252(problem: UnicodeError) -> tuple[str, int]:
    """Reads an undecodable byte as cp1252, or as the code point of its value where cp1252 has none."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    bad = problem.object[problem.start : problem.end]
    return "".join(_one_byte(byte) for byte in bad), problem.end


def _one_byte(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


codecs.register_error("tierscope_cp1252", _as_cp1252)


def encoding_of(head: bytes, given: str | None) -> str:
    """The encoding of a text: its byte order mark, else what was given (ImportRefused where unknown), else what it looks like.

    A mark outdoes what was given: a mapping made for one export is used for the next, which may have been saved otherwise.
    """
    if given:
        check_encoding(given)
    return _marked(head) or given or sniff_encoding(head)


def sniff_encoding(head: bytes) -> str:
    """The encoding of a text by its first bytes: a byte order mark, the pattern of zero bytes, valid UTF-8, else cp1252."""
    return _marked(head) or _looks_like(head)


def _marked(head: bytes) -> str:
    return next((name for bom, name in _BOMS if head.startswith(bom)), "")


def _looks_like(head: bytes) -> str:
    return _wide(head) or ("utf-8" if _is_utf8(head) else "cp1252")


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte is zero where the text is mostly Latin. A few NUL bytes are not enough."""
    sample = head[: 4096 - 4096 % 2]
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if half < 2 or max(even, odd) < 0.4 * half or min(even, odd) > 0.1 * half:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(head: bytes) -> bool:
    """Whether more letters beyond ASCII are valid UTF-8 than not: one stray byte does not make a file cp1252."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head, final=False)
    bad = text.count("\ufffd")
    return bad == 0 or len(text.encode("ascii", "ignore")) + 2 * bad < len(text)


def check_encoding(name: str) -> str:
    """The name where Python knows it as a text encoding; ImportRefused where it does not."""
    try:
        codecs.getincrementaldecoder(name)("replace").decode(b"ab")
    except (LookupError, ValueError) as unknown:
        raise ImportRefused(
            f"There is no encoding '{name}'.", todo="Use utf-8, utf-16, cp1252 or latin-1, or leave it to be detected."
        ) from unknown
    return name


def text_blocks(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The text of a stream in blocks, line ends as they are. Bytes outside the encoding are read as cp1252."""
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    decoder = codecs.getincrementaldecoder(encoding)("replace" if wide else "tierscope_cp1252")
    while data := stream.read(BLOCK_BYTES):
        if text := decoder.decode(data):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text
