"""One browser and one server for all tests of the plain page; axe's counts, printed last."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import start_chromium
from tests.ui.plain_page import PlainPage, serve_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

Counts = dict[str, dict[str, int]]
COUNTS = pytest.StashKey[Counts]()


def pytest_configure(config: pytest.Config) -> None:
    counts: Counts = defaultdict(dict)
    config.stash[COUNTS] = counts


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# Of package scope: while Playwright's synchronous API is open, no asyncio test can run.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    with serve_pages() as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., PlainPage]]:
    """Opens the plain page in a window of some width; what it throws fails the test."""
    opened: list[PlainPage] = []

    def open_one(width: int, *, still: bool = True) -> PlainPage:
        opened.append(PlainPage(browser, address, width, still=still))
        return opened[-1]

    yield open_one
    for page in opened:
        page.page.close()
    assert [error for page in opened for error in page.errors] == []


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> Counts:
    """How many violations axe found: by scene, then by what was looked at."""
    return request.config.stash[COUNTS]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = terminalreporter.config.stash[COUNTS]
    if not counts:
        return
    terminalreporter.section("axe: violations of WCAG 2.2 AA in each state of the user interface")
    columns = list(dict.fromkeys(column for row in counts.values() for column in row))
    width = max(map(len, counts))
    terminalreporter.line("  ".join([" " * width, *columns]))
    for scene, row in counts.items():
        cells = [str(row.get(column, "-")).rjust(len(column)) for column in columns]
        terminalreporter.line("  ".join([scene.ljust(width), *cells]))
