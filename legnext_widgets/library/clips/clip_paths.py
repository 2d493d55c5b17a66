"""Where clips lie inside the library's folder: names made of ids, never of what a service says."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from legnext_widgets.client.session.store import Identity

CLIPS = "clips"
PARTIAL = "partial"

POSTER_TYPES = {b"RIFF": ".webp", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
OWN_FILE = re.compile(
    rf"{CLIPS}/[0-9a-f]{{12}}/[A-Za-z0-9][A-Za-z0-9_-]{{0,63}}/[0-9]{{1,4}}\.(mp4|webp|jpg|png)"
)


def clip_file(realm: Identity, job_id: str, number: int) -> str:
    """Compose the place of a kept clip.

    Args:
        realm: Whose job it is; two accounts never share a file.
        job_id: The job.
        number: Index of the clip in the job.

    Returns:
        A path relative to the library's folder, with forward slashes.
    """
    owner = f"{realm.service}\n{realm.account}\n{int(realm.sandbox)}"
    job = job_id if PLAIN_NAME.fullmatch(job_id) else digest(job_id)
    return str(PurePosixPath(CLIPS, digest(owner)[:12], job, f"{number:d}.mp4"))


def place_of(folder: Path, name: str | None) -> Path | None:
    """Find a file that the journal names.

    Args:
        folder: The library's folder.
        name: What the journal says, which another person may have written.

    Returns:
        Its path; None for anything but a clip or a poster inside the folder.
    """
    if name is None or not OWN_FILE.fullmatch(name):
        return None
    return folder / name


def poster_ending(image: bytes) -> str | None:
    """Tell the file ending of an image by its first bytes, None for other bytes."""
    for head, ending in POSTER_TYPES.items():
        if image.startswith(head):
            return ending
    return None


def digest(text: str) -> str:
    """Make a name of any text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
