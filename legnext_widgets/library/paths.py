"""Where the library is by default, and who may read its files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from legnext_widgets import files

FOLDER_VARIABLE = "LEGNEXT_LIBRARY"

FOLDER_MODE = 0o700
"""Access for the owner only, as for `FILE_MODE`: prompts and clips are private."""

FILE_MODE = 0o600


def default_folder() -> Path:
    """Find the folder of the user's library.

    Returns:
        The value of `LEGNEXT_LIBRARY`, else a folder where this system keeps a program's data.

    Raises:
        NoHomeError: The system knows no home folder for this user.
    """
    chosen = os.getenv(FOLDER_VARIABLE, "").strip()
    if chosen:
        return files.expand_user(chosen)
    try:
        data = Path(platformdirs.user_data_dir("legnext-widgets", appauthor=False))
    except (RuntimeError, KeyError, OSError):
        raise files.NoHomeError from None
    if not data.is_absolute():  # some versions of platformdirs leave the ~ as it is
        raise files.NoHomeError
    return data / "library"


def folder_of(path: str | os.PathLike[str] | None) -> Path:
    """Return the absolute folder of a library.

    Args:
        path: The user's choice, perhaps with `~`; None for the default folder.

    Raises:
        NoHomeError: It depends on the user's home folder, and the system knows none.
        ValueError: It is empty.
    """
    if path is not None and not os.fspath(path):
        raise ValueError("The path of a library is empty. Leave it out for the default folder.")
    folder = default_folder() if path is None else files.expand_user(path)
    return folder.absolute()


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can open; an existing one stays as it is.

    Args:
        folder: The folder; missing parents are made too.

    Raises:
        OSError: It cannot be made.
    """
    if not folder.is_dir():
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def make_private_below(folder: Path, levels: int) -> None:
    """Make a folder and its parents inside the library, each with access for its owner only.

    `Path.mkdir(parents=True)` would give the parents the usual mode.

    Args:
        folder: The folder.
        levels: How many of the path's last folders may be missing.

    Raises:
        OSError: One of them cannot be made.
    """
    for place in (*reversed(folder.parents[: levels - 1]), folder):
        place.mkdir(mode=FOLDER_MODE, exist_ok=True)
