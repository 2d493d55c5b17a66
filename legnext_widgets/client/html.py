"""How jobs and videos show themselves in a notebook: static HTML, all text escaped, no script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from legnext_widgets.client.api.urls import is_web_link, leads_nowhere

if TYPE_CHECKING:
    from collections.abc import Iterable

_CARD = (
    "display:inline-block;vertical-align:top;margin:0 8px 8px 0;max-width:100%;"
    "font-family:system-ui,sans-serif;font-size:13px"
)


class ShownClip(Protocol):
    """What a card says of a video."""

    index: int

    @property
    def url(self) -> str | None:
        """Its link."""

    @property
    def expired(self) -> bool:
        """Whether the link is known to work no more."""


class ShownJob(Protocol):
    """What a card says of a job."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def status(self) -> str:
        """Its status."""

    @property
    def elapsed(self) -> float | None:
        """Seconds."""

    @property
    def error(self) -> Exception | None:
        """Why it failed."""

    @property
    def images(self) -> list[str]:
        """Links of its images."""


def clip(video: ShownClip) -> str:
    """A player, with its link below; an expired link says so."""
    if video.url is None or not is_web_link(video.url):
        return f'<div style="{_CARD}">{escape(repr(video))}: no link yet</div>'
    if leads_nowhere(video.url):
        note = f"video {video.index}: inside this process, save() writes it to a file"
        return f'<div style="{_CARD}">{escape(note)}</div>'
    note = "link has expired; save() renews it" if video.expired else f"video {video.index}"
    return (
        f'<div style="{_CARD}"><video src="{escape(video.url)}" controls muted loop playsinline '
        f'preload="metadata" style="max-width:320px;width:100%;border-radius:6px"></video>'
        f"<div>{escape(note)}</div></div>"
    )


def job(facts: ShownJob, kind: str) -> str:
    """Status, what was asked for, and what came of it."""
    lines = [f"<b>{escape(facts.status)}</b> {escape(kind)}"]
    lines.append(f"<code>{escape(facts.id or 'not started')}</code>")
    if facts.elapsed is not None:
        lines.append(f"{facts.elapsed:.0f} s")
    if facts.error is not None:
        lines.append(escape(str(facts.error)))
    body = "".join(clip(video) for video in getattr(facts, "videos", ()))
    body += "".join(
        f'<img src="{escape(url)}" alt="image {number}" style="max-width:160px;margin:4px">'
        for number, url in enumerate(facts.images)
        if url and is_web_link(url) and not leads_nowhere(url)
    )
    return f'<div style="{_CARD}"><div>{" · ".join(lines)}</div><div>{body}</div></div>'


def listed(items: Iterable[Any]) -> str:
    """Jobs or videos one after the other."""
    shown = "".join(item._repr_html_() for item in items if hasattr(item, "_repr_html_"))
    return f"<div>{shown or 'empty'}</div>"
