"""Addresses of the service, web links, and job ids."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import SplitResult, parse_qs, urlsplit

SERVICE_ORIGIN = "https://api.legnext.ai"
TASK_PATH = "/api/v1"
ACCOUNT_PATH = "/api/account"

_API_PATH = re.compile(r"/api(/v1(/[a-z-]+)?|/account(/[a-z_]+)?)?/*$", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")


def split_web_link(text: str) -> SplitResult | None:
    """Split an absolute http(s) link; None when `text` is anything else."""
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


def is_placeholder_link(url: str) -> bool:
    """Whether a link cannot be opened by definition: a sandbox without a socket gives such links.

    The top-level domain `.invalid` is reserved for this by RFC 2606.
    """
    parts = split_web_link(url)
    return parts is not None and (parts.hostname or "").endswith(".invalid")


def is_job_id(text: str) -> bool:
    """Whether `text` is a job id: a UUID in its usual form of 36 characters."""
    return bool(_UUID.fullmatch(text))


def origin_of(url: str) -> str:
    """Reduce a link to scheme, host and port, such as `https://api.legnext.ai`."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"


def is_service(url: str) -> bool:
    """Whether an address is that of the service itself, not of a sandbox or a gateway."""
    return urlsplit(url).hostname == urlsplit(SERVICE_ORIGIN).hostname


def base_address(url: str) -> str:
    """Reduce an address to what stands before `/api`; that of the service is always encrypted.

    An address that was copied from an example of the documentation ends in `/api/v1` or names an
    endpoint.
    """
    address = _API_PATH.sub("", url).rstrip("/")
    unencrypted = address.lower().startswith("http:")
    return SERVICE_ORIGIN if unencrypted and is_service(address) else address


def expiry_of(url: str | None) -> datetime | None:
    """Read when a signed link expires from its `Expires` parameter (seconds since 1970)."""
    if url is None:
        return None
    try:
        seconds = int(parse_qs(urlsplit(url).query)["Expires"][0])
        return datetime.fromtimestamp(seconds, UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
