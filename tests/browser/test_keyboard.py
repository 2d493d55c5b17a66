"""The whole way without a mouse, in a notebook whose own keys mean other things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(speed=200, packaged=True), batch_size=1)
studio
"""
# Each is a shortcut of JupyterLab: delete a cell, one above, one below, restart, interrupt, undo.
SHORTCUTS = "dd a b 00 ii z x c v m y"
OTHER_WORDS = "غروب الشمس فوق البحر 👩‍👩‍👧‍👦 日落"


def tab_to(page: Page, wanted: Locator, most: int = 60, key: str = "Tab") -> None:
    """Presses Tab until something has the focus."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached by {most} times {key}: {wanted}")


def test_a_person_without_a_mouse_goes_all_the_way(workbench: NotebookPage) -> None:
    studio = StudioPage.within(workbench.show(STUDIO))
    page, keys = workbench.page, workbench.page.keyboard
    cells = len(workbench.code_cells())
    pid = workbench.evaluate("__import__('os').getpid()")
    studio.source("Your image").focus()  # from here on, keys alone

    tab_to(page, studio.image_url)
    keys.type("https://example.com/sea.png")
    tab_to(page, studio.prompt)
    keys.type(SHORTCUTS)
    keys.press("Shift+Enter")
    keys.insert_text(OTHER_WORDS)
    typed = f"{SHORTCUTS}\n{OTHER_WORDS}"
    expect(studio.prompt, "keys write, Shift-Enter too").to_have_value(typed)
    assert len(workbench.code_cells()) == cells, "no cell was added or deleted"
    wait_until(
        lambda: workbench.evaluate("ascii(studio.prompt)") == repr(ascii(typed)),
        "every character arrives in the kernel",
    )
    keys.press("Enter")
    assert workbench.evaluate("studio.jobs") == "()", "Enter alone sends nothing"

    tab_to(page, studio.generate)
    keys.press("Enter")
    expect(studio.jobs).to_have_count(1, timeout=60_000)
    (job_id,) = studio.job_ids()
    studio.wait_for_clips(job_id, 1)
    clip = studio.clip(job_id, 0).locator(".clip-open")
    tab_to(page, clip)
    keys.press("Enter")
    large = studio.root.get_by_role("dialog")
    expect(large).to_be_visible()
    tab_to(page, large.get_by_role("textbox", name="What happens next"))
    keys.type("dd and on")
    tab_to(page, large.get_by_role("button", name=re.compile("^Extend")))
    keys.press("Enter")
    expect(large.get_by_text("Accepted")).to_be_visible()
    tab_to(page, large.get_by_role("textbox", name="Note"))
    keys.type("00 dd")
    keys.press("Escape")
    expect(large, "Escape closes").to_have_count(0)
    expect(clip, "the focus comes back to where it was").to_be_focused()
    wait_until(
        lambda: workbench.evaluate("max(v.note for v in studio.jobs[-1].videos)") == "'00 dd'",
        "the note is kept though the view was closed from within it",
    )
    expect(studio.jobs).to_have_count(2)
    tab_to(page, studio.prompt, key="Shift+Tab")
    assert workbench.evaluate("__import__('os').getpid()") == pid, "the kernel is the same"
    assert len(workbench.code_cells()) == cells
