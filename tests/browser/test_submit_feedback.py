"""What a press on Generate shows where the hand is: in the viewport, at once, at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.notebook_page import NotebookPage

SIZES = [(1366, 768), (1280, 900), (1920, 1080), (820, 1180), (390, 844)]
STUDIO = """
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(packaged=True, speed=60),
                        prompt="waves", image_url="https://example.com/sea.png")
studio
"""
# Watch from the press on, frame by frame, for the first moment at which the status is in sight.
WATCH = """root => {
  const inSight = () => {
    const take = root.querySelector('.take');
    if (!take) return false;
    const { top, bottom, left, width, height } = take.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return height > 0 && top >= 0 && bottom <= innerHeight && take.contains(seen);
  };
  window.inSightAfter = null;
  root.addEventListener('click', () => {
    const pressed = performance.now();
    const look = () => {
      if (inSight()) window.inSightAfter = performance.now() - pressed;
      else requestAnimationFrame(look);
    };
    look();
  }, { capture: true, once: true });
}"""
IN_VIEWPORT = """element => {
  const { top, bottom, left, right } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth;
}"""

# Pixels between the prompt and the foot, negative where the foot covers it, and the foot's height.
ROOM_AND_FOOT = """root => {
  const [prompt, foot] = ['[data-field=prompt]', '.controls-foot']
    .map(part => root.querySelector(part).getBoundingClientRect());
  return [foot.top - prompt.bottom, foot.height];
}"""


def in_viewport(element: Locator) -> bool:
    inside: bool = element.evaluate(IN_VIEWPORT)
    return inside


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_press_is_answered_in_sight_and_so_are_its_clips(
    workbench: NotebookPage, size: tuple[int, int]
) -> None:
    page = workbench.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("() => window.jupyterapp.shell.collapseLeft?.()")
    studio = StudioPage.within(workbench.show(STUDIO))
    root = studio.root
    studio.generate.wait_for()
    root.evaluate(WATCH)

    studio.generate.click()

    page.wait_for_function("() => window.inSightAfter !== null")
    assert page.evaluate("() => window.inSightAfter") < 300
    take = root.get_by_role("region", name="Your last request")
    expect(take.get_by_role("button", name="Show", exact=True)).to_be_visible()
    assert in_viewport(take)
    expect(take).to_contain_text("Done.", timeout=60_000)
    tiles = take.get_by_role("button", name="Open clip")
    expect(tiles).to_have_count(4)
    assert in_viewport(take)
    assert in_viewport(studio.generate)
    moving = "video => video.currentTime > 0 && video.videoWidth > 0"
    video = tiles.first.locator("video")
    page.wait_for_function(moving, arg=video.element_handle())
    tiles.first.click()
    expect(root.get_by_role("dialog")).to_be_visible()


def test_keys_in_the_prompt_are_answered_in_sight_though_the_foot_was_below(
    workbench: NotebookPage,
) -> None:
    page = workbench.page
    page.set_viewport_size({"width": 1366, "height": 768})
    studio = StudioPage.within(workbench.show(STUDIO))
    studio.root.get_by_text("More options").click()
    studio.prompt.focus()
    studio.root.evaluate(WATCH.replace("'click'", "'keydown'"))

    studio.prompt.press("Control+Enter")

    page.wait_for_function("() => window.inSightAfter !== null")
    assert page.evaluate("() => window.inSightAfter") < 300


def test_the_whole_form_fits_a_low_window_and_the_same_request_is_asked_about(
    workbench: NotebookPage,
) -> None:
    page = workbench.page
    page.set_viewport_size({"width": 1366, "height": 768})
    studio = StudioPage.within(workbench.show(STUDIO))
    box: Any = studio.root.locator(".controls").bounding_box()
    frame: Any = studio.root.locator(".frame").bounding_box()
    assert box["y"] + box["height"] - frame["y"] <= 700

    studio.generate.click()
    studio.root.get_by_role("button", name="Show", exact=True).wait_for()
    studio.generate.click()

    question = studio.root.get_by_role("region", name="Generate another take?")
    expect(question).to_be_visible()
    assert in_viewport(question)
    expect(question.get_by_role("button", name="Not now")).to_be_focused()
    page.keyboard.press("Escape")
    expect(studio.generate).to_be_focused()
    assert workbench.evaluate("len(studio.jobs)") == "1"


def test_the_wheel_moves_the_notebook_past_the_gallery_and_the_gallery_when_pointed_at(
    workbench: NotebookPage,
) -> None:
    page = workbench.page
    page.set_viewport_size({"width": 1366, "height": 768})
    studio = StudioPage.within(workbench.show(STUDIO))
    results = studio.root.locator(".results")
    # Tall content without jobs to wait for.
    results.evaluate("e => { e.lastElementChild.style.minHeight = '4000px'; }")
    results.hover(position={"x": 200, "y": 300})
    page.mouse.wheel(0, 200)
    page.wait_for_function("e => e.scrollTop > 0", arg=results.element_handle())
    results.evaluate("e => { e.scrollTop = 0; delete e.dataset.engaged; }")
    workbench.add_cell("\n" * 60)
    outer = page.locator(".jp-WindowedPanel-outer")
    before = outer.evaluate("e => e.scrollTop")
    page.mouse.wheel(0, 150)
    page.wait_for_function(
        "([e, before]) => e.scrollTop !== before", arg=[outer.element_handle(), before]
    )
    assert results.evaluate("e => e.scrollTop") == 0


def test_the_status_does_not_cover_the_prompt_that_one_types_in(workbench: NotebookPage) -> None:
    page = workbench.page
    page.set_viewport_size({"width": 1366, "height": 768})
    studio = StudioPage.within(workbench.show(STUDIO))
    prompt = studio.prompt

    def room_and_foot() -> tuple[float, float]:
        room, height = studio.root.evaluate(ROOM_AND_FOOT)
        return room, height

    def wait_for_room(when: str) -> None:
        wait_until(lambda: room_and_foot()[0] >= 0, f"the prompt is clear of the foot {when}")

    # Its note moves what is below it, and may come late where names of hosts are not found at once.
    expect(studio.root.get_by_text("This image cannot be shown here")).to_be_visible()
    prompt.focus()
    wait_for_room("when it has the focus")
    room, before = room_and_foot()

    prompt.press("Control+Enter")

    take = studio.root.get_by_role("region", name="Your last request")
    expect(take.get_by_role("button", name="Show", exact=True)).to_be_visible()
    assert room_and_foot()[1] - before > room, "the status takes more room than there was"
    wait_for_room("that has grown")
    prompt.press_sequentially(" and foam")
    wait_for_room("while one types on")
    expect(take).to_contain_text("Done.", timeout=60_000)
    wait_for_room("that shows the clips")
    expect(prompt).to_be_focused()
