"""Find out what kind of drive a folder is on: a network drive, and one with file locks or not."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

NETWORK_TYPES = frozenset(
    {
        "9p", "afs", "afpfs", "beegfs", "ceph", "cifs", "davfs", "drvfs", "fuse", "fuseblk", "gfs2",
        "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb", "smb2", "smb3", "smbfs",
        "vboxsf", "virtiofs", "webdav",
    }
)  # fmt: skip
"""File systems whose shared memory maps or locks do not reach every machine that mounts them.

SQLite's WAL mode needs memory shared between all its processes
(https://www.sqlite.org/wal.html, "does not work over a network filesystem").
"""

LOCAL_FUSE_TYPES = frozenset({"fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.encfs", "fuse.gocryptfs"})

_ESCAPES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))
"""How `/proc/mounts` writes characters that would break its columns."""


@dataclass(frozen=True)
class Drive:
    """What a drive can do.

    Attributes:
        network: Whether other machines may write to it too.
        locks: Whether it has file locks of the kind that SQLite uses.
    """

    network: bool = False
    locks: bool = True


def drive_of(folder: Path) -> Drive:
    """Find out about the drive of a folder.

    Args:
        folder: An existing folder.
    """
    network = is_network_drive(folder)
    return Drive(network, locks=not network or locks_work(folder))


def is_network_drive(folder: Path) -> bool:
    """Check whether a folder is on a drive that other machines may write to.

    Args:
        folder: An existing folder.

    Returns:
        True for network drives and for what a program mounts, such as Colab's Drive. False where
        the system gives no information.
    """
    if sys.platform == "win32":
        return str(folder.resolve()).startswith("\\\\")
    return is_network_type(type_of_mount(folder.resolve().as_posix(), read_mounts()))


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


def is_network_type(type_name: str) -> bool:
    """Check whether a file system type, as `/proc/mounts` names it, is a network drive's."""
    name = type_name.lower()
    if name in LOCAL_FUSE_TYPES:
        return False
    return name in NETWORK_TYPES or name.split(".")[0] in NETWORK_TYPES or "drive" in name


def locks_work(folder: Path) -> bool:
    """Try the kind of file lock that SQLite uses.

    Args:
        folder: A folder of a network drive.

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
