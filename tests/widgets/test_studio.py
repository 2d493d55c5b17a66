"""The studio in the kernel; the test moves the jobs of the service and plays the browser."""

from __future__ import annotations

import json
import threading
import uuid
from functools import partial

import ipywidgets
import numpy as np
import pytest
import traitlets

import legnext_widgets as lw
from legnext_widgets.widgets.inputs import SOURCES
from legnext_widgets.widgets.kernel.media import media_transfer
from legnext_widgets.widgets.kernel.protocol.traits import LIMITS, NEUTRAL_INPUTS
from tests.support.service import Service
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser
from tests.widgets.conftest import KEY


def test_an_unknown_argument_is_refused(client):
    with pytest.raises(TypeError, match="promt"):
        lw.VideoStudio(client, promt="waves")  # type: ignore[call-arg]


def test_an_async_client_is_refused_with_the_reason(service):
    with pytest.raises(TypeError, match="AsyncClient"):
        lw.VideoStudio(
            lw.AsyncClient("k", http_client=service.http_client(), library=False)  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(
    "given", [{"source": "x"}, {"prompt": 3}, {"image_no": "1"}, {"raw": "yes"}, {"layout": 3}]
)
def test_an_input_of_the_wrong_type_is_refused(client, given):
    with pytest.raises(traitlets.TraitError, match=next(iter(given))):
        lw.VideoStudio(client, **given)


@pytest.mark.parametrize(
    "given",
    [
        {"prompt": "x" * 8193},
        {"image_url": "sea"},
        {"source": "image_job", "source_job_id": "sea"},
        {"source": "image_job", "source_job_id": str(uuid.uuid4()), "image_no": 7},
        {"video_type": 9},
        {"motion": "hihg"},
        {"end_image_url": "sea"},
        {"batch_size": 3},
        {"callback": "sea"},
    ],
    ids=lambda given: list(given)[-1],
)
def test_an_input_outside_its_limits_is_accepted_and_listed_in_the_problems(client, given):
    valid = {"prompt": "waves"}
    if "source" not in given:
        valid["image_url"] = "https://example.com/sea.jpg"
    studio = lw.VideoStudio(client, **{**valid, **given})

    assert list(studio.problems) == [list(given)[-1]]
    studio.close()


@pytest.mark.parametrize(
    "given",
    [{"budget_points": -1}, {"uploader": "x"}, {"locale": "xx"}, {"publish_from": "x"}],
    ids=lambda given: next(iter(given)),
)
def test_an_option_outside_its_limits_is_a_value_error(client, given):
    with pytest.raises(ValueError, match=next(iter(given))):
        lw.VideoStudio(client, **given)


@pytest.mark.parametrize(
    "given",
    [{"client": 3}, {"library": "x"}, {"budget_points": "many"}, {"uploader": 3}],
    ids=lambda given: next(iter(given)),
)
def test_an_option_of_the_wrong_type_is_a_type_error(client, given):
    with pytest.raises(TypeError, match=next(iter(given))):
        lw.VideoStudio(**{"client": client, **given})


def test_each_input_says_what_it_is_with_its_limits():
    helps = {name: getattr(lw.VideoStudio, name).__doc__ for name in NEUTRAL_INPUTS}

    assert all(
        helps[name] and helps[name] != type(getattr(lw.VideoStudio, name)).__doc__ for name in helps
    )
    assert f"1 to {LIMITS['prompt']} characters" in helps["prompt"]
    assert f"0 to {LIMITS['images'] - 1}" in helps["image_no"]
    for size in LIMITS["batch_sizes"]:
        assert str(size) in helps["batch_size"]
    for source in SOURCES:
        assert source in helps["source"]


def test_the_inputs_make_the_request_that_is_sent(studio, service):
    studio.motion = "high"
    studio.video_type = lw.VideoType.HD

    job = studio.submit()

    assert job.request == studio.request
    assert service.posts == [studio.request.payload()]
    assert service.posts[0]["prompt"] == "https://example.com/sea.jpg waves --motion high"


def test_inputs_with_problems_send_nothing(studio, service):
    studio.prompt = ""

    assert studio.request is None
    assert "8192" in studio.problems["prompt"]
    with pytest.raises(ValueError, match="prompt"):
        studio.submit()
    assert service.posts == []


def test_several_prompts_stay_with_the_studio_and_are_no_part_of_one_request(studio):
    request = studio.request
    studio.set_state({"_several": True, "_prompts": "a {red|blue} balloon\nthe tide"})

    state = studio.get_state(["_several", "_prompts"])
    assert state == {"_several": True, "_prompts": "a {red|blue} balloon\nthe tide"}
    assert studio.request == request
    studio.set_state({"_prompts": "x" * 100_000})
    assert len(studio._prompts) == studio._config["limits"]["prompts"]


def test_text_becomes_an_image_job(studio, service):
    studio.source = "text"

    job = studio.submit()

    assert isinstance(job.request, lw.Diffusion)
    assert service.posts == [{"text": "waves"}]


def test_a_link_joins_prompt_and_textarea_both_ways(studio):
    area = ipywidgets.Textarea()
    link = ipywidgets.link((studio, "prompt"), (area, "value"))

    assert area.value == "waves"
    area.value = "foam"
    assert studio.prompt == "foam"
    studio.prompt = "spray"
    assert area.value == "spray"
    link.unlink()


def test_one_click_sends_once_however_often_its_message_arrives(studio, browser, service):
    for _ in range(3):
        browser.say(type="submit", click="one", inputs={})

    wait_until(lambda: studio.jobs and not studio.busy, "the job is there")
    assert len(service.posts) == 1


def test_a_second_click_while_busy_is_answered_and_sends_nothing(studio, browser, service):
    service.go.clear()
    browser.say(type="submit", click="one", inputs={})
    wait_until(lambda: service.posts, "the first request is out")

    browser.say(type="submit", click="two", inputs={"prompt": "something else"})

    wait_until(
        lambda: (studio._submission or {}).get("click") == "two", "the second click is answered"
    )
    assert studio._submission["phase"] == "refused"
    assert studio.prompt == "waves"
    assert studio.busy
    service.go.set()
    wait_until(lambda: not studio.busy, "the first request is answered")
    assert studio._submission["click"] == "one"
    assert studio._submission["phase"] == "accepted"
    assert len(service.posts) == 1


def test_the_inputs_of_the_page_are_sent(studio, browser, service):
    browser.say(type="submit", click="one", inputs={"prompt": "foam", "raw": True, "evil": 1})

    wait_until(lambda: service.posts, "the request is out")
    assert service.posts[0]["prompt"] == "https://example.com/sea.jpg foam --raw"
    assert studio.prompt == "foam"


def test_values_of_a_wrong_type_from_the_browser_are_ignored(studio, browser, service):
    browser.say(type="submit", click="one", inputs={"prompt": 5, "source": "nonsense", "raw": None})

    wait_until(lambda: service.posts, "the request is out")
    assert service.posts[0]["prompt"] == "https://example.com/sea.jpg waves"


def test_observers_see_jobs_videos_and_selection(studio, service):
    heard = []
    studio.observe(lambda change: heard.append(change.name), ["jobs", "videos", "selected", "busy"])

    job = studio.submit()
    wait_until(lambda: "jobs" in heard, "observers see the job")
    service.complete(job.id)
    wait_until(lambda: "videos" in heard, "observers see the videos")
    studio.selected = studio.videos[1]

    assert "busy" in heard
    assert heard[-1] == "selected"
    assert studio.jobs[0].status == "completed"
    assert [video.index for video in studio.videos] == [0, 1, 2, 3]


def test_observers_see_every_status(studio, service):
    statuses = []
    studio.observe(lambda change: statuses.append(change.new[0].status), "jobs")
    job = studio.submit()

    for status in ("staged", "processing"):
        service.move(job.id, status)
        wait_until(partial(statuses.__contains__, status), status)
    service.complete(job.id)

    wait_until(lambda: "completed" in statuses, "completed")


def test_an_observer_may_save_a_clip_and_wait_for_the_job(studio, service, tmp_path):
    saved = []

    def save_first(change):
        change.owner.client.job(change.new[0].job_id).wait(10)
        saved.append(change.new[0].save(tmp_path / "first.mp4"))

    studio.observe(save_first, "videos")
    job = studio.submit()
    service.complete(job.id)

    wait_until(lambda: saved, "the observer has saved the clip")
    assert saved[0].read_bytes() == service.clip(job.id, 0)


def test_an_observer_that_raises_does_not_end_the_studio(studio, service, caplog):
    studio.observe(lambda change: 1 / 0, "jobs")
    job = studio.submit()

    service.complete(job.id)

    wait_until(lambda: studio.videos, "the videos are shown all the same")
    assert "ZeroDivisionError" in caplog.text


def test_jobs_submitted_from_a_cell_appear_newest_first(studio, client):
    first = client.diffusion("a lighthouse")
    second = client.diffusion("a harbour")

    wait_until(lambda: len(studio.jobs) == 2, "both are shown")
    assert [job.id for job in studio.jobs] == [second.id, first.id]


def test_selection_goes_both_ways(studio, browser, service):
    service.complete(studio.submit().id)
    wait_until(lambda: studio.videos, "the videos are there")

    browser.set(_selected={"job_id": studio.jobs[0].id, "index": 2})
    assert studio.selected == studio.videos[2]
    studio.selected = studio.videos[0]
    assert studio._selected == {"job_id": studio.jobs[0].id, "index": 0}
    browser.set(_selected={"job_id": "nonsense", "index": "x"})
    assert studio.selected is None


def test_an_unknown_outcome_is_reported_and_nothing_is_sent_again(studio, browser, service):
    service.sandbox.faults.switch_on("cut_before", method="POST")

    browser.say(type="submit", click="one", inputs={})

    wait_until(
        lambda: studio._submission and studio._submission["phase"] == "uncertain", "it is reported"
    )
    assert "not sent again" in studio._submission["message"]["text"]
    assert service.submissions == 1
    assert not studio.busy


def test_a_job_of_unknown_outcome_is_taken_over_with_its_words():
    with (
        Service() as service,
        lw.Client(KEY, http_client=service.http_client(), library=False) as client,
    ):
        studio = lw.VideoStudio(
            client, image_url="https://example.com/sea.jpg", prompt="waves", motion="high"
        )
        browser = Browser(studio)
        service.sandbox.faults.switch_on("cut_after", method="POST", times=1)
        browser.say(type="submit", click="one", inputs={})
        wait_until(
            lambda: studio._submission and studio._submission["phase"] == "uncertain",
            "it is reported",
        )
        (candidate,) = studio._submission["candidates"]
        assert candidate["created"] is not None

        browser.say(type="look_up", job_id=candidate["id"])

        wait_until(lambda: studio._submission["phase"] == "accepted", "the warning is gone")
        assert studio._submission["job_id"] == candidate["id"]
        assert studio._submission["click"] == "one"
        wait_until(lambda: len(studio.jobs) == 1, "the job is there")
        request = studio.jobs[0].request
        assert isinstance(request, lw.VideoDiffusion)
        assert (request.prompt, request.motion) == ("waves", "high")
        studio.close()


@pytest.fixture
def client_of_slow_service():
    """A client without a library, and its service, whose jobs take minutes."""
    with (
        Service(speed=1) as service,
        lw.Client(KEY, http_client=service.http_client(), library=False) as client,
    ):
        yield client, service


@pytest.fixture
def two_unknown(client_of_slow_service):
    """A studio without a library, whose first two requests have an unknown outcome."""
    client, service = client_of_slow_service
    studio = lw.VideoStudio(client, image_url="https://example.com/sea.jpg")
    browser = Browser(studio)
    service.sandbox.faults.switch_on("cut_after", method="POST", times=2)
    for words in ("waves", "clouds"):
        browser.say(type="submit", click=f"click {words}", inputs={"prompt": words})
        wait_until(partial(is_unknown, browser, words), f"{words} is shown")
    yield studio, browser
    studio.close()


def is_unknown(browser, words):
    """Whether a page shows a request of unknown outcome."""
    return words in shown_unknown(browser)


def shown_unknown(browser):
    """The requests of unknown outcome that a page shows, by their words."""
    shown: dict[str, dict[str, object]] = {}
    for delta in [*browser.updates, *browser.heard("jobs")]:
        jobs = {job["prompt"]: job for job in delta["jobs"] if job["status"] == "uncertain"}
        shown = jobs if delta["since"] == 0 and delta["revision"] else {**shown, **jobs}
    return shown


def test_each_request_of_unknown_outcome_stays_in_sight(two_unknown):
    studio, browser = two_unknown

    shown = shown_unknown(browser)

    assert set(shown) == {"waves", "clouds"}
    assert all(job["id"].startswith("attempt:") and job["done"] for job in shown.values())
    assert shown["waves"]["candidates"]
    assert studio.jobs == ()
    assert studio._submission["phase"] == "uncertain"


def test_the_job_of_an_earlier_request_of_unknown_outcome_is_taken_over(two_unknown):
    studio, browser = two_unknown
    (candidate,) = shown_unknown(browser)["waves"]["candidates"]

    browser.say(type="look_up", job_id=candidate["id"])

    wait_until(lambda: browser.heard("jobs"), "the list comes again")
    wait_until(lambda: set(shown_unknown(browser)) == {"clouds"}, "one is known")
    wait_until(lambda: studio.jobs, "the trait follows the list")
    assert [job.request.prompt for job in studio.jobs] == ["waves"]


def test_a_request_of_unknown_outcome_can_be_dismissed_without_a_library(two_unknown):
    _, browser = two_unknown

    browser.say(type="dismiss", job_id=shown_unknown(browser)["waves"]["id"])

    wait_until(lambda: browser.heard("jobs"), "the list comes again")
    assert set(shown_unknown(browser)) == {"clouds"}


def test_a_refusal_shows_the_service_s_message_and_the_next_step(studio, browser, service):
    service.refuse(402, "not enough credits")

    browser.say(type="submit", click="one", inputs={})

    wait_until(
        lambda: studio._submission and studio._submission["phase"] == "refused", "it is reported"
    )
    assert "not enough credits" in studio._submission["message"]["text"]
    assert "Add credits" in studio._submission["next"]["text"]


def test_a_budget_stops_the_studio_before_anything_is_sent(client, service):
    studio = lw.VideoStudio(
        client, image_url="https://example.com/a.jpg", prompt="waves", budget_points=100
    )

    with pytest.raises(lw.BudgetExceededError):
        studio.submit()

    assert service.posts == []
    studio.close()


def test_a_clip_is_sent_in_chunks_and_downloaded_once(studio, browser, service, monkeypatch):
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: studio.videos, "the videos are there")

    clip = service.clip(job.id, 1)
    monkeypatch.setattr(media_transfer, "CHUNK_BYTES", len(clip) // 2 - 1)

    for chunk in range(3):
        browser.say(type="media", pull="p", job_id=job.id, media="video", index=1, chunk=chunk)

    wait_until(lambda: len(browser.heard("media")) == 3, "all chunks came")
    parts = {content["chunk"]: data[0] for content, data in browser.received if data}
    assert b"".join(bytes(parts[number]) for number in range(3)) == clip
    assert {content["bytes"] for content in browser.heard("media")} == {len(clip)}
    assert len(service.media_requests) == 1
    assert "x-api-key" not in service.media_requests[0].headers


@pytest.mark.parametrize(
    "wrong", [{"index": 9}, {"index": "0"}, {"job_id": "x"}, {"chunk": 99}, {"media": "file"}]
)
def test_a_request_for_a_missing_chunk_is_refused(studio, browser, service, wrong):
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: studio.videos, "the videos are there")
    pull = {"job_id": job.id, "media": "video", "index": 0, "chunk": 0, **wrong}

    browser.say(type="media", pull="p", **pull)

    wait_until(lambda: browser.heard("media"), "an answer came")
    assert browser.heard("media")[0]["error"]["message"]


