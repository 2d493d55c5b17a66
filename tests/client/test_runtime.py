"""Where coroutines and callbacks run."""

from __future__ import annotations

import asyncio
import sys
import threading
from functools import partial
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.runtime import CurrentLoopRuntime, Runtime, ThreadRuntime
from legnext_widgets.client.runtime.callbacks import LoopCallbacks
from tests.support.waiting import wait_until

KINDS: list[type[Runtime]] = [ThreadRuntime, CurrentLoopRuntime]


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", KINDS)
async def test_callbacks_are_called_in_order_and_their_errors_are_logged(kind, caplog):
    runtime = kind()
    seen: list[int] = []

    def broken() -> None:
        raise ValueError("mine")

    runtime.call_soon(lambda: seen.append(1))
    runtime.call_soon(broken)
    wrapped = runtime.in_callback_thread(seen.append)
    assert wrapped is not None
    wrapped(2)
    await until(lambda: seen == [1, 2])
    runtime.close()
    runtime.call_soon(lambda: seen.append(3))

    assert [record.message for record in caplog.records] == ["A callback of yours raised an error."]
    assert runtime.in_callback_thread(None) is None
    assert seen == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_coroutine_gives_its_result_and_none_begins_after_the_end(kind):
    runtime = kind()

    async def answer() -> int:
        return 42

    assert await asyncio.wrap_future(runtime.start(answer())) == 42
    assert not runtime.closed
    runtime.close()
    assert runtime.closed
    with pytest.raises(lw.LegnextError, match="closed"):
        runtime.start(answer())


@pytest.mark.parametrize("kind", KINDS)
async def test_finishing_runs_a_last_coroutine_and_then_says_so(kind):
    runtime = kind()
    seen: list[str] = []

    async def last() -> None:
        seen.append("last")

    await asyncio.wrap_future(runtime.start(asyncio.sleep(0)))
    await asyncio.to_thread(runtime.finish, last(), lambda: seen.append("then")) if (
        kind is ThreadRuntime
    ) else runtime.finish(last(), lambda: seen.append("then"))

    await until(lambda: seen == ["last", "then"])
    assert runtime.closed


async def test_a_runtime_that_was_never_used_finishes_at_once():
    async def last() -> None:
        raise AssertionError

    for kind in KINDS:
        ended: list[int] = []
        kind().finish(last(), partial(ended.append, 1))
        assert ended == [1]


def test_a_blocking_call_in_the_clients_own_thread_is_refused():
    runtime = ThreadRuntime()

    async def wrong() -> None:
        runtime.run(asyncio.sleep(0))

    with pytest.raises(RuntimeError, match="own thread"):
        runtime.run(wrong())
    runtime.close()


def test_a_callback_that_exits_does_not_end_the_calls_of_others(caplog):
    runtime = ThreadRuntime()
    seen = threading.Event()

    runtime.call_soon(sys.exit)
    runtime.call_soon(seen.set)

    assert seen.wait(10)
    runtime.close()
    assert [record.message for record in caplog.records] == ["A callback of yours raised an error."]


def test_callbacks_may_block_without_holding_up_the_loop():
    runtime = ThreadRuntime()
    go = threading.Event()
    runtime.call_soon(lambda: go.wait(10))

    runtime.run(asyncio.sleep(0))

    go.set()
    runtime.close()
    wait_until(
        lambda: not [one for one in threading.enumerate() if one.name == "legnext-callbacks"],
        "the thread ended",
    )


async def test_a_coroutine_function_as_callback_is_awaited_one_call_after_the_other(caplog):
    running, most, calls = 0, 0, 0

    async def told(_: object) -> None:
        nonlocal running, most, calls
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        calls += 1
        if calls == 2:
            raise ValueError("mine")

    callbacks = LoopCallbacks(told, None)
    for _ in range(4):
        callbacks.call()

    await until(lambda: calls == 4)
    assert most == 1
    assert "A callback of yours raised an error." in caplog.text
