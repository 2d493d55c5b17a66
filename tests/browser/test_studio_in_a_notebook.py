from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.studio_page import StudioPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.notebook_page import NotebookPage

STUDIO = """
import legnext_widgets as lw
client = lw.Client.sandbox(speed={speed}, packaged=True)
studio = lw.VideoStudio(client, batch_size={videos})
studio
"""
IMAGE = "https://example.com/picture.png"


def show_studio(workbench: NotebookPage, *, speed: int = 100, videos: int = 1) -> StudioPage:
    """Adds a cell that shows a studio, and runs it."""
    return StudioPage.within(workbench.show(STUDIO.format(speed=speed, videos=videos)))


BLOCK = """
import pathlib, time
print("began")
while not pathlib.Path("clips-seen").exists():
    time.sleep(0.5)
print("ended")
"""


def test_gallery_shows_playing_clips_while_a_cell_sleeps(workbench: NotebookPage) -> None:
    studio = show_studio(workbench, speed=20, videos=4)
    studio.start_recording()
    studio.fill_in("waves against a pier", IMAGE)
    job_id = studio.press_generate()

    cell = workbench.add_cell(BLOCK)
    workbench.run_cell(cell)
    workbench.wait_for_text(cell, "began")
    before = studio.recording_of(job_id).statuses
    studio.wait_for_clips(job_id)
    played = [studio.play(job_id, index) for index in range(4)]
    meanwhile = (workbench.kernel_status, workbench.text_of(cell))
    (workbench.lab.notebooks / "clips-seen").touch()
    workbench.wait_for_text(cell, "ended")

    assert "completed" not in before
    assert meanwhile == ("busy", "began\n")
    assert len(played) == 4
    assert workbench.text_of(cell) == "began\nended\n"


def test_wait_and_await_both_work_in_a_cell(workbench: NotebookPage) -> None:
    sources = (
        "import legnext_widgets as lw\nclient = lw.Client.sandbox(speed=120, packaged=True)",
        f"""job = client.video_diffusion('a boat', image_url={IMAGE!r}, batch_size=1)
print(job.wait(timeout=60).status, len(job.videos))""",
        f"""job = await client.video_diffusion('a kite', image_url={IMAGE!r}, batch_size=1)
print(job.status, len(job.videos))""",
        f"""async with lw.AsyncClient.sandbox(speed=120, packaged=True) as other:
    job = await other.video_diffusion('a dog', image_url={IMAGE!r}, batch_size=1)
    print((await job.wait(timeout=60)).status)""",
    )
    first, wait, awaited, native = (workbench.add_cell(source) for source in sources)
    workbench.run_all()
    workbench.wait_until_all_ran()

    assert workbench.errors() == []
    assert workbench.text_of(first) == ""
    assert workbench.text_of(wait) == "completed 1\n"
    assert workbench.text_of(awaited) == "completed 1\n"
    assert workbench.text_of(native) == "completed\n"


def test_prompt_linked_to_a_textarea_follows_it_both_ways(workbench: NotebookPage) -> None:
    studio = show_studio(workbench)
    workbench.show(
        "import ipywidgets\n"
        "area = ipywidgets.Textarea(description='linked')\n"
        "ipywidgets.link((studio, 'prompt'), (area, 'value'))\n"
        "area"
    )
    area = workbench.page.get_by_role("textbox", name="linked")

    studio.prompt.press_sequentially("from the studio")
    expect(area).to_have_value("from the studio")
    area.fill("from the text area")
    expect(studio.prompt).to_have_value("from the text area")
    studio.prompt.press("End")
    studio.prompt.press_sequentially(", and back")
    expect(area).to_have_value("from the text area, and back")
    assert workbench.evaluate("studio.prompt") == "'from the text area, and back'"


def test_two_views_of_one_studio_agree(workbench: NotebookPage) -> None:
    first = show_studio(workbench)
    second = StudioPage.within(workbench.show("studio"))

    first.fill_in("two windows, one view", IMAGE, by_keys=True)
    expect(second.prompt).to_have_value("two windows, one view")
    expect(second.image_url).to_have_value(IMAGE)
    job_id = second.press_generate()
    expect(first.job(job_id)).to_be_visible()
    for studio in (first, second):
        studio.wait_for_clips(job_id, 1)
        studio.play(job_id, 0)
    assert first.job_ids() == second.job_ids() == [job_id]


def test_a_double_click_on_generate_makes_one_job(workbench: NotebookPage) -> None:
    studio = show_studio(workbench)
    studio.fill_in("one is enough", IMAGE)

    studio.generate.dblclick()

    expect(studio.jobs).not_to_have_count(0)
    (job_id,) = studio.job_ids()
    studio.wait_for_clips(job_id, 1)
    # Whatever the second click did has long arrived now; the service charged for one job.
    assert studio.job_ids() == [job_id]
    assert workbench.evaluate("len(studio.jobs)") == "1"
    assert workbench.evaluate("int(client.balance().available_points)") == str(100_000 - 480)


def test_the_clicked_clip_is_the_selected_video_in_python(workbench: NotebookPage) -> None:
    studio = show_studio(workbench, videos=2)
    studio.fill_in("choose me", IMAGE)
    job_id = studio.press_generate()
    studio.wait_for_clips(job_id, 2)

    studio.clip(job_id, 1).click()

    large = workbench.page.get_by_role("dialog")
    expect(large.locator("video")).to_be_visible()
    wait_until(
        lambda: workbench.evaluate("studio.selected is not None and studio.selected.index") == "1",
        "the clicked clip is selected in the kernel",
    )
    workbench.page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    save = workbench.add_cell("print(studio.selected.save('chosen.mp4').name)")
    workbench.run_cell(save)
    workbench.wait_for_text(save, "chosen.mp4")
    kept = (workbench.lab.notebooks / "chosen.mp4").read_bytes()
    assert kept[4:8] == b"ftyp"


def test_closing_the_studio_stops_its_work(workbench: NotebookPage) -> None:
    threads = "[t.ident for t in __import__('threading').enumerate() if 'legnext' in t.name]"
    before = workbench.evaluate(threads)  # perhaps of libraries that other tests opened
    studio = show_studio(workbench, speed=1)
    studio.fill_in("never seen to its end", IMAGE)
    studio.press_generate()
    running = f"sorted(set({threads}) - set({before}))"
    assert workbench.evaluate(running) != "[]"

    workbench.run_cell(workbench.add_cell("studio.close()\nclient.close()"))

    expect(studio.root).to_have_count(0)
    wait_until(lambda: workbench.evaluate(running) == "[]", "no thread of the package is left")
