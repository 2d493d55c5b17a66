"""Describe what a server sent instead of a clip or an image, as the end of a sentence. Pure."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from legnext_widgets.client.api.bounded_json import parse_json
from legnext_widgets.client.api.reasons import reason_in
from legnext_widgets.client.redaction import redact_links

if TYPE_CHECKING:
    from legnext_widgets.client.api.bounded_json import JSON

LOOKED_AT = 4096
"""Bytes of an answer that are looked at."""

_MAX_QUOTED = 200
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_XML_REASON = re.compile(r"<(?:\w+:)?(message|code|details?)>([^<]+)</", re.IGNORECASE)
_STRING = re.compile(r'"(?:message|detail|error|reason)"\s*:\s*"([^"]{1,400})"')


def describe_content(head: bytes, content_type: str = "") -> str:
    """Describe an answer by its first bytes.

    Args:
        head: The first bytes, at most `LOOKED_AT` are used.
        content_type: The header of that name.

    Returns:
        Such as `a web page` or `an error in JSON: quota exceeded`.
    """
    head = head[:LOOKED_AT]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return "nothing" if not head else "an empty text"
    text = start.decode("utf-8", "replace")
    kind = content_type.partition(";")[0].strip().lower()
    if _HTML.search(start[:512]) or kind in ("text/html", "application/xhtml+xml"):
        return _with("a web page", _first(_TITLE.search(text)))
    if start[:1] in b"{[" or kind.endswith("json"):
        return _describe_json(text)
    if start[:1] == b"<" or kind.endswith("xml"):
        found = {name.lower(): value for name, value in _XML_REASON.findall(text)}
        return _with("an error in XML", found.get("message") or found.get("code", ""))
    if _is_text(start):
        return _with("a text", text)
    return "a file of another kind"


def _describe_json(text: str) -> str:
    try:
        found: JSON = parse_json(text)
    except ValueError:
        match = _STRING.search(text)
        return _with("an error in JSON", match[1] if match else "")
    return _with("an error in JSON", reason_in(found))


def _with(what: str, words: str) -> str:
    quoted = " ".join(redact_links(html.unescape(words)).split())
    if len(quoted) > _MAX_QUOTED:
        quoted = f"{quoted[:_MAX_QUOTED]}…"
    return f"{what}: {quoted.rstrip('.')}" if quoted else what


def _first(match: re.Match[str] | None) -> str:
    return match[1] if match else ""


def _is_text(start: bytes) -> bool:
    try:
        text = start[:512].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start[:512]) - 4:  # and not a character that was cut
            return False
        text = start[: error.start].decode("utf-8")
    return all(character.isprintable() or character.isspace() for character in text)
