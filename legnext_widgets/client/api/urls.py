"""Addresses: where the service is, what a web link is, and what of one may be written down."""

from __future__ import annotations

import re
import uuid
from urllib.parse import SplitResult, urlsplit, urlunsplit

SERVICE_ORIGIN = "https://api.legnext.ai"
TASK_PATH = "/api/v1"
ACCOUNT_PATH = "/api/account"

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
_LINK_WITH_QUERY = re.compile(  # the limit keeps a long text from taking long
    r"([a-z][a-z0-9+.-]{0,30}://[^\s\"'<>?#]*)\?[^\s\"'<>]*", re.IGNORECASE
)
_SIGNED_WITH = re.compile(
    r"([?&](?:X-[a-z]+-)?(?:Signature|Credential|Security-Token|Policy|sig|token)=)[^&\s\"'<>]+",
    re.IGNORECASE,
)


def split_web_link(text: str) -> SplitResult | None:
    """The parts of an absolute http(s) link, or None when `text` is anything else."""
    if _UNPRINTABLE.search(text):
        return None
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    return parts if parts.scheme.lower() in ("http", "https") and has_host else None


def is_web_link(text: str) -> bool:
    """Whether `text` is an absolute http(s) link without white space."""
    return split_web_link(text) is not None


def leads_nowhere(url: str) -> bool:
    """Whether a link leads nowhere by definition: a sandbox without a socket gives such ones.

    The top-level domain `.invalid` is reserved for this by RFC 2606.
    """
    parts = split_web_link(url)
    return parts is not None and (parts.hostname or "").endswith(".invalid")


def is_job_id(text: str) -> bool:
    """Whether `text` is a job id: a UUID in its usual form of 36 characters."""
    return bool(_UUID.fullmatch(text))


def same_job_id(first: str, second: str) -> bool:
    """Whether two job ids name one job; letters may differ in case."""
    return uuid.UUID(first) == uuid.UUID(second)


def origin_of(url: str) -> str:
    """Scheme, host and port of a link: `https://api.legnext.ai/x?y` gives `https://api.legnext.ai`."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"


def without_query(url: str) -> str:
    """The link without query, fragment and user part: what may be logged or written to disk.

    The signature that opens a clip to everyone stands in the query.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].partition("#")[0]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def redact_links(text: str) -> str:
    """`text` with the query of every link in it, and all that signs one, made an ellipsis."""
    return _SIGNED_WITH.sub(r"\1…", _LINK_WITH_QUERY.sub(r"\1?…", text))
