"""The whole way through the studio, as a person goes it, in one notebook."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
studio = lw.VideoStudio(lw.Client.sandbox(speed=100, packaged={packaged}), {inputs})
studio
"""
SEEDED_IMAGE_JOB = "c6821434-5e41-408f-b42b-2562306b109c"
COPIED = "() => navigator.clipboard.readText()"


def show_studio(workbench: NotebookPage, inputs: str = "", *, packaged: bool = True) -> StudioPage:
    return StudioPage.within(workbench.show(STUDIO.format(packaged=packaged, inputs=inputs)))


def payload(workbench: NotebookPage, job: str) -> Any:
    """The exact body with which a job was asked for."""
    return ast.literal_eval(workbench.evaluate(f"{job}.request.payload()"))


def test_words_become_images_a_clip_and_the_next_clips_from_it(
    workbench: NotebookPage, tmp_path: Path
) -> None:
    workbench.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio = show_studio(workbench, "batch_size=1", packaged=False)

    studio.choose_source("Text")
    studio.prompt.fill("a lighthouse at dusk")
    image_job = studio.press_generate()
    images = studio.root.get_by_role("button", name=re.compile(r"^Image \d: a lighthouse"))
    expect(images, "four images to choose from").to_have_count(4, timeout=150_000)
    expect(images.nth(2).locator("img")).to_be_visible()
    images.nth(2).click()
    expect(studio.source("Earlier image"), "the image is the source").to_be_checked()
    clip_job = studio.press_generate()
    studio.wait_for_clips(clip_job, 1)
    studio.play(clip_job, 0)
    asked = workbench.evaluate("(studio.jobs[0].request.job_id, studio.jobs[0].request.image_no)")
    assert asked == f"('{image_job}', 2)"

    # The images are square, and so is the clip: all around it must be within reach all the same.
    large = studio.open_large(clip_job, 0)
    large.get_by_role("button", name="Loop").click()
    expect(large.locator("video"), "no loop").not_to_have_js_property("loop", True)
    large.get_by_role("button", name="Favourite: clip 1", exact=True).click()
    large.get_by_role("textbox", name="Note").fill("the one\nwith the beam")
    large.get_by_role("button", name="Copy link").click()
    expect(large.get_by_role("button", name="Copied")).to_be_visible()
    assert workbench.page.evaluate(COPIED) == workbench.evaluate("studio.videos[0].url").strip("'")
    with workbench.page.expect_download() as download:
        large.get_by_role("button", name="Download clip 1").click()
    download.value.save_as(tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").read_bytes()[4:8] == b"ftyp", "the download is a video"

    large.get_by_role("button", name=re.compile("^Upscale")).click()
    expect(large.get_by_role("button", name=re.compile("^Upscale · "))).to_be_visible()
    workbench.page.keyboard.press("Escape")
    expect(large, "Escape closes the large view").to_have_count(0)
    assert payload(workbench, "studio.jobs[0]") == {"jobId": clip_job, "videoNo": 0}
    card = studio.job(clip_job)
    expect(card.get_by_text("the one with the beam"), "the note is on the card").to_be_visible()
    marked = "[(v.favourite, v.note) for v in studio.jobs[1].videos]"
    wait_until(
        lambda: workbench.evaluate(marked) == r"[(True, 'the one\nwith the beam')]",
        "star and note are in the kernel",
    )
    assert workbench.evaluate("studio.selected.job_id") == f"'{clip_job}'"

    lineage = studio.gallery.get_by_role("button", name="Upscaled from clip 1 of “a lighthouse")
    lineage.click(timeout=150_000)
    expect(studio.clip(clip_job, 0).locator(".clip-open"), "the origin").to_be_focused()

    card.get_by_role("button", name="Use again: a lighthouse at dusk").click()
    expect(studio.prompt, "the words can be changed at once").to_be_focused()
    studio.prompt.press("End")
    studio.prompt.press_sequentially(", fog rolls in")
    again = studio.press_generate()
    wait_until(lambda: workbench.evaluate("studio.jobs[0].id") == f"'{again}'", "it is a new job")
    assert payload(workbench, "studio.jobs[0]") == {
        "jobId": image_job,
        "imageNo": 2,
        "prompt": "a lighthouse at dusk, fog rolls in --bs 1",
        "videoType": 0,
    }

    # At last, as its four clips keep the processor busy.
    large = studio.open_large(clip_job, 0)
    large.get_by_role("textbox", name="What happens next").fill("a ship passes")
    large.get_by_role("button", name=re.compile("^Extend")).click()
    expect(large.get_by_role("button", name=re.compile("^Extension · "))).to_be_visible()
    extension = {"jobId": clip_job, "videoNo": 0, "prompt": "a ship passes"}
    sent = "[job.request.payload() for job in studio.jobs]"
    assert extension in ast.literal_eval(workbench.evaluate(sent))
    workbench.page.keyboard.press("Escape")


def test_a_known_image_job_shows_its_images_and_a_request_shows_itself(
    workbench: NotebookPage,
) -> None:
    workbench.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio = show_studio(workbench, "budget_points=500, batch_size=1")

    studio.choose_source("Earlier image")
    studio.root.get_by_role("textbox", name="Image job ID").fill(SEEDED_IMAGE_JOB)
    images = studio.root.get_by_role("button", name=re.compile(r"^Image \d"))
    expect(images, "its four images, not a number to guess").to_have_count(4)
    images.nth(1).click()
    studio.prompt.fill("the lake ripples")

    studio.root.get_by_text("Show request").click()
    body = {"jobId": SEEDED_IMAGE_JOB, "imageNo": 1, "prompt": "the lake ripples --bs 1"}
    for name, part in {
        "JSON": '"imageNo": 1',
        "curl": "x-api-key: sandbox",
        "Python": "image_no=1",
    }.items():
        studio.root.get_by_role("tab", name=name).click()
        shown = studio.root.get_by_role("tabpanel", name=name).locator("pre")
        expect(shown, f"the request as {name}").to_contain_text(part)
        studio.root.get_by_role("button", name=f"Copy {name}").click()
        assert workbench.page.evaluate(COPIED) == shown.text_content(), f"{name} is copied whole"
        if name == "JSON":
            assert body.items() <= json.loads(shown.text_content() or "").items()
    expect(studio.root.get_by_text("budget 0 of 500 used"), "what it may cost").to_be_visible()

    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 1)
    expect(studio.generate, "over budget").to_be_disabled()
    studio.generate.click(force=True)
    studio.prompt.press("Control+Enter")
    expect(studio.root.get_by_text("This would exceed the budget")).to_be_visible()
    assert workbench.evaluate("sum(job.request is not None for job in studio.jobs)") == "1"


