"""One request of a studio after another: the next may follow as soon as the last has its job."""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.widgets.kernel.submitter import Submitter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from legnext_widgets.widgets.kernel.protocol.traits import Submission
    from tests.support.service import Service


class SlowFuture(concurrent.futures.Future[Any]):
    """A future whose callbacks come long after those who wait for it have its result."""

    def __init__(self) -> None:
        super().__init__()
        self.callbacks: list[Callable[[Any], object]] = []

    def add_done_callback(self, fn: Callable[[Any], object]) -> None:
        self.callbacks.append(fn)


class SlowRuntime:
    """Runs coroutines in the client's runtime, with futures whose callbacks come late."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> SlowFuture:
        future = SlowFuture()
        self._runtime.start(coroutine).add_done_callback(
            lambda done: (
                future.set_exception(error)
                if (error := done.exception())
                else future.set_result(done.result())
            )
        )
        return future


class Slow:
    """What a submitter needs of a client."""

    def __init__(self, client: lw.Client) -> None:
        self.session = client.session
        self.runtime: Any = SlowRuntime(client.runtime)


@pytest.mark.parametrize("ends", ["accepted", "refused"])
def test_the_next_request_may_follow_as_soon_as_the_last_has_ended(
    service: Service, client: lw.Client, ends: str
) -> None:
    reports: list[Submission] = []
    submitter, slow = Submitter(reports.append), Slow(client)
    if ends == "refused":
        service.sandbox.faults.switch_on("server_error", method="POST", times=1, status=422)

    first = submitter.submit(slow, lambda: lw.Diffusion("a boat"), "one")  # type: ignore[arg-type]
    concurrent.futures.wait([first], timeout=30)
    with held_loop(client):  # so that the second one is still on its way
        second = submitter.submit(slow, lambda: lw.Diffusion("a sea"), "two")  # type: ignore[arg-type]
        late_callbacks(first)
        assert submitter.sending

    assert second.result(30).state.id
    assert [each["phase"] for each in reports if each["click"] == "two"] == ["sending", "accepted"]
    assert [each["phase"] for each in reports if each["click"] == "one"] == ["sending", ends]
    assert not submitter.sending


def test_a_request_cancelled_before_it_begins_lets_the_next_one_begin(client: lw.Client) -> None:
    reports: list[Submission] = []
    submitter = Submitter(reports.append)

    with held_loop(client):  # so that nothing begins
        first = submitter.submit(client, lambda: lw.Diffusion("a boat"), "one")
        first.cancel()

    assert [each["phase"] for each in reports] == ["sending", "refused"]
    assert submitter.submit(client, lambda: lw.Diffusion("a sea"), "two").result(30).state.id


def test_a_report_that_fails_takes_no_job_away(client: lw.Client) -> None:
    def report(submission: Submission) -> None:
        if submission["phase"] == "accepted":
            raise RuntimeError("the studio is gone")

    submitter = Submitter(report)

    assert submitter.submit(client, lambda: lw.Diffusion("a boat"), "one").result(30).state.id
    assert not submitter.sending


@contextlib.contextmanager
def held_loop(client: lw.Client) -> Iterator[None]:
    """Blocks the loop of a client, so that no request begins or ends."""
    released = threading.Event()

    async def hold() -> None:
        released.wait(30)

    client.runtime.start(hold())
    try:
        yield
    finally:
        released.set()


def late_callbacks(future: Any) -> None:
    """Runs the callbacks of a future after all."""
    for callback in future.callbacks:
        callback(future)
