"""The front ends of the matrix: how each is started, and how a person does the same in each."""

from __future__ import annotations

import socket
import urllib.request
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from tests.browser.jupyterlab import keep_news_away
from tests.browser.notebook_page import write_notebook
from tests.browser.studio_page import StudioPage
from tests.matrix.environments import OWN, environment
from tests.support.server import Server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Locator, Page

LOAD = 60_000
"""Milliseconds for a page to load with its kernel on a busy machine."""


class FrontEnd(Server):
    """A server of notebooks, and what is done in its pages.

    Args:
        home: Empty folder for everything that it and its kernels write.

    Attributes:
        environment_name: Where it runs.
        label: What it is called, in the printed matrix and in the documentation.
        runs_on_opening: Whether all cells run when the page opens.
        views_at_once: Whether both views are there once the first cell has run.
        keeps_kernel: Whether the kernel goes on when the tab is closed.
        load: Milliseconds for a page to load with its kernel on a busy machine.
        shows_running_cells: Whether what a cell displays is seen before it has ended.
        shows_saved_widgets: Whether a saved view is alive again when the page is loaded again.
        one_model: Whether all views of a widget share one model in the page.
    """

    environment_name: ClassVar[str]
    label: ClassVar[str]
    runs_on_opening: ClassVar[bool] = False
    views_at_once: ClassVar[bool] = False
    keeps_kernel: ClassVar[bool] = True
    load: ClassVar[float] = LOAD
    shows_running_cells: ClassVar[bool] = True
    shows_saved_widgets: ClassVar[bool] = True
    one_model: ClassVar[bool] = True

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self) -> Sequence[str]:
        """What is to be run, in the front end's own environment."""
        return str(environment(self.environment_name).prepare()), *self.arguments()

    def answers(self) -> bool:
        """Whether its first page comes."""
        with urllib.request.urlopen(self.url, timeout=5) as answer:
            return int(answer.status) == 200

    @abstractmethod
    def arguments(self) -> Sequence[str]:
        """What Python is to run."""

    @abstractmethod
    def go_to(self, page: Page, name: str) -> None:
        """Opens a notebook and waits until its cells can be run."""

    @abstractmethod
    def run_cell(self, page: Page, index: int) -> None:
        """Runs one cell, as a person would by hand."""

    def write(self, name: str, *cells: str) -> str:
        """Writes a notebook of code cells; gives the name it is opened by."""
        return write_notebook(self.notebooks, f"{name}.ipynb", *cells)

    def save(self, page: Page) -> None:
        """Saves the notebook, outputs and all; where there is nothing to save, does nothing."""
        del page

    def reload(self, page: Page, name: str) -> None:
        """Loads the page again, as with F5."""
        self.go_to(page, name)

    def outputs(self, page: Page, index: int = 0) -> Locator:
        """What holds the outputs of the cell of this number, and perhaps those of others."""
        del index
        return page.locator("body")

    def view(self, page: Page, index: int = 0) -> Locator:
        """One of the views of the page."""
        return self.outputs(page).locator(".legnext-widgets").nth(index)

    def studio(self, page: Page, index: int = 0) -> StudioPage:
        """One of the views of the page, once it is drawn."""
        root = self.view(page, index)
        root.wait_for(state="visible", timeout=self.load)
        return StudioPage(root)


