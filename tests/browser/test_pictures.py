"""A person's own picture, from the drop to the playing clips, and from a clip's frame onwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.notebook_page import IN_FRONT
from tests.browser.picture_input import give, pick
from tests.browser.studio_page import StudioPage
from tests.pictures.picture_factory import PLACE, exif, phone_jpeg, photo, saved

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(speed=200, packaged=True), {inputs})
studio
"""
GIVEN = "studio.jobs[0].request.pictures['image_url']"


def test_a_dropped_photo_becomes_four_clips_and_loses_its_place(
    workbench: NotebookPage, tmp_path: Path
) -> None:
    studio = StudioPage.within(workbench.show(STUDIO.format(inputs="")))
    place = studio.root.locator(".picture-input").first
    expect(place, "where it goes is said before").to_contain_text("It stays on this computer.")
    large = saved(photo(3000, 2000), "JPEG", quality=90, exif=exif(6), comment=PLACE)

    give(place, "drop", "holiday in Zürich.jpg", "image/jpeg", large)

    expect(place.get_by_text("holiday in Zürich.jpg"), "it is taken").to_be_visible()
    expect(place.locator("img")).to_be_visible()
    expect(place, "it is smaller and upright").to_contain_text("1365 x 2048")
    studio.root.screenshot(path=tmp_path / "dropped.png")
    studio.prompt.fill("waves roll in")
    job = studio.press_generate()
    studio.wait_for_clips(job, 4)
    for index in range(4):
        studio.play(job, index)
    assert workbench.evaluate(f"{PLACE!r} in {GIVEN}.data, {GIVEN}.media_type") == (
        "(False, 'image/jpeg')"
    )
    assert "/sandbox/pictures/" in workbench.evaluate("studio.jobs[0].request.image_url")

    # The next clip begins where this one ends.
    large_view = studio.open_large(job, 0)
    large_view.get_by_role("button", name="Start from this frame").click()
    expect(large_view, "the form is seen").to_have_count(0)
    expect(place.get_by_text(re.compile(r"^\d+\.\d s$")), "the frame is the image").to_be_visible()
    studio.root.get_by_text("More options").click()
    one = studio.root.get_by_role("group", name="Videos").get_by_role("radio", name="1")
    one.locator("..").click()
    following = studio.press_generate()
    studio.wait_for_clips(following, 1)

    large_view = studio.open_large(job, 0)
    with workbench.page.expect_download() as download:
        large_view.get_by_role("button", name="WebP").click()
    download.value.save_as(tmp_path / "clip.webp")
    assert (tmp_path / "clip.webp").read_bytes()[:4] == b"RIFF"


def test_a_screenshot_is_pasted_and_a_text_file_refused(workbench: NotebookPage) -> None:
    studio = StudioPage.within(workbench.show(STUDIO.format(inputs="")))
    place = studio.root.locator(".picture-input").first

    give(place, "paste", "image.png", "image/png", saved(photo(), "PNG"))
    expect(place.get_by_text("image.png")).to_be_visible()
    place.get_by_role("button", name="Use another image").click()
    expect(place.get_by_role("textbox", name="Image URL")).to_have_value("")

    give(place, "drop", "photo.jpg", "image/jpeg", b"this is only a text")
    expect(place.get_by_text("This is a text file, not a supported image")).to_be_visible()

    pick(place, "picked.jpg", "image/jpeg", phone_jpeg())
    expect(place.get_by_text("picked.jpg")).to_be_visible()


def test_first_and_last_picture_are_there_again_after_a_reload_of_the_page(
    workbench: NotebookPage,
) -> None:
    studio = StudioPage.within(workbench.show(STUDIO.format(inputs="batch_size=1")))
    first = studio.root.locator(".picture-input").first
    give(first, "drop", "first.jpg", "image/jpeg", phone_jpeg())
    expect(first.get_by_text("first.jpg")).to_be_visible()
    studio.root.get_by_text("More options").click()
    last = studio.root.locator(".picture-input").nth(1)
    give(last, "drop", "last.png", "image/png", saved(photo(300, 200), "PNG"))
    expect(last.get_by_text("last.png")).to_be_visible()
    path = workbench.save_with_state()

    workbench.go_to(path.name)

    studio = StudioPage.within(workbench.page.locator(IN_FRONT))
    first, last = (studio.root.locator(".picture-input").nth(index) for index in (0, 1))
    expect(first.get_by_text("first.jpg")).to_be_visible()
    expect(first.locator("img")).to_be_visible()
    studio.root.get_by_text("More options").click()
    expect(last.get_by_text("last.png")).to_be_visible()
    expect(last.locator("img")).to_be_visible()
    studio.prompt.fill("waves")
    job = studio.press_generate()
    studio.wait_for_clips(job, 1)
