"""How the front end's code gets from the kernel to the pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.widgets.kernel.publisher import Publisher
from legnext_widgets.widgets.notebook import bundle, delivery
from legnext_widgets.widgets.notebook.delivery import UNASKED_AFTER, Delivery
from legnext_widgets.widgets.notebook.scheduling import ThreadScheduler
from tests.waiting import wait_until
from tests.widgets.conftest import Browser


class Later:
    """Has things called when a test says that the time has come."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], object]]] = []
        self.now = 0.0

    def post(self, message: Callable[[], object], *, after: float = 0.0) -> None:
        self.waiting.append((self.now + after, message))

    def until(self, time: float) -> None:
        while due := sorted((w for w in self.waiting if w[0] <= time), key=lambda w: w[0]):
            self.waiting.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now = time


@pytest.fixture(autouse=True)
def nothing_sent_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_sent_before", set())


@pytest.fixture
def later() -> Later:
    return Later()


def begun(later: Later, sent: list[dict[str, Any]]) -> Delivery:
    begun = Delivery(sent.append, later.post)
    begun.begin()
    return begun


def test_the_code_is_sent_with_the_first_widget_and_named_with_the_others(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    begun(later, sent)
    begun(later, sent)
    later.until(0)

    code = bundle.code()
    assert [message["digest"] for message in sent] == [code.digest] * 2
    assert sent[0]["js"] == code.js
    assert sent[0]["css"] == code.css
    assert set(sent[1]) == {"type", "digest"}


def test_unless_a_page_asks_the_code_is_sent_a_few_times_and_never_more(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    begun(later, sent)
    later.until(3600)

    assert len(sent) == 1 + len(UNASKED_AFTER)
    assert all("js" in message for message in sent)
    assert later.waiting == []


def test_once_a_page_has_asked_nothing_is_sent_unasked(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    of_widget = begun(later, sent)
    later.until(1)
    of_widget.answer({"has": []})
    later.until(3600)

    assert len(sent) == 3
    assert later.waiting == []


@pytest.mark.parametrize(
    ("has", "with_code"),
    [([], True), (["of another version"], True), (None, True), ("all", True), ([{}], True)],
)
def test_a_page_without_the_code_gets_it(later: Later, has: Any, with_code: bool) -> None:
    sent: list[dict[str, Any]] = []
    Delivery(sent.append, later.post).answer({"has": has})
    later.until(0)

    assert [("js" in message) for message in sent] == [with_code]


def test_a_page_that_has_the_code_gets_its_name(later: Later) -> None:
    sent: list[dict[str, Any]] = []
    Delivery(sent.append, later.post).answer({"has": ["other", bundle.code().digest]})
    later.until(0)

    assert [set(message) for message in sent] == [{"type", "digest"}]


def test_the_widget_answers_its_pages(studio: lw.VideoStudio, browser: Browser) -> None:
    browser.say(type="front_end", has=[])

    wait_until(lambda: [m for m in browser.heard("front_end") if "js" in m], "the code came")


def test_a_closed_widget_sends_nothing_more(studio: lw.VideoStudio, browser: Browser) -> None:
    studio.close()
    heard = len(browser.received)
    browser.say(type="front_end", has=[])
    studio._publisher._step()

    assert len(browser.received) == heard


def test_what_comes_later_is_called_in_its_time_and_keeps_no_thread_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("legnext_widgets.widgets.notebook.scheduling.IDLE", 0.05)
    called: list[str] = []
    publisher = Publisher(lambda _: None, ThreadScheduler, "legnext-of-later")
    publisher.post(lambda: called.append("last"), after=0.2)
    publisher.post(lambda: called.append("second"), after=0.01)
    publisher.post(lambda: called.append("first"))

    wait_until(lambda: len(called) == 3, "all were called")
    assert called == ["first", "second", "last"]

    def names() -> list[str]:
        return [thread.name for thread in threading.enumerate()]

    wait_until(lambda: "legnext-of-later" not in names(), "the thread has ended by itself")
    publisher.post(lambda: called.append("woken"))
    wait_until(lambda: called[-1] == "woken", "it works again")
    publisher.close()