def test_a_late_view_asks_for_all_jobs_and_gets_them(studio, browser, service):
    job = studio.submit()
    service.complete(job.id)
    wait_until(
        lambda: [shown["status"] for shown in studio._live.get("jobs", [])] == ["completed"],
        "the browser is updated",
    )

    browser.say(type="sync", since=0)

    wait_until(lambda: browser.heard("jobs"), "an answer came")
    answer = browser.heard("jobs")[0]
    assert [shown["status"] for shown in answer["jobs"]] == ["completed"]
    assert answer["revision"] == studio._live["revision"]


def test_changes_follow_each_other_without_a_gap(studio, browser, service):
    job = studio.submit()
    service.move(job.id, "processing")
    wait_until(lambda: studio.jobs and studio.jobs[0].status == "processing", "processing")
    service.complete(job.id)
    wait_until(lambda: studio.videos, "completed")

    revisions = [(update["since"], update["revision"]) for update in browser.updates]
    assert revisions == sorted(revisions)
    assert all(since + 1 == revision for since, revision in revisions)


def test_a_change_is_a_small_message_however_many_jobs_there_are(studio, browser, service, client):
    link = "https://example.com/sea.jpg"
    jobs = [client.video_diffusion(f"picture {number}", image_url=link) for number in range(30)]
    wait_until(lambda: len(studio.jobs) == len(jobs), "all are shown")
    service.complete(jobs[3].id)
    wait_until(lambda: studio.videos, "the change is shown")

    assert max(len(json.dumps(update)) for update in browser.updates) < 2048 * 2
    assert len(json.dumps(browser.updates[-1])) < 2048


