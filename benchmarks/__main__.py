"""Print one table of all that is promised, with the versions of what was measured.

Run it as `python -m benchmarks [--quick] [PART ...]`, or through `./dev bench`. BENCHMARKS.md
explains it.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import traceback
from typing import TYPE_CHECKING

from benchmarks import _peers, clips, gateway, imports, library, paint, polling, service, waiting
from benchmarks._table import Row, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


PARTS: dict[str, Callable[[bool], list[Row]]] = {
    "imports": lambda quick: imports.rows(5 if quick else 15),
    "paint": lambda quick: paint.rows(2 if quick else 10),
    # A shorter window would still hold what a new job sets in motion.
    "waiting": lambda _: waiting.rows(),
    "clips": lambda quick: clips.rows(2 if quick else 5),
    "library": lambda quick: library.rows(1_000 if quick else 10_000),
    "service": lambda quick: service.rows(2 if quick else 5),
    "polling": lambda _: polling.rows(),
    "gateway": lambda quick: gateway.rows(6 if quick else 12),
}


def measured(names: Iterable[str], *, quick: bool) -> tuple[list[Row], list[str]]:
    """Measure parts of the table.

    Args:
        names: Keys of `PARTS`.
        quick: Take fewer rounds, for a rough picture sooner.

    Returns:
        The rows, and the names of parts that could not be measured: their tracebacks are printed,
        and the others are measured all the same.
    """
    made: list[Row] = []
    failed: list[str] = []
    for name in names:
        print(f"[bench {time.strftime('%H:%M:%S')}] {name}", file=sys.stderr, flush=True)
        try:
            made += PARTS[name](quick)
        except Exception:
            traceback.print_exc()
            failed.append(name)
    return made, failed


def main() -> int:
    """Measure and print; the exit code is 1 where a part could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, rougher figures")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of: {', '.join(PARTS)}")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    _peers.install()
    rows, failed = measured(options.parts or PARTS, quick=options.quick)
    print(table(rows))
    print()
    print(", ".join(f"{name} {version}" for name, version in _peers.versions().items()))
    if hasattr(os, "getloadavg"):
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        print(f"{platform.platform()}, {os.cpu_count()} processors, load {load}")
    missed = [row.what for row in rows if not row.met]
    print(f"Goals missed: {'; '.join(missed)}" if missed else "All measured goals are met.")
    if failed:
        print(f"Not measured: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
