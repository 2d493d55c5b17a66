"""The large view: one clip by the keyboard, and four that play as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(speed=200, packaged=True),
                        prompt="a boat", image_url="https://example.com/sea.png")
studio
"""
APART = 0.15
"""Seconds that clips may be apart while they play side by side: about four pictures."""

# Looks at all four in every frame for a while that contains the jump from the end to the begin.
_WATCH = """async videos => {
  const spreads = [];
  let jumps = 0;
  let before = videos[0].currentTime;
  const until = performance.now() + 20000;
  while (jumps < 2 && performance.now() < until) {
    await new Promise(requestAnimationFrame);
    const times = videos.map(video => video.currentTime);
    // While they jump, some are at the end and some at the begin: that is no drift.
    if (times[0] > 0.5 && times[0] < videos[0].duration - 0.3)
      spreads.push(Math.max(...times) - Math.min(...times));
    if (times[0] < before - 0.5) jumps += 1;
    before = times[0];
  }
  spreads.sort((a, b) => a - b);
  return {jumps, frames: spreads.length, most: spreads.at(Math.floor(0.95 * spreads.length))};
}"""

_COPIED_SIZE = """async () => {
  const [item] = await navigator.clipboard.read();
  const picture = await createImageBitmap(await item.getType('image/png'));
  return [picture.width, picture.height];
}"""


def test_clips_are_stepped_through_by_keys_and_compared_in_step(workbench: NotebookPage) -> None:
    studio = StudioPage.within(workbench.show(STUDIO))
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)
    keys = workbench.page.keyboard
    large = studio.open_large(job_id, 0)
    video = large.locator("video")

    keys.press("ArrowRight")
    expect(large.get_by_role("heading", name="Clip 2 of 4")).to_be_visible()
    keys.press("ArrowRight")
    keys.press("ArrowLeft")
    expect(large.get_by_role("heading", name="Clip 2 of 4"), "and back").to_be_visible()
    wait_until(
        lambda: workbench.evaluate("studio.selected.index") == "1",
        "the clip that is looked at is the selected one",
    )
    keys.press(">")
    expect(video, "faster").to_have_js_property("playbackRate", 1.5)
    keys.press("ArrowRight")
    expect(large.get_by_role("heading", name="Clip 3 of 4")).to_be_visible()
    expect(video, "the speed stays with the view").to_have_js_property("playbackRate", 1.5)
    keys.press("<")
    expect(video, "slower").to_have_js_property("playbackRate", 1)
    expect(video, "it plays by itself").to_have_js_property("paused", False)
    keys.press("Space")
    expect(video, "the space bar stops it").to_have_js_property("paused", True)
    before = video.evaluate("video => video.currentTime")
    keys.press(".")
    keys.press(".")
    keys.press(",")
    stepped = video.evaluate("video => video.currentTime") - before
    assert 0.03 < stepped < 0.06, "two pictures on and one back"
    large.get_by_role("button", name="Loop").click()
    expect(video, "it ends").not_to_have_js_property("loop", True)
    large.get_by_role("button", name="Loop").click()

    large.get_by_role("button", name="Compare 4").click()
    four = large.locator(".compare-tile video")
    expect(four).to_have_count(4)
    workbench.page.wait_for_function(
        "videos => videos.every(video => !video.paused && video.currentTime > 0.2)",
        arg=four.element_handles(),
        timeout=60_000,
    )
    seen = four.evaluate_all(_WATCH)
    assert seen["jumps"] == 2, f"they loop: {seen}"
    assert seen["most"] < APART, f"they play in step: {seen}"
    large.get_by_role("button", name="Select clip 4").click()
    expect(large.get_by_role("heading", name="Clip 4 of 4")).to_be_visible()
    keys.press(".")
    expect(four.first, "a step stops all").to_have_js_property("paused", True)
    times = four.evaluate_all("videos => videos.map(video => video.currentTime)")
    assert max(times) - min(times) < 0.001, "in rest they show the same moment"
    keys.press("Escape")
    expect(large).to_have_count(0)
    expect(studio.clip(job_id, 3).locator(".clip-open"), "chosen").to_have_attribute(
        "aria-current", "true"
    )


def test_a_frame_is_copied_also_of_a_clip_that_plays_from_its_link(
    workbench: NotebookPage,
) -> None:
    page = workbench.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio = StudioPage.within(workbench.show(STUDIO))
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id)
    large = studio.open_large(job_id, 0)
    video = large.locator("video")
    origin = page.evaluate("() => location.origin")
    link = video.get_attribute("src") or ""
    assert link.startswith("http"), "it plays from its link"
    assert not link.startswith(origin), "of another origin, whose pixels the page may not read"
    page.wait_for_function("video => video.videoWidth > 0", arg=video.element_handle())

    large.get_by_role("button", name="Copy this frame").click()

    expect(large.locator("[data-frame=copy]")).to_have_text("Copied", timeout=30_000)
    size = page.evaluate(_COPIED_SIZE)
    assert size == video.evaluate("video => [video.videoWidth, video.videoHeight]")
