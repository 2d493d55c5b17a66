from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.main_job import do_main_job
from tests.browser.studio_page import MOVING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.notebook_page import NotebookPage

QUICKSTART = Path(__file__).resolve().parents[2] / "notebooks" / "quickstart.ipynb"


def test_quickstart_runs_to_its_end_and_a_person_gets_four_playing_clips(
    open_notebook: Callable[..., NotebookPage], tmp_path: Path
) -> None:
    # The studio renders its clips, as the assertions below see. Those of the client come with the
    # package: the tests of the sandbox cover rendering.
    copy = tmp_path / QUICKSTART.name
    written = QUICKSTART.read_text(encoding="utf-8")
    copy.write_text(written.replace(".sandbox(", ".sandbox(packaged=True, "), encoding="utf-8")
    notebook = open_notebook(path=copy)
    notebook.run_all()
    seen = do_main_job(notebook, tmp_path)
    notebook.wait_until_all_ran()

    assert notebook.errors() == []
    # A quick job may pass through a status between two polls, but never backwards.
    assert seen.statuses[-1] == "completed"
    order = ["pending", "staged", "processing", "completed"]
    assert sorted(seen.statuses, key=order.index) == list(seen.statuses)
    assert [clip.index for clip in seen.clips] == [0, 1, 2, 3]
    assert all(clip.position > MOVING for clip in seen.clips)
    assert all(min(clip.width, clip.height) >= 400 for clip in seen.clips)
