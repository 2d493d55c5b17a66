"""Decide what an answer of a media host means for a download. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from legnext_widgets.client.api.responses import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

Meaning = Literal["whole", "rest", "again", "start_over", "refused"]
"""The body is the whole file; it is the rest that was asked for; ask again; the same from the
start; the link is not accepted."""

_PASSING = (408, 416, 421, 425, 429)
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")


class Verdict(NamedTuple):
    """What an answer means.

    Attributes:
        meaning: What to do.
        total: Bytes of the whole file; None while unknown.
        reason: Why not to go on with its body; empty otherwise.
        retry_after: Seconds that the host asks to wait; None when it gave no time.
    """

    meaning: Meaning
    total: int | None = None
    reason: str = ""
    retry_after: float | None = None


def verdict_of(status: int, headers: Mapping[str, str], have: int) -> Verdict:
    """Decide by status and headers.

    Args:
        status: The HTTP status; redirects that lead on were followed.
        headers: Names in lower case.
        have: Bytes that are there already; the rest was asked for.
    """
    encoded = headers.get("content-encoding", "identity") != "identity"
    if status == 206:
        match = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
        if match and int(match[1]) == have and not encoded:
            return Verdict("rest", int(match[2]) if match[2] != "*" else None)
        return Verdict("start_over", reason="the server sent a different part than requested")
    if status == 200:
        length = headers.get("content-length", "")
        known = re.fullmatch(r"[0-9]{1,18}", length) and not encoded
        return Verdict("whole", int(length) if known else None)
    wait, reason = retry_after(headers), f"HTTP {status}"
    if status == 416:
        return Verdict("start_over", reason=reason, retry_after=wait)
    if 400 <= status < 500 and status not in _PASSING:
        return Verdict("refused", reason=reason, retry_after=wait)
    return Verdict("again", reason=reason, retry_after=wait)
