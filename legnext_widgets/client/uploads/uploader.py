"""What an uploader is, how one is called, and what it gives."""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from legnext_widgets.client.api.urls import expiry_of, is_web_link
from legnext_widgets.client.api.values.cleaning import clean_link
from legnext_widgets.client.errors import LegnextError, UploadError
from legnext_widgets.client.redaction import redact_links
from legnext_widgets.environment import to_thread

if TYPE_CHECKING:
    from legnext_widgets.client.pictures.picture import Picture

Uploader: TypeAlias = Callable[[bytes, str], "str | Awaitable[str]"]
"""Called with a picture and a name for it, such as `3f2a….jpg`; gives the link to it."""

LINK_LIMIT = 2048
"""Characters of a link that any server takes."""

_TEMPORARY = "x-amz-security-token"
"""The parameter of a link that was signed with temporary credentials."""

_LEAST_LEFT = timedelta(hours=6)
"""A link that works for less time is not used a second time: a queued job may start late."""

_TRUSTED = timedelta(minutes=5)
"""For so long a link is used again that was signed with temporary credentials of unknown end."""

_log = logging.getLogger("legnext_widgets")


@dataclass(frozen=True)
class Upload:
    """One picture that was uploaded.

    Attributes:
        url: The link to it.
        where: Where it is, in words.
        what: The picture in words: what it is called, its size, and what was changed.
        expires_at: Until when the link works (aware UTC); None where that is not known.
        stays: Whether it stays on this machine.
        reusable_until: Until when the link is given to further requests; None for always.
    """

    url: str
    where: str
    what: str
    expires_at: datetime | None = None
    stays: bool = False
    reusable_until: datetime | None = None

    @property
    def text(self) -> str:
        """What happened, for people."""
        if self.stays:
            return f"{self.what} went to {self.where}; it stays on this computer."
        until = ""
        if self.expires_at is not None:
            moment = self.expires_at.astimezone()
            hours = (self.expires_at - datetime.now(UTC)).total_seconds() / 3600
            until = f"; the link works for {hours:.0f} h, until {moment:%Y-%m-%d %H:%M}"
        elif is_temporary(self.url):
            until = "; the link works only as long as the temporary credentials that signed it"
        return f"Uploaded {self.what} to {self.where}{until}."


def describe(picture: Picture) -> str:
    """Describe a picture: what it is called here, its size, and what was changed."""
    changed = f" ({', '.join(picture.changes)})" if picture.changes else ""
    return f"{picture.label} ({picture.size_text}){changed}"


async def call(uploader: Uploader, picture: Picture) -> str:
    """Call a user's uploader: a coroutine function on this loop, any other in a thread.

    Returns:
        The link.

    Raises:
        UploadError: It failed, or gave no link.
    """
    try:
        if inspect.iscoroutinefunction(uploader) or inspect.iscoroutinefunction(
            getattr(uploader, "__call__", None)  # noqa: B004 - an object may be called, too
        ):
            given = uploader(picture.data, picture.name)
        else:
            given = await to_thread(uploader, picture.data, picture.name)
        link = await given if inspect.isawaitable(given) else given
    except LegnextError:
        raise
    except Exception as error:
        text = redact_links(str(error).strip().partition("\n")[0])
        reason = f"{type(error).__name__}: {text}" if text else type(error).__name__
        raise UploadError(
            f"The uploader failed ({reason.rstrip('.')}). Nothing was sent to the service."
        ) from error
    return checked_link(link)


def checked_link(given: object) -> str:
    """Check what an uploader gave.

    Raises:
        UploadError: It is no link.
    """
    link = clean_link(given)
    if not isinstance(link, str) or not is_web_link(link):
        raise UploadError(
            f"The uploader must give an http:// or https:// link, not {type(given).__name__} "
            f"{redact_links(repr(given)[:60])}. Nothing was sent to the service."
        )
    if len(link) > LINK_LIMIT:
        _log.warning(
            "The link of a picture has %d characters; more than %d may not be taken.",
            len(link),
            LINK_LIMIT,
        )
    return link


def link_expiry(url: str) -> datetime | None:
    """Read until when a signed link works: of S3, Google, Azure or CloudFront.

    Returns:
        The end; None without one, and where the link ends with temporary credentials, whose end it
        does not name.
    """
    found = _query(url)
    if _TEMPORARY in found:
        return credentials_end(url)
    for prefix in ("x-amz", "x-goog"):
        try:
            begin = _utc(found[f"{prefix}-date"])
            return begin + timedelta(seconds=int(found[f"{prefix}-expires"]))
        except (KeyError, ValueError, OverflowError):
            continue
    try:
        return _utc(found["se"])
    except (KeyError, ValueError, OverflowError):
        return expiry_of(url)


def is_temporary(url: str) -> bool:
    """Whether a link was signed with temporary credentials of AWS, and ends with them."""
    return _TEMPORARY in _query(url)


def credentials_end(url: str) -> datetime | None:
    """Return until when a link works that was signed with temporary credentials.

    Returns:
        The end; None where the credentials are not those of the environment, or it names no end.
    """
    found = _query(url)
    if found.get(_TEMPORARY) != os.getenv("AWS_SESSION_TOKEN"):
        return None
    try:
        begin = _utc(found["x-amz-date"])
        signed = begin + timedelta(seconds=int(found["x-amz-expires"]))
        end = os.getenv("AWS_CREDENTIAL_EXPIRATION") or os.environ["AWS_SESSION_EXPIRATION"]
        return min(signed, _utc(end))
    except (KeyError, ValueError, OverflowError):
        return None


def reusable_until(url: str, end: datetime | None) -> datetime | None:
    """Return until when a link may be given to further requests; None for always.

    A queued job may start late, so its link must work for hours after it was sent. Temporary
    credentials may end at any time, so a link of theirs is used for a few minutes only: for the
    requests of one batch.

    Args:
        url: The link.
        end: Until when it works, where that is known.
    """
    if not is_temporary(url):
        return None if end is None else end - _LEAST_LEFT
    try:
        trusted = _utc(_query(url)["x-amz-date"]) + _TRUSTED
    except (KeyError, ValueError):
        return datetime.now(UTC)
    return trusted if end is None else min(end, max(trusted, end - _LEAST_LEFT))


def _query(url: str) -> dict[str, str]:
    return {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}


def _utc(text: str) -> datetime:
    """Read a time of a signed link, which is UTC where it names no zone."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
