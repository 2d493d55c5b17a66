"""A simulated service for each test, outside of the kernels; and the matrix, printed last."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.matrix.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

RESULTS = pytest.StashKey[dict[tuple[str, str, str], str]]()
FAILED = pytest.StashKey[bool]()
MODULES = {"test_kernels": "Kernels", "test_front_ends": "Front ends"}
PLACES = re.compile(r"own|ipykernel-\d-\d+|newest|Notebook7|Voila|Marimo|Notebook6|JupyterLab3")


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    """Starts services: `serve(speed)`."""
    started: list[Service] = []

    def start(speed: float = 100, *, carried: bool = True) -> Service:
        started.append(Service(speed, carried=carried))
        return started[-1]

    yield start
    for service in started:
        service.close()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RESULTS] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    table = MODULES.get(item.path.stem)
    if table is None or (report.when != "call" and report.passed):
        return report
    name, _, arguments = item.name.partition("[")
    place = PLACES.search(arguments)
    others = [part for part in PLACES.sub("", arguments.rstrip("]")).split("-") if part]
    row = " ".join([name.removeprefix("test_").replace("_", " "), *(f"({o})" for o in others)])
    said = "passed" if report.passed else _reason(report, call)
    results = item.config.stash[RESULTS]
    key = (table, row, place.group() if place else "here")
    if results.get(key, "passed") == "passed":
        results[key] = said
    return report


def _reason(report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    said = str(call.excinfo.value) if call.excinfo is not None else report.longreprtext
    line = next(iter(said.strip().splitlines()), "no reason given")
    return f"{'not here' if report.skipped else 'FAILED'}: {line.removeprefix('Skipped: ')[:160]}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    results = terminalreporter.config.stash[RESULTS]
    for table in dict.fromkeys(table for table, _, _ in results):
        rows = list(dict.fromkeys(row for of, row, _ in results if of == table))
        places = list(dict.fromkeys(place for of, _, place in results if of == table))
        terminalreporter.section(f"{table}: what was tested where")
        width = max(len(row) for row in rows)
        terminalreporter.line(" " * width + "  " + "  ".join(places))
        reasons: list[str] = []
        for row in rows:
            cells = []
            for place in places:
                said = results.get((table, row, place), "-")
                if said not in ("passed", "-"):
                    reasons.append(f"{place}, {row}: {said}")
                word = said.partition(":")[0]
                cells.append(word.ljust(len(place)))
            terminalreporter.line(f"{row.ljust(width)}  {'  '.join(cells)}".rstrip())
        for reason in reasons:
            terminalreporter.line(f"* {reason}")