class OfJupyter(FrontEnd):
    """Front ends that are applications of JupyterLab's kind."""

    path: ClassVar[str]
    module: ClassVar[str]
    application: ClassVar[str]

    def arguments(self) -> Sequence[str]:
        return (
            *("-m", self.module, "--no-browser", "--ip=127.0.0.1", "--allow-root"),
            *(f"--ServerApp.port={self.port}", f"--ServerApp.root_dir={self.notebooks}"),
            *("--ServerApp.token=", "--IdentityProvider.token=", "--ServerApp.password="),
            f"--{self.application}.expose_app_in_browser=True",
        )

    def address(self, name: str) -> str:
        """Where a notebook is opened."""
        return f"{self.url}/{self.path}/{name}?reset"

    def go_to(self, page: Page, name: str) -> None:
        page.goto(self.address(name), wait_until="domcontentloaded")
        page.wait_for_function(
            """() => {
              const panel = window.jupyterapp?.shell?.currentWidget;
              return panel?.sessionContext?.session?.kernel?.status === 'idle'
                && panel.content?.model?.cells?.length > 0;
            }""",
            timeout=self.load,
        )

    def run_cell(self, page: Page, index: int) -> None:
        page.evaluate(
            """index => {
              const content = window.jupyterapp.shell.currentWidget.content;
              content.deselectAll();
              content.activeCellIndex = index;
              void window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )

    def save(self, page: Page) -> None:
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")


class JupyterLab4(OfJupyter):
    """JupyterLab 4, in the environment of the tests themselves."""

    environment_name = OWN
    label = "JupyterLab 4"
    path, module, application = "lab/tree", "jupyterlab", "LabApp"

    def start(self) -> None:
        keep_news_away(self.home)
        super().start()


class Notebook7(OfJupyter):
    """Jupyter Notebook 7."""

    label = "Notebook 7"
    environment_name = "newest"
    path, module, application = "notebooks", "notebook", "JupyterNotebookApp"


class JupyterLab3(OfJupyter):
    """JupyterLab 3.6 with ipywidgets 7."""

    label = "JupyterLab 3.6"
    environment_name = "jupyterlab-3"
    path, module, application = "lab/tree", "jupyterlab", "LabApp"


class Notebook6(FrontEnd):
    """Notebook 6.5 with ipywidgets 7.7."""

    label = "Notebook 6.5"
    environment_name = "ipykernel-6-17"

    def arguments(self) -> Sequence[str]:
        return (
            *("-m", "notebook", "--no-browser", "--ip=127.0.0.1", "--allow-root"),
            *(f"--NotebookApp.port={self.port}", f"--NotebookApp.notebook_dir={self.notebooks}"),
            *("--NotebookApp.token=", "--NotebookApp.password="),
        )

    def go_to(self, page: Page, name: str) -> None:
        page.goto(f"{self.url}/notebooks/{name}", wait_until="domcontentloaded")
        page.wait_for_function(
            """() => {
              const notebook = window.Jupyter?.notebook;
              return notebook?._fully_loaded && notebook.kernel?.is_connected()
                && notebook.kernel.info_reply?.status === 'ok';
            }""",
            timeout=LOAD,
        )

    def run_cell(self, page: Page, index: int) -> None:
        page.evaluate("index => window.Jupyter.notebook.execute_cells([index])", index)

    def save(self, page: Page) -> None:
        page.evaluate("() => window.Jupyter.notebook.save_notebook()")


class Voila(FrontEnd):
    """Voila: a notebook as a page of its own, with a kernel for each visit."""

    label = "Voila"
    environment_name = "newest"
    runs_on_opening = True
    views_at_once = True
    keeps_kernel = False
    shows_running_cells = False

    def arguments(self) -> Sequence[str]:
        return (
            *("-m", "voila", "--no-browser", f"--port={self.port}", "--Voila.ip=127.0.0.1"),
            *("--show_tracebacks=True", "--preheat_kernel=False", str(self.notebooks)),
        )

    def go_to(self, page: Page, name: str) -> None:
        page.goto(f"{self.url}/voila/render/{name}", wait_until="domcontentloaded")

    def run_cell(self, page: Page, index: int) -> None:
        raise NotImplementedError("Voila runs a notebook when its page opens, and only then.")


class Marimo(FrontEnd):
    """marimo, where a notebook is a Python file."""

    label = "marimo"
    environment_name = "marimo"
    shows_running_cells = False

    def arguments(self) -> Sequence[str]:
        return (
            *("-m", "marimo", "-q", "edit", "--headless", "--no-token", "--skip-update-check"),
            *("--host=127.0.0.1", f"--port={self.port}", "--no-sandbox", str(self.notebooks)),
        )

    def write(self, name: str, *cells: str) -> str:
        parts = ["import marimo\napp = marimo.App()\n"]
        for source in cells:
            # What a cell makes is seen by the others only under a name that it gives back.
            body = "".join(f"    {line}\n" for line in source.splitlines()[:-1])
            last = source.splitlines()[-1]
            needs = "" if source.startswith("import") else "studio"
            gives = "lw, studio" if not needs else ""
            end = f"    return {gives}\n" if gives else "    return\n"
            parts.append(f"@app.cell\ndef _({needs}):\n{body}    {last}\n{end}")
        (self.notebooks / f"{name}.py").write_text("\n\n".join(parts), encoding="utf-8")
        return f"{name}.py"

    def go_to(self, page: Page, name: str) -> None:
        file = self.notebooks / name
        page.goto(f"{self.url}/?file={file}", wait_until="domcontentloaded")
        page.get_by_test_id("cell-tray").nth(1).wait_for(state="attached", timeout=LOAD)
        # Cells are shown before they can be run; what the machine does is shown once they can.
        page.get_by_test_id("memory-usage-bar").wait_for(timeout=LOAD)

    def run_cell(self, page: Page, index: int) -> None:
        page.locator(".cm-content").nth(index).click()
        page.keyboard.press("Control+Enter")


ALL: tuple[type[FrontEnd], ...] = (
    *(JupyterLab4, Notebook7, Voila, Marimo, Notebook6, JupyterLab3),
)
NOT_HERE = {"Google Colab": "it runs only at Google; a harness that is built like it is tested"}
"""Front ends that the package is built for and that cannot be run by tests, with the reason."""
