"""What `test_pyodide.py` runs in a real Pyodide: the studio's way from a click to four files."""

from __future__ import annotations

import asyncio
import json
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SENT: list[tuple[dict[str, Any], Any]] = []
"""What the kernel sent to the browser."""


async def main() -> str:
    """Do it all and return a report as JSON."""
    from pyodide.ffi import can_run_sync

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        import legnext_widgets as lw

        studio = lw.VideoStudio(
            lw.Client.sandbox(speed=600, library=lw.Library("/tmp/library")),
            prompt="the lake lies still",
            image_url="https://example.com/lake.jpg",
        )
    type(studio).send = lambda _, content, buffers=None: SENT.append((content, buffers))

    say(studio, type="submit", click="c", inputs={})
    await until(lambda: bool(studio.jobs))
    job = await studio.jobs[0]
    await until(lambda: len(job.state.kept) == 4)
    for index in range(4):
        clip = {"pull": str(index), "media": "video", "job_id": job.id, "index": index}
        say(studio, type="media", chunk=0, **clip)
    await until(lambda: all(answered(index) for index in range(4)))

    balance, refused, unreachable = None, "", ""
    try:
        balance = studio.client.balance().available_points
    except lw.LegnextError as error:
        refused = str(error)
    try:
        lw.Client("sk-anything")
    except lw.TransportError as error:
        unreachable = str(error)

    embedded = studio.client.embedded
    studio.close()
    studio.client.close()
    await until(lambda: bool(embedded.sandbox._closed))  # type: ignore[union-attr]
    with lw.Library("/tmp/library") as library:
        remembered = [record.state for record in library.records()]
    return json.dumps(
        {
            "status": job.status,
            "clips": [
                [content["mime"], len(buffers[0]), bytes(buffers[0][4:8]).decode()]
                for index in range(4)
                for content, buffers in answered(index)
            ],
            "warned": [str(one.message) for one in warned],
            "waits": can_run_sync(),
            "balance": balance,
            "refused": refused,
            "unreachable": unreachable,
            "remembered": remembered,
            "problems": [str(problem) for problem in library.problems],
        }
    )


def say(studio: Any, **content: Any) -> None:
    """Send a message to the studio, as a page does."""
    data = {"method": "custom", "content": content}
    studio.comm.handle_msg({"content": {"data": data}, "buffers": []})


def answered(pull: int) -> list[tuple[dict[str, Any], Any]]:
    """The answers to one pull."""
    return [(content, buffers) for content, buffers in SENT if content.get("pull") == str(pull)]


async def until(condition: Callable[[], bool]) -> None:
    """Waits for something that the loop brings about."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
