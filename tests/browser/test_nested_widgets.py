"""The studio and the gallery inside the boxes of ipywidgets: visible and wide enough to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.notebook_page import NotebookPage

MAKE = """
import ipywidgets as W
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(packaged=True))
gallery = lw.VideoGallery()
label = W.Label("A label")
"""
BOXES = {
    "row": "W.HBox([label, studio])",
    "row with a gallery": "W.HBox([label, gallery])",
    "row of both": "W.HBox([studio, gallery])",
    "column": "W.VBox([label, studio, gallery])",
    "grid": "W.GridBox([label, studio], layout=W.Layout(grid_template_columns='120px auto'))",
    "tab": "W.Tab([studio, gallery])",
    "accordion": "W.Accordion([studio], selected_index=0)",
    "application": "W.AppLayout(header=label, left_sidebar=label, center=studio)",
}
USABLE = 320


@pytest.mark.parametrize("box", BOXES)
def test_a_widget_has_room_in_a(workbench: NotebookPage, box: str) -> None:
    output = workbench.show(f"{MAKE}\n{BOXES[box]}")
    views = output.locator(".legnext-widgets:visible")
    expect(views.first).to_be_visible(timeout=60_000)

    widths = views.evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    heights = views.evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    available = output.bounding_box()

    assert available is not None
    assert min(widths) >= USABLE, widths
    assert max(widths) <= available["width"] + 1, "and no wider than its cell"
    assert max(heights) < 1600, heights
    if "studio" in BOXES[box] and "both" not in box:
        expect(output.get_by_role("button", name="Generate", exact=True)).to_be_visible()
