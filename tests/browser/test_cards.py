"""A job as the value of a cell, and the line of a wait, in JupyterLab."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.notebook_page import NotebookPage

JOB = """
import legnext_widgets as lw
client = lw.Client.sandbox(speed={speed}, packaged=True)
job = client.video_diffusion(
    "slow push towards the lighthouse", image_url="https://example.com/sea.png", batch_size=2)
job
"""
PICTURES = os.environ.get("LEGNEXT_SCREENSHOTS")
"""A folder for pictures of what is tested, for a person to look at."""


def look(notebook: NotebookPage, name: str) -> None:
    if PICTURES:
        notebook.page.screenshot(path=f"{PICTURES}/{name}.png")


def test_a_job_s_card_goes_on_from_running_to_clips_that_play(
    workbench: NotebookPage,
) -> None:
    card = workbench.show(JOB.format(speed=15))

    queue = card.locator(".queue-job")
    expect(queue).to_have_count(1)
    expect(queue).to_contain_text("slow push towards the lighthouse")
    look(workbench, "card-running")
    line = workbench.show("job.wait()\nNone")
    expect(line).to_contain_text("about")
    look(workbench, "line-running")

    expect(card.locator(".clip-open")).to_have_count(2, timeout=60_000)
    expect(card.locator(".queue-job")).to_have_count(0)
    expect(line).to_contain_text("completed")
    expect(line.locator("progress")).to_have_count(0)
    look(workbench, "card-completed")
    card.locator(".clip-open").first.hover()
    expect(card.locator("video").first).to_have_js_property("paused", value=False)

    video = workbench.show("job.videos[1]")
    expect(video.locator(".clip-open")).to_have_count(1)
    look(workbench, "video")
