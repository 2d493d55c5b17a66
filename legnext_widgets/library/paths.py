"""Where the library lies, and what kind of disk that is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import platformdirs

FOLDER_VARIABLE = "LEGNEXT_LIBRARY"

FOLDER_MODE = 0o700
FILE_MODE = 0o600

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

LOCAL_FUSE = frozenset({"fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.encfs", "fuse.gocryptfs"})


def default_folder() -> Path:
    """The folder of the library of this person.

    Returns:
        What `LEGNEXT_LIBRARY` says, else a folder where this system keeps a program's data.
    """
    named = os.getenv(FOLDER_VARIABLE, "").strip()
    if named:
        return Path(named).expanduser()
    return Path(platformdirs.user_data_dir("legnext-widgets", appauthor=False)) / "library"


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can look into; an existing one is left as it is.

    Args:
        folder: The folder; missing parents are made too.

    Raises:
        OSError: When it cannot be made.
    """
    if not folder.is_dir():
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def is_network_drive(folder: Path) -> bool:
    """Tell whether a folder lies on a drive that other machines may write to as well.

    Args:
        folder: An existing folder.

    Returns:
        True for network drives and for what is mounted by a program, such as Colab's Drive.
        False where the system does not tell.
    """
    if sys.platform == "win32":
        return str(folder.resolve()).startswith("\\\\")
    return is_network_type(type_of_mount(folder.resolve().as_posix(), known_mounts()))


def known_mounts() -> str:
    """Read what is mounted, in the form of `/proc/mounts`; empty where the system does not tell."""
    try:
        if sys.platform == "darwin":
            said = subprocess.run(["/sbin/mount"], capture_output=True, check=True, timeout=10)
            return from_mount_command(said.stdout.decode("utf-8", "replace"))
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except (OSError, subprocess.SubprocessError):
        return ""


def from_mount_command(said: str) -> str:
    """Bring what `mount` says on macOS into the form of `/proc/mounts`.

    Args:
        said: Lines such as `//me@server/share on /Volumes/my share (smbfs, nodev, mounted by me)`.
    """
    found = re.findall(r"^.* on (/.*) \(([a-z0-9_]+)[,)].*$", said, re.MULTILINE)
    return "\n".join(f"- {escaped(point)} {kind}" for point, kind in found)


def type_of_mount(folder: str, mounts: str) -> str:
    """Find the file system type of a folder in the text of `/proc/mounts`.

    Args:
        folder: An absolute path with links resolved.
        mounts: The text; each line begins `device mountpoint type`.

    Returns:
        The type, or an empty text when no line covers the folder.
    """
    place = PurePosixPath(folder)
    longest, found = -1, ""
    for line in mounts.splitlines():
        columns = line.split(" ")
        if len(columns) < 3:
            continue
        point = PurePosixPath(unescaped(columns[1]))
        # A later line covers an earlier one at the same point.
        if (place == point or point in place.parents) and len(point.parts) >= longest:
            longest, found = len(point.parts), columns[2]
    return found


def is_network_type(type_name: str) -> bool:
    """Tell whether a file system type, as `/proc/mounts` names it, is a network drive's."""
    name = type_name.lower()
    if name in LOCAL_FUSE:
        return False
    return name in NETWORK_TYPES or name.split(".")[0] in NETWORK_TYPES or "drive" in name


ESCAPES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))


def unescaped(text: str) -> str:
    """Undo the octal escapes of `/proc/mounts`."""
    for code, character in ESCAPES:
        text = text.replace(code, character)
    return text


def escaped(text: str) -> str:
    """Escape a path as `/proc/mounts` does."""
    for code, character in reversed(ESCAPES):
        text = text.replace(character, code)
    return text
