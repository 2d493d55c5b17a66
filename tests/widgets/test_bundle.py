"""How the front end's code gets from the kernel to the pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import pytest

import legnext_widgets as lw
from legnext_widgets.sandbox.media.scenes import SCENES
from legnext_widgets.widgets.job_widget import Locale
from legnext_widgets.widgets.kernel.publisher import WorkQueue
from legnext_widgets.widgets.notebook import bundle
from legnext_widgets.widgets.notebook.bundle import ON_ITS_WAY, UNASKED_AFTER, Delivery
from legnext_widgets.widgets.notebook.scheduling import ThreadScheduler
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser

if TYPE_CHECKING:
    from legnext_widgets.widgets.kernel.protocol.comm_requests import FrontEndRequest


class Later:
    """A clock that a test sets, and what waits for it."""

    def __init__(self) -> None:
        self.announced: set[str] = set()
        self.waiting: list[tuple[float, Callable[[], object]]] = []
        self.now = 0.0

    def post(self, work: Callable[[], object], *, after: float = 0.0) -> None:
        self.waiting.append((self.now + after, work))

    def until(self, time: float) -> None:
        while due := sorted((w for w in self.waiting if w[0] <= time), key=lambda w: w[0]):
            self.waiting.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now = time


@pytest.fixture
def later() -> Later:
    return Later()


def delivery(later: Later, sent: list[Any]) -> Delivery:
    return Delivery(sent.append, later.post, announced=later.announced, clock=lambda: later.now)


def started(later: Later, sent: list[Any]) -> Delivery:
    new = delivery(later, sent)
    new.start()
    return new


def test_the_code_is_sent_with_the_first_widget_and_named_with_the_others(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    started(later, sent)
    later.until(UNASKED_AFTER[0])
    started(later, sent)
    later.until(UNASKED_AFTER[0])

    code = bundle.code()
    assert [message["digest"] for message in sent] == [code.digest] * 2
    assert sent[0]["js"].endswith(code.js)
    assert sent[0]["css"] == code.css
    assert set(sent[1]) == {"type", "digest"}


def test_unless_a_page_asks_the_code_is_sent_a_few_times_and_never_more(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    started(later, sent)
    later.until(3600)

    assert len(sent) == len(UNASKED_AFTER)
    assert all("js" in message for message in sent)
    assert later.waiting == []


def test_once_a_page_has_asked_nothing_is_sent_unasked(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    of_widget = started(later, sent)
    later.until(1)
    of_widget.answer({"type": "front_end", "has": []})
    later.until(3600)

    assert len(sent) == 2
    assert later.waiting == []


def test_a_page_that_asks_while_the_code_is_on_its_way_does_not_get_it_twice(
    later: Later,
) -> None:
    sent: list[dict[str, Any]] = []
    of_widget = started(later, sent)
    later.until(UNASKED_AFTER[0] + 0.1)
    of_widget.answer({"type": "front_end", "has": []})
    later.until(3600)

    assert ["js" in message for message in sent] == [True, False]


def test_a_page_that_asks_at_once_gets_the_code_once(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    of_widget = started(later, sent)
    later.until(0.1)
    of_widget.answer({"type": "front_end", "has": []})
    later.until(3600)

    assert ["js" in message for message in sent] == [True]


def test_a_page_that_asks_again_before_its_answer_has_arrived_gets_the_code_once(
    later: Later,
) -> None:
    sent: list[dict[str, Any]] = []
    of_widget = started(later, sent)
    for second in (0.1, 2.1):  # a busy machine
        later.until(second)
        of_widget.answer({"type": "front_end", "has": []})
    later.until(2.2)
    assert ["js" in message for message in sent] == [True, False]

    of_widget.answer({"type": "front_end", "has": [], "want": bundle.code().digest})
    later.until(2.3)
    assert "js" in sent[-1], "it was lost"


def test_the_code_brings_a_thumbnail_of_each_example(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    started(later, sent)
    later.until(UNASKED_AFTER[0])

    samples = sent[0]["samples"]
    assert len(samples) == len(SCENES)
    assert all(link.startswith("data:image/jpeg;base64,") for link in samples)
    assert sum(map(len, samples)) < 40_000


@pytest.mark.parametrize(
    ("language", "sent_with_it"),
    [("es", {"es"}), ("en", {"en"}), ("fr", {"en"}), (None, set(get_args(Locale)))],
)
def test_an_answer_brings_the_texts_of_the_page_s_language(
    later: Later, language: str | None, sent_with_it: set[str]
) -> None:
    sent: list[dict[str, Any]] = []
    request: FrontEndRequest = {"type": "front_end", "has": []}
    if language is not None:
        request["language"] = language
    delivery(later, sent).answer(request)
    later.until(0)

    assert set(sent[0]["catalogs"]) == sent_with_it
    assert all(texts["generate"]["label"] for texts in sent[0]["catalogs"].values())


def test_code_that_is_sent_unasked_brings_the_texts_of_all_languages(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    started(later, sent)
    later.until(UNASKED_AFTER[0])

    assert set(sent[0]["catalogs"]) == set(get_args(Locale))


def test_code_for_loaders_of_version_0_1_brings_english_in_its_module(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    delivery(later, sent).answer({"type": "front_end", "has": []})
    delivery(later, sent).answer({"type": "front_end", "has": [], "language": "en"})
    later.until(0)

    old, new = (message["js"] for message in sent)
    assert new == bundle.code().js
    assert old.endswith(new)
    assert '"Generate"' in old.removesuffix(new)


def test_code_that_never_arrived_is_sent_again(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    of_widget = started(later, sent)
    later.until(UNASKED_AFTER[0])
    of_widget.answer({"type": "front_end", "has": [], "want": bundle.code().digest})
    later.until(UNASKED_AFTER[0] + ON_ITS_WAY + 0.1)
    of_widget.answer({"type": "front_end", "has": []})
    later.until(3600)

    assert ["js" in message for message in sent] == [True, True, True]


@pytest.mark.parametrize("has", [[], ["of another version"]])
def test_a_page_without_the_code_gets_it(later: Later, has: list[str]) -> None:
    sent: list[dict[str, Any]] = []
    delivery(later, sent).answer({"type": "front_end", "has": has})
    later.until(0)

    assert ["js" in message for message in sent] == [True]


def test_a_page_that_has_the_code_gets_its_digest(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    has = ["other", bundle.code().digest]
    delivery(later, sent).answer({"type": "front_end", "has": has})
    later.until(0)

    assert [set(message) for message in sent] == [{"type", "digest"}]


@pytest.mark.parametrize("has", [None, "all", [{}]])
def test_a_page_that_says_nothing_useful_gets_the_code(
    studio: lw.VideoStudio, browser: Browser, has: Any
) -> None:
    digest = bundle.code().digest
    browser.say(type="front_end", has=has, want=digest)

    wait_until(lambda: [m for m in browser.heard("front_end") if "js" in m], "the code came")


def test_the_widget_answers_its_pages(studio: lw.VideoStudio, browser: Browser) -> None:
    browser.say(type="front_end", has=[], want=bundle.code().digest)

    wait_until(lambda: [m for m in browser.heard("front_end") if "js" in m], "the code came")


def test_a_closed_widget_sends_nothing_more(studio: lw.VideoStudio, browser: Browser) -> None:
    received = len(browser.received)
    studio.close()
    browser.say(type="front_end", has=[])
    time.sleep(0.2)

    assert len(browser.received) == received


def test_delayed_work_is_done_in_time_and_keeps_no_thread_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("legnext_widgets.widgets.notebook.scheduling.IDLE", 0.05)
    called: list[str] = []
    queue = WorkQueue(lambda _: None, ThreadScheduler, "legnext-of-later")
    queue.start()
    queue.post(lambda: called.append("last"), after=0.2)
    queue.post(lambda: called.append("second"), after=0.01)
    queue.post(lambda: called.append("first"))

    wait_until(lambda: len(called) == 3, "all were called")
    assert called == ["first", "second", "last"]

    def names() -> list[str]:
        return [thread.name for thread in threading.enumerate()]

    wait_until(lambda: "legnext-of-later" not in names(), "the thread has ended by itself")
    queue.post(lambda: called.append("woken"))
    wait_until(lambda: called[-1] == "woken", "it works again")
    queue.close()
