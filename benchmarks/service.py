"""Measure submissions and downloads against bare httpx, and against the published `legnext` client.

Run it as `python -m benchmarks.service [--rounds N]`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks import _peers, polling
from benchmarks._table import Row, table

if TYPE_CHECKING:
    from collections.abc import Iterator

JOBS = 5000


@contextmanager
def stub_service() -> Iterator[str]:
    """Run the stub service in a process of its own; give its origin."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._stub_service"],
        cwd=_peers.PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:  # its end closes the input, which ends the service
        port = process.stdout.readline() if process.stdout else ""
        yield f"http://127.0.0.1:{int(port)}"


def rows(rounds: int = 5) -> list[Row]:
    """Measure everything."""
    _peers.install()
    program = "import sys; from benchmarks._service_run import main; main()"
    with stub_service() as origin:
        found = json.loads(_peers.run(program, origin, str(rounds)))
    made: list[Row] = []
    for name, what, limit in (
        ("submit", "submit, service answers at once", None),
        ("submit, 100 ms", "submit, service answers after 100 ms", 1.5),
    ):
        ours, theirs, ratio = found[name]
        made.append(
            Row(
                what, ours * 1000, "ms", "bare httpx POST", theirs * 1000,
                ratio_at_most=limit, ratio=ratio,
            )
        )  # fmt: skip
    loaded = found["download"]
    made += [
        Row(
            "download of 64 MB", loaded["ours"], "MB/s", "bare httpx stream", loaded["theirs"],
            ratio_at_least=0.8, ratio=loaded["ratio"],
        ),
        Row("memory grown by downloads", max(0.0, loaded["grown"]), "MB", at_most=16),
        Row(
            "jobs billed for one click, slow service", found["billed"]["ours"], "",
            "legnext", found["billed"]["legnext"], at_most=1,
        ),
    ]  # fmt: skip
    return made + polls_against_legnext()


def polls_against_legnext() -> list[Row]:
    """Simulate videos of the documented durations under our plan and under that of `legnext`."""
    interval = float(
        _peers.run(
            "import inspect, legnext.resources.tasks as t;"
            "wait = inspect.signature(t.TasksResource.wait_for_completion);"
            "print(wait.parameters['poll_interval'].default)"
        )
    )
    ours, theirs = polling.against_interval(interval, JOBS)
    return [
        Row("polls of a video", ours.requests, "", "legnext", theirs.requests, at_most=30),
        Row("mean lag of a video", ours.lag, "s", "legnext", theirs.lag, at_most=3),
        Row("longest lag of a video", ours.longest_lag, "s", "legnext", theirs.longest_lag, 12),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    print(table(rows(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
