"""What a person does with chosen clips in a page: star, hide, delete and undo, pack, export."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.marks.model import MarkChange
from tests.support.service import Service
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser
from tests.widgets.test_studio_with_library import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def open_studio(service: Service, tmp_path: Path) -> Iterator[Sessions]:
    sessions = Sessions(service, tmp_path / "library")
    yield sessions
    sessions.end_session()


def finished_job(studio: lw.VideoStudio, service: Service) -> lw.Job:
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: all(v.kept for v in job.videos) and job.videos, "its clips are kept")
    return job


def chosen(job: lw.Job, *indices: int | None) -> list[dict[str, Any]]:
    return [{"job_id": job.id, "index": index} for index in indices]


def library_of(studio: lw.VideoStudio) -> lw.Library:
    store = studio.client.config.store
    assert isinstance(store, lw.Library)
    return store


def shown(browser: Browser, job_id: str) -> dict[str, Any]:
    """The last snapshot of a job that the page got."""
    updates = [*browser.updates, *browser.heard("jobs")]
    found = [job for update in updates for job in update["jobs"] if job["id"] == job_id]
    return found[-1] if found else {"media": []}


def test_a_star_on_a_clip_is_shown_stored_and_readable_in_python(open_studio, service):
    studio = open_studio()
    job = finished_job(studio, service)
    browser = Browser(studio)

    browser.say(type="favourite", job_id=job.id, index=2, on=True)
    browser.say(type="annotate", job_id=job.id, index=2, note="this one")
    wait_until(lambda: library_of(studio).videos(favourite=True), "it is stored")
    wait_until(lambda: shown(browser, job.id).get("favourite"), "it is shown")

    media = shown(browser, job.id)["media"]
    assert [one["favourite"] for one in media] == [False, False, True, False]
    assert job.videos[2].favourite
    wait_until(lambda: library_of(studio).videos()[2].note == "this one", "the note is stored")
    job.videos[2].favourite = False
    wait_until(lambda: not shown(browser, job.id)["favourite"], "Python's change is shown")
    assert library_of(studio).videos(favourite=True) == []


def test_hidden_clips_and_dismissed_jobs_stay_away_in_the_next_session(open_studio, service):
    studio = open_studio()
    kept = finished_job(studio, service)
    service.sandbox.faults.switch_on("failed_job")
    failed = studio.submit()
    service.move(failed.id, "failed")
    wait_until(lambda: failed.done, "the job has failed")
    browser = Browser(studio)

    browser.say(type="dismiss", job_id=failed.id)
    browser.say(type="hide", clips=chosen(kept, 0, 1), on=True)
    wait_until(lambda: len(studio.videos) == 2, "the hidden clips are no videos of the studio")
    assert failed not in studio.jobs
    wait_until(lambda: len(library_of(studio).videos(hidden=True)) == 2, "it is stored")
    wait_until(lambda: library_of(studio).jobs(hidden=True), "the dismissal is stored")
    open_studio.end_session()

    again = open_studio()
    later = Browser(again)
    assert [job.id for job in again.jobs] == [kept.id]
    assert len(again.videos) == 2
    assert again._account["library"]["jobs"] == 1
    later.say(type="page", ask="a", before=None, search="", favourite=None, hidden=True)
    wait_until(lambda: later.heard("paged"), "the hidden jobs came")
    assert [job["id"] for job in later.heard("paged")[0]["jobs"]] == [failed.id]


def test_a_deletion_can_be_undone_and_else_takes_the_files(open_studio, service):
    studio = open_studio()
    job = finished_job(studio, service)
    browser = Browser(studio)
    path = job.videos[0].kept
    assert path is not None

    browser.say(type="delete", undo="u1", clips=chosen(job, 0))
    wait_until(lambda: len(shown(browser, job.id)["media"]) == 3, "the clip is gone")
    browser.say(type="undo", undo="u1")
    wait_until(lambda: len(shown(browser, job.id)["media"]) == 4, "the clip is back")
    assert path.is_file()

    browser.say(type="complete", undo="u1")  # its notice ends, too: nothing happens
    browser.say(type="delete", undo="u2", clips=chosen(job, 0))
    browser.say(type="complete", undo="u2")
    wait_until(lambda: not path.exists(), "its file is deleted")
    assert len(job.videos) == 4  # the numbers of the others stay
    assert repr(job.videos[0]).endswith(", deleted>")
    assert "video 0" not in job._repr_html_()
    assert "video 1" in job._repr_html_()
    browser.say(type="undo", undo="u2")  # too late: nothing happens
    browser.say(type="delete", undo="u3", clips=chosen(job, 1, 2, 3))
    browser.say(type="complete", undo="u3")
    wait_until(lambda: library_of(studio).get(job.id) is None, "the whole job is forgotten")
    wait_until(lambda: studio.jobs == (), "the studio shows it no more")


def test_the_last_view_takes_its_deletions_with_it(open_studio, service):
    studio = open_studio()
    job = finished_job(studio, service)
    browser = Browser(studio)
    browser.say(type="view", view="v", open=True)
    browser.say(type="delete", undo="u", clips=chosen(job, None))
    assert library_of(studio).get(job.id) is not None
    browser.say(type="view", view="v", open=False)
    wait_until(lambda: library_of(studio).get(job.id) is None, "the job is forgotten")


def test_closing_completes_what_can_no_longer_be_undone(open_studio, service):
    studio = open_studio()
    job = finished_job(studio, service)
    browser = Browser(studio)
    browser.say(type="delete", undo="u", clips=chosen(job, None))
    library = library_of(studio)
    assert library.get(job.id) is not None
    studio.close()
    assert library.get(job.id) is None


def test_a_deletion_that_a_dead_kernel_left_is_completed_by_the_next_session(open_studio, service):
    studio = open_studio()
    one_clip, whole = finished_job(studio, service), finished_job(studio, service)
    browser, library = Browser(studio), library_of(studio)
    path = one_clip.videos[0].kept
    assert path is not None
    clips = [*chosen(one_clip, 0), *chosen(whole, None)]
    browser.say(type="delete", undo="u", clips=clips)
    wait_until(lambda: len(library.videos()) == 3, "the deletion is stored")

    another_kernel = open_studio()
    assert path.is_file()  # the first one can still undo it
    assert library_of(another_kernel).get(whole.id) is not None
    library.close()  # its lock falls, as when its process dies
    later = open_studio()

    assert not path.exists()
    assert library_of(later).get(whole.id) is None
    assert [job.id for job in later.jobs] == [one_clip.id]
    assert len(list(path.parent.glob("*.mp4"))) == 3


def test_what_a_dead_kernel_left_undone_stays(open_studio, service):
    studio = open_studio()
    job = finished_job(studio, service)
    browser, library = Browser(studio), library_of(studio)
    path = job.videos[0].kept
    assert path is not None
    browser.say(type="delete", undo="u", clips=chosen(job, 0))
    wait_until(lambda: len(library.videos()) == 3, "the deletion is stored")
    library.mark(job.id, MarkChange(deleted=False), index=0)  # such as by another kernel
    library.close()

    later = library_of(open_studio())

    assert path.is_file()
    assert len(later.videos()) == 4
    assert later.deletions.abandoned() == []


def test_chosen_clips_come_as_one_zip_in_chunks(open_studio, service):
    studio = open_studio()
    first, second = finished_job(studio, service), finished_job(studio, service)
    browser = Browser(studio)

    browser.say(type="pack", ask="z", clips=[*chosen(first, 0, 3), *chosen(second, None)])
    wait_until(lambda: browser.heard("packed"), "the zip file is made")
    packed = browser.heard("packed")[0]
    assert (packed["ask"], packed["missing"], packed["error"]) == ("z", 0, None)
    browser.say(type="media", pull="p", job_id="z", media="zip", index=0, chunk=0)
    wait_until(lambda: browser.heard("media"), "the chunk came")

    content, buffers = next(each for each in browser.received if each[0]["type"] == "media")
    assert content["mime"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(map(bytes, buffers)))) as pack:
        assert pack.testzip() is None
        names = pack.namelist()
        assert len(names) == len(set(names)) == 6
        assert names[0] == "01_waves_1.mp4"
        assert pack.read(names[1]) == first.videos[3].read()


def test_clips_that_are_not_kept_are_fetched_for_the_zip(client, studio, service):
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: job.videos, "the job is done")
    browser = Browser(studio)
    browser.say(type="pack", ask="z", clips=chosen(job, 0, 1))
    wait_until(lambda: browser.heard("packed"), "the zip file is made")
    assert browser.heard("packed")[0]["missing"] == 0
    browser.say(type="pack", ask="none", clips=[])
    wait_until(lambda: len(browser.heard("packed")) == 2, "an answer came")
    assert browser.heard("packed")[1]["error"]["code"] == "clips_not_fetched"
    browser.say(type="export", ask="e", clips=chosen(job, 0))
    wait_until(lambda: browser.heard("exported"), "an answer came")
    assert browser.heard("exported")[0]["error"]["code"] == "clips_in_no_library"


def test_chosen_clips_are_exported_beside_the_notebook(open_studio, service, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio = open_studio()
    job = finished_job(studio, service)
    browser = Browser(studio)
    browser.say(type="export", ask="e", clips=chosen(job, 1))
    wait_until(lambda: browser.heard("exported"), "the export is made")
    exported = browser.heard("exported")[0]
    assert exported["error"] is None
    page = Path(exported["path"])
    assert page.is_relative_to(tmp_path)
    assert len(list(page.parent.glob("*.mp4"))) == 1


def test_a_gallery_of_a_library_stores_its_stars(open_studio, service):
    studio = open_studio()
    job = finished_job(studio, service)
    library = library_of(studio)
    gallery = lw.VideoGallery(library)
    browser = Browser(gallery)
    browser.say(type="favourite", job_id=job.id, index=1, on=True)
    wait_until(lambda: library.videos(favourite=True), "it is stored")
    assert [video.index for video in library.videos(favourite=True)] == [1]
    gallery.close()


def test_messages_about_nothing_that_is_shown_change_nothing(studio, browser, caplog):
    browser.say(type="favourite", job_id="nowhere", index=7, on=True)
    browser.say(type="hide", clips=[{"job_id": 3}, {}, {"job_id": "nowhere", "index": 1}], on=True)
    browser.say(type="delete", undo="u", clips=[{"index": None}])
    browser.say(type="undo", undo="nothing")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
