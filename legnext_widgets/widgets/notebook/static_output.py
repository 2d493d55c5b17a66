"""Show a static copy of a widget beside it: HTML without scripts, for readers without a kernel.

It is a separate output of the notebook, which the front end hides while the widget is
alive.
"""

from __future__ import annotations

import mimetypes
from base64 import b64encode
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from legnext_widgets.client.api.urls import is_placeholder_link, is_web_link
from legnext_widgets.environment import kernel_shell
from legnext_widgets.widgets.kernel import snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from legnext_widgets.client.session.job_state import JobState

MAX_JOBS = 24
MAX_PROMPT = 1200
MAX_TEXT_BYTES = 8 * 1024
"""Characters of all but the posters; further jobs are only counted."""

MAX_POSTERS = 24
MAX_POSTER_BYTES = 8 * 1024
"""A larger poster is left out, so that the notebook's file stays small."""

_FRAME = (
    "font-family:system-ui,sans-serif;font-size:14px;line-height:1.45;border:1px solid #8886;"
    "border-radius:10px;padding:12px 16px;max-width:1000px"
)
_JOB, _FAINT = "margin-top:12px", "opacity:.75"
_IMG = (
    '<img alt="clip {number}" src="data:{mime};base64,{data}" '
    'style="width:150px;max-width:45%;border-radius:6px;margin:4px 6px 0 0">'
)


class Poster(NamedTuple):
    """A small still of a clip."""

    mime: str
    data: bytes


def static_copy(
    jobs: Iterable[JobState],
    posters: Mapping[tuple[str, int], Poster],
    *,
    sandbox: bool,
    name: str = "",
) -> str:
    """Make the copy; an empty text when there is nothing to show. Pure.

    Args:
        jobs: Jobs, newest first; at most 24 are shown, and no more than fit into 8 KB of text.
        posters: Posters by job id and number; at most 24 of at most 8 KB are shown.
        sandbox: Whether all jobs belong to the sandbox.
        name: A CSS class, by which its widget hides this copy and no other.
    """
    classes = f"legnext-reading-copy {name}".rstrip()
    known = [job for job in jobs if job.id]
    if not known:
        return ""
    shown: list[str] = []
    left, text = MAX_POSTERS, 0
    for job in known[:MAX_JOBS]:
        pictures = list(islice(_pictures(job, posters), left))
        about, links = _about(job), _links(job)
        text += len(about) + len(links) + len(pictures) * len(_IMG)
        if shown and text > MAX_TEXT_BYTES:
            break
        left -= len(pictures)
        shown.append(f"{about}<div>{''.join(pictures)}</div><div>{links}</div></div>")
    more = len(known) - len(shown)
    older = f'<div style="{_JOB};{_FAINT}">And {more} older.</div>' if more else ""
    what = "Made with the sandbox, a simulation. " if sandbox else ""
    return (
        f'<div class="{classes}" style="{_FRAME}"><strong>Video Studio</strong> '
        f'<span style="{_FAINT}">saved copy. {what}Links to clips may have expired. '
        f"Run the notebook for the live studio.</span>{''.join(shown)}{older}</div>"
    )


def _about(job: JobState) -> str:
    parts = snapshots.prompt_parts(job.request)
    cut = "…" if len(parts.words) > MAX_PROMPT else ""
    words = escape(parts.words[:MAX_PROMPT] + cut) or f"Job {escape(job.id)}"
    facts = [escape(job.status), escape(job.task_type.replace("_", " "))]
    video_type = getattr(job.request, "video_type", None)
    if video_type is not None:
        facts.append("720p" if video_type else "480p")
    facts += [f"motion {escape(parts.motion)}"] if parts.motion else []
    facts += ["raw"] if parts.raw else []
    facts += ["loop"] if parts.loop else []
    usage = job.task.usage if job.task else None
    if usage is not None and usage.consumed:
        facts.append(f"{usage.consumed} points")
    if job.created_at is not None:
        facts.append(f"{job.created_at:%Y-%m-%d %H:%M} UTC")
    state = snapshots.problem_text(job)
    wrong = f'<div dir="auto">{escape(state[:MAX_PROMPT])}</div>' if state else ""
    return (
        f'<div style="{_JOB}"><div dir="auto"><b>{words}</b></div>'
        f'<div style="{_FAINT}">{" · ".join(facts)} · <code>{escape(job.id)}</code></div>{wrong}'
    )


def _links(job: JobState) -> str:
    if job.task is None:
        return ""
    output, now = job.task.output, job.service_time()
    return " · ".join(
        f"{name} {number} (its link has expired)"
        if output.has_expired(link, now)
        else f'<a href="{escape(link)}" target="_blank" rel="noopener">{name} {number}</a>'
        for name, links in (("clip", output.video_urls), ("image", output.image_urls))
        for number, link in enumerate(links, 1)
        if not job.marks.is_deleted(number - 1)
        if link and is_web_link(link) and not is_placeholder_link(link)
    )


def _pictures(job: JobState, posters: Mapping[tuple[str, int], Poster]) -> Iterator[str]:
    for number in range(len(job.task.output.video_urls) if job.task else 0):
        poster = posters.get((job.id, number))
        if job.marks.is_deleted(number):
            continue
        if poster is not None and len(poster.data) <= MAX_POSTER_BYTES:
            data = b64encode(poster.data).decode("ascii")
            yield _IMG.format(number=number + 1, mime=escape(poster.mime), data=data)


class DisplayHandle(Protocol):
    """The handle of a display that can be updated, as IPython gives it."""

    def update(self, obj: object, **kwargs: object) -> object:
        """Show something else in its place."""


class StaticOutput:
    """The static copy of one widget, displayed beside it wherever that is shown.

    All its displays have one name, so that each of them is kept up to date.

    Args:
        name: Its name among all displays of the notebook.
        make: Makes the copy as HTML.
    """

    def __init__(self, name: str, make: Callable[[], str]) -> None:
        self._name = name
        self._make = make
        self._display: DisplayHandle | None = None
        self._shown = ""

    def show(self) -> None:
        """Display it in the cell that runs now; do nothing outside of a notebook's kernel."""
        if kernel_shell() is None:
            return
        # Displayed again each time: updates of an earlier display are lost after a page reload.
        self._shown = self._make()
        from IPython.display import display

        data = _mime_bundle(self._shown)
        shown: Any = display(data, raw=True, display_id=self._name)  # type: ignore[no-untyped-call]
        self._display = shown

    def update(self) -> None:
        """Show what has changed; safe from any thread."""
        if self._display is None:
            return
        copy = self._make()
        if copy != self._shown:
            self._shown = copy
            self._display.update(_mime_bundle(copy), raw=True)


def _mime_bundle(copy: str) -> Mapping[str, str]:
    """Return a copy as the content of an output.

    Without jobs it is an empty text, which keeps the place of what comes later: for any HTML,
    JupyterLab loads its typesetter of formulas, about a megabyte, before it shows the widget.
    """
    return {"text/plain": "", **({"text/html": copy} if copy else {})}


def read_poster(path: Path) -> Poster | None:
    """Read a poster that is small enough to be saved in a notebook; None for any other file."""
    try:
        if path.stat().st_size > MAX_POSTER_BYTES:
            return None
        return Poster(mimetypes.guess_type(path.name)[0] or "image/webp", path.read_bytes())
    except OSError:
        return None
