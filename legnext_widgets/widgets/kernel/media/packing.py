"""Write clips into a zip file with readable names."""

from __future__ import annotations

import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

from legnext_widgets.files import safe_name
from legnext_widgets.widgets.kernel.snapshots import prompt_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from legnext_widgets.client.handles.jobs import Video


def write_zip(target: Path, clips: Iterable[tuple[Video, Path]]) -> None:
    """Write clips into a zip file, uncompressed: they are compressed already.

    Args:
        target: The file.
        clips: The clips with their files, in the order of their names.

    Raises:
        OSError: A file cannot be read or written.
    """
    with zipfile.ZipFile(target, "w") as pack:
        for number, (video, path) in enumerate(clips, start=1):
            words = safe_name(prompt_parts(video.state.request).words, 60)
            name = "_".join(filter(None, [f"{number:02d}", words, f"{video.index + 1}.mp4"]))
            pack.write(path, name)


def zip_name(clips: Sequence[tuple[Video, Path]]) -> str:
    """Name a zip file of clips."""
    day = datetime.now().astimezone().strftime("%Y-%m-%d")
    return f"legnext-{day}-{len(clips)}-clips.zip"
