"""What `./dev demo --class` runs: a class on a real JupyterHub, with a sandbox instead of a key."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.notebook_page import OpenNotebook
from tests.browser.studio_page import StudioPage
from tests.hub.class_hub import PASSWORD, STUDENTS, TEACHER, ClassHub
from tests.support.chromium import start_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROJECT = Path(__file__).resolve().parents[2]
SCREENSHOTS = PROJECT / "artifacts" / "demo"
SPEED = 20.0
"""Of the sandbox: a job of four minutes takes twelve seconds, so that a line can be seen."""

PORT = 8000


def main(arguments: list[str]) -> int:
    """Start the class and wait for Ctrl+C; with `--check` try it in a headless browser.

    Returns:
        The exit code.
    """
    checking = "--check" in arguments
    with tempfile.TemporaryDirectory(prefix="legnext-class-", ignore_cleanup_errors=True) as home:
        print("Starting a JupyterHub with a class; the first time this installs it ...", flush=True)
        with ClassHub(
            Path(home), speed=SPEED, port=0 if checking else PORT, for_a_check=checking
        ) as hub:
            if checking:
                return check(hub)
            print(f"Students   {hub.url}  as {', '.join(STUDENTS)}")
            print(f"Teacher    {hub.gateway}/teacher  as {TEACHER}")
            print(f"Password   {PASSWORD}")
            print("Use another browser window, or a private one, for each person.")
            print("Stop with Ctrl+C.", flush=True)
            with suppress(KeyboardInterrupt):
                while hub.is_running:
                    time.sleep(0.5)
    return 0


def check(hub: ClassHub) -> int:
    """Let a student make clips in the quickstart, and the teacher see them; print what was seen."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with start_chromium() as browser:
        page = log_in(browser, hub, STUDENTS[0], f"{hub.url}/hub/spawn")
        notebook = OpenNotebook(page)
        page.wait_for_url(f"**/user/{STUDENTS[0]}/lab/**", timeout=120_000)
        notebook.wait_until_idle(120)
        notebook.run_all()
        studio = StudioPage.within(
            page.locator(".jp-OutputArea-output:has(.legnext-widgets)").first
        )
        page.get_by_text("Class: ").first.wait_for(timeout=60_000)
        studio.fill_in("slow push in, the light changes from noon to dusk")
        job_id = studio.press_generate()
        studio.wait_for_clips(job_id)
        clip = studio.play(job_id, 0)
        page.screenshot(path=SCREENSHOTS / "class-student.png")
        print(
            f"{STUDENTS[0]:<10} made job {job_id}; clip 0 was seen playing at {clip.position:.2f} s"
        )

        teacher = log_in(browser, hub, TEACHER, f"{hub.gateway}/teacher")
        teacher.get_by_role("rowheader", name=STUDENTS[0]).wait_for(timeout=60_000)
        teacher.wait_for_function(
            "() => document.querySelector('video')?.readyState >= 2", timeout=60_000
        )
        teacher.screenshot(path=SCREENSHOTS / "class-teacher.png", full_page=True)
        clips = teacher.locator("video").count()
        print(f"{TEACHER:<10} sees {STUDENTS[0]} and {clips} clip(s)")
    print(f"Screenshots: {SCREENSHOTS}")
    return 0


def log_in(browser: Browser, hub: ClassHub, name: str, then: str) -> Page:
    """Log a person in, in a window of their own, and go to an address."""
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.goto(f"{hub.url}/hub/login?next=/hub/home")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/hub/home")
    page.goto(then)
    return page


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