def test_a_batch_is_counted_first_and_then_followed(workbench: NotebookPage) -> None:
    studio = show_studio(workbench, "batch_size=1, image_url='https://example.com/sea.png'")

    studio.root.get_by_text("Several prompts").click()
    prompts = studio.root.get_by_role("textbox", name="Prompts, one per line")
    prompts.fill("A {red|blue} balloon rises\n\nThe tide comes in 🌊")
    expect(studio.root.get_by_text("3 jobs", exact=True), "how many").to_be_visible()
    expect(studio.root.get_by_text("about 1,440 points"), "what it takes").to_be_visible()
    studio.generate.click()
    assert workbench.evaluate("studio.jobs") == "()", "nothing is sent before it was seen"
    listed = studio.root.get_by_role("listitem").filter(has_text=re.compile("balloon|tide"))
    words = ["A red balloon rises", "A blue balloon rises", "The tide comes in 🌊"]
    expect(listed).to_have_text(words)
    studio.root.get_by_role("button", name="Start 3 jobs").click()

    batch = studio.root.get_by_role("region", name="Batch")
    expect(batch).to_contain_text("3 of 3 sent")
    expect(batch).to_contain_text("3 done", timeout=150_000)
    expect(studio.gallery.locator("[data-job-id]")).to_have_count(3)
    sent = workbench.evaluate("sorted(job.request.prompt for job in studio.jobs)")
    assert ast.literal_eval(sent) == sorted(words)
