"""A notebook in JupyterLab, as a person's hands and eyes have it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
from playwright.sync_api import Page, expect

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Locator

    from tests.browser.jupyterlab import JupyterLab

PANEL = "window.jupyterapp?.shell?.currentWidget"
KERNEL = f"{PANEL}?.sessionContext?.session?.kernel"
IN_FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"

_RUN = """async ([command, index]) => {
  const panel = window.jupyterapp.shell.currentWidget;
  if (index !== null) {
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
  }
  // Not awaited: what is looked at often happens while the cells still run.
  void window.jupyterapp.commands.execute(command);
}"""

_ADD_CELL = f"""source => {{
  const cells = {PANEL}.content.model.sharedModel;
  cells.insertCell(cells.cells.length, {{cell_type: 'code', source}});
  return cells.cells.length - 1;
}}"""

# Not awaited: it is waited for what it brings.
_OPEN = """path => {
  void window.jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'});
}"""

_DISPOSE = """path => {
  const opened = [...window.jupyterapp.shell.widgets('main')];
  opened.find(panel => panel.context?.path === path)?.dispose();
}"""

_CODE_CELLS = f"""() => {PANEL}?.content?.widgets
  .filter(cell => cell.model.type === 'code')
  .map(cell => ({{
    source: cell.model.sharedModel.getSource(),
    count: cell.model.executionCount,
    outputs: cell.model.outputs.toJSON(),
  }}))"""

_SAVE_STATE_TOO = """async () => {
  const {commands} = window.jupyterapp;
  const setting = 'Save Widget State Automatically';
  const toggle = commands.listCommands().find(id => commands.label(id) === setting);
  if (!commands.isToggled(toggle)) await commands.execute(toggle);
}"""

_ALL_HAVE_RUN = f"""() => {KERNEL}?.status === 'idle' && {PANEL}?.content?.widgets
  .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim())
  .every(cell => cell.model.executionCount !== null && cell.model.executionState !== 'running')"""

_STATE_TYPE = "application/vnd.jupyter.widget-state+json"
_VIEW_TYPE = "application/vnd.jupyter.widget-view+json"
_EVALUATE = f"""async expression => {{
  const kernel = {KERNEL};
  const future = kernel.requestExecute(
    {{code: '', silent: true, store_history: false, user_expressions: {{value: expression}}}});
  const late = new Promise((_, refuse) =>
    setTimeout(() => refuse(new Error('the kernel is busy')), 30000));
  const reply = await Promise.race([future.done, late]);
  const value = reply.content.user_expressions.value;
  if (value.status !== 'ok') throw new Error(value.evalue);
  return value.data['text/plain'];
}}"""


def write_notebook(folder: Path, name: str, *cells: str) -> str:
    """Writes a notebook of code cells that opens without asking for a kernel.

    Returns:
        Its name, to be opened by.
    """
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
            }
        },
    )
    nbformat.write(notebook, folder / name)
    return name


class OpenNotebook:
    """A notebook in a tab that has it open.

    Args:
        page: The tab.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.console: list[str] = []
        page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.console.append(f"pageerror: {error}"))

    def wait_until_idle(self, timeout: float = 60) -> None:
        """Waits until the kernel has nothing to do."""
        # Lab says so before the first cell can be run unless the notebook's model is ready, too.
        ready = f"() => {KERNEL}?.status === 'idle' && {PANEL}?.content?.model?.cells?.length > 0"
        self.page.wait_for_function(ready, timeout=timeout * 1000)

    @property
    def kernel_status(self) -> str:
        """What Lab shows of the kernel: `idle`, `busy`, ..."""
        status: str = self.page.evaluate(f"() => {KERNEL}?.status")
        return status

    def run_all(self) -> None:
        """Starts running all cells, top to bottom."""
        self.page.evaluate(_RUN, ["notebook:run-all-cells", None])

    def run_cell(self, index: int) -> None:
        """Starts running one cell."""
        self.page.evaluate(_RUN, ["notebook:run-cell", index])

    def add_cell(self, source: str) -> int:
        """Writes a code cell at the end; gives its number, by which to run it."""
        number: int = self.page.evaluate(_ADD_CELL, source)
        return number

    def remove_cells(self) -> None:
        """Empties the notebook, whose kernel goes on."""
        self.page.evaluate(
            f"() => {{ const cells = {PANEL}.content.model.sharedModel;"
            " cells.deleteCellRange(0, cells.cells.length); }"
        )

    def show(self, source: str) -> Locator:
        """Adds a cell, runs it, and gives the place of its output."""
        number = self.add_cell(source)
        self.run_cell(number)
        return self.output(number)

    def save(self) -> None:
        """Saves the notebook, as the menu does."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def wait_until_all_ran(self, timeout: float = 120) -> None:
        """Waits until each code cell has run to its end."""
        self.page.wait_for_function(_ALL_HAVE_RUN, timeout=timeout * 1000)

    def code_cells(self) -> list[dict[str, Any]]:
        """Source, execution count and outputs (as in the notebook's file) of each code cell."""
        cells: list[dict[str, Any]] = self.page.evaluate(_CODE_CELLS)
        return cells

    def errors(self) -> list[str]:
        """The error outputs of all cells, each as the cell's first line and the error."""
        return [
            f"{cell['source'].splitlines()[0]} ... {output['ename']}: {output['evalue']}"
            for cell in self.code_cells()
            for output in cell["outputs"]
            if output["output_type"] == "error"
        ]

    def text_of(self, index: int) -> str:
        """What the code cell of this number has printed so far."""
        outputs = self.code_cells()[index]["outputs"]
        texts = [output.get("text", "") for output in outputs]
        return "".join("".join(text) for text in texts)

    def wait_for_text(self, index: int, text: str, timeout: float = 60) -> None:
        """Waits until a code cell has printed this."""
        self.page.wait_for_function(
            f"""([index, text]) => {PANEL}?.content?.widgets
              .filter(cell => cell.model.type === 'code')[index].model.outputs.toJSON()
              .some(output => [output.text ?? ''].flat().join('').includes(text))""",
            arg=[index, text],
            timeout=timeout * 1000,
        )

    def evaluate(self, expression: str) -> str:
        """The repr of a Python expression in the kernel; between cells, unseen by the notebook."""
        value: str = self.page.evaluate(_EVALUATE, expression)
        return value

    def output(self, index: int) -> Locator:
        """The output area of the code cell of this number, brought into view."""
        cells = self.page.locator(f"{IN_FRONT} .jp-CodeCell")
        area = cells.nth(index).locator(".jp-Cell-outputWrapper")
        area.scroll_into_view_if_needed()
        return area

    def use_theme(self, name: str) -> None:
        """Switches Lab's theme, such as `JupyterLab Dark`, and waits until it is drawn."""
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            name,
        )
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-name", name)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def close(self) -> None:
        """Closes the tab, as a person who is done does."""
        self.page.context.close()


