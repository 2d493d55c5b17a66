"""Every state of the user interface, as a person meets it: nothing that axe or the eye trips over.

The pictures are for people: `artifacts/screenshots/<state>-<theme>-<width>.png`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.ui.plain_page import PICTURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.conftest import Counts
    from tests.ui.plain_page import PlainPage

REFLOW = 320
"""What a window of 1280 pixels has at 400% zoom: WCAG 1.4.10 wants all to fit in there."""

WIDTHS = (REFLOW, 360, 720, 1280)
THEMES = ("light", "dark")


def test_axe_finds_nothing_in_any_state(
    open_page: Callable[..., PlainPage], counts: Counts
) -> None:
    """Each state is looked at in one of two looks; `./dev test --all` has each state in all."""
    found = {}
    for turn, (theme, width) in enumerate((("light", 1280), ("dark", REFLOW))):
        page = open_page(width)
        for scene in list(page.scenes)[turn::2]:
            page.show(scene, theme)
            violations = [*page.violations(), *page.overflow()]
            counts[scene][f"{theme} {width}"] = len(violations)
            if violations:
                found[f"{scene} {theme} {width}"] = violations
    assert found == {}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("width", [1280, REFLOW])
def test_every_state_is_pictured_in_forced_colours(
    open_page: Callable[..., PlainPage], counts: Counts, width: int
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = open_page(width)
    page.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    found = {}
    for scene in page.scenes:
        page.show(scene)
        page.take_picture(scene, "forced")
        violations = [*page.violations(), *page.overflow()]
        counts[scene][f"forced {width}"] = len(violations)
        if violations:
            found[scene] = violations
    assert found == {}


def test_choices_differ_in_forced_colours(open_page: Callable[..., PlainPage]) -> None:
    page = open_page(1280)
    page.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.show("filled")
    faces = page.page.locator(".segments.large .segment-face")
    looks = [faces.nth(at).evaluate("e => getComputedStyle(e).backgroundColor") for at in range(2)]
    assert looks[0] != looks[1], "the source that is chosen"
    switch = page.page.locator(".several input")
    look = "e => getComputedStyle(e).backgroundColor"
    off = switch.evaluate(look)
    switch.check()
    assert switch.evaluate(look) != off, "the switch"
    switch.focus()
    page.page.keyboard.press("Tab")
    focused = page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert focused == "solid", "the focus"


IS_HIGHLIGHTED = """element => {
  const probe = document.createElement("i");
  probe.style.cssText = "forced-color-adjust: none; background: Highlight";
  element.append(probe);
  const wanted = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return getComputedStyle(element).backgroundColor === wanted;
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_chosen_has_the_systems_colour_in_forced_colours(
    open_page: Callable[..., PlainPage], theme: Literal["light", "dark"]
) -> None:
    page = open_page(1280)
    page.page.emulate_media(forced_colors="active", color_scheme=theme)
    page.show("largecompare", theme)
    for chosen in (".segments.large input:checked + .segment-face", ".toggled[aria-pressed=true]"):
        assert page.page.locator(chosen).first.evaluate(IS_HIGHLIGHTED), chosen
    tile = page.page.locator(".compare-tile[data-chosen] .clip-open")
    assert tile.evaluate("e => getComputedStyle(e, '::after').borderTopStyle") == "solid"


def test_a_clip_whose_link_has_expired_is_large_enough_to_press_in_a_narrow_window(
    open_page: Callable[..., PlainPage],
) -> None:
    page = open_page(320)
    page.show("expired")
    assert page.violations() == []


@pytest.mark.parametrize("width", [320, 640, 820])
def test_close_is_in_sight_above_the_clip(open_page: Callable[..., PlainPage], width: int) -> None:
    page = open_page(width)
    page.show("large")
    close = page.page.get_by_role("button", name="Close", exact=True).bounding_box()
    clip = page.page.locator(".stage").bounding_box()
    assert close is not None
    assert clip is not None
    assert 0 <= close["y"] < clip["y"]
    assert page.page.get_by_role("heading", level=4).count() > 0, "cards are headings"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_state_is_pictured_and_free_of_violations(
    open_page: Callable[..., PlainPage], counts: Counts, theme: str, width: int
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob(f"*-{theme}-{width}.png"):
        old.unlink()
    page = open_page(width)
    found = {}
    for scene in page.scenes:
        page.show(scene, theme)
        page.take_picture(scene, theme)
        violations = [*page.violations(), *page.overflow()]
        counts[scene][f"{theme} {width}"] = len(violations)
        if violations:
            found[scene] = violations
    assert found == {}
    assert len(list(PICTURES.glob(f"*-{theme}-{width}.png"))) == len(page.scenes)
