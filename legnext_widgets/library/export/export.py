"""Kept clips copied out of the library, with readable names and all that is known of them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from legnext_widgets.files import copy_atomic, safe_name, write_atomic
from legnext_widgets.library.db.search import words_of

from .contact_sheet import Picture, contact_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from legnext_widgets.library.records import LibraryRecord

PAGE = "index.html"
POSTERS = "posters"
LONGEST_WORDS = 60
"""Bytes of the prompt in a file name: with the rest it stays far below every system's 255."""


def export(records: Iterable[LibraryRecord], folder: Path) -> Path:
    """Copy the kept clips of records; see `Library.export`."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for record in records:
        clips = {number: path for number, path in sorted(record.kept.items()) if path.is_file()}
        shown = [exported_clip(record, number, path, folder) for number, path in clips.items()]
        pictures += shown or [picture_of(record, None, None, None)]
    page = folder / PAGE
    write_atomic(page, contact_sheet(pictures).encode("utf-8"))
    return page


def exported_clip(record: LibraryRecord, number: int, path: Path, folder: Path) -> Picture:
    """Copy one clip, its description and its poster.

    Args:
        record: The job.
        number: Index of the clip in it.
        path: The kept clip.
        folder: Where to.

    Returns:
        What the contact sheet shows of it.
    """
    stem = readable_name(record, number)
    clip = folder / f"{stem}.mp4"
    copy_whole(path, clip)
    description = json.dumps(described(record, number), ensure_ascii=False, indent=2)
    write_atomic(folder / f"{stem}.json", description.encode("utf-8", "surrogatepass"))
    poster = None
    kept_poster = record.posters.get(number)
    if kept_poster is not None and kept_poster.is_file():
        (folder / POSTERS).mkdir(exist_ok=True)
        poster = f"{POSTERS}/{stem}{kept_poster.suffix}"
        copy_whole(kept_poster, folder / poster)
    return picture_of(record, number, clip.name, poster)


def picture_of(
    record: LibraryRecord, number: int | None, clip: str | None, poster: str | None
) -> Picture:
    """Say what the contact sheet shows of a clip, or of a job without any."""
    return Picture(
        title=prompt_of(record) or record.kind.replace("_", " ") or "job",
        when=record.created_at,
        job_id=record.job_id or "",
        number=number,
        status=record.status,
        kind=record.kind,
        note=record.note,
        favourite=record.favourite,
        sandbox=record.realm.sandbox,
        clip=clip,
        poster=poster,
    )


def described(record: LibraryRecord, number: int) -> dict[str, Any]:
    """Say in JSON how a clip was made."""
    return {
        "job_id": record.job_id,
        "clip": number,
        "prompt": prompt_of(record),
        "created_at": record.created_at.isoformat(),
        "kind": record.kind,
        "sandbox": record.realm.sandbox,
        "favourite": record.favourite,
        "note": record.note,
        "request": None
        if record.attempt is None
        else {"endpoint": record.attempt.endpoint, "body": dict(record.attempt.payload)},
        "task": record.task,
    }


def prompt_of(record: LibraryRecord) -> str:
    """Find the words of a job's prompt."""
    return words_of(record.attempt.payload if record.attempt else None, record.task)


def readable_name(record: LibraryRecord, number: int) -> str:
    """Compose a file name that sorts by time, reads as the prompt, and belongs to one clip.

    Args:
        record: The job.
        number: Index of the clip.

    Returns:
        The name without ending: letters and digits of any script, hyphens and underscores.
    """
    when = record.created_at.astimezone().strftime("%Y-%m-%d")
    job_id = safe_name(record.job_id or "job", 64)
    parts = [when, safe_name(prompt_of(record), LONGEST_WORDS), job_id, str(number + 1)]
    return "_".join(part for part in parts if part)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file, unless an earlier export did."""
    with suppress(OSError):
        if target.stat().st_size == source.stat().st_size:
            return
    copy_atomic(source, target)
