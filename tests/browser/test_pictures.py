"""A person's own picture, from the drop to the playing clips, and from a clip's frame onwards."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.pictures.made import PLACE, exif, phone_jpeg, photo, saved

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(speed=200))
studio
"""
MAKE_TRANSFER = """([name, type, text]) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    return transfer;
}"""
GIVEN = "studio.jobs[0].request.pictures['image_url']"


def transfer(place: Locator, event: str, name: str, kind: str, data: bytes) -> None:
    """Drop or paste a file, as a person does."""
    given = [name, kind, base64.b64encode(data).decode()]
    made = place.page.evaluate_handle(MAKE_TRANSFER, given)
    if event == "paste":
        paste = "(place, clipboardData) => place.dispatchEvent(new ClipboardEvent('paste', {"
        place.evaluate(paste + "clipboardData, bubbles: true, cancelable: true }))", made)
    else:
        place.dispatch_event(event, {"dataTransfer": made})


def test_a_dropped_photo_becomes_four_clips_and_loses_its_place(
    workbench: NotebookPage, tmp_path: Path
) -> None:
    studio = StudioPage.within(workbench.show(STUDIO))
    place = studio.root.locator(".picture-input")
    expect(place, "where it goes is said before").to_contain_text("It stays on this computer.")
    large = saved(photo(3000, 2000), "JPEG", quality=90, exif=exif(6), comment=PLACE)

    transfer(place, "drop", "holiday in Zürich.jpg", "image/jpeg", large)

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
    following = studio.press_generate()
    studio.wait_for_clips(following, 4)

    large_view = studio.open_large(job, 0)
    with workbench.page.expect_download() as download:
        large_view.get_by_role("button", name="WebP").click()
    download.value.save_as(tmp_path / "clip.webp")
    assert (tmp_path / "clip.webp").read_bytes()[:4] == b"RIFF"


def test_a_screenshot_is_pasted_and_a_text_file_refused(workbench: NotebookPage) -> None:
    studio = StudioPage.within(workbench.show(STUDIO))
    place = studio.root.locator(".picture-input")

    transfer(place, "paste", "image.png", "image/png", saved(photo(), "PNG"))
    expect(place.get_by_text("image.png")).to_be_visible()
    place.get_by_role("button", name="Use another picture").click()
    expect(place.get_by_role("textbox", name="Image URL")).to_have_value("")

    transfer(place, "drop", "photo.jpg", "image/jpeg", b"this is only a text")
    expect(place.get_by_text("This is a text file, and no picture")).to_be_visible()

    with workbench.page.expect_file_chooser() as chooser:
        place.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(
        {"name": "picked.jpg", "mimeType": "image/jpeg", "buffer": phone_jpeg()}
    )
    expect(place.get_by_text("picked.jpg")).to_be_visible()
