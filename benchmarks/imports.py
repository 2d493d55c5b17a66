"""Measure the processor time that importing the studio takes, against the packages under it.

Run it as `python -m benchmarks.imports [--rounds N]`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
from functools import partial

from benchmarks import _peers
from benchmarks._table import Row, interleaved, median_ratio, table

PROGRAMS = {
    "anywidget + httpx": "import anywidget, httpx",
    "the studio": "import legnext_widgets as lw; lw.VideoStudio",
    "the client": "import legnext_widgets as lw; lw.Client",
    "httpx": "import httpx",
    "legnext": "import legnext",
}


def processor_ms(program: str) -> float:
    """Run a program; give the milliseconds of processor time that it took."""
    process = subprocess.Popen(
        [str(_peers.PYTHON), "-c", program],
        cwd=_peers.PROJECT,
        env=_peers.environment(),
        stdin=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise RuntimeError(f"{program} failed")
    return (usage.ru_utime + usage.ru_stime) * 1000


def rows(rounds: int = 15) -> list[Row]:
    """Measure in rounds of all programs."""
    _peers.install()
    for program in PROGRAMS.values():
        processor_ms(program)  # writes the bytecode
    cases = {name: partial(processor_ms, program) for name, program in PROGRAMS.items()}
    found = interleaved(cases, rounds)
    middle = {name: statistics.median(times) for name, times in found.items()}

    def row(ours: str, peer: str, limit: float | None) -> Row:
        ratio = median_ratio(found[ours], found[peer])
        what = f"import {ours}, processor time"
        theirs = middle[peer]
        return Row(what, middle[ours], "ms", peer, theirs, ratio_at_most=limit, ratio=ratio)

    return [
        row("the studio", "anywidget + httpx", 1.15),
        row("the client", "httpx", None),
        row("the client", "legnext", None),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    print(table(rows(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
