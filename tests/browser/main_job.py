"""The main job of the package, done in a real notebook as a person would do it.

`./dev demo --check` and the test of the quickstart both run this, so that what is demonstrated is
what is tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.studio_page import PlayedClip, StudioPage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.notebook_page import NotebookPage

PROMPT = "slow push in, the light changes from noon to dusk"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@dataclass(frozen=True)
class MainJob:
    """What was seen while the main job was done.

    Attributes:
        job_id: The generated job.
        statuses: What the widget showed, in order.
        clips: The clips that were seen playing.
        playback_delay: Seconds from the page saying `completed` to the first moving picture, with
            the time it takes to bring the pointer there.
        screenshots: Where they are.
    """

    job_id: str
    statuses: tuple[str, ...]
    clips: tuple[PlayedClip, ...]
    playback_delay: float
    screenshots: tuple[Path, ...]


def do_main_job(notebook: NotebookPage, screenshots: Path) -> MainJob:
    """Fills in the form, generates, watches the job and plays its four clips.

    Args:
        notebook: Open, with the cell that shows the studio run.
        screenshots: Folder for the pictures, light and dark.
    """
    sources = [cell["source"] for cell in notebook.code_cells()]
    shows = next(number for number, source in enumerate(sources) if "lw.VideoStudio" in source)
    studio = StudioPage.within(notebook.output(shows))
    studio.start_recording()
    taken = [_take(studio, screenshots / "1-form.png")]
    studio.fill_in(PROMPT, by_keys=True)
    job_id = studio.press_generate()
    taken.append(_take(studio, screenshots / "2-running.png"))
    studio.wait_for_clips(job_id)
    clips = tuple(studio.play(job_id, index) for index in range(4))
    taken += [_take_in_theme(notebook, studio, screenshots, theme) for theme in THEMES]
    notebook.use_theme(THEMES["light"])
    seen = studio.recording_of(job_id)
    assert seen.completed_at is not None, f"never shown as completed: {seen.statuses}"
    assert seen.first_playback_at is not None, "no picture moved"
    return MainJob(
        job_id=job_id,
        statuses=seen.statuses,
        clips=clips,
        playback_delay=seen.first_playback_at - seen.completed_at,
        screenshots=tuple(taken),
    )


def _take_in_theme(notebook: NotebookPage, studio: StudioPage, folder: Path, theme: str) -> Path:
    notebook.use_theme(THEMES[theme])
    return _take(studio, folder / f"3-gallery-{theme}.png")


def _take(studio: StudioPage, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    studio.root.screenshot(path=path)
    return path
