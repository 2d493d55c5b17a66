"""How the studio holds its place in a page, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.plain_page import PlainPage

# What Chromium itself counts as a shift: elements that were seen at one place and then at another.
WATCH_SHIFTS = """() => {
  window.shifted = [];
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries()) {
      for (const { node } of sources) {
        const element = node?.nodeType === 1 ? node : node?.parentElement;
        if (!element || element.closest(".results")) continue;
        shifted.push(element.outerHTML.slice(0, 200));
      }
    }
  }).observe({ type: "layout-shift", buffered: false });
}"""
LIVE = """async ({ changes, since }) => {
  const jobs = kernel.get("_live").jobs.map((job) => ({ ...job, ...changes }));
  kernel.change({ _live: { revision: since + 1, since, jobs, total: jobs.length } });
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50)));
}"""
HEIGHT = "document.querySelector('.frame').getBoundingClientRect().height"
LOADED = "session.jobs.state.value.byId.size"
HELD = """() => ({
  elements: document.querySelectorAll(".legnext-widgets *").length,
  videos: document.querySelectorAll("video").length,
  stills: document.querySelectorAll(".clip img").length,
})"""
TO_THE_END = """() => {
  const results = document.querySelector(".results");
  results.scrollTop = results.scrollHeight;
}"""
VIDEO = {"kind": "video", "expires": None, "pull": True, "url": None}


@pytest.mark.parametrize("width", [360, 1280])
def test_a_job_that_changes_moves_nothing_but_the_results(
    open_page: Callable[..., PlainPage], width: int
) -> None:
    plain = open_page(width)
    plain.show("queue")
    plain.page.evaluate(WATCH_SHIFTS)
    wide = width > 820
    before = plain.page.evaluate(HEIGHT)

    media = [{**VIDEO, "index": index} for index in range(4)]
    for since, changes in enumerate(
        (
            {"status": "processing", "warning": None, "elapsed": 40, "remaining": 100},
            {"status": "failed", "done": True},
            {"status": "completed", "done": True, "media": media},
        ),
        start=7,
    ):
        plain.page.evaluate(LIVE, {"changes": changes, "since": since})
        if wide:
            assert plain.page.evaluate(HEIGHT) == before

    assert plain.page.locator(".gallery [data-job-id]").count() > 0
    assert plain.page.evaluate("shifted") == []
    # The measure itself works: what pushes the form down is noticed.
    plain.page.evaluate("document.querySelector('.header').style.paddingBottom = '40px'")
    plain.page.wait_for_function("shifted.length > 0")


def test_results_of_any_number_are_no_higher_than_the_form_and_scroll_by_keys(
    open_page: Callable[..., PlainPage],
) -> None:
    plain = open_page(1280)
    plain.show("many")
    form = plain.page.locator(".controls").bounding_box()
    results = plain.page.locator(".results")
    box = results.bounding_box()

    assert form is not None
    assert box is not None
    assert (box["y"], box["height"]) == (form["y"], form["height"])
    plain.page.locator(".results .clip-open").first.focus()
    for _ in range(60):
        plain.page.keyboard.press("Tab")
    focused = plain.page.evaluate(
        """() => {
          const { x, y, width, height } = document.activeElement.getBoundingClientRect();
          const seen = document.elementFromPoint(x + width / 2, y + height / 2);
          return document.activeElement.contains(seen);
        }"""
    )
    assert focused, "what has the focus is in sight (WCAG 2.4.11)"
    assert results.evaluate("element => element.scrollTop") > 0


PAINTED_CORNERS = """() => {
  const { left, right, top, bottom } = document.querySelector(".frame").getBoundingClientRect();
  const corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
  return corners.flatMap(([x, y]) => {
    const inwards = (edge, from) => edge + (edge === from ? 2 : -2);
    return document.elementsFromPoint(inwards(x, left), inwards(y, top))
      .filter((element) => element.closest(".frame"))
      .filter((element) => getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)")
      .map((element) => element.className);
  });
}"""


@pytest.mark.parametrize("scene", ["filled", "wide", "account", "alone"])
def test_nothing_is_drawn_over_the_rounded_corners(
    open_page: Callable[..., PlainPage], scene: str
) -> None:
    plain = open_page(1280)
    plain.show(scene)
    plain.page.set_viewport_size({"width": 1280, "height": 1600})
    assert plain.page.evaluate(PAINTED_CORNERS) == []


def test_buttons_of_a_heading_stay_at_the_end_where_they_wrap(
    open_page: Callable[..., PlainPage],
) -> None:
    plain = open_page(360)
    plain.show("batchunknown")
    ends = "(e => e.getBoundingClientRect().right)"
    button = plain.page.get_by_role("button", name="Dismiss: Batch").evaluate(ends)
    assert button == plain.page.locator(".batch .section-head").evaluate(ends)


@pytest.mark.slow
def test_a_thousand_jobs_scroll_by_with_a_handful_of_elements(
    open_page: Callable[..., PlainPage],
) -> None:
    plain = open_page(1280)
    plain.show("many")
    most = {"elements": 0, "videos": 0, "stills": 0}
    for _ in range(400):
        loaded = plain.page.evaluate(LOADED)
        plain.page.evaluate(TO_THE_END)
        held = plain.page.evaluate(HELD)
        most = {name: max(most[name], held[name]) for name in most}
        if loaded >= 1000:
            break
        plain.page.wait_for_function(f"{LOADED} > {loaded}", timeout=60_000)

    print(f"most at a time, of 1,000 jobs with 4,000 clips: {most}")
    assert plain.page.evaluate(LOADED) >= 1000
    assert most["elements"] < 3000
    assert most["videos"] + most["stills"] < 120


@pytest.mark.parametrize("size", [(320, 640), (3840, 2160)], ids=["400 % zoom", "4K"])
def test_a_press_is_answered_in_sight_at_the_smallest_and_the_largest_size(
    open_page: Callable[..., PlainPage], size: tuple[int, int]
) -> None:
    plain = open_page(size[0])
    plain.show("filled")
    page = plain.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_role("button", name="Generate", exact=True).click()
    take = page.get_by_role("region", name="Your last request")
    take.wait_for()
    box = take.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size[1]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    title = page.locator(".header-title")
    assert title.evaluate("e => e.scrollWidth <= e.clientWidth"), "the title has room"
