"""A JupyterLab in the environment of the peers, and the times at which its page shows things."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from benchmarks import _peers
from tests.browser.jupyterlab import JupyterLab
from tests.browser.notebook_page import KERNEL, PANEL, NotebookPage, write_notebook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

# Looks once a frame, which is when a person could see it; a count of zero stands for "any".
RUN_AND_TIME = f"""async ([index, selector, count]) => {{
  const {{content}} = {PANEL};
  const begun = performance.now();
  content.deselectAll();
  content.activeCellIndex = index;
  void window.jupyterapp.commands.execute('notebook:run-cell');
  const output = content.widgets[index].node.querySelector('.jp-Cell-outputWrapper');
  // Some widgets keep their elements in shadow roots.
  const found = (root) => [...root.querySelectorAll(selector), ...[...root.querySelectorAll('*')]
    .flatMap((element) => (element.shadowRoot ? found(element.shadowRoot) : []))];
  const there = () => found(output).length >= count;
  while (!there() && performance.now() - begun < 60000) {{
    await new Promise(requestAnimationFrame);
  }}
  if (!there()) throw new Error('nothing was shown within a minute');
  return performance.now() - begun;
}}"""


class PeersLab(JupyterLab):
    """A JupyterLab whose kernels run in the environment of the peers.

    Args:
        home: Empty folder for everything the server and its kernels write.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
            self.variables.pop(name, None)
        scripts = str(_peers.PYTHON.parent)
        self.variables["PATH"] = scripts + os.pathsep + self.variables.get("PATH", "")

    def command(self) -> Sequence[str]:
        """What is to be run."""
        return (str(_peers.PYTHON), *super().command()[1:])


class Bench:
    """A browser and a JupyterLab to measure in.

    Args:
        browser: The browser.
        lab: The server.
    """

    def __init__(self, browser: Browser, lab: JupyterLab) -> None:
        self._browser = browser
        self.lab = lab
        self._count = 0

    def open(self, *cells: str) -> NotebookPage:
        """Open a notebook of these cells, with a fresh kernel that has nothing to do."""
        self._count += 1
        name = write_notebook(self.lab.notebooks, f"bench-{self._count}.ipynb", *cells)
        notebook = NotebookPage.open(self._browser, self.lab, name)
        time.sleep(1.0)  # what a kernel and a page still do after they say that they are ready
        return notebook

    def close(self, notebook: NotebookPage) -> None:
        """Close a notebook and end its kernel."""
        notebook.close()
        self.lab.forget()


def painted(notebook: NotebookPage, index: int, selector: str, count: int = 1) -> float:
    """Run a cell; give the seconds until its output shows `count` elements of a selector."""
    milliseconds: float = notebook.page.evaluate(RUN_AND_TIME, [index, selector, count])
    return milliseconds / 1000


def kernel_messages(notebook: NotebookPage) -> None:
    """Record the messages from the kernel in `window.fromKernel`, from now on."""
    notebook.page.evaluate(f"""() => {{
      window.fromKernel = [];
      {KERNEL}.anyMessage.connect((_, {{msg, direction}}) => {{
        if (direction === 'recv') window.fromKernel.push(
          [performance.now(), msg.header.msg_type, JSON.stringify(msg.content).length,
            msg.content?.data?.content?.type ?? msg.content?.data?.method ?? null]);
      }});
    }}""")


def recorded_messages(notebook: NotebookPage) -> list[list[Any]]:
    """Return what `kernel_messages` has recorded: time, type, size and kind of each message."""
    messages: list[list[Any]] = notebook.page.evaluate("() => window.fromKernel")
    return messages
