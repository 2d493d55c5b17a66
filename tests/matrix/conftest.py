"""A simulated service for each test, outside of the kernels; and the matrix, printed last."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.matrix.environments import OWN, environment
from tests.matrix.front_ends import NOT_HERE
from tests.matrix.kernel import Kernel, supports_subshells
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Serve = Callable[..., Service]
    Started = Callable[..., AbstractContextManager[Kernel]]

OLD = ("colab", "ipykernel-6-17", "ipykernel-6-31", "ipykernel-7-1", "ipykernel-7-3", "newest")
KERNELS = [OWN, *(pytest.param(name, marks=pytest.mark.slow) for name in OLD)]

RESULTS = pytest.StashKey[dict[tuple[str, str, str], str]]()
FAILED = pytest.StashKey[bool]()
PARTS = {"front_end": "Front ends", "start": "Kernels"}
"""What a test of the matrix takes the place from that it is run in, and the part of the table."""


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    """Starts services: `serve(speed)`."""
    started: list[Service] = []

    def start(speed: float = 100, *, packaged: bool = True) -> Service:
        started.append(Service(speed, packaged=packaged).start())
        return started[-1]

    yield start
    for service in started:
        service.close()


@pytest.fixture(params=KERNELS)
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Started:
    """Starts kernels of one environment, each in a folder of its own.

    Those of the tests' own environment are forked, which saves half of the processor time of most
    tests. Those of `kept_kernels` are not, nor those that notebooks and front ends start.
    """
    chosen = environment(request.param)
    chosen.prepare()

    @contextmanager
    def started(service: Service, *, subshell: bool = True, **variables: str) -> Iterator[Kernel]:
        given = {**service.variables, "LEGNEXT_LIBRARY": str(tmp_path / "library"), **variables}
        subshell = subshell and supports_subshells(chosen.version_of("ipykernel"))
        forked = chosen.name == OWN
        with Kernel(chosen, tmp_path, given, subshell=subshell, forked=forked) as kernel:
            yield kernel

    return started


@pytest.fixture(scope="module")
def kept_kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Kernel]]:
    """Return a kernel of an environment that is kept, with a quick service and no library.

    Starting one takes longer than most tests that need nothing but a kernel.
    """
    with ExitStack() as kept:
        service = kept.enter_context(Service(120).start())
        started: dict[str, Kernel] = {}

        def of(name: str) -> Kernel:
            if name not in started:
                chosen = environment(name)
                chosen.prepare()
                folder = tmp_path_factory.mktemp(name)
                variables = {**service.variables, "LEGNEXT_LIBRARY": ""}
                started[name] = kept.enter_context(Kernel(chosen, folder, variables))
            return started[name]

        yield of


@pytest.fixture
def kept(start: Started, kept_kernels: Callable[[str], Kernel], request: Any) -> Kernel:
    """A kernel that tests share; each makes its own client."""
    return kept_kernels(request.node.callspec.params["start"])


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RESULTS] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    case = (
        item.callspec if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    )
    by = next((name for name in PARTS if case is not None and name in case.params), None)
    if case is None or by is None or (report.when != "call" and report.passed):
        return report
    place = str(getattr(case.params[by], "label", case.params[by]))
    others = case.id.replace(place, "").strip("-")
    name = item.name.partition("[")[0].removeprefix("test_").replace("_", " ")
    key = (PARTS[by], f"{name} ({others})" if others else name, place)
    results = item.config.stash[RESULTS]
    if results.get(key, "passed") == "passed":
        results[key] = "passed" if report.passed else _reason(report, call)
    return report


def _reason(report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    said = str(call.excinfo.value) if call.excinfo is not None else report.longreprtext
    line = next(iter(said.strip().splitlines()), "no reason given")
    return f"{'not here' if report.skipped else 'FAILED'}: {line.removeprefix('Skipped: ')[:160]}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    results = terminalreporter.config.stash[RESULTS]
    if results:
        terminalreporter.section("What was tested where")
    reasons: dict[str, None] = {}
    for part in PARTS.values():
        rows = list(dict.fromkeys(row for of, row, _ in results if of == part))
        if not rows:
            continue
        places = list(dict.fromkeys(place for of, _, place in results if of == part))
        said = {key[1:]: what for key, what in results.items() if key[0] == part}
        if part == PARTS["front_end"]:
            places += NOT_HERE
            said |= {(row, place): f"not: {why}" for row in rows for place, why in NOT_HERE.items()}
        for line in _table(part, rows, places, said):
            terminalreporter.line(line)
        reasons |= {
            f"{place}{'' if place in NOT_HERE else f', {row}'}: {what}": None
            for (row, place), what in said.items()
            if what != "passed"
        }
    for reason in reasons:
        terminalreporter.line(f"* {reason}")


def _table(
    part: str, rows: list[str], places: list[str], said: dict[tuple[str, str], str]
) -> list[str]:
    """The lines of one part of the matrix; what is said of why stands below all of them."""
    width = max(len(line) for line in [part, *rows])
    words = [[said.get((row, place), "-").partition(":")[0] for place in places] for row in rows]
    cells = [[part, *places], *([row, *line] for row, line in zip(rows, words, strict=True))]
    widths = [width, *(max(8, len(place)) for place in places)]
    return [
        "  ".join(cell.ljust(wide) for cell, wide in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ] + [""]