def test_an_earlier_job_is_looked_up_and_shown(studio, browser, service, client):
    other = lw.Client(KEY, http_client=service.http_client(), library=False)
    job = other.diffusion("a lighthouse")

    browser.say(type="look_up", job_id=job.id)

    wait_until(lambda: browser.heard("looked_up"), "an answer came")
    assert browser.heard("looked_up")[0]["error"] is None
    wait_until(lambda: [shown.id for shown in studio.jobs] == [job.id], "it is shown")
    other.close()


def test_requests_of_a_batch_with_unknown_outcome_stay_in_sight(client_of_slow_service):
    client, service = client_of_slow_service
    studio = lw.VideoStudio(client)
    browser = Browser(studio)
    service.sandbox.faults.switch_on("cut_after", method="POST", times=2)

    inputs, prompts = {"image_url": "https://example.com/sea.jpg"}, ["waves", "clouds", "dunes"]
    browser.say(type="submit_many", click="b", inputs=inputs, prompts=prompts)

    wait_until(lambda: len(shown_unknown(browser)) == 2, "both are shown")
    wait_until(lambda: studio._batch["uncertain"] == 2, "and counted")
    assert studio._batch["failed"] == 0, "they may have become jobs"
    assert studio._batch["left"] == 0, "none is sent again"
    assert service.submissions == 3
    words, lost = shown_unknown(browser).popitem()

    browser.say(type="look_up", job_id=lost["candidates"][0]["id"])

    wait_until(lambda: words not in shown_unknown(browser), "one is known")
    assert not studio._submission, "no click of a single request is concerned"
    studio.close()


