"""Write files whole or not at all, wait until they are on disk, and name them safely."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import sys
import unicodedata
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


PARTIAL_SUFFIX = ".part"
"""What the names of temporary files end with."""

_LONGEST_NAME = 255
_LONGEST_SUFFIX = 16
"""Bytes. What follows the last dot of a longer text is no type of a file."""


class NoHomeError(ValueError):
    """A path begins with `~`, and the system knows no home folder for this user."""

    def __init__(self) -> None:
        super().__init__(
            "The system knows no home folder for this user (HOME is not set). Give a path without ~"
        )


def expand_user(path: str | os.PathLike[str]) -> Path:
    """Replace a `~` at the head of a path by the user's home folder.

    Raises:
        NoHomeError: The system knows none.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise NoHomeError from None


def fit_name(target: Path) -> Path:
    """Shorten the name of a file to what its file system takes.

    Args:
        target: The file; its folder need not exist.

    Returns:
        The same path where the name fits. Else one in the same folder, with the same suffix, that
        differs for different names.
    """
    limit = _name_limit(target)
    name = os.fsencode(target.name)
    if len(name) <= limit:
        return target
    suffix = target.suffix if len(os.fsencode(target.suffix)) <= _LONGEST_SUFFIX else ""
    mark = f"-{hashlib.sha256(name).hexdigest()[:8]}{suffix}"
    room = limit - len(os.fsencode(mark))
    head = name[:room].decode(sys.getfilesystemencoding(), "ignore")
    return target.with_name(f"{head}{mark}")


def _name_limit(target: Path) -> int:
    """Find the bytes that a name may have in the folder of `target`, or in the nearest above it."""
    for folder in target.absolute().parents:
        try:
            return min(os.pathconf(folder, "PC_NAME_MAX"), _LONGEST_NAME)
        except (OSError, ValueError):
            continue
        except AttributeError:  # Windows
            break
    return _LONGEST_NAME


def temporary_beside(target: Path) -> Path:
    """Return a new name in the folder of `target`, from which a rename to it is atomic.

    A file of `tempfile` would have other rights than the files people make themselves.
    """
    head = os.fsencode(target.name)[:40].decode(sys.getfilesystemencoding(), "ignore")
    return target.with_name(f".{head}.{uuid.uuid4().hex}{PARTIAL_SUFFIX}")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a temporary path that becomes `target` when the block ends without an error.

    Args:
        target: The file to make or replace; its folder must exist.

    Yields:
        The path to write to. After an error it is removed.

    Raises:
        OSError: The file could not be moved to its place, or there is a device or a pipe.
    """
    _require_file(target)
    partial = temporary_beside(target)
    try:
        yield partial
        partial.replace(target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _require_file(target: Path) -> None:
    """Check that what would be replaced is a file: root could replace a device, such as /dev/full.

    Raises:
        OSError: It is something else, and no folder, which the system refuses by itself.
    """
    try:
        mode = target.stat().st_mode
    except OSError:  # there is none, or it cannot be reached: the write itself says so
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "it is a device or a pipe, and no regular file")


def move_into_place(partial: Path, target: Path) -> None:
    """Move a complete file to its final name, durably.

    Args:
        partial: The file, on the same disk.
        target: Its final name; what has that name is replaced.

    Raises:
        OSError: The disk refuses, or it is a device or a pipe; then `target` is as it was.
    """
    _require_file(target)
    sync_file(partial)
    partial.replace(target)
    sync_folder(target.parent)


def write_atomic(target: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        OSError: It could not be written.
    """
    with replacing(target) as partial:
        partial.write_bytes(content)


def copy_atomic(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all.

    Raises:
        OSError: It could not be read or written.
    """
    with replacing(target) as partial:
        shutil.copyfile(source, partial)


def sync_file(path: Path) -> None:
    """Wait until the bytes of a file have reached the disk.

    Raises:
        OSError: The disk refuses.
    """
    # Windows flushes only what was opened for writing.
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until a rename inside a folder has reached the disk, where the system reports it."""
    if sys.platform == "win32":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        # Some network drives cannot sync a folder; the rename itself was still atomic.
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def safe_name(text: str, max_bytes: int) -> str:
    """Reduce a text to what every file system takes in a name.

    Args:
        text: Any text.
        max_bytes: Length of the name in UTF-8, at most.

    Returns:
        Letters and digits of any script, joined by hyphens; possibly empty.
    """
    words = re.sub(r"[^\w]+|_+", "-", unicodedata.normalize("NFC", text)).strip("-")
    short = words.encode("utf-8", "ignore")[:max_bytes].decode("utf-8", "ignore")
    return short.strip("-")
