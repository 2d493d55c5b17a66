"""Threads that work on after the main thread has ended, and coroutines without asyncio."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import legnext_widgets as lw
from tests.support.report import note_situation

from .conftest import KEY

BLOCKING = """
def work():
    with lw.Client({key!r}, base_url=address, library=library) as client:
        job = client.diffusion("a fox").wait(60)
        clip = client.video_diffusion("it runs", job_id=job.id, image_no=0).wait(60)
        print(clip.videos[0].save(folder / "a.mp4").stat().st_size > 1000)
        print(len(clip.videos[1].read()) > 1000)
"""

AWAITING = """
import asyncio

async def all_of_it():
    async with lw.AsyncClient({key!r}, base_url=address, library=library) as client:
        job = await (await client.diffusion("a fox")).wait(60)
        job = await client.video_diffusion("it runs", job_id=job.id, image_no=0)
        await job.wait(60)
        print((await job.videos[0].save(folder / "a.mp4")).stat().st_size > 1000)
        print(len(await job.videos[1].read()) > 1000)

def work():
    asyncio.run(all_of_it())
"""

PROGRAM = """
import pathlib, sys, tempfile, threading, time
import legnext_widgets as lw
from legnext_widgets.sandbox import Sandbox

sandbox = Sandbox(speed=600, packaged=True, offline=True).start()
# A name, so that it has to be looked up.
address = sandbox.base_url.replace("127.0.0.1", "localhost")
folder = pathlib.Path(tempfile.mkdtemp())
library = lw.Library(folder / "library")
{work}
def late():
    while threading.main_thread().is_alive():
        time.sleep(0.01)
    try:
        work()
    except BaseException as error:
        print(repr(error))

threading.Thread(target=late).start()
"""


@pytest.mark.parametrize("work", [BLOCKING, AWAITING], ids=["Client", "AsyncClient"])
def test_a_thread_submits_waits_and_saves_after_the_main_thread_has_ended(work: str) -> None:
    program = PROGRAM.format(work=work.format(key=KEY))

    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert ended.stdout.split() == ["True", "True"], ended.stdout + ended.stderr
    assert ended.returncode == 0
    note_situation(
        "the main thread has ended", sees="as ever", requests="as ever", at_risk=0, whole=True
    )


IN_A_POOL = """
import concurrent.futures, threading, time
import legnext_widgets as lw

def work():
    # Python closes all pools, and then waits for the threads of this one.
    while not concurrent.futures.thread._shutdown:
        time.sleep(0.01)
    with lw.Client.sandbox(speed=600, packaged=True, offline=True) as client:
        print(client.diffusion("a fox").wait(60).status)

pool = concurrent.futures.ThreadPoolExecutor()
pool.submit(work)
"""


def test_a_thread_of_a_pool_goes_on_while_the_interpreter_waits_for_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", IN_A_POOL],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert ended.stdout.split() == ["completed"], ended.stderr


def test_without_asyncio_the_advice_is_what_is_raised() -> None:
    async def work() -> None:
        async with lw.AsyncClient(KEY, base_url="http://127.0.0.1:1", library=False) as client:
            await client.balance()

    with pytest.raises(lw.LegnextError, match="under trio, use Client in a thread"):
        work().send(None)