@pytest.mark.parametrize("job_id", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_looking_up_an_unknown_job_reports_an_error_and_shows_nothing(studio, browser, job_id):
    browser.say(type="look_up", job_id=job_id)

    wait_until(lambda: browser.heard("looked_up"), "an answer came")
    assert browser.heard("looked_up")[0]["error"]
    assert studio.jobs == ()


def test_an_earlier_job_s_inputs_are_taken_up_in_full(studio, browser):
    words = "waves " * 300 + "at last"
    studio.prompt = words
    studio.loop = True
    job = studio.submit()
    wait_until(lambda: studio.jobs, "it is shown")
    studio.prompt, studio.loop, studio.image_url = "", False, ""

    browser.say(type="reuse", job_id=job.id)

    assert (studio.prompt, studio.loop) == (words, True)
    assert studio.image_url == "https://example.com/sea.jpg"


def test_the_key_is_in_no_trait_and_no_message(studio, browser, service):
    service.complete(studio.submit().id)
    wait_until(lambda: studio.videos, "the videos are there")
    browser.say(type="sync", since=0)
    wait_until(lambda: browser.received, "an answer came")

    everything = [studio.get_state(), browser.received, browser.updates, repr(studio)]

    assert KEY not in repr(everything)
    assert KEY not in repr(vars(studio))


def test_unknown_messages_do_nothing(studio, browser, service):
    for content in ({"type": "close"}, {"type": "__init__"}, {"type": 5}, {}, {"type": "select"}):
        browser.say(**content)

    assert service.posts == []
    assert studio.jobs == ()


def test_closing_stops_all_work_and_leaves_the_job_running(service):
    before = set(threading.enumerate())
    client = lw.Client(KEY, http_client=service.http_client(), library=False)
    studio = lw.VideoStudio(client, image_url="https://example.com/sea.jpg", prompt="waves")
    job = studio.submit()
    wait_until(service.polls, "it is polled")

    studio.close()
    client.close()

    wait_until(lambda: set(threading.enumerate()) <= before, "no thread is left")
    polls = service.polls()
    assert service.job(job.id).status == "pending"
    assert service.polls() == polls


def test_a_failed_job_shows_why_and_what_to_do(studio, browser, service):
    service.sandbox.faults.switch_on("failed_job", status=403, message="sensitive content")
    job = studio.submit()
    service.move(job.id, "failed")

    wait_until(lambda: studio.jobs and studio.jobs[0].done, "it has failed")
    wait_until(lambda: browser.updates[-1]["jobs"][0]["error"], "the browser is updated")
    error = browser.updates[-1]["jobs"][0]["error"]
    assert error["message"]["text"] == "sensitive content"
    assert "Change the prompt" in error["next"]["text"]


def test_a_gallery_shows_jobs_and_videos_and_follows_them(client, service):
    job = client.video_diffusion("waves", image_url="https://example.com/sea.jpg")
    gallery = lw.VideoGallery([job])
    assert gallery.videos == ()

    service.complete(job.id)

    wait_until(lambda: len(gallery.videos) == 4, "the videos are shown")
    other = lw.VideoGallery(job.videos[:1])
    assert other.videos == tuple(job.videos)
    for widget in (gallery, other):
        widget.close()


def test_a_large_gallery_gives_its_jobs_in_pages(client):
    jobs = [client.diffusion(f"picture {number}") for number in range(30)]
    gallery = lw.VideoGallery(jobs)
    browser = Browser(gallery)

    browser.say(type="page", ask="a", before=None, search="", favourite=None)
    wait_until(lambda: browser.heard("paged"), "the first page came")
    first = browser.heard("paged")[0]
    browser.say(type="page", ask="b", before=first["next"], search="", favourite=None)
    wait_until(lambda: len(browser.heard("paged")) == 2, "the second page came")

    second = browser.heard("paged")[1]
    shown = [job["id"] for page in (first, second) for job in page["jobs"]]
    assert shown == [job.id for job in reversed(jobs)]
    assert (first["total"], second["next"]) == (30, None)
    gallery.close()


def test_the_jobs_that_a_gallery_opens_with_are_one_page_in_one_message(client):
    gallery = lw.VideoGallery([client.diffusion(f"picture {number}") for number in range(60)])
    browser = Browser(gallery)

    browser.say(type="sync", since=0)

    wait_until(lambda: browser.heard("jobs"), "the first page came")
    (page,) = browser.heard("jobs")
    assert (len(page["jobs"]), page["total"], page["since"]) == (24, 60, 0)
    assert browser.updates == []
    gallery.close()


def test_many_changes_at_once_are_one_message(client):
    jobs = [client.diffusion(f"picture {number}") for number in range(12)]
    gallery = lw.VideoGallery(jobs)
    browser = Browser(gallery)

    client.runtime.call_on_loop(lambda: [job.state.notify() for job in jobs])

    wait_until(lambda: browser.heard("jobs"), "the changes came")
    assert [len(message["jobs"]) for message in browser.heard("jobs")] == [12]
    assert browser.updates == []
    gallery.close()


def test_a_clip_is_read_and_an_observer_runs_where_neither_holds_up_the_browser(
    studio, browser, service
):
    blocked, release = threading.Event(), threading.Event()

    def block(_change):
        blocked.set()
        release.wait(20)

    studio.observe(block, "jobs")
    job = studio.submit()
    assert blocked.wait(10)

    service.complete(job.id)
    wait_until(
        lambda: any(shown["done"] for update in browser.updates for shown in update["jobs"]),
        "the browser is updated",
    )
    browser.say(type="media", pull="p", job_id=job.id, media="video", index=0, chunk=0)
    wait_until(lambda: browser.heard("media"), "the chunk came")
    release.set()


def test_a_gallery_refuses_what_it_cannot_show():
    with pytest.raises(TypeError, match="str"):
        lw.VideoGallery(["a.mp4"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="columns"):
        lw.VideoGallery([], columns=3)  # type: ignore[call-arg]


def test_inputs_take_numbers_of_numpy_and_uuids_by_their_value(studio) -> None:
    job_id = uuid.uuid4()

    studio.raw, studio.loop = np.bool_(True), np.bool_(False)
    studio.image_no, studio.batch_size = np.int64(2), np.uint8(4)
    studio.source_job_id = job_id

    assert (studio.raw, studio.loop) == (True, False)
    assert (studio.image_no, studio.batch_size) == (2, 4)
    assert type(studio.image_no) is int
    assert studio.source_job_id == str(job_id)
    for name, wrong in (("raw", "yes"), ("image_no", np.float64(1.5)), ("image_no", "1")):
        with pytest.raises(traitlets.TraitError):
            setattr(studio, name, wrong)
