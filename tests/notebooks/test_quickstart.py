"""What every reader of the quickstart relies on, without running it; the browser tests run it."""

from __future__ import annotations

from pathlib import Path

import nbformat

QUICKSTART = Path(__file__).resolve().parents[2] / "notebooks" / "quickstart.ipynb"


def test_quickstart_is_stored_without_outputs_and_opens_without_a_question() -> None:
    notebook = nbformat.read(QUICKSTART, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]

    assert notebook.metadata.kernelspec.name == "python3"
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
