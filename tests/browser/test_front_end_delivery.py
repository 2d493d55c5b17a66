"""When the front end comes from the kernel: with a cell that goes on, with a page loaded anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.notebook_page import KERNEL
from tests.browser.studio_page import StudioPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.notebook_page import NotebookPage

SHOW_AND_BLOCK = """
import pathlib, time
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(packaged=True), prompt="seen at once")
display(studio)
end = time.monotonic() + 90
while not pathlib.Path("seen").exists() and time.monotonic() < end:
    time.sleep(0.1)
print("seen" if pathlib.Path("seen").exists() else "not seen")
"""
SHOW_TWO = """
import ipywidgets
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(packaged=True), prompt="there again")
gallery = lw.VideoGallery()
ipywidgets.VBox([studio, gallery])
"""
SHOW_IN_THREE_LANGUAGES = """
import ipywidgets
import legnext_widgets as lw
sandbox = lw.Client.sandbox(packaged=True)
ipywidgets.VBox([lw.VideoStudio(sandbox, locale=locale) for locale in ("es", "zh-CN", "en")])
"""
COUNT_CODES = f"""() => {{
  window.codes = 0;
  {KERNEL}.anyMessage.connect((_, {{ msg, direction }}) => {{
    if (direction === "recv" && msg.content?.data?.content?.js) window.codes += 1;
  }});
}}"""
LOADED = "() => globalThis[Symbol.for('legnext-widgets:front-ends')].size"


def test_a_studio_is_there_while_its_own_cell_still_runs(workbench: NotebookPage) -> None:
    index = workbench.add_cell(SHOW_AND_BLOCK)
    workbench.run_cell(index)

    studio = StudioPage.within(workbench.output(index))
    expect(studio.prompt).to_have_value("seen at once", timeout=60_000)
    (workbench.lab.notebooks / "seen").touch()

    workbench.wait_for_text(index, "seen")
    assert workbench.text_of(index) == "seen\n", "only when the cell had ended"


def test_a_page_that_is_loaded_again_gets_the_front_end_again_and_once(
    workbench: NotebookPage,
) -> None:
    shown = workbench.show(SHOW_TWO)
    shown.get_by_role("button", name="Generate", exact=True).wait_for(timeout=60_000)
    path = workbench.save_with_state()
    workbench.evaluate("setattr(studio, 'prompt', 'changed meanwhile')")
    assert workbench.page.evaluate(LOADED) == 1

    workbench.go_to(path.name)

    views = workbench.page.locator(".legnext-widgets")
    expect(views).to_have_count(2, timeout=60_000)
    expect(StudioPage(views.first).prompt).to_have_value("changed meanwhile")
    expect(workbench.page.locator(".legnext-loading")).to_have_count(0)
    assert workbench.page.evaluate(LOADED) == 1


def test_a_page_receives_the_front_end_of_a_fresh_kernel_once(
    open_notebook: Callable[..., NotebookPage],
) -> None:
    show = "import legnext_widgets as lw; lw.VideoStudio()"
    notebook = open_notebook(show, show, fresh=True)
    notebook.page.evaluate(COUNT_CODES)
    for index in (0, 1):
        notebook.run_cell(index)
        shown = StudioPage.within(notebook.output(index))
        expect(shown.prompt).to_be_visible(timeout=60_000)
    notebook.wait_until_idle()

    assert notebook.page.evaluate("window.codes") == 1


def test_widgets_of_one_page_show_each_its_own_language(workbench: NotebookPage) -> None:
    workbench.show(SHOW_IN_THREE_LANGUAGES)

    views = workbench.page.locator(".legnext-widgets")
    expect(views).to_have_count(3, timeout=60_000)
    words = {"es": "Generar", "zh-CN": "生成", "en": "Generate"}
    for at, (language, word) in enumerate(words.items()):
        expect(views.nth(at)).to_have_attribute("lang", language)
        expect(views.nth(at).get_by_role("button", name=word, exact=True)).to_be_visible()
    assert workbench.page.evaluate(LOADED) == 1
