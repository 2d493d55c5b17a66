"""Generate asks before another take is made of what the library has already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.widgets.kernel.protocol.traits import NEUTRAL_INPUTS
from tests.support.service import Service
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser
from tests.widgets.conftest import KEY

WAVES = {**NEUTRAL_INPUTS, "prompt": "waves", "image_url": "https://example.com/sea.jpg"}


class Page:
    """A studio of a new session, and a page that presses its button."""

    def __init__(self, studio: lw.VideoStudio) -> None:
        self.studio = studio
        self.browser = Browser(studio)
        self._clicks = 0

    def press(self, takes: str = "ask", **inputs: Any) -> Any:
        """Press Generate, and give what the kernel reports of it in the end."""
        return self._say("submit", takes, inputs={**WAVES, **inputs})

    def press_many(self, prompts: list[str], takes: str = "ask") -> Any:
        """Start a batch; None when it runs."""
        return self._say("submit_many", takes, inputs=WAVES, prompts=prompts)

    def step(self, kind: str, job_id: str, takes: str = "ask", **more: Any) -> Any:
        """Extend or upscale the first clip of a job."""
        return self._say(kind, takes, job_id=job_id, index=0, **more)

    def _say(self, kind: str, takes: str, **content: Any) -> Any:
        self._clicks += 1
        click = f"click {self._clicks}"
        self.browser.say(type=kind, click=click, takes=takes, **content)

        def answer() -> Any:
            submission, batch = self.studio._submission, self.studio._batch
            if batch and batch["click"] == click:
                return (None,)
            known = bool(submission) and submission["click"] == click
            return (submission,) if known and submission["phase"] != "sending" else None

        wait_until(answer, f"{click} is answered")
        return answer()[0]


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(speed=2000) as made:
        yield made


@pytest.fixture
def open_page(service: Service, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    opened: list[Any] = []

    def make(**options: Any) -> Page:
        library = lw.Library(tmp_path / "library")
        given = {"http_client": service.http_client(), "library": library, **options}
        client = lw.Client(KEY, **given)
        studio = lw.VideoStudio(client)
        opened.extend((library, client, studio))
        return Page(studio)

    yield make
    for thing in reversed(opened):
        thing.close()


def test_a_press_for_what_is_there_sends_nothing_and_names_the_job(open_page, service):
    first = open_page().press()
    assert first["phase"] == "accepted"

    page = open_page()
    found = page.press(prompt="  waves ", motion="low")

    assert (found["phase"], found["job_id"], found["made_before"]) == (
        "made_before",
        first["job_id"],
        1,
    )
    assert first["job_id"] in {job.id for job in page.studio.jobs}
    assert not page.studio.busy
    assert service.submissions == 1


def test_the_answers_are_the_job_itself_or_the_next_take(open_page, service):
    first = open_page().press()
    page = open_page()

    assert page.press("reuse")["job_id"] == first["job_id"]
    assert service.submissions == 1
    second = page.press("new")
    assert second["phase"] == "accepted"
    assert second["job_id"] != first["job_id"]
    assert service.submissions == 2

    # What is offered next is the last take.
    assert open_page().press()["job_id"] == second["job_id"]
    studio = open_page().studio
    studio.image_url, studio.prompt = WAVES["image_url"], "waves"
    assert studio.submit(reuse=True, take=2).id == second["job_id"]
    assert service.submissions == 2


def test_another_request_is_sent_at_once(open_page, service):
    open_page().press()
    assert open_page().press(prompt="clouds")["phase"] == "accepted"
    assert service.submissions == 2


def test_an_unknown_outcome_is_asked_about_without_a_job(open_page, service):
    service.sandbox.faults.switch_on("cut_after", method="POST", times=1)
    assert open_page().press()["phase"] == "uncertain"

    page = open_page()
    found = page.press()
    assert (found["phase"], found["job_id"]) == ("made_before", None)
    assert page.press("reuse")["phase"] == "uncertain"
    assert service.submissions == 1


def test_a_job_that_is_taken_over_is_the_one_of_its_request(open_page, tmp_path):
    with Service(speed=1) as slow:
        slow.sandbox.faults.switch_on("cut_after", method="POST", times=1)
        page = open_page(http_client=slow.http_client())
        (candidate,) = page.press()["candidates"]
        page.browser.say(type="look_up", job_id=candidate["id"])
        with lw.Library(tmp_path / "library") as library:
            wait_until(lambda: not library.uncertain_records(), "the request is settled")
        found = open_page(http_client=slow.http_client()).press()
        assert (found["phase"], found["job_id"]) == ("made_before", candidate["id"])
        assert slow.submissions == 1


def test_a_batch_is_asked_about_and_may_leave_out_what_is_there(open_page, service):
    open_page().press(prompt="waves")
    prompts = ["clouds", "waves", "waves", "rain"]
    page = open_page()

    found = page.press_many(prompts)
    assert (found["phase"], found["made_before"]) == ("made_before", 1)
    assert not page.studio._batch
    assert service.submissions == 1

    assert page.press_many(prompts, "reuse") is None
    wait_until(lambda: page.studio._batch["state"] == "done", "the batch is done")
    assert page.studio._batch["failed"] == 0
    assert service.submissions == 4

    assert page.press_many(prompts)["made_before"] == 4
    assert page.press_many(prompts, "new") is None
    wait_until(lambda: page.studio._batch["state"] == "done", "the batch is done")
    assert service.submissions == 8


def test_a_batch_says_why_a_request_made_no_job(open_page, service):
    service.sandbox.faults.switch_on(
        "server_error", method="POST", times=1, status=400, message="a banned word"
    )
    page = open_page()
    assert page.press_many(["clouds", "rain"]) is None
    wait_until(lambda: page.studio._batch["state"] == "done", "the batch is done")
    assert page.studio._batch["failed"] == 1
    assert "a banned word" in page.studio._batch["reason"]["text"]


def test_without_a_library_a_press_is_sent(open_page, service):
    page = open_page(library=False)
    for _ in range(2):
        assert page.press()["phase"] == "accepted"
    assert service.submissions == 2


def test_a_page_of_an_older_version_is_asked_too(open_page, service):
    open_page().press()
    page = open_page()
    page.browser.say(type="submit", click="old", inputs=WAVES)
    wait_until(lambda: (page.studio._submission or {}).get("click") == "old", "it is answered")
    wait_until(lambda: page.studio._submission["phase"] == "made_before", "it is asked")
    assert service.submissions == 1


@pytest.mark.parametrize(
    ("kind", "words"), [("extend", {"prompt": "the tide turns"}), ("upscale", {})]
)
def test_a_second_press_for_a_next_step_asks_first(open_page, service, kind, words):
    page = open_page()
    video = page.press()["job_id"]
    service.end_all()
    wait_until(lambda: page.studio.client.job(video).done, "there are clips")
    first = page.step(kind, video, **words)
    assert first["phase"] == "accepted"

    second = page.step(kind, video, **words)
    assert (second["phase"], second["job_id"]) == ("made_before", first["job_id"])
    assert service.submissions == 2
    assert page.step(kind, video, "reuse", **words)["job_id"] == first["job_id"]
    assert service.submissions == 2
    assert page.step(kind, video, "new", **words)["phase"] == "accepted"
    assert service.submissions == 3


def test_a_next_step_of_unknown_outcome_asks_before_it_is_sent_again(open_page, service):
    page = open_page()
    video = page.press()["job_id"]
    service.end_all()
    wait_until(lambda: page.studio.client.job(video).done, "there are clips")
    service.sandbox.faults.switch_on("cut_after", method="POST", times=1)
    assert page.step("upscale", video)["phase"] == "uncertain"

    again = page.step("upscale", video)
    assert (again["phase"], again["job_id"]) == ("made_before", None)
    assert service.submissions == 2
