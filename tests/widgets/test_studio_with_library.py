"""The studio with a library, and what goes beyond one request: batches, next steps, the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.messages import Message
from legnext_widgets.library.errors import LibraryError
from legnext_widgets.widgets.kernel.protocol.traits import PAGE_SIZE
from tests.support.service import Service
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser
from tests.widgets.conftest import KEY

IMAGE = "https://example.com/sea.jpg"


class Sessions:
    """Opens studios of one library, one session after the other."""

    def __init__(self, service: Service, folder: Path) -> None:
        self._service = service
        self._folder = folder
        self._opened: list[tuple[lw.VideoStudio, lw.Client, lw.Library]] = []

    def __call__(self, key: str = KEY) -> lw.VideoStudio:
        library = lw.Library(self._folder)
        client = lw.Client(key, http_client=self._service.http_client(), library=library)
        studio = lw.VideoStudio(client, image_url=IMAGE, prompt="waves")
        self._opened.append((studio, client, library))
        return studio

    def end_session(self) -> None:
        while self._opened:
            for thing in self._opened.pop():
                thing.close()


@pytest.fixture
def open_studio(service, tmp_path):
    sessions = Sessions(service, tmp_path / "library")
    yield sessions
    sessions.end_session()


def test_a_new_session_shows_the_library_and_follows_running_jobs(open_studio, service):
    first = open_studio()
    done = first.submit()
    service.move(done.id, "processing")
    running = first.submit()
    service.complete(done.id)
    assert service.job(running.id).status != "completed"
    wait_until(lambda: first.videos and all(video.kept for video in first.videos), "all is kept")
    open_studio.end_session()

    studio = open_studio()

    assert {job.id for job in studio.jobs} == {done.id, running.id}
    assert studio._account["recalled"] == 1
    service.complete(running.id)
    wait_until(lambda: len(studio.videos) == 8, "the running job is done")
    wait_until(lambda: all(video.kept for video in studio.videos), "its clips are kept")
    assert len(service.posts) == 2


def test_another_account_does_not_see_them(open_studio, service):
    studio = open_studio()
    studio.submit()
    wait_until(lambda: studio.jobs, "the job is shown")
    open_studio.end_session()

    assert open_studio(key="another-key").jobs == ()


def test_a_kept_clip_is_read_from_disk_and_not_downloaded(open_studio, service, monkeypatch):
    studio = open_studio()
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: studio.videos and all(video.kept for video in studio.videos), "kept")
    browser, fetched = Browser(studio), len(service.media_requests)

    browser.say(type="media", pull="p", job_id=job.id, media="video", index=0, chunk=0)

    wait_until(lambda: browser.heard("media"), "the chunk came")
    assert len(service.media_requests) == fetched


def test_favourites_and_notes_are_there_in_the_next_session(open_studio, monkeypatch):
    studio = open_studio()
    job = studio.submit()
    browser = Browser(studio)
    wait_until(lambda: studio.jobs, "the job is shown")
    note = "the best one of them " * 22  # as long as the page takes: not a character may be lost

    browser.say(type="favourite", job_id=job.id, on=True)
    browser.say(type="annotate", job_id=job.id, note=note)
    wait_until(
        lambda: any(shown["note"] for update in browser.updates for shown in update["jobs"]),
        "the mark is shown",
    )
    open_studio.end_session()

    again = open_studio()
    later = Browser(again)
    later.say(type="sync", since=0)
    wait_until(lambda: later.heard("jobs"), "the jobs came")
    shown = later.heard("jobs")[0]["jobs"][0]
    assert (shown["favourite"], shown["note"]) == (True, note)


def test_an_uncertain_request_is_shown_in_the_next_session_and_can_be_dismissed(
    open_studio, service, monkeypatch
):
    studio = open_studio()
    service.sandbox.faults.switch_on("cut_before", method="POST")
    with pytest.raises(lw.SubmissionUncertainError):
        studio.submit()
    open_studio.end_session()

    again = open_studio()
    browser = Browser(again)
    browser.say(type="sync", since=0)
    wait_until(lambda: browser.heard("jobs"), "the jobs came")
    shown = browser.heard("jobs")[0]["jobs"][0]
    assert shown["status"] == "uncertain"
    assert shown["prompt"] == "waves"
    assert again.jobs == ()

    browser.say(type="dismiss", job_id=shown["id"])
    wait_until(lambda: len(browser.heard("jobs")) == 2, "the jobs came again")
    assert browser.heard("jobs")[1]["jobs"] == []
    assert service.submissions == 1


def test_older_jobs_come_in_pages_and_can_be_searched(open_studio, service, monkeypatch):
    studio = open_studio()
    service.sandbox.faults.switch_on("failed_job")
    for number in range(30):
        studio.client.diffusion(f"picture {number}")
    service.end_all()
    wait_until(lambda: all(job.done for job in studio.client.jobs), "all are done")
    open_studio.end_session()

    again = open_studio()
    browser = Browser(again)
    assert len(again.jobs) == 24
    browser.say(type="page", ask="a", before=None, search="", favourite=None)
    wait_until(lambda: browser.heard("paged"), "the first page came")
    first = browser.heard("paged")[0]
    browser.say(type="page", ask="b", before=first["next"], search="", favourite=None)
    browser.say(type="page", ask="c", before=None, search="picture 17", favourite=None)
    wait_until(lambda: len(browser.heard("paged")) == 3, "two more pages came")

    _, second, found = browser.heard("paged")
    assert (len(first["jobs"]), len(second["jobs"]), first["total"]) == (24, 6, 30)
    assert [job["prompt"] for job in found["jobs"]] == ["picture 17"]


def test_what_the_gallery_shows_is_counted_without_running_and_failed_jobs(open_studio, service):
    studio = open_studio()
    with_clips, with_images = studio.submit(), studio.client.diffusion("a picture")
    for job in (with_clips, with_images):
        service.complete(job.id)
    service.sandbox.faults.switch_on("failed_job")
    failed, running = studio.submit(), studio.submit()
    service.move(failed.id, "failed")
    wait_until(lambda: with_clips.done and with_images.done and failed.done, "three are done")
    wait_until(lambda: studio._account["library"]["shown"] == 2, "those with media are counted")
    assert studio._account["library"]["jobs"] == 4

    browser = Browser(studio)
    browser.say(type="page", ask="a", before=None, search="", favourite=None)
    wait_until(lambda: browser.heard("paged"), "the page came")
    page = browser.heard("paged")[0]
    assert (page["total"], page["shown"]) == (4, 2)
    gallery = lw.VideoGallery([with_clips, with_images, failed, running])
    browser = Browser(gallery)
    browser.say(type="page", ask="a", before=None, search="", favourite=None)
    wait_until(lambda: browser.heard("paged"), "the page of the gallery came")
    assert browser.heard("paged")[0]["shown"] == 1  # beside clips it shows no images
    gallery.close()


class Unreadable(lw.Library):
    """A library whose pages cannot be read while `error` is set."""

    error: Exception | None = None

    def page(self, *args: Any, **options: Any) -> Any:
        if self.error is not None:
            raise self.error
        return super().page(*args, **options)


def test_a_page_that_cannot_be_read_is_answered_with_the_reason(service, tmp_path):
    library = Unreadable(tmp_path / "library")
    with library, lw.Client(KEY, http_client=service.http_client(), library=library) as client:
        studio = lw.VideoStudio(client)
        client.diffusion("a picture")
        browser = Browser(studio)
        for error in (LibraryError(Message("library_refuses", error="locked")), OSError("gone")):
            library.error = error
            answered = len(browser.heard("paged"))
            browser.say(type="page", ask="a", before="c", search="", favourite=None)
            wait_until(lambda: len(browser.heard("paged")) > answered, "it was answered")  # noqa: B023
        library.error = None
        browser.say(type="page", ask="again", before=None, search="", favourite=None)
        wait_until(lambda: len(browser.heard("paged")) == 3, "it came")
        refused, broken, good = browser.heard("paged")
        studio.close()

    assert (refused["jobs"], refused["next"]) == ([], "c")
    assert refused["error"]["code"] == "library_refuses"
    assert broken["error"]["code"] == "library_unread"
    assert (len(good["jobs"]), good["error"]) == (1, None)


def run_batch(studio: Any, browser: Browser, service: Service, prompts: list[str]) -> None:
    """Run a batch to its end. The id of its click is its first prompt."""
    inputs = {"image_url": IMAGE}
    browser.say(type="submit_many", click=prompts[0], inputs=inputs, prompts=prompts)
    wait_until(lambda: studio._batch and studio._batch["total"] == len(prompts), "it began")
    wait_until(lambda: studio._batch["sent"] == len(prompts), "all are sent")
    service.end_all()
    wait_until(lambda: studio._batch["state"] == "done", "the batch is done")


def test_a_batch_stays_together_in_later_sessions_until_it_is_dismissed(open_studio, service):
    studio = open_studio()
    browser = Browser(studio)
    run_batch(studio, browser, service, ["a", "b"])
    run_batch(studio, browser, service, ["c", "d", "e"])
    made = studio._batch["jobs"]
    for _ in range(PAGE_SIZE):  # these are newer than the batch
        studio.client.diffusion("a picture")
    service.end_all()
    open_studio.end_session()

    again = open_studio()
    browser = Browser(again)
    assert (again._batch["state"], again._batch["jobs"]) == ("earlier", made)
    browser.say(type="sync", since=0)
    wait_until(lambda: len(browser.heard("jobs")) == 2, "the jobs of the batch came, too")
    assert [job["id"] for job in browser.heard("jobs")[1]["jobs"]] == made
    browser.say(type="forget_batch", batch="c")
    wait_until(lambda: again._batch is None, "it is shown no more")
    open_studio.end_session()

    assert open_studio()._batch["click"] == "a"


def test_a_preview_shows_what_would_be_sent(open_studio, monkeypatch):
    studio = open_studio()
    browser = Browser(studio)

    browser.say(type="describe", ask="a", inputs={"motion": "high"}, prompts=["one", "two"])
    browser.say(type="describe", ask="b", inputs={"prompt": ""}, prompts=None)

    wait_until(lambda: len(browser.heard("described")) == 2, "both answers came")
    good, bad = browser.heard("described")
    assert (good["requests"], good["problem"]) == (2, None)
    assert f"{IMAGE} one --motion high" in good["json"]
    assert "$LEGNEXT_API_KEY" in good["curl"]
    assert "motion='high'" in good["python"]
    assert "prompt" in bad["problem"]["text"]


def test_a_batch_makes_one_job_for_each_prompt_and_tells_its_progress(
    open_studio, service, monkeypatch
):
    studio = open_studio()
    browser = Browser(studio)

    for _ in range(2):
        browser.say(type="submit_many", click="b", inputs={"image_url": IMAGE}, prompts=["a", "b"])

    wait_until(lambda: len(service.jobs) == 2, "both were sent")
    wait_until(lambda: studio._batch["sent"] == 2, "the progress shows while both still run")
    assert (studio._batch["done"], studio._batch["state"]) == (0, "running")
    service.end_all()
    wait_until(lambda: studio._batch and studio._batch["state"] == "done", "the batch is done")
    assert (studio._batch["total"], studio._batch["done"]) == (2, 2)
    assert sorted(post["prompt"] for post in service.posts) == [f"{IMAGE} a", f"{IMAGE} b"]


def test_a_second_batch_waits_for_the_first(open_studio, service):
    studio = open_studio()
    browser = Browser(studio)
    for click, prompts in (("a", ["a", "b"]), ("b", ["c", "d"]), ("c", ["e"])):
        inputs = {"image_url": IMAGE}
        browser.say(type="submit_many", click=click, inputs=inputs, prompts=prompts)
    wait_until(lambda: studio._batch and studio._batch["waiting"] == 2, "two wait")
    assert studio._submission["phase"] == "queued"
    wait_until(lambda: len(service.jobs) == 2, "the first was sent")
    assert studio._batch["click"] == "a"
    service.end_all()
    wait_until(lambda: service.submissions == 4, "the second was sent")
    wait_until(lambda: studio._batch["sent"] == 2, "that is shown")
    assert (studio._batch["click"], studio._batch["waiting"]) == ("b", 1)

    browser.say(type="stop_batch")
    wait_until(lambda: studio._batch["state"] == "stopped", "it has stopped")
    service.end_all()
    assert (studio._batch["waiting"], service.submissions) == (0, 4)


def test_what_is_left_of_a_stopped_batch_is_sent_by_one_click(open_studio, service):
    studio = open_studio()
    browser = Browser(studio)
    prompts = list("abcdefghij")
    browser.say(type="submit_many", click="b", inputs={"image_url": IMAGE}, prompts=prompts)
    wait_until(lambda: len(service.posts) == 6, "as many run as may run at once")
    browser.say(type="resume_batch")  # it still runs
    browser.say(type="stop_batch")
    wait_until(lambda: studio._batch["state"] == "stopped", "the batch has stopped")
    assert studio._batch["left"] == 4

    browser.say(type="resume_batch")
    wait_until(lambda: studio._batch["state"] == "running", "it goes on")
    service.end_all()
    wait_until(lambda: len(service.posts) == 10, "the rest is sent")
    service.end_all()

    wait_until(lambda: studio._batch["state"] == "done", "all is done")
    assert (studio._batch["left"], studio._batch["done"]) == (0, 10)
    assert sorted(post["prompt"] for post in service.posts) == [f"{IMAGE} {p}" for p in prompts]


def test_a_stopped_batch_sends_no_more(open_studio, service, monkeypatch):
    studio = open_studio()
    browser = Browser(studio)
    browser.say(
        type="submit_many", click="b", inputs={"image_url": IMAGE}, prompts=list("abcdefghij")
    )
    wait_until(lambda: len(service.posts) == 6, "as many run as may run at once")

    browser.say(type="stop_batch")

    wait_until(lambda: studio._batch["state"] == "stopped", "the batch has stopped")
    service.end_all()
    wait_until(lambda: len(studio.videos) == 24, "those that ran are done")
    assert len(service.posts) == 6


def test_a_batch_that_the_service_refuses_stops_and_says_why(open_studio, service, monkeypatch):
    studio = open_studio()
    browser = Browser(studio)
    service.refuse(402, "no credit left")

    browser.say(
        type="submit_many", click="b", inputs={"image_url": IMAGE}, prompts=list("abcdefghij")
    )

    wait_until(lambda: studio._batch and studio._batch["state"] == "stopped", "it has stopped")
    assert studio._batch["sent"] == service.submissions <= 8  # six at once until 3 fail
    assert "no credit left" in studio._batch["reason"]["text"]


def test_a_library_displays_a_gallery_that_plays_kept_clips(
    open_studio, service, monkeypatch, tmp_path
):
    studio = open_studio()
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: studio.videos and all(video.kept for video in studio.videos), "kept")
    open_studio.end_session()
    fetched = len(service.media_requests)

    with lw.Library(tmp_path / "library") as library:
        shown: Any = library._repr_mimebundle_()
        gallery = lw.VideoGallery(library)
        browser = Browser(gallery)
        browser.say(type="media", pull="p", job_id=job.id, media="video", index=3, chunk=0)
        wait_until(lambda: browser.heard("media"), "the chunk came")

    assert "application/vnd.jupyter.widget-view+json" in (
        shown[0] if isinstance(shown, tuple) else shown
    )
    assert [video.index for video in gallery.videos] == [0, 1, 2, 3]
    assert browser.heard("media")[0]["bytes"] > 0
    assert len(service.media_requests) == fetched
    gallery.close()


def test_a_batch_over_budget_sends_nothing(service, monkeypatch):
    client = lw.Client(KEY, http_client=service.http_client(), library=False, budget_points=1000)
    studio = lw.VideoStudio(client)
    browser = Browser(studio)

    browser.say(type="submit_many", click="b", inputs={"image_url": IMAGE}, prompts=list("abc"))

    wait_until(lambda: studio._submission, "an answer came")
    assert "1440" in studio._submission["message"]["text"]
    assert service.posts == []
    studio.close()
    client.close()


def test_a_clip_is_extended_and_upscaled_once_for_each_click(open_studio, service, monkeypatch):
    studio = open_studio()
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: studio.videos, "the clips are there")
    browser = Browser(studio)

    for _ in range(2):
        browser.say(type="extend", click="e", job_id=job.id, index=2, prompt="and on")
    wait_until(lambda: len(service.posts) == 2 and not studio.busy, "it was sent")
    browser.say(type="upscale", click="u", job_id=job.id, index=1)
    wait_until(lambda: len(service.posts) == 3, "it was sent")

    assert service.posts[1:] == [
        {"jobId": job.id, "videoNo": 2, "prompt": "and on"},
        {"jobId": job.id, "videoNo": 1},
    ]
    wait_until(lambda: len(studio.jobs) == 3, "they are shown")
    wait_until(
        lambda: (
            {"job_id": job.id, "index": 1}
            in [shown["parent"] for update in browser.updates for shown in update["jobs"]]
        ),
        "their parents are shown",
    )


def test_a_key_that_is_given_is_used_and_shown_nowhere(monkeypatch):
    studio = lw.VideoStudio()
    browser = Browser(studio)
    assert studio._service["sandbox"]
    assert not studio._service["has_key"]
    with lw.Client.sandbox(speed=60) as real:  # stands for the real service
        monkeypatch.setenv("LEGNEXT_BASE_URL", real.config.base_url)

        browser.say(type="save_key", ask="k", key=KEY)

        wait_until(lambda: browser.heard("key_saved"), "an answer came")
        assert browser.heard("key_saved")[0]["error"] is None
        wait_until(lambda: studio._service["has_key"], "the studio works with it")
        assert studio.client.config.base_url == real.config.base_url
        everything = repr([studio.get_state(), browser.received, browser.updates, vars(studio)])
        assert KEY not in everything
        studio.close()


def test_a_key_that_is_given_does_not_lift_the_budget(monkeypatch):
    studio = lw.VideoStudio(
        budget_points=100, prompt="waves", image_url="https://example.com/sea.png"
    )
    browser = Browser(studio)
    with lw.Client.sandbox(speed=60) as real:  # stands for the real service
        monkeypatch.setenv("LEGNEXT_BASE_URL", real.config.base_url)
        browser.say(type="save_key", ask="k", key=KEY)
        wait_until(lambda: studio._service["has_key"], "the studio works with it")

        with pytest.raises(lw.BudgetExceededError):
            studio.submit()

        assert studio._account["budget"] == {"limit": 100, "spent": 0}
        studio.close()


def test_a_key_that_is_refused_changes_nothing(monkeypatch):
    studio = lw.VideoStudio()
    browser = Browser(studio)
    before = studio.client

    browser.say(type="save_key", ask="k", key="   ")

    wait_until(lambda: browser.heard("key_saved"), "an answer came")
    assert browser.heard("key_saved")[0]["error"]
    assert studio.client is before
    studio.close()


def test_a_key_that_the_service_refuses_is_reported_as_refused(monkeypatch):
    studio = lw.VideoStudio()
    browser = Browser(studio)
    before = studio.client
    refusal = {"kind": "server_error", "status": 401, "message": "verify api key"}
    with lw.Client.sandbox(faults=[refusal]) as real:  # stands for the real service
        monkeypatch.setenv("LEGNEXT_BASE_URL", real.config.base_url)

        browser.say(type="save_key", ask="k", key=KEY)

        wait_until(lambda: browser.heard("key_saved"), "an answer came")
    assert browser.heard("key_saved")[0]["error"]["code"] == "key_refused"
    assert studio.client is before
    studio.close()


def test_a_studio_without_a_key_works_and_says_that_it_is_the_sandbox():
    studio = lw.VideoStudio(prompt="waves")
    studio.image_url = studio._service["examples"][0]["url"]
    job = studio.submit().wait(60)

    wait_until(lambda: len(studio.videos) == 4, "the videos are shown")
    assert studio._service["sandbox"]
    assert job.videos[0].read()[4:8] == b"ftyp"
    studio.close()
