"""Measure how soon a page shows the first frame of a clip that the kernel has.

Run it as `python -m benchmarks.clips [--rounds N]`. Ours counts from the moment at which the kernel
knows that the job is completed; `ipywidgets.Video` from the moment at which it is given the bytes
of the same clip.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import _peers
from benchmarks._lab import Bench, PeersLab, painted
from benchmarks._table import Row, interleaved, median_ratio, table
from tests.browser.notebook_page import PANEL, NotebookPage
from tests.support.chromium import start_chromium

STUDIO = """import time
import legnext_widgets as lw
ended = []
studio = lw.VideoStudio(lw.Client.sandbox(speed=200, packaged=True, library=False),
                        prompt="waves", image_url="https://example.com/sea.jpg")
studio"""
SUBMIT = "studio.submit().watch(lambda job: ended.append(time.time()) if job.done else None)"
VIDEO = """import pathlib, time
import ipywidgets
from legnext_widgets.sandbox.media.scenes import ASSETS
content = (ASSETS / "clip-0.mp4").read_bytes()
ended = [time.time()]
ipywidgets.Video(value=content, autoplay=True)"""

FIRST_FRAME = f"""async (cell) => {{
  const output = {PANEL}.content.widgets[cell].node;
  const end = performance.now() + 60000;
  while (performance.now() < end) {{
    if ([...output.querySelectorAll("video")].some((video) => video.readyState >= 2)) break;
    await new Promise(requestAnimationFrame);
  }}
  return Date.now() / 1000;
}}"""


def _since_end(notebook: NotebookPage, cell: int) -> float:
    shown: float = notebook.page.evaluate(FIRST_FRAME, cell)
    return shown - float(notebook.evaluate("ended[0]"))


def of_studio(bench: Bench) -> float:
    """Return the seconds from a job's end to the first frame."""
    notebook = bench.open(STUDIO, SUBMIT)
    painted(notebook, 0, ".legnext-widgets .thumb")
    notebook.run_cell(1)
    found = _since_end(notebook, 0)
    bench.close(notebook)
    return found


def of_ipywidgets(bench: Bench) -> float:
    """Return the seconds from having the bytes to the first frame."""
    notebook = bench.open("import ipywidgets", VIDEO)
    notebook.run_cell(0)
    notebook.wait_until_idle()
    notebook.run_cell(1)
    found = _since_end(notebook, 1)
    bench.close(notebook)
    return found


def rows(rounds: int = 5) -> list[Row]:
    """Measure both in turn."""
    _peers.install()
    with (
        tempfile.TemporaryDirectory() as home,
        start_chromium() as browser,
        PeersLab(Path(home)) as lab,
    ):
        bench = Bench(browser, lab)
        cases = {"ours": partial(of_studio, bench), "theirs": partial(of_ipywidgets, bench)}
        found = interleaved(cases, rounds)
    ours, theirs = found["ours"], found["theirs"]
    return [
        Row(
            "completion to first frame", statistics.median(ours), "s",
            "ipywidgets.Video", statistics.median(theirs), ratio=median_ratio(ours, theirs),
        )
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    print(table(rows(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