def _leave(dialog: Dialog) -> None:
    """Answers a page's question: it may be left, and all else is declined."""
    if dialog.type == "beforeunload":
        dialog.accept()
    else:
        dialog.dismiss()


class NotebookPage(OpenNotebook):
    """One notebook of a server of the tests, open in one tab.

    Args:
        page: The tab.
        lab: The server whose notebooks are opened.

    Attributes:
        path: The file of the notebook that is open.
    """

    def __init__(self, page: Page, lab: JupyterLab) -> None:
        super().__init__(page)
        self.lab = lab
        self.path = lab.notebooks

    @classmethod
    def open(cls, browser: Browser, lab: JupyterLab, name: str, **context: Any) -> NotebookPage:
        """Opens a notebook in a tab of a fresh profile and waits for its kernel."""
        options = {"viewport": {"width": 1280, "height": 1600}, **context}
        page = browser.new_context(**options).new_page()
        # Lab asks whether to leave while another notebook of the tab is not saved.
        page.on("dialog", _leave)
        notebook = cls(page, lab)
        notebook.go_to(name)
        return notebook

    def go_to(self, name: str) -> None:
        """Opens a notebook of the server by its name, or the same one anew."""
        self.path = self.lab.notebooks / name
        self.page.goto(f"{self.lab.url}lab/tree/{name}?reset", wait_until="domcontentloaded")
        self.wait_until_idle()

    def bring_to_front(self, name: str) -> None:
        """Opens a notebook in the tab as it is, or shows it if it is open there."""
        self.path = self.lab.notebooks / name
        self.page.evaluate(_OPEN, name)
        in_front = f"name => {PANEL}?.context?.path === name"
        self.page.wait_for_function(in_front, arg=name, timeout=60_000)
        self.wait_until_idle()

    def open_beside(self, name: str) -> NotebookPage:
        """Opens another notebook in the same tab, in front of this one."""
        beside = NotebookPage(self.page, self.lab)
        beside.bring_to_front(name)
        return beside

    def dispose(self) -> None:
        """Takes the notebook out of the tab, unsaved."""
        self.page.evaluate(_DISPOSE, self.path.name)

    def save_with_state(self) -> Path:
        """Saves the notebook and the state of its widgets in it; gives its file."""

        def holds_the_state() -> bool:
            self.page.evaluate(_SAVE_STATE_TOO)
            self.save()
            notebook = json.loads(self.path.read_text(encoding="utf-8"))
            saved = notebook["metadata"].get("widgets", {}).get(_STATE_TYPE, {}).get("state", {})
            shown = {
                output["data"][_VIEW_TYPE]["model_id"]
                for cell in notebook["cells"]
                for output in cell.get("outputs", ())
                if _VIEW_TYPE in output.get("data", {})
            }
            return bool(shown) and shown <= saved.keys()

        wait_until(holds_the_state, "the notebook is saved with its widgets' state", every=0.5)
        return self.path
