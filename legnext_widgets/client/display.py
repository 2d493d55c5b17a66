"""How jobs and videos show themselves in a notebook: static HTML, all text escaped, no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from .addresses import is_web_link

if TYPE_CHECKING:
    from .results import Clip, JobFacts

_CARD = (
    "display:inline-block;vertical-align:top;margin:0 8px 8px 0;max-width:100%;"
    "font-family:system-ui,sans-serif;font-size:13px"
)


def clip(video: Clip) -> str:
    """A player, with its link below; an expired link says so."""
    if video.url is None or not is_web_link(video.url):
        return f'<div style="{_CARD}">{escape(repr(video))}: no link yet</div>'
    note = "link has expired; save() renews it" if video.expired else f"video {video.index}"
    return (
        f'<div style="{_CARD}"><video src="{escape(video.url)}" controls muted loop playsinline '
        f'preload="metadata" style="max-width:320px;width:100%;border-radius:6px"></video>'
        f"<div>{escape(note)}</div></div>"
    )


def job(facts: JobFacts[Any]) -> str:
    """Status, what was asked for, and what came of it."""
    lines = [f"<b>{escape(facts.status)}</b> {escape(facts._tracked.task_type)}"]
    lines.append(f"<code>{escape(facts.id or 'not started')}</code>")
    if facts.elapsed is not None:
        lines.append(f"{facts.elapsed:.0f} s")
    if facts.error is not None:
        lines.append(escape(str(facts.error)))
    body = "".join(clip(video) for video in getattr(facts, "videos", ()))
    body += "".join(
        f'<img src="{escape(url)}" alt="image {number}" style="max-width:160px;margin:4px">'
        for number, url in enumerate(facts.images)
        if url and is_web_link(url)
    )
    return f'<div style="{_CARD}"><div>{" · ".join(lines)}</div><div>{body}</div></div>'


def listed(items: Iterable[Any]) -> str:
    """Jobs or videos one after the other."""
    shown = "".join(item._repr_html_() for item in items if hasattr(item, "_repr_html_"))
    return f"<div>{shown or 'empty'}</div>"
