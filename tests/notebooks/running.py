"""Run the cells of a notebook in a real kernel, forked with its imports done."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient

from tests.support.forked_kernels import fork

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


class RunningNotebook:
    """A notebook with its kernel.

    Args:
        client: The started client of the kernel.
    """

    def __init__(self, client: NotebookClient) -> None:
        self.notebook = client.nb
        self._client = client

    @property
    def code_cells(self) -> list[Any]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def spare_the_processor(self) -> None:
        """Use packaged clips; the tests of the sandbox cover rendering."""
        for cell in self.code_cells:
            cell.source = cell.source.replace(".sandbox(", ".sandbox(packaged=True, ")

    def run_all(self) -> None:
        """Run all cells; an unexpected error fails the test."""
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                self._client.execute_cell(cell, index)

    def run(self, cell: Any, source: str | None = None) -> list[Any]:
        """Run one cell, or `source` in its place, and return the outputs."""
        own = cell.source
        try:
            cell.source = own if source is None else source
            self._client.execute_cell(cell, self.notebook.cells.index(cell))
        finally:
            cell.source = own
        return list(cell.outputs)


@contextmanager
def running(
    name: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[RunningNotebook]:
    """Open a notebook of the repository with a kernel in `folder`."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(folder)}})
    spec = client.create_kernel_manager().kernel_spec
    assert spec is not None, "Jupyter knows this kernel"
    fork(spec)
    try:
        with mock.patch.dict(os.environ, environment or {}), client.setup_kernel():
            yield RunningNotebook(client)
    finally:
        # Jupyter makes one for each thread that runs a notebook, and closes none.
        ensure_event_loop().close()


def run_in_its_own_sandbox(name: str, folder: Path) -> dict[str, str]:
    """Run all cells of a notebook without errors, and return their texts by the cells' ids."""
    with running(name, folder, {"LEGNEXT_LIBRARY": str(folder / "mine")}) as notebook:
        notebook.spare_the_processor()
        notebook.run_all()
        assert [e for cell in notebook.code_cells for e in errors(cell.outputs)] == []
        return {cell.id: printed(cell.outputs) for cell in notebook.code_cells}


def printed(outputs: list[Any]) -> str:
    """Return the text of a cell's outputs."""
    return "".join(
        output.text if output.output_type == "stream" else output.data.get("text/plain", "")
        for output in outputs
        if output.output_type in ("stream", "execute_result", "display_data")
    )


def errors(outputs: list[Any]) -> list[str]:
    """Return the errors among outputs, each as `Name: message`."""
    return [f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error"]
