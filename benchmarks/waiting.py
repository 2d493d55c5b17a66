"""Measure what an open studio costs while it waits: in the kernel, and in the page.

Run it as `python -m benchmarks.waiting [--seconds S]`. The page's figure is the processor time of
Chromium's renderer and GPU processes, as a share of one processor, over that of an empty page.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import _peers
from benchmarks._lab import Bench, PeersLab, painted
from benchmarks._table import Row, table
from benchmarks.paint import CONTROLS, STUDIO
from tests.support.chromium import start_chromium
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

    from tests.browser.notebook_page import NotebookPage

KERNEL = (
    "(lambda resource, threading, time: (time.process_time(), "
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, threading.active_count()))"
    "(*map(__import__, ('resource', 'threading', 'time')))"
)
JOBS = """import legnext_widgets as lw
client = lw.Client.sandbox(packaged=True, library=False, speed={speed})
studio = lw.VideoStudio(client, prompt="waves", image_url="https://example.com/sea.jpg")
studio"""
REAL_SPEED = 1  # no job ends while it is measured
BRIEF_SPEED, BRIEF_S = 15, 5.0  # a job takes 10 s at least
SUBMIT = "[studio.submit() for _ in range({count})] and None"
RUNNING = ".legnext-widgets .queue [role=progressbar], .legnext-widgets .queue progress"


def kernel_figures(notebook: NotebookPage) -> tuple[float, float, int]:
    """Ask a kernel for its seconds of processor time, most megabytes of memory, and threads."""
    seconds, megabytes, threads = ast.literal_eval(notebook.evaluate(KERNEL))
    return seconds, megabytes, threads


def kernel_rows(bench: Bench, seconds: float) -> list[Row]:
    """Compare the kernels of an empty notebook, of a studio and of 20 controls."""
    found = {}
    for name, source, selector in (
        ("nothing", "None", ""),
        ("the studio", STUDIO, ".legnext-widgets .thumb"),
        ("20 controls", CONTROLS, ".widget-slider, .widget-hslider"),
    ):
        notebook = bench.open(source)
        if selector:
            painted(notebook, 0, selector)
        time.sleep(15)  # also the threads that end when there is nothing to do have ended
        before, _, _ = kernel_figures(notebook)
        time.sleep(seconds)
        after, megabytes, threads = kernel_figures(notebook)
        found[name] = ((after - before) * 1000, megabytes, threads)
        bench.close(notebook)
    idle, studio, controls = found["nothing"], found["the studio"], found["20 controls"]
    peer = "20 controls"
    return [
        Row(
            f"kernel in {seconds:g} s, over an empty one", max(0.0, studio[0] - idle[0]), "ms",
            peer, max(0.0, controls[0] - idle[0]), at_most=20,
        ),
        Row("kernel's memory, at most", studio[1], "MB", peer, controls[1]),
        Row("kernel's threads", studio[2], "", peer, controls[2]),
    ]  # fmt: skip


def page_seconds(browser: Browser) -> float:
    """Return the processor time of Chromium's renderers and GPU process until now."""
    devtools = browser.new_browser_cdp_session()
    processes = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
    devtools.detach()
    return sum(float(one["cpuTime"]) for one in processes if one["type"] in {"renderer", "GPU"})


def page_rows(bench: Bench, browser: Browser, seconds: float) -> list[Row]:
    """Measure a page with 0, 1 and 6 running jobs, of minutes and of seconds."""

    def share(window: float = seconds, rest: float = 4) -> float:
        time.sleep(rest)  # what a change sets in motion comes to rest
        before, begun = page_seconds(browser), time.monotonic()
        time.sleep(window)
        return (page_seconds(browser) - before) / (time.monotonic() - begun) * 100

    def usual_share() -> float:
        # What a browser does now and then, such as collecting garbage, falls into one of them.
        return median(share(seconds / 2) for _ in range(3))

    def submit(notebook: NotebookPage, more: int, count: int) -> None:
        notebook.evaluate(SUBMIT.format(count=more))
        jobs = notebook.page.locator(RUNNING)
        wait_until(partial(_shows, jobs, count), "the jobs run", timeout=60)
        print(f"a page with {count} running jobs", file=sys.stderr, flush=True)

    notebook = bench.open(JOBS.format(speed=REAL_SPEED))
    empty = usual_share()
    painted(notebook, 0, ".legnext-widgets .thumb")
    made = []
    for count, more in ((0, 0), (1, 1), (6, 5)):
        if more:
            submit(notebook, more, count)
        limit = 5.0 if count == 6 else None
        what = f"page, {count} running jobs, of one processor"
        made.append(Row(what, usual_share(), "%", "the page before", empty, at_most=limit))
    bench.close(notebook)
    brief = []
    for _ in range(3):  # their windows are short
        notebook = bench.open(JOBS.format(speed=BRIEF_SPEED))
        painted(notebook, 0, ".legnext-widgets .thumb")
        submit(notebook, 6, 6)
        brief.append(share(BRIEF_S, rest=2))
        bench.close(notebook)
    what = "page, 6 jobs of seconds, of one processor"
    made.append(Row(what, median(brief), "%", "an empty page", empty, at_most=5.0))
    return made


def _shows(elements: Locator, count: int) -> bool:
    return elements.count() >= count


def rows(seconds: float = 20.0) -> list[Row]:
    """Measure kernel and page."""
    _peers.install()
    with (
        tempfile.TemporaryDirectory() as home,
        start_chromium() as browser,
        PeersLab(Path(home)) as lab,
    ):
        bench = Bench(browser, lab)
        return kernel_rows(bench, seconds) + page_rows(bench, browser, seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    print(table(rows(parser.parse_args().seconds)))


if __name__ == "__main__":
    main()
