from __future__ import annotations

from typing import TYPE_CHECKING

from tests.notebooks.running import run_in_its_own_sandbox

if TYPE_CHECKING:
    from pathlib import Path


def test_the_client_notebook_runs_and_prints_its_results(tmp_path: Path) -> None:
    text = run_in_its_own_sandbox("client.ipynb", tmp_path)

    assert "completed after" in text["wait"]
    # The callback thread may report the last change just after the job was awaited.
    assert "statuses: ['" in text["watch"]
    assert "4 images" in text["watch"]
    assert "<Job" in text["next-steps"]
    assert "$LEGNEXT_API_KEY" in text["request"]
    assert "batch_size must be one of 1, 2, 4" in text["wrong-request"]
    assert "80 frozen, 0 taken" in text["failing"]
    assert "completed" in text["timeout"]
    assert "adopted: completed - jobs paid for: 1" in text["uncertain"]
    assert "3 of 3" in text["batch"]
    assert "Nothing was sent" in text["budget"]
    assert ".mp4" in text["files"]
    assert "2 jobs mention a boat" in text["library"]
    assert "completed with 4 images" in text["async"]
    run_in_its_own_sandbox("client.ipynb", tmp_path)  # again, where the first sandbox has ended


def test_the_batch_study_compares_chooses_and_exports_its_grid(tmp_path: Path) -> None:
    text = run_in_its_own_sandbox("batch_study.ipynb", tmp_path)

    assert "4 of 4 done" in text["run"]
    assert text["table"].count("completed") == 4
    assert text["again"].startswith("0 jobs sent again")
    assert "index.html" in text["export"]
    # Four clips of the grid, and four of the extension.
    assert text["export"].count(".mp4") == 8
    assert text["later"].count("<Job") == 2
    run_in_its_own_sandbox("batch_study.ipynb", tmp_path)
