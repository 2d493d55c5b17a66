"""Show jobs and videos as static HTML: all text escaped, no script, few players."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from mimetypes import guess_type
from typing import TYPE_CHECKING

from legnext_widgets import environment
from legnext_widgets.client.api.requests import VideoDiffusion
from legnext_widgets.client.api.urls import is_placeholder_link, is_web_link
from legnext_widgets.client.api.values.reachability import is_loopback
from legnext_widgets.client.progress.report import counted, joined, points_of, time_of
from legnext_widgets.client.progress.waits import no_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from legnext_widgets.client.handles.job_handle import JobHandle
    from legnext_widgets.client.handles.video_handle import VideoHandle
    from legnext_widgets.client.session.job_state import JobState

MOST = 12
"""Items of a list that are shown."""

MOST_POSTER_BYTES = 8 * 1024
"""A larger poster is left out, so that the notebook's file stays small."""

_CARD = (
    "display:inline-block;vertical-align:top;margin:0 8px 8px 0;max-width:100%;"
    "font-family:system-ui,sans-serif;font-size:13px"
)
_MEDIA = "max-width:320px;width:100%;border-radius:6px"
_FAINT = "opacity:.75"


def overflow_text(count: int) -> str:
    """Say how many items of a list are not shown; empty when all are."""
    return f"and {count - MOST} more" if count > MOST else ""


def settings_of(state: JobState) -> list[str]:
    """Name the settings that a job was made with."""
    request = state.request
    if request is None:
        return []
    settings = []
    if isinstance(request, VideoDiffusion):
        settings.append("720p" if request.video_type else "480p")
    parts = request.parts
    settings += [f"motion {parts.motion}"] if parts.motion else []
    settings += ["raw"] if parts.raw else []
    settings += ["loop"] if parts.loop else []
    settings += [counted(parts.batch_size, "video")] if parts.batch_size else []
    return settings


def facts_of(handle: JobHandle[VideoHandle, object]) -> str:
    """Return status, kind, settings, time and points of a job in one line."""
    state = handle.state
    taken = handle.elapsed
    return joined(
        handle.status,
        state.task_type.replace("_", " "),
        *settings_of(state),
        "" if taken is None else time_of(taken),
        points_of(state.task.points if state.task else None),
    )


def line(handle: JobHandle[VideoHandle, object]) -> str:
    """Return the words and the facts of a job, without its files."""
    words = f"<b>{escape(handle.prompt)}</b> " if handle.prompt else ""
    return (
        f'<div style="{_CARD}"><span dir="auto">{words}</span>'
        f"<div>{escape(facts_of(handle))} · "
        f"<code>{escape(handle.id or no_id(handle.state))}</code></div></div>"
    )


def video(handle: VideoHandle) -> str:
    """Return a player, or a poster, or words, whichever a browser can show; and a note below it."""
    url = handle.url
    if url is None or not is_web_link(url):
        return f'<div style="{_CARD}">{escape(repr(handle))}: no link yet</div>'
    poster = _poster(handle)
    note, plays = f"video {handle.index}", not handle.expired
    if is_placeholder_link(url):
        note, plays = (
            f"video {handle.index}: inside this process, save() writes it to a file",
            False,
        )
    elif handle.expired:
        note = f"video {handle.index}: its link has expired; save() renews it"
    elif is_loopback(url) and environment.in_colab():
        note, plays = f"video {handle.index}: on the kernel's machine; save() writes a file", False
    shown = f'<img alt="{escape(note)}" src="{poster}" style="{_MEDIA}">' if poster else ""
    if plays:
        still = f' poster="{poster}" preload="none"' if poster else ' preload="metadata"'
        shown = (
            f'<video src="{escape(url)}" controls muted loop playsinline{still} '
            f'style="{_MEDIA}"></video>'
        )
    return f'<div style="{_CARD}">{shown}<div>{escape(note)}</div></div>'


def job(handle: JobHandle[VideoHandle, object]) -> str:
    """Return prompt, settings, status, time, id and error of a job, and its videos and images."""
    about = [line(handle)]
    wrong = handle.error or handle.state.warning
    if wrong is not None:
        about.append(f'<div dir="auto">{escape(str(wrong))}</div>')
    marks = handle.state.marks
    body = "".join(video(each) for each in handle.videos if not marks.is_deleted(each.index))
    body += _images(handle)
    return f'<div style="{_CARD}">{"".join(about)}<div>{body}</div></div>'


def _images(handle: JobHandle[VideoHandle, object]) -> str:
    """Return the images of a job, or in words that their links have expired."""
    task, now = handle.state.task, handle.state.service_time()
    links = [(number, url) for number, url in enumerate(handle.images) if url and is_web_link(url)]
    expired = sum(1 for _, url in links if task is not None and task.output.has_expired(url, now))
    if expired:
        of = "1 image has" if expired == 1 else f"{expired} images have"
        return f"<div>the links of {of} expired; refresh() renews them</div>"
    return "".join(
        f'<img src="{escape(url)}" alt="image {number}" style="max-width:160px;margin:4px">'
        for number, url in links
        if not is_placeholder_link(url)
    )


def listing(items: Sequence[object]) -> str:
    """Return the first jobs or videos one after the other, and how many more there are.

    Of many jobs only the lines are given: a page of many players is slow.
    """
    more = overflow_text(len(items))
    end = f'<div style="{_CARD};{_FAINT}">{more}</div>' if more else ""
    return f"<div>{''.join(_shown(items[:MOST])) or 'empty'}{end}</div>"


def _shown(items: Iterable[object]) -> Iterable[str]:
    for item in items:
        show = getattr(item, "_repr_html_", None)
        if show is not None:
            yield show()


def _poster(handle: VideoHandle) -> str:
    """Return the still of a kept clip as a data link; empty without a small one."""
    path = handle.state.posters.get(handle.index)
    try:
        data = path.read_bytes() if path and path.stat().st_size <= MOST_POSTER_BYTES else b""
    except OSError:
        return ""
    mime = (guess_type(path.name)[0] if path else None) or "image/webp"
    return f"data:{mime};base64,{b64encode(data).decode('ascii')}" if data else ""
