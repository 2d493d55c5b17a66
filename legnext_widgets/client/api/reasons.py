"""Find the most specific reason for a failure in any JSON of the service. Pure.

Reasons were seen in `error.message`, `error.raw_message`, `error.detail`, the task's own `detail`
and `message`, a plain-text `error`, and beside code 0. A message such as "Internal error" is only
used where nothing else says more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from legnext_widgets.client.redaction import redact_links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .bounded_json import JSON

MAX_REASON = 1000
"""Characters of a reason, at most."""

_PLACE_NAMES = (
    "message msg detail details raw_message reason fail_reason failure_reason error_message "
    "error_msg error_description description title error errors data"
)
_PLACES = tuple(_PLACE_NAMES.split())
"""Names of the fields that may hold a reason, the likeliest first."""

_ERRORS = ("error", "errors", "error_message", "message", "detail", "reason", "fail_reason")
"""Of these, the ones that hold a reason among the outputs of a task."""

_SUCCESS = frozenset({"success", "ok", "okay", "none", "null", "succeeded", "no error", "n/a"})
_GENERAL = (
    "a an and at be been bad by cannot code could did due encountered error errors exception "
    "execute execution fail failed failure fatal for generate generation has have http in "
    "internal invalid is it job later model not occurred of on or please process processed "
    "processing reason request server service some something sorry status submit submission "
    "system task temporarily the there this to try again unable unavailable unexpected unknown "
    "unsuccessful upstream video image was we went while with wrong your "
    "completed complete create created creating"
)
_GENERAL_WORDS = frozenset(_GENERAL.split())
_MAX_DEPTH = 5
_IDS = "type code status job_id id request_id url loc input ctx trace_id"
_NOT_REASONS = frozenset(_IDS.split())
_COMPLAINT = re.compile(
    r"error|fail|reject|denied|refus|invalid|block|violat|exceed", re.IGNORECASE
)


def reason_in(found: JSON) -> str:
    """Find the most specific reason in an error of the service.

    Args:
        found: The error: an object, a text, or a list of either.

    Returns:
        The reason on one line, links without their signatures; empty when there is none.
    """
    return _or_code(_most_specific(_texts(found, _MAX_DEPTH)), found)


def reason_of_task(task: Mapping[str, JSON]) -> str:
    """Find the most specific reason in a task that failed.

    Its logs are only asked where nothing else says anything.

    Args:
        task: The task object as received.
    """
    places = [task.get(name) for name in ("error", *_PLACES) if name not in ("data", "description")]
    for name in ("output", "meta"):
        within = task.get(name)
        places += [within.get(one) for one in _ERRORS] if isinstance(within, dict) else []
    reason = _most_specific(text for place in places for text in _texts(place, _MAX_DEPTH))
    reason = _or_code(reason, task.get("error"))
    if reason and not is_general(reason):
        return reason
    logs = task.get("logs")
    lines = [text for entry in _listed(logs) for text in _texts(entry, 2)]
    complaints = [line for line in lines if _COMPLAINT.search(line)]
    return _most_specific(reversed(complaints)) if complaints and not reason else reason


def _or_code(reason: str, found: JSON) -> str:
    """Return the code of an error, such as `CONTENT_POLICY`, where its texts say less."""
    code = found.get("code") if isinstance(found, dict) else None
    if not isinstance(code, str) or (reason and not is_general(reason)):
        return reason
    text = redact_links(" ".join(code.split()))
    says_nothing = not text or text.isdigit() or text.lower() in _SUCCESS or is_general(text)
    return (reason or ("" if text.isdigit() else text)) if says_nothing else text[:MAX_REASON]


def is_general(text: str) -> bool:
    """Whether a message says no more than that something failed."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower())
    return all(word in _GENERAL_WORDS for word in words)


def _most_specific(texts: Iterator[str]) -> str:
    general = ""
    for text in texts:
        line = redact_links(" ".join(text.split()))
        if not line or line.lower().rstrip(".") in _SUCCESS:
            continue
        if not is_general(line):
            return line if len(line) <= MAX_REASON else f"{line[:MAX_REASON]}…"
        general = general or line
    return general


def _texts(found: JSON, depth: int, *, detailed: bool = False) -> Iterator[str]:
    """List the texts that may be a reason, the likeliest first.

    Args:
        found: Any JSON.
        depth: Levels of nesting that are looked at.
        detailed: Whether it is the details of an error, where every field may say something.
    """
    if isinstance(found, str):
        yield found
    elif isinstance(found, list) and depth:
        for item in found[:20]:
            yield from _texts(item, depth - 1, detailed=detailed)
    elif isinstance(found, dict) and depth:
        where = _place_of(found.get("loc"))
        if depth < _MAX_DEPTH and not detailed and not any(name in found for name in _PLACES):
            yield from _translations(found)
        for name in _PLACES:
            details = detailed or name in ("detail", "details", "errors")
            for text in _texts(found.get(name), depth - 1, detailed=details):
                yield f"{where}: {text}" if where else text
        for name, value in found.items() if detailed else ():
            if isinstance(value, str) and value and name not in {*_PLACES, *_NOT_REASONS}:
                yield f"{name}: {value}"


def _translations(found: Mapping[str, JSON]) -> Iterator[str]:
    """Return the texts of a message in several languages, such as `{"en": "banned"}`."""
    languages = [name for name in found if re.fullmatch(r"[a-z]{2,3}([-_]\w{2,8})?", name)]
    for name in sorted(languages, key=lambda name: not name.startswith("en")):
        value = found[name]
        if isinstance(value, str) and name not in _NOT_REASONS:
            yield value


def _place_of(loc: JSON) -> str:
    """Name the field that a validation error is about, from its path."""
    parts = [str(part) for part in _listed(loc) if isinstance(part, str | int)]
    return ".".join(part for part in parts if part not in ("body", "query"))


def _listed(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
