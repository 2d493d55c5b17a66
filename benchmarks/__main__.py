"""Print one table of all that is promised, with the versions of what was measured.

Run it as `python -m benchmarks [--quick]`, or through `./dev bench`. BENCHMARKS.md explains it.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from typing import TYPE_CHECKING

from benchmarks import _peers, clips, imports, library, paint, polling, service, waiting
from benchmarks._table import Row, table

if TYPE_CHECKING:
    from collections.abc import Callable


def measured(*, quick: bool) -> list[Row]:
    """Measure everything; fewer rounds give a rough picture sooner."""
    parts: dict[str, Callable[[], list[Row]]] = {
        "imports": lambda: imports.rows(5 if quick else 15),
        "paint": lambda: paint.rows(2 if quick else 10),
        "waiting": waiting.rows,  # a shorter window would still hold what a new job sets in motion
        "clips": lambda: clips.rows(2 if quick else 5),
        "library": lambda: library.rows(1_000 if quick else 10_000),
        "service": lambda: service.rows(2 if quick else 5),
        "polling": polling.rows,
    }
    made: list[Row] = []
    for name, rows in parts.items():
        print(f"[bench {time.strftime('%H:%M:%S')}] {name}", file=sys.stderr, flush=True)
        made += rows()
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, rougher figures")
    quick = parser.parse_args().quick
    _peers.install()
    rows = measured(quick=quick)
    print(table(rows))
    print()
    print(", ".join(f"{name} {version}" for name, version in _peers.versions().items()))
    if hasattr(os, "getloadavg"):
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        print(f"{platform.platform()}, {os.cpu_count()} processors, load {load}")
    missed = [row.what for row in rows if not row.met]
    print(f"Goals missed: {'; '.join(missed)}" if missed else "All goals are met.")


if __name__ == "__main__":
    main()
