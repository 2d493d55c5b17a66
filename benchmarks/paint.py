"""Measure how soon JupyterLab shows a widget, and what comes from the kernel for that.

Run it as `python -m benchmarks.paint [--rounds N]`. Each round opens a notebook with a fresh kernel
for each widget; the same cell once more gives the figure for a warm kernel.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import _peers
from benchmarks._lab import Bench, PeersLab, kernel_messages, painted, recorded_messages
from benchmarks._table import Row, interleaved, median_ratio, table
from tests.support.chromium import start_chromium

COUNTER = """import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
      const button = document.createElement("button");
      button.className = "bench-counter";
      button.textContent = model.get("value");
      button.onclick = () => { model.set("value", model.get("value") + 1); model.save_changes(); };
      model.on("change:value", () => { button.textContent = model.get("value"); });
      el.append(button);
    } }'''
    value = traitlets.Int(0).tag(sync=True)
Counter()"""
CONTROLS = """import ipywidgets
ipywidgets.VBox([ipywidgets.IntSlider() for _ in range(20)])"""
QUAK = """import pyarrow, quak
quak.Widget(pyarrow.table({"a": [1, 2, 3]}))"""
STUDIO = """import legnext_widgets as lw
lw.VideoStudio()"""
SAMPLES = """() => [...document.querySelectorAll('.legnext-widgets .samples img')]
  .filter(image => image.complete && image.naturalWidth > 0).length"""

CASES = {
    "anywidget counter": (COUNTER, ".bench-counter", 1),
    "the studio": (STUDIO, ".legnext-widgets .thumb", 1),
    "ipywidgets, 20 controls": (CONTROLS, ".widget-slider, .widget-hslider", 20),
    "quak": (QUAK, "table, .quak", 1),
}


@dataclass
class Figures:
    """What was seen beside the times.

    Attributes:
        warm: Seconds of the cell's second run, by widget.
        samples: Sample pictures that were there with the first paint, at least.
        codes: How often the code came to a page, at most.
    """

    warm: dict[str, list[float]] = field(default_factory=dict)
    samples: int = 99
    codes: int = 0


def fresh(bench: Bench, name: str, figures: Figures) -> float:
    """Open a notebook, show a widget twice; give the seconds of the first time."""
    source, selector, count = CASES[name]
    notebook = bench.open(source, source)
    kernel_messages(notebook)
    first = painted(notebook, 0, selector, count)
    if name == "the studio":
        figures.samples = min(figures.samples, notebook.page.evaluate(SAMPLES))
    notebook.wait_until_idle()
    time.sleep(0.5)
    figures.warm.setdefault(name, []).append(painted(notebook, 1, selector, count))
    codes = [kind for _, _, size, kind in recorded_messages(notebook) if size > 100_000]
    figures.codes = max(figures.codes, codes.count("front_end"))
    bench.close(notebook)
    return first


def rows(rounds: int = 10) -> list[Row]:
    """Measure in rounds of all widgets."""
    _peers.install()
    figures = Figures()
    with (
        tempfile.TemporaryDirectory() as home,
        start_chromium() as browser,
        PeersLab(Path(home)) as lab,
    ):
        bench = Bench(browser, lab)
        for name in CASES:  # fills the caches of browser and disk
            fresh(bench, name, Figures())
        cases = {name: partial(fresh, bench, name, figures) for name in CASES}
        found = interleaved(cases, rounds)
    ours = found["the studio"]
    made = []
    for peer in ("anywidget counter", "ipywidgets, 20 controls", "quak"):
        counter = peer == "anywidget counter"
        made.append(
            Row(
                "first paint, fresh kernel", statistics.median(ours), "s",
                peer, statistics.median(found[peer]), ratio=median_ratio(ours, found[peer]),
                at_most=0.7 if counter else None, ratio_at_most=3.0 if counter else None,
            )
        )  # fmt: skip
    warm = figures.warm
    made.append(
        Row(
            "paint, warm kernel", statistics.median(warm["the studio"]), "s",
            "anywidget counter", statistics.median(warm["anywidget counter"]), at_most=0.25,
        )
    )  # fmt: skip
    return [
        *made,
        Row("sample pictures missing at first paint", 8 - figures.samples, at_most=0),
        Row(f"code sent to a page, most in {rounds} kernels", figures.codes, "times", at_most=1),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    print(table(rows(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
