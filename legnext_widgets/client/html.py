"""Show jobs and videos in a notebook: static HTML, all text escaped, no script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Generic, TypeVar

from legnext_widgets.client.api.urls import is_web_link, leads_nowhere

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .handles import JobHandle
    from .videos import VideoHandle

T = TypeVar("T")

_CARD = (
    "display:inline-block;vertical-align:top;margin:0 8px 8px 0;max-width:100%;"
    "font-family:system-ui,sans-serif;font-size:13px"
)


def video(handle: VideoHandle) -> str:
    """Give a player with a note below it; the note of an expired link says so."""
    url = handle.url
    if url is None or not is_web_link(url):
        return f'<div style="{_CARD}">{escape(repr(handle))}: no link yet</div>'
    if leads_nowhere(url):
        note = f"video {handle.index}: inside this process, save() writes it to a file"
        return f'<div style="{_CARD}">{escape(note)}</div>'
    note = "link has expired; save() renews it" if handle.expired else f"video {handle.index}"
    return (
        f'<div style="{_CARD}"><video src="{escape(url)}" controls muted loop playsinline '
        f'preload="metadata" style="max-width:320px;width:100%;border-radius:6px"></video>'
        f"<div>{escape(note)}</div></div>"
    )


def job(handle: JobHandle[VideoHandle, object]) -> str:
    """Give the status, the id, the time, any error, and the videos and images."""
    lines = [f"<b>{escape(handle.status)}</b> {escape(handle.state.task_type)}"]
    lines.append(f"<code>{escape(handle.id or 'not started')}</code>")
    if handle.elapsed is not None:
        lines.append(f"{handle.elapsed:.0f} s")
    if handle.error is not None:
        lines.append(escape(str(handle.error)))
    if handle.state.warning is not None:
        lines.append(escape(handle.state.warning))
    body = "".join(video(each) for each in handle.videos)
    body += "".join(
        f'<img src="{escape(url)}" alt="image {number}" style="max-width:160px;margin:4px">'
        for number, url in enumerate(handle.images)
        if url and is_web_link(url) and not leads_nowhere(url)
    )
    return f'<div style="{_CARD}"><div>{" · ".join(lines)}</div><div>{body}</div></div>'


def listing(items: Iterable[object]) -> str:
    """Give jobs or videos one after the other."""
    shown = "".join(show() for item in items if (show := getattr(item, "_repr_html_", None)))
    return f"<div>{shown or 'empty'}</div>"


class ReprList(list[T], Generic[T]):
    """A list that shows itself in a notebook."""

    def _repr_html_(self) -> str:
        return listing(self)
