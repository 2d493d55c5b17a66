"""The reading copy: script-free HTML of what a studio made, for a reader who has no kernel. Pure.

It stands in the notebook beside the widget, which hides it while it is alive.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from legnext_widgets.client.addresses import is_web_link
from legnext_widgets.client.tracking import TrackedJob

from .snapshots import prompt_parts

MOST_JOBS = 24
MOST_POSTERS = 24
LARGEST_POSTER = 8 * 1024
"""Bytes; a larger one is left out, so that the notebook's file stays small."""

_FRAME = (
    "font-family:system-ui,sans-serif;font-size:14px;line-height:1.45;border:1px solid #8886;"
    "border-radius:10px;padding:12px 16px;max-width:1000px"
)
_PICTURE = "width:150px;max-width:45%;height:auto;border-radius:6px;margin:4px 6px 0 0"


@dataclass(frozen=True)
class Poster:
    """A small picture of a clip."""

    mime: str
    data: bytes


def reading_copy(
    jobs: Iterable[TrackedJob],
    posters: Mapping[tuple[str, int], Poster],
    *,
    sandbox: bool,
) -> str:
    """The copy, newest job first; an empty element when there is nothing to show.

    Args:
        jobs: Jobs, newest first; at most 24 are shown.
        posters: Pictures by job id and number; at most 24 of at most 8 KB are shown.
        sandbox: Whether all came from the simulated service.
    """
    shown = [job for job in jobs if job.id][:MOST_JOBS]
    if not shown:
        return '<div class="legnext-reading-copy"></div>'
    left = [MOST_POSTERS]
    body = "".join(_job(job, posters, left) for job in shown)
    what = "Made with the sandbox, a simulation." if sandbox else "Links to the clips expire."
    return (
        f'<div class="legnext-reading-copy" style="{_FRAME}"><strong>Video Studio</strong> '
        f'<span style="opacity:.75">saved copy. {what} Run the notebook for the live studio.</span>'
        f"{body}</div>"
    )


def _job(job: TrackedJob, posters: Mapping[tuple[str, int], Poster], left: list[int]) -> str:
    parts = prompt_parts(job.request)
    words = escape(parts.words) or f"Job {escape(job.id)}"
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
    links = job.task.output.video_urls if job.task else []
    pictures = "".join(
        _picture(posters.get((job.id, number)), number, left) for number in range(len(links))
    )
    listed = " · ".join(
        f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">clip {number + 1}</a>'
        for number, link in enumerate(links)
        if link and is_web_link(link)
    )
    return (
        f'<div style="margin-top:12px"><div dir="auto"><b>{words}</b></div>'
        f'<div style="opacity:.75">{" · ".join(facts)} · <code>{escape(job.id)}</code></div>'
        f"<div>{pictures}</div><div>{listed}</div></div>"
    )


def _picture(poster: Poster | None, number: int, left: list[int]) -> str:
    if poster is None or len(poster.data) > LARGEST_POSTER or left[0] <= 0:
        return ""
    left[0] -= 1
    data = b64encode(poster.data).decode("ascii")
    return (
        f'<img alt="clip {number + 1}" style="{_PICTURE}" '
        f'src="data:{escape(poster.mime)};base64,{data}">'
    )
