"""One JupyterLab, one browser and mostly one tab for all tests here; a library for each."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from tests.browser.jupyterlab import JupyterLab
from tests.browser.notebook_page import NotebookPage, write_notebook
from tests.support.chromium import start_chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts" / "browser"
expect.set_options(timeout=20_000)  # what takes a moment here takes many on a busy machine
WIDGETS = """{id[:8]: {name: value for name, value in widget.get_state().items()
           if name != "_esm"}
  for id, widget in __import__('ipywidgets').widgets.widget._instances.items()
  if hasattr(widget, '_submission')}"""
REMEMBER_IN = "__import__('os').environ.update(LEGNEXT_LIBRARY={library!r})"
CLOSE_ALL = """
import ipywidgets
for widget in list(ipywidgets.widgets.widget._instances.values()):
    client = getattr(widget, "client", None)
    widget.close()
    if client is not None:
        client.close()
for name in {"client", "library"} & set(names):
    names[name].close()
"""
# What a window shows is drawn by the processor: one of 1600 lines costs all tests 9 % more.
WINDOW = {"width": 1280, "height": 1000}
PHASES = pytest.StashKey[dict[str, pytest.TestReport]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash.setdefault(PHASES, {})[report.when] = report
    return report


# Of package scope (this folder is a package for it): while Playwright's synchronous API is open, no
# asyncio test can run.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    with JupyterLab(tmp_path_factory.mktemp("lab"), lean=True) as lab:
        yield lab


@pytest.fixture
def lab(lab_server: JupyterLab) -> Iterator[JupyterLab]:
    yield lab_server
    lab_server.forget()


@pytest.fixture
def open_notebook(
    browser: Browser, lab: JupyterLab, request: pytest.FixtureRequest
) -> Iterator[Callable[..., NotebookPage]]:
    """Opens a notebook of the given cells, or one of the repository's by its path.

    Its kernel is new. It opens in the tab of the workbench, as loading JupyterLab takes longer than
    most tests; where `fresh` is set, in a tab of a new profile.
    """
    opened: list[NotebookPage] = []
    beside: list[NotebookPage] = []

    def open_one(*cells: str, path: Path | None = None, fresh: bool = False) -> NotebookPage:
        number = len(opened) + len(beside)
        name = f"{request.node.name}-{number}.ipynb".replace("[", "-").replace("]", "")
        if path is None:
            write_notebook(lab.notebooks, name, *cells)
        else:
            shutil.copy(path, lab.notebooks / name)
        if fresh:
            opened.append(NotebookPage.open(browser, lab, name, viewport=WINDOW))
            return opened[-1]
        shared: NotebookPage = request.getfixturevalue("_one_notebook")
        beside.append(shared.open_beside(name))
        return beside[-1]

    yield open_one
    call = request.node.stash.get(PHASES, {}).get("call")
    failed = call is not None and call.failed
    if failed:
        _keep_evidence(request.node.name, [*beside, *opened], lab)
    for notebook in opened:
        notebook.close()
    if beside:
        shared = request.getfixturevalue("_one_notebook")
        if failed:
            shared.go_to(shared.path.name)  # who knows what is left in the tab
        else:
            for notebook in beside:
                notebook.dispose()
            shared.bring_to_front(shared.path.name)


@pytest.fixture(scope="package")
def _one_notebook(browser: Browser, lab_server: JupyterLab) -> Iterator[NotebookPage]:
    name = "workbench.ipynb"
    lab_server.kept.add(name)
    write_notebook(lab_server.notebooks, name, "")
    notebook = NotebookPage.open(browser, lab_server, name, viewport=WINDOW)
    yield notebook
    notebook.close()


@pytest.fixture
def workbench(
    _one_notebook: NotebookPage, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[NotebookPage]:
    """A notebook that many tests share, to which each adds the cells it needs.

    Opening JupyterLab and starting a kernel takes longer than most tests. Each test has a library
    of its own, may resize the window, and what it made is closed and taken away when it ends. The
    mouse begins in a corner, where it turns to nothing.
    """
    notebook = _one_notebook
    size = notebook.page.viewport_size
    notebook.evaluate(REMEMBER_IN.format(library=str(tmp_path / "library")))
    notebook.page.mouse.move(0, 0)
    yield notebook
    call = request.node.stash.get(PHASES, {}).get("call")
    if call is not None and call.failed:
        _keep_evidence(request.node.name, [notebook], notebook.lab)
    notebook.evaluate(f"exec({CLOSE_ALL!r}, {{'names': globals()}})")
    notebook.page.unroute_all()
    notebook.remove_cells()
    if size is not None and notebook.page.viewport_size != size:
        notebook.page.set_viewport_size(size)


def _keep_evidence(test: str, notebooks: list[NotebookPage], lab: JupyterLab) -> None:
    folder = ARTIFACTS / test.replace("[", "-").replace("]", "")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(lab.log, folder / "jupyterlab.log")
    for number, notebook in enumerate(notebooks):
        notebook.page.screenshot(path=folder / f"page-{number}.png")
        console = "\n".join(notebook.console)
        (folder / f"console-{number}.txt").write_text(console, encoding="utf-8")
        try:
            state = notebook.evaluate(WIDGETS)
        except Error as problem:
            state = str(problem)
        (folder / f"studios-{number}.txt").write_text(state, encoding="utf-8")
