"""Strings that have opened doors elsewhere, through every field into a page of JupyterLab."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.filled_library import EMBEDDED, fill_library
from tests.browser.studio_page import StudioPage
from tests.library import job_factory
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from legnext_widgets.library import Library
    from tests.browser.notebook_page import NotebookPage

CORPUS = json.loads((Path(__file__).parents[1] / "protocol" / "hostile.json").read_text("utf-8"))
ALL = " ".join(CORPUS)
STUDIO = f"""
import legnext_widgets as lw
from legnext_widgets.sandbox import Fault
fault = Fault("failed_job", message={ALL!r}, status=400)
library = lw.Library()
client = lw.Client.sandbox(speed=200, packaged=True, library=library, faults=[fault])
studio = lw.VideoStudio(client, batch_size=1)
studio
"""
# Lab itself is not looked at, only what stands in the outputs of cells and over the page. Lab makes
# links of its own in plain text, such as that of a repr.
DANGERS = r"""() => {
  const found = [];
  const harmless = /^(https?:\/\/|blob:http:\/\/127\.0\.0\.1|data:image\/(webp|jpeg|png);base64,)/;
  for (const root of document.querySelectorAll('.jp-OutputArea, .legnext-widgets dialog')) {
    const bad = 'script, iframe, object, embed, base, link, meta, form[action], svg *[href]';
    for (const element of root.querySelectorAll(bad)) found.push(element.outerHTML);
    for (const element of root.querySelectorAll('*:not(.jp-RenderedText a)')) {
      for (const {name, value} of element.attributes) {
        if (/^on/.test(name)) found.push(`${name}=${value}`);
        const addresses = ['href', 'src', 'action', 'formaction', 'poster', 'srcset'];
        if (addresses.includes(name) && !harmless.test(value)) found.push(`${name}=${value}`);
      }
    }
  }
  return found;
}"""


async def write_jobs(library: Library) -> None:
    """For each string a job that ended well and one that failed, all of it made of the string."""
    for text in CORPUS:
        # One that is a link: a job without any is asked for again.
        links = ["http://127.0.0.1:9/a.mp4", text, "javascript:document.title='owned'"]
        links.append("data:text/html,<script>1</script>")
        prompt = f"https://example.com/sea.png {text}"
        job_id = await job_factory.job(
            library, prompt, identity=EMBEDDED, output={"video_urls": links}
        )
        library.annotate(job_id, text)
        error = {"code": 400, "raw_message": text, "message": text, "detail": text}
        await job_factory.job(library, prompt, identity=EMBEDDED, status="failed", error=error)


def test_whatever_is_remembered_typed_or_answered_stays_text(
    workbench: NotebookPage, tmp_path: Path
) -> None:
    fill_library(tmp_path / "library", write_jobs)
    page = workbench.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
    title = page.title()
    studio = StudioPage.within(workbench.show(STUDIO))
    expect(studio.gallery.locator(".card")).not_to_have_count(0)

    studio.root.get_by_text("More options").click()
    for name in ("Image URL", "End frame URL", "Callback URL"):
        field = studio.root.get_by_role("textbox", name=name)
        for text in (*CORPUS[4:14], ""):
            field.fill(text)
    studio.image_url.fill("https://example.com/sea.png")
    studio.prompt.fill(ALL)
    wait_until(
        lambda: workbench.evaluate("ascii(studio.prompt)") == repr(ascii(ALL)),
        "every character arrives in the kernel",
    )
    studio.root.get_by_text("Show request").click()
    expect(studio.root.locator("pre")).to_contain_text("evil.example")
    failed = studio.press_generate()
    expect(studio.job(failed)).to_have_attribute("data-status", "failed")
    assert page.evaluate(DANGERS) == []

    studio.root.get_by_role("searchbox").fill("passwd")
    cards = studio.gallery.locator(".card")
    expect(cards, "found by its words").to_have_count(1)
    large = studio.open_large(cards.first.get_attribute("data-job-id") or "", 1)
    large.get_by_role("textbox", name="Note").fill(ALL[:400])
    assert page.evaluate(DANGERS) == [], "the large view of a job whose links were no links"
    page.keyboard.press("Escape")
    wait_until(
        lambda: (
            workbench.evaluate("max(len(v.note) for j in studio.jobs for v in j.videos)") == "400"
        ),
        "kept",
    )

    workbench.show("studio.jobs[0]")
    workbench.show("studio.videos")
    expect(page.locator(".jp-OutputArea-output").last).to_be_visible()
    assert page.evaluate(DANGERS) == [], "jobs and videos as a cell shows them"
    assert page.title() == title, "something ran"
    evil = [url for url in asked if re.search(r"x\.js|^(?!https?:|blob:|data:)", url)]
    assert evil == [], "something was asked for"
