"""A PostgreSQL of the tests' own, where its programs are installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


def programs() -> Path | None:
    """Find the folder of PostgreSQL's programs: Debian's, or those on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found and shutil.which("postgres") else None


def takes_work(url: str) -> bool:
    """Whether a server takes work: it listens a while before, and refuses all who come."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Run a server on a free port of this machine; gives the address of its database."""
    folder = Path(tempfile.mkdtemp(prefix="legnext-postgres-"))
    bin_folder = programs()
    assert bin_folder is not None
    as_other: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # PostgreSQL refuses root
        shutil.chown(folder, "postgres", "postgres")
        as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        [*as_other, str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    options = ["-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]
    # No test kills the server itself.
    for setting in ("max_connections=200", "fsync=off", "full_page_writes=off"):
        options += ["-c", setting]
    server = subprocess.Popen(
        [*as_other, str(bin_folder / "postgres"), "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        deadline = time.monotonic() + 30
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        while not takes_work(url):
            assert time.monotonic() < deadline
            assert server.poll() is None
            time.sleep(0.05)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # does not wait for connections that are still open
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
