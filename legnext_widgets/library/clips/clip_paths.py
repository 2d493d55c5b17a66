"""Name the files inside the library's folder: by ids and hashes, never by texts of the service."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CLIPS = "clips"
PARTIAL = "partial"
DAMAGED = "damaged"
PICTURES = "pictures"

STALE_SECONDS = 24 * 3600.0
"""Age from which an unfinished file is one that its process left behind."""

CLIP_FOLDERS = 3
"""Folders between the library's folder and a clip: `clips`, the account, the job."""

_POSTER_TYPES = {b"RIFF": ".webp", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_OWN_FILE = re.compile(
    rf"{CLIPS}/[0-9a-f]{{12}}/[A-Za-z0-9][A-Za-z0-9_-]{{0,63}}/[0-9]{{1,4}}\.(mp4|webp|jpg|png)"
)


def clip_file(owner: tuple[str, str, int], job_id: str, number: int) -> str:
    """Compose the path of a kept clip.

    Args:
        owner: The account, as `records.realm_columns` gives it; accounts never share a file.
        job_id: The job.
        number: Index of the clip in the job.

    Returns:
        A path relative to the library's folder, with forward slashes.
    """
    account = digest("\n".join(map(str, owner)))[:12]
    job = job_id if _PLAIN_NAME.fullmatch(job_id) else digest(job_id)
    return str(PurePosixPath(CLIPS, account, job, f"{number:d}.mp4"))


def path_of(folder: Path, name: str | None) -> Path | None:
    """Find a file that the journal names.

    Args:
        folder: The library's folder.
        name: The relative path in the journal, which may come from another person.

    Returns:
        Its path; None for anything but a clip or a poster inside the folder.
    """
    if name is None or not _OWN_FILE.fullmatch(name):
        return None
    return folder / name


def poster_suffix(picture: bytes) -> str | None:
    """Find the file suffix of a picture by its first bytes; None for other bytes."""
    for head, suffix in _POSTER_TYPES.items():
        if picture.startswith(head):
            return suffix
    return None


def digest(text: str) -> str:
    """Make a file name of any text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
