"""A browser, the editors, and a notebook in one of them with a service of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.chromium import start_chromium
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.hosts.stand import Stand

MAKE = """
import os
os.environ.update({variables!r})
import ipywidgets as W
import legnext_widgets as lw
""".strip()
STUDIO = 'studio = lw.VideoStudio(prompt="slow push in", image_url="https://example.com/a.png")'
BLOCK = """
import pathlib, time
end = time.monotonic() + 120
while not pathlib.Path({go!r}).exists() and time.monotonic() < end:
    {pause}
print("it ran on")
""".strip()


class Notebook:
    """A notebook that is open in an editor.

    Args:
        editor: The editor.
        page: The tab.
        service: The service that its clients use.
        cells: Its cells, after a first line that imports `W` (ipywidgets) and `lw`.
    """

    def __init__(self, editor: Stand, page: Page, service: Service, *cells: str) -> None:
        self.editor, self.page, self.service = editor, page, service
        self.failures: list[str] = []
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        library = editor.home / f"library-{len(list(editor.notebooks.iterdir()))}"
        variables = {**service.variables, "LEGNEXT_LIBRARY": str(library)}
        first, *others = cells
        name = f"notebook-{len(list(editor.notebooks.iterdir()))}"
        source = f"{MAKE.format(variables=variables)}\n{first}"
        editor.go_to(page, editor.write(name, source, *others))

    def run(self, cell: int) -> None:
        """Runs one cell; returns at once."""
        self.editor.run_cell(self.page, cell)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def editors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[type[Stand]], Stand]]:
    """Starts an editor once for all tests."""
    started: dict[type[Stand], Stand] = {}

    def start(kind: type[Stand]) -> Stand:
        if kind not in started:
            started[kind] = kind(tmp_path_factory.mktemp(kind.__name__))
            started[kind].start()
        return started[kind]

    yield start
    for editor in started.values():
        editor.close()


@pytest.fixture
def open_notebook(
    browser: Browser, editors: Callable[[type[Stand]], Stand]
) -> Iterator[Callable[..., Notebook]]:
    """Opens notebooks: `open_notebook(kind, *cells)`, with options of the browser's window."""
    services: list[Service] = []
    pages: list[Page] = []

    def open_(kind: type[Stand], *cells: str, **window: Any) -> Notebook:
        services.append(Service(30, packaged=True).start())
        options = {"viewport": {"width": 1280, "height": 1600}, **window}
        pages.append(browser.new_context(**options).new_page())
        return Notebook(editors(kind), pages[-1], services[-1], *cells)

    yield open_
    for page in pages:
        page.context.close()
    for service in services:
        service.close()
