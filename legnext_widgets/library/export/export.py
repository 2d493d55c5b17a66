"""Copy kept clips out of the library, with readable names and a description of each."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from legnext_widgets.client.handles.video_handle import VideoHandle
from legnext_widgets.client.media.containers import flaw_on_disk
from legnext_widgets.files import copy_atomic, safe_name, write_atomic
from legnext_widgets.library.db.statements.search import words_of
from legnext_widgets.library.errors import UnknownJobError

from .contact_sheet import TITLE, Figure, contact_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from legnext_widgets.client.handles.jobs import Video
    from legnext_widgets.library.records import LibraryRecord

PAGE, OTHER_PAGE = "index.html", "legnext-clips.html"
"""The page, and its name where the user's own page has the first one."""
POSTERS = "posters"
MAX_PROMPT_BYTES = 60
"""Bytes of the prompt in a file name, so that the whole stays far below every system's 255."""


def export(records: Iterable[LibraryRecord], folder: Path) -> Path:
    """Copy the kept clips of records; see `Library.export`."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = []
    for record in records:
        clips = {
            number: path
            for number, path in sorted(record.kept.items())
            if not record.marks.is_deleted(number)
            and flaw_on_disk(path, record.sizes.get(number)) is None
        }
        shown = [_export_clip(record, number, path, folder) for number, path in clips.items()]
        figures += shown or [_figure_of(record, None, None, None)]
    page = _page_of(folder)
    write_atomic(page, contact_sheet(figures).encode("utf-8"))
    return page


def records_of(
    clips: Iterable[Video], find: Callable[[str], LibraryRecord | None]
) -> list[LibraryRecord]:
    """Return the records of the jobs of videos, each with no other kept clips than these.

    Args:
        clips: The videos, in the order in which their jobs are exported.
        find: Reads the record of a job.

    Raises:
        TypeError: An item is no video.
        UnknownJobError: The library does not know its job.
    """
    chosen: dict[str, set[int]] = {}
    for number, clip in enumerate(clips):
        if not isinstance(clip, VideoHandle):
            raise TypeError(f"clips must be videos; item {number} is {type(clip).__name__}")
        chosen.setdefault(clip.job_id, set()).add(clip.index)
    found = []
    for job_id, indices in chosen.items():
        record = find(job_id)
        if record is None:
            raise UnknownJobError(f"The library does not know the job {job_id}.")
        kept = {n: path for n, path in record.kept.items() if n in indices}
        found.append(replace(record, kept=kept))
    return found


def _page_of(folder: Path) -> Path:
    """Return the path of the page, which is not that of another page than an earlier export's."""
    page = folder / PAGE
    with suppress(OSError):
        if TITLE not in page.read_text(encoding="utf-8", errors="replace"):
            return folder / OTHER_PAGE
    return page


def _export_clip(record: LibraryRecord, number: int, path: Path, folder: Path) -> Figure:
    """Copy one clip, its description and its poster, and give its figure on the page."""
    stem = _readable_name(record, number)
    clip = folder / f"{stem}.mp4"
    _copy(path, clip)
    description = json.dumps(_description_of(record, number), ensure_ascii=False, indent=2)
    write_atomic(folder / f"{stem}.json", description.encode("utf-8", "surrogatepass"))
    poster = None
    kept_poster = record.posters.get(number)
    if kept_poster is not None and kept_poster.is_file():
        (folder / POSTERS).mkdir(exist_ok=True)
        poster = f"{POSTERS}/{stem}{kept_poster.suffix}"
        _copy(kept_poster, folder / poster)
    return _figure_of(record, number, clip.name, poster)


def _figure_of(
    record: LibraryRecord, number: int | None, clip: str | None, poster: str | None
) -> Figure:
    """Make the figure of a clip, or of a job without kept clips."""
    return Figure(
        title=_prompt_of(record) or record.kind.replace("_", " ") or "job",
        created_at=record.created_at,
        job_id=record.job_id or "",
        number=number,
        status=record.status,
        kind=record.kind,
        note=record.note if number is None else record.marks.note_of(number),
        favourite=record.favourite if number is None else record.marks.is_favourite(number),
        sandbox=record.identity.sandbox,
        clip=clip,
        poster=poster,
    )


def _description_of(record: LibraryRecord, number: int) -> dict[str, object]:
    """Describe in JSON how a clip was made."""
    request = None
    if record.attempt is not None:
        request = {"endpoint": record.attempt.endpoint, "body": dict(record.attempt.payload)}
    return {
        "job_id": record.job_id,
        "clip": number,
        "prompt": _prompt_of(record),
        "created_at": record.created_at.isoformat(),
        "kind": record.kind,
        "sandbox": record.identity.sandbox,
        "favourite": record.marks.is_favourite(number),
        "note": record.marks.note_of(number),
        "request": request,
        "task": record.task,
    }


def _prompt_of(record: LibraryRecord) -> str:
    return words_of(record.attempt.payload if record.attempt else None, record.task)


def _readable_name(record: LibraryRecord, number: int) -> str:
    """Compose a file name that sorts by time, reads as the prompt, and belongs to one clip.

    Returns:
        The name without suffix: letters and digits of any script, hyphens and underscores.
    """
    day = record.created_at.astimezone().strftime("%Y-%m-%d")
    job_id = safe_name(record.job_id or "job", 64)
    parts = [day, safe_name(_prompt_of(record), MAX_PROMPT_BYTES), job_id, str(number + 1)]
    return "_".join(part for part in parts if part)


def _copy(source: Path, target: Path) -> None:
    """Copy a file, unless an earlier export did."""
    with suppress(OSError):
        if target.stat().st_size == source.stat().st_size:
            return
    copy_atomic(source, target)
