"""What frames need: PyAV, numpy and Pillow, and a clip that can be decoded."""

from __future__ import annotations

import io
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

from legnext_widgets.client.errors import LegnextError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer

ClipFile: TypeAlias = "Path | bytes"
"""A clip: its file, or its bytes."""

_LIBRARIES = ("av", "numpy", "PIL")


def require_libraries() -> None:
    """Check that PyAV, numpy and Pillow are installed.

    Raises:
        LegnextError: One is missing; the message says how to install them.
    """
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        raise LegnextError(
            f"Frames of clips need {', '.join(missing)}: pip install 'legnext-widgets[frames]'."
        )


@contextmanager
def open_clip(clip: ClipFile) -> Iterator[InputContainer]:
    """Open a clip.

    Raises:
        LegnextError: It cannot be decoded, or a library is missing.
    """
    require_libraries()
    import av

    try:
        source = io.BytesIO(clip) if isinstance(clip, bytes) else str(clip)
        with av.open(source, "r") as container:
            if not container.streams.video:
                raise LegnextError("The clip contains no video.")
            yield container
    except (av.FFmpegError, OSError) as error:
        raise LegnextError(f"The clip cannot be decoded: {error}.") from error
