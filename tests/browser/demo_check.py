"""What `./dev demo --check` runs: the quickstart in a real JupyterLab, and a report of it."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Error

from tests.browser.jupyterlab import JupyterLab
from tests.browser.main_job import MainJob, do_main_job
from tests.browser.notebook_page import NotebookPage
from tests.support.chromium import start_chromium

PROJECT = Path(__file__).resolve().parents[2]
QUICKSTART = PROJECT / "notebooks" / "quickstart.ipynb"
SCREENSHOTS = PROJECT / "artifacts" / "demo"


def main() -> int:
    """Does the main job once.

    Returns:
        The exit code: 0 when four clips played.
    """
    began = time.monotonic()
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="legnext-demo-", ignore_cleanup_errors=True) as home:
        lab = JupyterLab(Path(home))
        lab.notebooks.mkdir(parents=True)
        shutil.copy(QUICKSTART, lab.notebooks)
        print("Starting JupyterLab and a browser ...", flush=True)
        with lab, start_chromium() as browser:
            notebook = NotebookPage.open(browser, lab, QUICKSTART.name)
            print("Running the quickstart, filling in the form, generating ...", flush=True)
            try:
                notebook.run_all()
                seen = do_main_job(notebook, SCREENSHOTS)
                notebook.wait_until_all_ran()
            except (AssertionError, Error) as problem:
                return _report_failure(notebook, problem)
            errors = notebook.errors()
            notebook.close()
    _report(seen, time.monotonic() - began)
    for error in errors:
        print(f"A cell of the notebook failed: {error}")
    return 1 if errors else 0


def _report(seen: MainJob, seconds: float) -> None:
    print()
    print(f"Job           {seen.job_id}")
    print(f"Statuses      {' -> '.join(seen.statuses)}")
    for clip in seen.clips:
        size = f"{clip.width} x {clip.height} pixels"
        print(f"Clip {clip.index}        {size}, seen playing at {clip.position:.2f} s")
    print(f"Playback      {seen.playback_delay:.2f} s after the job was shown as completed")
    for path in seen.screenshots:
        print(f"Screenshot    {path}")
    print(f"\n{len(seen.clips)} clips played. Done in {seconds:.0f} s.")


def _report_failure(notebook: NotebookPage, problem: Exception) -> int:
    picture = SCREENSHOTS / "failure.png"
    notebook.page.screenshot(path=picture)
    shutil.copy(notebook.lab.log, SCREENSHOTS / "jupyterlab.log")
    # Playwright appends the whole page, which the screenshot shows better.
    reason = "\n".join(str(problem).splitlines()[:6])
    print(f"\nFailed: {reason}", file=sys.stderr)
    for error in notebook.errors():
        print(f"A cell failed: {error}", file=sys.stderr)
    for line in notebook.console[-20:]:
        print(f"The page said: {line}", file=sys.stderr)
    print(f"Screenshot and server log: {SCREENSHOTS}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
