from __future__ import annotations

from typing import TYPE_CHECKING

from tests.notebooks.running import printed, running

if TYPE_CHECKING:
    from pathlib import Path


def test_the_client_notebook_runs_to_its_end_and_shows_what_it_says(tmp_path: Path) -> None:
    with running("client.ipynb", tmp_path) as notebook:
        notebook.spare_the_processor()
        notebook.run_all()
        said = {cell.id: printed(cell.outputs) for cell in notebook.code_cells}

    assert "completed after" in said["wait"]
    # The callback thread may report the last change just after the job was awaited.
    assert "statuses: ['" in said["watch"]
    assert "4 images" in said["watch"]
    assert said["next-steps"].startswith("<Job")
    assert "$LEGNEXT_API_KEY" in said["request"]
    assert "batch_size must be one of 1, 2, 4" in said["wrong-request"]
    assert "80 frozen, 0 taken" in said["failing"]
    assert "completed" in said["timeout"]
    assert "adopted: completed - jobs paid for: 1" in said["uncertain"]
    assert "3 of 3" in said["batch"]
    assert "Nothing was sent" in said["budget"]
    assert ".mp4" in said["files"]
    assert "2 jobs mention a boat" in said["library"]
    assert "completed with 4 images" in said["async"]


def test_the_batch_study_compares_chooses_and_exports_its_grid(tmp_path: Path) -> None:
    with running("batch_study.ipynb", tmp_path) as notebook:
        notebook.spare_the_processor()
        notebook.run_all()
        said = {cell.id: printed(cell.outputs) for cell in notebook.code_cells}

    assert "4 of 4 done" in said["run"]
    assert said["table"].count("completed") == 4
    assert said["again"].startswith("0 jobs sent again")
    assert "index.html" in said["export"]
    # Four of the grid, and four of the one that was extended.
    assert said["export"].count(".mp4") == 8
    assert said["later"].count("<Job") == 2
