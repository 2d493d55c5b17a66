"""Find out what kind of drive a folder is on: a network drive, and one with file locks or not."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from legnext_widgets import environment

LOCAL_TYPES = frozenset(
    {
        "apfs", "aufs", "bcachefs", "btrfs", "ecryptfs", "erofs", "exfat", "ext2", "ext3", "ext4",
        "f2fs", "ffs", "hfs", "jfs", "msdos", "nilfs2", "ntfs", "ntfs3", "overlay", "overlayfs",
        "ramfs", "reiserfs", "rootfs", "squashfs", "tmpfs", "ubifs", "udf", "ufs", "vfat", "xfs",
        "zfs",
    }
)  # fmt: skip
"""File systems of one machine alone, by which all its processes see the same memory and locks.

SQLite's WAL mode needs memory shared between all its processes
(https://www.sqlite.org/wal.html, "does not work over a network filesystem"). There are more file
systems of clusters, virtual machines and programs than any list has, so every other one is taken
for one that may be shared: without WAL it is slower, but safe.
"""

LOCAL_FUSE_TYPES = frozenset({"fuse.fuse-overlayfs", "fuse.encfs", "fuse.gocryptfs"})

_LOCAL_WINDOWS_DRIVES = frozenset({2, 3, 6})
"""What `GetDriveTypeW` answers for removable, fixed and memory drives."""

_ESCAPES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))
"""How `/proc/mounts` writes characters that would break its columns."""


class Drive(NamedTuple):
    """What a drive can do.

    Attributes:
        network: Whether other machines may write to it too, as far as is known.
        locks: Whether it has file locks of the kind that SQLite uses.
    """

    network: bool = False
    locks: bool = True


def drive_of(folder: Path) -> Drive:
    """Find out about the drive of a folder.

    Args:
        folder: An existing folder.
    """
    network = not is_local_drive(folder)
    return Drive(network, locks=not network or locks_work(folder))


def is_local_drive(folder: Path) -> bool:
    """Check whether a folder is on a drive that is known to belong to this machine alone.

    Args:
        folder: An existing folder.

    Returns:
        False for network drives, for what a program or the host of a virtual machine mounts, for
        file systems that are not known, and where the system gives no information.
    """
    if environment.in_pyodide():
        return True  # there is one process, and its files are in its memory
    resolved = folder.resolve()
    if sys.platform == "win32":
        return not str(resolved).startswith("\\\\") and _windows_drive_is_local(resolved.anchor)
    return is_local_type(type_of_mount(resolved.as_posix(), read_mounts()))


def _windows_drive_is_local(root: str) -> bool:
    import ctypes

    find: Any = getattr(ctypes, "windll").kernel32.GetDriveTypeW  # noqa: B009 - only on Windows
    return find(root) in _LOCAL_WINDOWS_DRIVES


def read_mounts() -> str:
    """Read the mounted drives in the form of `/proc/mounts`; empty where that is not possible."""
    try:
        if sys.platform == "darwin":
            listed = subprocess.run(["/sbin/mount"], capture_output=True, check=True, timeout=10)
            return convert_macos_mounts(listed.stdout.decode("utf-8", "replace"))
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except (OSError, subprocess.SubprocessError):
        return ""


def convert_macos_mounts(output: str) -> str:
    """Convert the output of `mount` on macOS to the form of `/proc/mounts`.

    Args:
        output: Lines such as `//me@server/share on /Volumes/my share (smbfs, nodev, nosuid)`.
    """
    found = re.findall(r"^.* on (/.*) \(([a-z0-9_]+)[,)].*$", output, re.MULTILINE)
    return "\n".join(f"- {_escape(point)} {kind}" for point, kind in found)


def type_of_mount(folder: str, mounts: str) -> str:
    """Find the file system type of a folder in the text of `/proc/mounts`.

    Args:
        folder: An absolute path with links resolved.
        mounts: The text; each line begins `device mountpoint type`.

    Returns:
        The type, or an empty text when no line covers the folder.
    """
    path = PurePosixPath(folder)
    longest, found = -1, ""
    for line in mounts.splitlines():
        columns = line.split(" ")
        if len(columns) < 3:
            continue
        point = PurePosixPath(_unescape(columns[1]))
        # A later line covers an earlier one at the same point.
        if (path == point or point in path.parents) and len(point.parts) >= longest:
            longest, found = len(point.parts), columns[2]
    return found


def is_local_type(type_name: str) -> bool:
    """Check whether a file system type, as `/proc/mounts` names it, is one machine's own."""
    name = type_name.lower()
    return name in LOCAL_TYPES or name in LOCAL_FUSE_TYPES


def locks_work(folder: Path) -> bool:
    """Try the kind of file lock that SQLite uses.

    Args:
        folder: A folder of a drive that is not known to be local.

    Returns:
        False only where the drive has no such locks.
    """
    if sys.platform == "win32":
        return True
    import fcntl

    probe = folder / f"lock-probe-{uuid.uuid4().hex}"
    try:
        with probe.open("wb") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as error:
        return error.errno not in (errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL)
    finally:
        with suppress(OSError):
            probe.unlink()


def _unescape(text: str) -> str:
    for code, character in _ESCAPES:
        text = text.replace(code, character)
    return text


def _escape(text: str) -> str:
    for code, character in reversed(_ESCAPES):
        text = text.replace(character, code)
    return text
