from __future__ import annotations

import asyncio
import sys
import threading
import types
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.widgets.kernel.publisher import WorkQueue
from legnext_widgets.widgets.notebook.scheduling import (
    LoopScheduler,
    ThreadScheduler,
    choose_place,
    choose_scheduler,
)
from tests.support.service import Service
from tests.support.waiting import wait_until


@pytest.mark.parametrize(
    ("asked", "threads", "chosen"),
    [
        (None, True, "thread"),
        (None, False, "main_loop"),
        ("thread", True, "thread"),
        ("main_loop", True, "main_loop"),
    ],
)
def test_threads_are_chosen_wherever_they_start_unless_the_main_loop_is_asked_for(
    asked: str | None, threads: bool, chosen: str
) -> None:
    assert choose_place(asked, threads=threads) == chosen


def test_an_unknown_place_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="thread, main_loop"):
        choose_place("moon", threads=True)


def test_in_colab_a_widget_publishes_from_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr("legnext_widgets.environment.ipykernel_major", lambda: 6)

    async def made_here() -> object:
        return choose_scheduler(None)(lambda: None, "a name")

    assert isinstance(asyncio.run(made_here()), ThreadScheduler)


def test_the_environment_chooses_unless_the_argument_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGNEXT_PUBLISH_FROM", "main_loop")

    async def made_here(asked: Any) -> object:
        return choose_scheduler(asked)(lambda: None, "a name")

    assert isinstance(asyncio.run(made_here(None)), LoopScheduler)
    assert isinstance(asyncio.run(made_here("thread")), ThreadScheduler)


def test_on_a_loop_everything_is_published_in_its_thread_and_in_order() -> None:
    seen: list[tuple[object, threading.Thread]] = []

    async def publish() -> None:
        queue = WorkQueue(
            lambda changed: seen.append((changed, threading.current_thread())),
            choose_scheduler("main_loop"),
            "a name",
        )
        queue.start()
        other = threading.Thread(target=lambda: queue.changed("a", "b"))
        other.start()
        queue.post(lambda: seen.append(("a message", threading.current_thread())))
        while len(seen) < 2:
            await asyncio.sleep(0)
        queue.close()
        queue.changed("c")
        await asyncio.sleep(0)

    asyncio.run(publish())

    assert {str(what) for what, _ in seen} >= {"a message"}
    assert set().union(*(what for what, _ in seen if isinstance(what, set))) == {"a", "b"}
    assert {thread for _, thread in seen} == {threading.current_thread()}


def test_ctrl_c_while_publishing_loses_nothing() -> None:
    published: list[set[str]] = []
    interrupts = [KeyboardInterrupt()]
    steps: list[Any] = []

    def publish(changed: set[str]) -> None:
        if interrupts:
            raise interrupts.pop()
        published.append(changed)

    class ByHand:
        own_thread = False

        def __init__(self, step: Any, _name: str) -> None:
            steps.append(step)

        def wake(self) -> None: ...
        def end(self) -> None: ...

    queue = WorkQueue(publish, ByHand, "a name")
    queue.start()
    queue.changed("a")
    with pytest.raises(KeyboardInterrupt):
        steps[0]()
    queue.changed("b")
    steps[0]()

    assert published == [{"a", "b"}]


def test_a_thread_starts_with_the_queue_and_ends_with_it() -> None:
    def names() -> list[str]:
        return [thread.name for thread in threading.enumerate()]

    queue = WorkQueue(lambda _: None, ThreadScheduler, "legnext-of-this-test")
    queue.changed("a")
    assert "legnext-of-this-test" not in names()
    queue.start()
    assert "legnext-of-this-test" in names()
    queue.close()
    wait_until(lambda: "legnext-of-this-test" not in names(), "the thread has ended")


def test_displaying_with_ipywidgets_7_goes_by_the_mimebundle(studio: lw.VideoStudio) -> None:
    assert not callable(studio._ipython_display_)


def test_unknown_places_are_refused_before_anything_starts(service: Service) -> None:
    with pytest.raises(ValueError, match="publish_from"):
        lw.VideoGallery(publish_from="moon")  # type: ignore[arg-type]
