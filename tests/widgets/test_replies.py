"""What a page asks for is answered in the handler of its request, where the kernel calls that.

Such a message carries the request as its parent. One from a thread carries whichever request the
kernel read last, and a front end may drop it once that has ended.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.widgets.kernel.publisher import WorkQueue
from legnext_widgets.widgets.notebook.scheduling import ThreadScheduler
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.service import Service

INPUTS = {"prompt", "image_url", "source", "motion", "_several", "_prompts"}


def finished(studio: lw.VideoStudio, service: Service) -> lw.Job:
    """A job of the studio that is completed and shown."""
    job = studio.submit()
    service.complete(job.id)
    wait_until(lambda: studio.videos, "the job is completed")
    return job


@pytest.fixture
def sends_of_this_thread(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The messages that are sent in the thread of the test, which plays the kernel's main one."""
    sent: list[dict[str, Any]] = []
    publish = browser.publish_msg

    def noting(msg_type: str, data: Any = None, **keys: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            sent.append(data)
        publish(msg_type, data, **keys)

    monkeypatch.setattr(browser, "publish_msg", noting)
    return sent


def test_jobs_come_in_the_handler(
    studio: lw.VideoStudio,
    service: Service,
    browser: Browser,
    sends_of_this_thread: list[dict[str, Any]],
) -> None:
    job = finished(studio, service)

    browser.say(type="sync", since=0)

    answers = [data["content"] for data in sends_of_this_thread if data["method"] == "custom"]
    assert [[shown["id"] for shown in answer["jobs"]] for answer in answers] == [[job.id]]


def test_the_traits_that_report_state_come_in_the_handler(
    studio: lw.VideoStudio,
    service: Service,
    browser: Browser,
    sends_of_this_thread: list[dict[str, Any]],
) -> None:
    finished(studio, service)

    browser.say(type="sync", since=0)

    (state,) = (data["state"] for data in sends_of_this_thread if data["method"] == "update")
    assert set(state) == {"_service", "_account", "_submission", "_batch", "busy"}
    assert state["_submission"]["phase"] == "accepted"


def test_the_code_comes_in_the_handler(
    browser: Browser, sends_of_this_thread: list[dict[str, Any]]
) -> None:
    browser.say(type="front_end", want="another digest")

    assert [data["content"]["type"] for data in sends_of_this_thread] == ["front_end"]


def test_a_chunk_of_a_file_that_is_here_comes_in_the_handler(
    studio: lw.VideoStudio,
    service: Service,
    browser: Browser,
    sends_of_this_thread: list[dict[str, Any]],
) -> None:
    job = finished(studio, service)
    pull = {"job_id": job.id, "media": "video", "index": 0, "chunk": 0}
    browser.say(type="media", pull="first: it is fetched from the service", **pull)
    wait_until(lambda: browser.heard("media"), "the chunk came")
    sends_of_this_thread.clear()

    # The file may be busy for a moment, so that one answer comes late.
    def comes_in_the_handler() -> bool:
        browser.say(type="media", pull="again", **pull)
        return bool(sends_of_this_thread)

    wait_until(comes_in_the_handler, "a chunk came in the handler")
    assert sends_of_this_thread[-1]["content"]["pull"] == "again"


def test_a_request_in_another_thread_is_answered_by_the_publisher(
    browser: Browser, sends_of_this_thread: list[dict[str, Any]]
) -> None:
    subshell = threading.Thread(target=lambda: browser.say(type="sync", since=0))
    subshell.start()
    subshell.join()

    wait_until(lambda: browser.heard("jobs"), "the answer came")
    assert sends_of_this_thread == []


@pytest.fixture
def busy_queue() -> Iterator[tuple[WorkQueue, Callable[[], object], list[str]]]:
    """A queue in the middle of long work, what ends that work, and what was done."""
    done: list[str] = []
    begun, may_end = threading.Event(), threading.Event()
    queue = WorkQueue(lambda _: None, ThreadScheduler, "legnext-of-this-test")

    def work() -> None:
        begun.set()
        may_end.wait(30)
        done.append("the work")

    queue.start()
    queue.post(work)
    assert begun.wait(30)
    yield queue, may_end.set, done
    may_end.set()
    queue.close()


def test_a_handler_does_not_wait_for_long_work_and_answers_after_it(
    busy_queue: tuple[WorkQueue, Callable[[], object], list[str]],
) -> None:
    queue, end, done = busy_queue

    queue.answer(lambda: done.append("the answer"))

    assert done == []
    end()
    wait_until(lambda: len(done) == 2, "both are done")
    assert done == ["the work", "the answer"]


@pytest.mark.parametrize("echoes", [False, True])
def test_a_view_that_opens_gets_the_inputs_unless_ipywidgets_echoes_updates(
    client: lw.Client, monkeypatch: pytest.MonkeyPatch, echoes: bool
) -> None:
    monkeypatch.setattr("ipywidgets.widgets.widget.JUPYTER_WIDGETS_ECHO", echoes)
    studio = lw.VideoStudio(client)
    browser = Browser(studio)
    browser.set(prompt="typed in one output")

    browser.say(type="view", view="of another output", open=True)

    browser.say(type="sync", since=0)
    wait_until(lambda: browser.heard("jobs"), "all messages are answered")
    values = [message["values"] for message in browser.heard("inputs")]
    assert [set(value) >= INPUTS for value in values] == ([] if echoes else [True])
    assert [value["prompt"] for value in values] == ([] if echoes else ["typed in one output"])
    studio.close()
