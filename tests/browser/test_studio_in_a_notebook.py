from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.notebook_page import NotebookPage

    Open = Callable[..., NotebookPage]

STUDIO = """
import legnext_widgets as lw
client = lw.Client.sandbox(speed={speed})
studio = lw.VideoStudio(client, batch_size={videos})
studio
"""
IMAGE = "https://example.com/picture.png"


def show_studio(open_notebook: Open, *cells: str, speed: int = 60, videos: int = 1) -> NotebookPage:
    """Opens a notebook whose first cell shows a studio, and runs that cell."""
    notebook = open_notebook(STUDIO.format(speed=speed, videos=videos), *cells)
    notebook.run_cell(0)
    return notebook


BLOCK = """
import pathlib, time
print("began")
time.sleep(20)
while not pathlib.Path("seen").exists():
    time.sleep(1)
print("ended")
"""


def test_gallery_shows_playing_clips_while_a_cell_sleeps(open_notebook: Open) -> None:
    notebook = show_studio(open_notebook, BLOCK, videos=4)
    studio = StudioPage.within(notebook.output(0))
    studio.start_recording()
    studio.fill_in("waves against a pier", IMAGE)
    job_id = studio.press_generate()

    notebook.run_cell(1)
    notebook.wait_for_text(1, "began")
    before = studio.recording_of(job_id).statuses
    studio.wait_for_clips(job_id)
    played = [studio.play(job_id, index) for index in range(4)]
    meanwhile = (notebook.kernel_status, notebook.text_of(1))
    (notebook.lab.notebooks / "seen").touch()
    notebook.wait_for_text(1, "ended")

    assert "completed" not in before
    assert meanwhile == ("busy", "began\n")
    assert len(played) == 4
    assert notebook.text_of(1) == "began\nended\n"


def test_wait_and_await_both_work_in_a_cell(open_notebook: Open) -> None:
    notebook = open_notebook(
        "import legnext_widgets as lw\nclient = lw.Client.sandbox(speed=120)",
        f"job = client.video_diffusion('a boat', image_url={IMAGE!r}, batch_size=1)\n"
        "print(job.wait(timeout=60).status, len(job.videos))",
        f"job = await client.video_diffusion('a kite', image_url={IMAGE!r}, batch_size=1)\n"
        "print(job.status, len(job.videos))",
        "async with lw.AsyncClient.sandbox(speed=120) as other:\n"
        f"    job = await other.video_diffusion('a dog', image_url={IMAGE!r}, batch_size=1)\n"
        "    print((await job.wait(timeout=60)).status)",
    )
    notebook.run_all()
    notebook.wait_until_all_ran()

    assert notebook.errors() == []
    assert notebook.text_of(1) == "completed 1\n"
    assert notebook.text_of(2) == "completed 1\n"
    assert notebook.text_of(3) == "completed\n"


def test_prompt_linked_to_a_textarea_follows_it_both_ways(open_notebook: Open) -> None:
    notebook = show_studio(
        open_notebook,
        "import ipywidgets\n"
        "area = ipywidgets.Textarea(description='linked')\n"
        "ipywidgets.link((studio, 'prompt'), (area, 'value'))\n"
        "area",
    )
    notebook.run_cell(1)
    studio = StudioPage.within(notebook.output(0))
    area = notebook.page.get_by_role("textbox", name="linked")

    studio.prompt.press_sequentially("from the studio")
    expect(area).to_have_value("from the studio")
    area.fill("from the text area")
    expect(studio.prompt).to_have_value("from the text area")
    studio.prompt.press("End")
    studio.prompt.press_sequentially(", and back")
    expect(area).to_have_value("from the text area, and back")
    assert notebook.evaluate("studio.prompt") == "'from the text area, and back'"


def test_two_views_of_one_studio_agree(open_notebook: Open) -> None:
    notebook = show_studio(open_notebook, "studio")
    notebook.run_cell(1)
    first = StudioPage.within(notebook.output(0))
    second = StudioPage.within(notebook.output(1))

    first.fill_in("two windows, one view", IMAGE)
    expect(second.prompt).to_have_value("two windows, one view")
    expect(second.image_url).to_have_value(IMAGE)
    job_id = second.press_generate()
    expect(first.job(job_id)).to_be_visible()
    for studio in (first, second):
        studio.wait_for_clips(job_id, 1)
        studio.play(job_id, 0)
    assert first.job_ids() == second.job_ids() == [job_id]


def test_a_double_click_on_generate_makes_one_job(open_notebook: Open) -> None:
    notebook = show_studio(open_notebook)
    studio = StudioPage.within(notebook.output(0))
    studio.fill_in("one is enough", IMAGE)

    studio.generate.dblclick()

    expect(studio.jobs).not_to_have_count(0)
    (job_id,) = studio.job_ids()
    studio.wait_for_clips(job_id, 1)
    # Whatever the second click did has long arrived now; the service charged for one job.
    assert studio.job_ids() == [job_id]
    assert notebook.evaluate("len(studio.jobs)") == "1"
    assert notebook.evaluate("int(client.balance().available_points)") == str(100_000 - 480)


def test_the_clicked_clip_is_the_selected_video_in_python(open_notebook: Open) -> None:
    save = "print(studio.selected.save('chosen.mp4').name)"
    notebook = show_studio(open_notebook, save, videos=2)
    studio = StudioPage.within(notebook.output(0))
    studio.fill_in("choose me", IMAGE)
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 2)

    studio.clip(job_id, 1).click()

    large = notebook.page.get_by_role("dialog")
    expect(large.locator("video")).to_be_visible()
    wait_until(
        lambda: notebook.evaluate("studio.selected is not None and studio.selected.index") == "1",
        "the clicked clip is selected in the kernel",
    )
    notebook.page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    notebook.run_cell(1)
    notebook.wait_for_text(1, "chosen.mp4")
    kept = (notebook.lab.notebooks / "chosen.mp4").read_bytes()
    assert kept[4:8] == b"ftyp"


def test_closing_the_studio_stops_its_work(open_notebook: Open) -> None:
    notebook = show_studio(open_notebook, "studio.close()\nclient.close()", speed=1)
    studio = StudioPage.within(notebook.output(0))
    studio.fill_in("never seen to its end", IMAGE)
    studio.press_generate()
    running = "sorted(t.name for t in __import__('threading').enumerate() if 'legnext' in t.name)"
    assert notebook.evaluate(running) != "[]"

    notebook.run_cell(1)

    expect(studio.root).to_have_count(0)
    wait_until(lambda: notebook.evaluate(running) == "[]", "no thread of the package is left")
