"""The front ends of the matrix: how each is started, and how a person does the same in each."""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.request
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

import nbformat

from tests.browser.studio_page import StudioPage
from tests.matrix.environments import Environment, environment
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from playwright.sync_api import Page

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LOAD = 60_000
"""Milliseconds for a page to load with its kernel on a busy machine."""


class FrontEnd(ABC):
    """A server of notebooks, and what is done in its pages.

    Args:
        home: Empty folder for everything that it and its kernels write.

    Attributes:
        environment_name: Where it runs.
        runs_on_opening: Whether all cells run when the page opens.
        views_at_once: Whether both views are there once the first cell has run.
        keeps_kernel: Whether the kernel goes on when the tab is closed.
    """

    environment_name: ClassVar[str]
    runs_on_opening: ClassVar[bool] = False
    views_at_once: ClassVar[bool] = False
    keeps_kernel: ClassVar[bool] = True

    def __init__(self, home: Path) -> None:
        self.home = home
        self.notebooks = home / "notebooks"
        self.log = home / "server.log"
        self.environment: Environment = environment(self.environment_name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.notebooks.mkdir(parents=True)
        python = self.environment.prepare()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(python), *self.command()],
                env=_variables(self.home),
                cwd=self.notebooks,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._answers, f"{type(self).__name__} has started", timeout=90, every=0.2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @abstractmethod
    def command(self) -> Sequence[str]:
        """What Python is to run."""

    @abstractmethod
    def go_to(self, page: Page, name: str) -> None:
        """Opens a notebook and waits until its cells can be run."""

    @abstractmethod
    def run_cell(self, page: Page, index: int) -> None:
        """Runs one cell, as a person would by hand."""

    def write(self, name: str, *cells: str) -> str:
        """Writes a notebook of code cells; gives the name it is opened by."""
        made = [nbformat.v4.new_code_cell(source) for source in cells]
        notebook = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL})
        nbformat.write(notebook, self.notebooks / f"{name}.ipynb")
        return f"{name}.ipynb"

    def save(self, page: Page) -> None:
        """Saves the notebook, outputs and all; where there is nothing to save, does nothing."""
        del page

    def reload(self, page: Page, name: str) -> None:
        """Loads the page again, as with F5."""
        self.go_to(page, name)

    def studio(self, page: Page, index: int = 0) -> StudioPage:
        """One of the views of the page, once it is drawn."""
        root = page.locator(".legnext-widgets").nth(index)
        root.wait_for(state="visible", timeout=LOAD)
        return StudioPage(root)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                return int(answer.status) == 200
        except OSError:
            return False


class _OfJupyter(FrontEnd):
    """Front ends that are applications of JupyterLab's kind."""

    path: ClassVar[str]
    module: ClassVar[str]
    application: ClassVar[str]

    def command(self) -> Sequence[str]:
        return (
            *("-m", self.module, "--no-browser", "--ip=127.0.0.1", "--allow-root"),
            *(f"--ServerApp.port={self.port}", f"--ServerApp.root_dir={self.notebooks}"),
            *("--ServerApp.token=", "--IdentityProvider.token=", "--ServerApp.password="),
            f"--{self.application}.expose_app_in_browser=True",
        )

    def go_to(self, page: Page, name: str) -> None:
        page.goto(f"{self.url}/{self.path}/{name}?reset", wait_until="domcontentloaded")
        page.wait_for_function(
            """() => {
              const panel = window.jupyterapp?.shell?.currentWidget;
              return panel?.sessionContext?.session?.kernel?.status === 'idle'
                && panel.content?.model?.cells?.length > 0;
            }""",
            timeout=LOAD,
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


class Notebook7(_OfJupyter):
    """Jupyter Notebook 7."""

    environment_name = "newest"
    path, module, application = "notebooks", "notebook", "JupyterNotebookApp"


class JupyterLab3(_OfJupyter):
    """JupyterLab 3.6 with ipywidgets 7."""

    environment_name = "jupyterlab-3"
    path, module, application = "lab/tree", "jupyterlab", "LabApp"


class Notebook6(FrontEnd):
    """Notebook 6.5 with ipywidgets 7.7."""

    environment_name = "ipykernel-6-17"

    def command(self) -> Sequence[str]:
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

    environment_name = "newest"
    runs_on_opening = True
    views_at_once = True
    keeps_kernel = False

    def command(self) -> Sequence[str]:
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

    environment_name = "marimo"

    def command(self) -> Sequence[str]:
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


def _variables(home: Path) -> dict[str, str]:
    foreign = ("JUPYTER", "IPYTHON", "LEGNEXT_", "XDG_", "MARIMO", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONUTF8": "1",
    }


ALL: tuple[type[FrontEnd], ...] = (Notebook7, Voila, Marimo, Notebook6, JupyterLab3)
