"""The studio in VS Code and in an editor that is built as Colab is, with their real managers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.picture_input import give, pick
from tests.browser.studio_page import MOVING
from tests.hosts.conftest import BLOCK, STUDIO
from tests.hosts.editors import EDITORS, ColabLike
from tests.pictures.picture_factory import phone_jpeg, photo, saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hosts.conftest import Notebook
    from tests.hosts.stand import Stand

    Open = Callable[..., Notebook]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
EACH = pytest.mark.parametrize("kind", EDITORS, ids=lambda kind: kind.label)

PAUSES = {"sleeping": "time.sleep(0.1)", "awaiting": "await asyncio.sleep(0.1)"}
BOXES = {
    "row": "W.HBox([W.Label('a label'), studio])",
    "column": "W.VBox([W.Label('a label'), studio])",
    "tab": "W.Tab([studio])",
    "accordion": "W.Accordion([studio], selected_index=0)",
}
WITH_TITLES = ("tab", "accordion")
TAB = "tab = W.Tab([W.Label('within a tab')])\ntab.set_title(0, 'first')\ntab"


def block(editor: Stand, pause: str) -> tuple[str, Callable[[], object]]:
    """A cell that runs until it is let go, and what lets it go."""
    go = editor.home / "go"
    go.unlink(missing_ok=True)
    return "import asyncio\n" + BLOCK.format(go=str(go), pause=pause), go.touch


@EACH
def test_a_job_ends_in_clips_that_come_through_the_kernel_and_play(
    kind: type[Stand], open_notebook: Open
) -> None:
    notebook = open_notebook(kind, f"{STUDIO}\nstudio")
    notebook.run(0)
    studio = notebook.editor.studio(notebook.page)

    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)
    played = [studio.play(job_id, index) for index in range(4)]

    assert all(clip.position > MOVING for clip in played)
    source = studio.clip(job_id, 3).locator("video").evaluate("video => video.currentSrc")
    assert source.startswith("blob:"), "no page reaches the kernel's own 127.0.0.1"
    assert notebook.service.submissions == 1
    assert notebook.failures == []


PATIENCE_MS = 120_000
"""For a kernel to read a picture: a moment, and much more on a busy machine."""


@EACH
def test_pictures_are_dropped_pasted_and_picked_in_the_frame(
    kind: type[Stand], open_notebook: Open
) -> None:
    notebook = open_notebook(kind, 'studio = lw.VideoStudio(prompt="waves")\nstudio')
    notebook.run(0)
    studio = notebook.editor.studio(notebook.page)
    first, last = (studio.root.locator(".picture-input").nth(index) for index in (0, 1))

    # Where a picture goes is known a moment after the first paint.
    expect(first.get_by_text(re.compile("stays on this computer|is uploaded to"))).to_be_visible()

    give(first, "paste", "pasted.jpg", "image/jpeg", phone_jpeg())
    taken = first.get_by_role("button", name="Use another image")
    expect(taken).to_be_visible(timeout=PATIENCE_MS)
    expect(first).to_contain_text("pasted.jpg")
    taken.click()
    give(first, "drop", "dropped.jpg", "image/jpeg", phone_jpeg(size=(2400, 1800)))
    expect(first).to_contain_text("2048 x 1536", timeout=PATIENCE_MS)
    expect(first).to_contain_text("dropped.jpg")
    studio.root.get_by_text("More options").click()
    pick(last, "picked.png", "image/png", saved(photo(), "PNG"))
    taken = last.get_by_role("button", name="Use another image")
    expect(taken).to_be_visible(timeout=PATIENCE_MS)
    expect(last).to_contain_text("picked.png")
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)

    assert studio.play(job_id, 0).position > MOVING
    (post,) = notebook.service.posts
    assert post["prompt"].count(f"{notebook.service.url}/sandbox/pictures/") == 2
    assert notebook.failures == []


@pytest.mark.slow
@pytest.mark.parametrize("how", PAUSES)
@EACH
def test_a_job_is_seen_to_its_end_while_another_cell_is(
    kind: type[Stand], how: str, open_notebook: Open, editors: Callable[[type[Stand]], Stand]
) -> None:
    cell, go = block(editors(kind), PAUSES[how])
    notebook = open_notebook(kind, f"{STUDIO}\nstudio", cell)
    notebook.run(0)
    studio = notebook.editor.studio(notebook.page)
    job_id = studio.press_generate()

    notebook.run(1)
    studio.wait_for_clips(job_id)

    printed = notebook.editor.outputs(notebook.page, 1).get_by_text("it ran on", exact=True)
    expect(printed).to_have_count(0)
    go()
    expect(printed).to_be_visible(timeout=60_000)
    assert notebook.service.submissions == 1


@pytest.mark.slow
@pytest.mark.parametrize("how", PAUSES)
@EACH
def test_after_run_all_a_studio_is_there_and_live_before_the_cells_below_have_ended(
    kind: type[Stand], how: str, open_notebook: Open, editors: Callable[[type[Stand]], Stand]
) -> None:
    cell, go = block(editors(kind), PAUSES[how])
    submit = "job = studio.submit()"
    notebook = open_notebook(kind, f"{STUDIO}\ndisplay(studio)", submit, cell)

    notebook.editor.run_all(notebook.page)

    studio = notebook.editor.studio(notebook.page)
    expect(studio.prompt).to_have_value("slow push in")
    expect(studio.gallery.locator("[data-clip]")).to_have_count(4, timeout=60_000)
    printed = notebook.editor.outputs(notebook.page, 2).get_by_text("it ran on", exact=True)
    expect(printed).to_have_count(0)
    go()
    expect(printed).to_be_visible(timeout=60_000)


@pytest.mark.slow
@EACH
def test_words_that_are_typed_and_not_sent_are_in_a_second_output(
    kind: type[Stand], open_notebook: Open
) -> None:
    notebook = open_notebook(kind, f"{STUDIO}\nstudio", "studio", "print(studio.prompt)")
    notebook.run(0)
    notebook.editor.studio(notebook.page).prompt.fill("typed and not sent")
    notebook.run(1)

    second = notebook.editor.studio(notebook.page, 1)

    expect(second.prompt).to_have_value("typed and not sent")
    expect(notebook.editor.studio(notebook.page).prompt).to_have_value("typed and not sent")


@pytest.mark.slow
@EACH
def test_the_large_view_opens_where_the_window_shows_it(
    kind: type[Stand], open_notebook: Open
) -> None:
    window = {"width": 1000, "height": 640}
    notebook = open_notebook(kind, f"{STUDIO}\nstudio", viewport=window)
    notebook.run(0)
    studio = notebook.editor.studio(notebook.page)
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)

    clip = studio.clip(job_id, 0)
    clip.scroll_into_view_if_needed()
    large = studio.open_large(job_id, 0)

    def is_in_the_window() -> bool:
        box = large.bounding_box()
        return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= window["height"]

    notebook.page.wait_for_timeout(0)  # lets the browser report what is in sight
    expect(large.get_by_role("button", name="Close", exact=True)).to_be_in_viewport()
    assert is_in_the_window(), large.bounding_box()


@pytest.mark.slow
@pytest.mark.parametrize("box", BOXES)
@EACH
def test_a_studio_has_room_in_a(kind: type[Stand], box: str, open_notebook: Open) -> None:
    if kind is ColabLike and box in WITH_TITLES:
        pytest.skip("Colab's manager shows none with ipywidgets 7; see below")
    notebook = open_notebook(kind, f"{STUDIO}\n{BOXES[box]}")
    notebook.run(0)

    root = notebook.editor.studio(notebook.page).root
    expect(root.get_by_role("button", name="Generate", exact=True)).to_be_visible(timeout=60_000)
    place = root.bounding_box()
    assert place is not None
    assert place["width"] >= 320
    assert place["height"] < 1600


class ColabLikeWithNewWidgets(ColabLike):
    """The same editor, whose person has installed ipywidgets 8."""

    environment_name = "own"


@pytest.mark.slow
def test_tabs_in_colab_need_ipywidgets_8(open_notebook: Open) -> None:
    """Colab's manager reads the `titles` of ipywidgets 8; ipywidgets 7 sends `_titles`."""
    old = open_notebook(ColabLike, TAB)
    new = open_notebook(ColabLikeWithNewWidgets, TAB)
    for notebook in (old, new):
        notebook.run(0)

    shown = new.editor.outputs(new.page)
    expect(shown.get_by_role("tab", name="first")).to_be_visible(timeout=60_000)
    expect(shown.get_by_text("within a tab", exact=True)).to_be_visible()
    failed = old.editor.outputs(old.page)
    expect(failed).to_contain_text("Tab(children=", timeout=60_000)
    expect(failed.get_by_role("tab")).to_have_count(0)
