"""The measurements of `benchmarks.service`, run with the Python of the peers; prints JSON.

Arguments: the origin of the stub service, and the number of rounds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import legnext  # type: ignore[import-not-found]  # only in the environment of the peers

import legnext_widgets as lw

if TYPE_CHECKING:
    from collections.abc import Callable

PROMPT = "https://example.com/sea.jpg The waves roll in"
PAYLOAD = {"prompt": PROMPT, "videoType": 0}
SUBMISSIONS = 20
CLIP = 64 << 20
SLOW_SECONDS = 6.0
TIMEOUT = 1.0


def seconds(call: Callable[[], object]) -> float:
    """Time a call."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def pairs(
    ours: Callable[[], object], theirs: Callable[[], object], count: int
) -> tuple[float, float, float]:
    """Time two calls in turn; give both medians and the median of the ratios, after one of each."""
    ours(), theirs()
    found = [(seconds(ours), seconds(theirs)) for _ in range(count)]
    first, second = zip(*found, strict=True)
    ratio = statistics.median(mine / other for mine, other in found)
    return statistics.median(first), statistics.median(second), ratio


def submit(origin: str, wait: float, rounds: int, folder: Path) -> tuple[float, float, float]:
    """Submit through the client with a library on disk, and by a bare POST.

    Both open a connection for each: for a paid request the client always does.
    """
    base = f"{origin}/wait={wait:g}"
    once = httpx.Limits(max_keepalive_connections=0)
    with (
        httpx.Client(limits=once) as bare,
        lw.Library(folder / f"library-{wait:g}") as library,
        lw.Client("key", base_url=base, library=library) as client,
    ):

        def ours() -> None:
            client.video_diffusion(PROMPT)

        def theirs() -> None:
            answer = bare.post(
                f"{base}/api/v1/video-diffusion", json=PAYLOAD, headers={"x-api-key": "key"}
            )
            answer.raise_for_status()
            answer.json()

        return pairs(ours, theirs, rounds)


def download(origin: str, rounds: int, folder: Path) -> dict[str, float]:
    """Download a clip through the client and by a bare stream to a file, and watch the memory."""
    url, target = f"{origin}/clip/{CLIP}", folder / "clip.mp4"

    async def work() -> dict[str, float]:
        async with lw.AsyncClient("key", base_url=origin, library=False) as client:
            downloads = client.session.downloads

            async def ours() -> None:
                await downloads.save(url, target, renew=_no_link)

            async def theirs() -> None:
                async with (
                    httpx.AsyncClient() as bare,
                    bare.stream("GET", url) as response,
                ):
                    with target.open("wb") as file:
                        async for chunk in response.aiter_bytes():
                            file.write(chunk)

            await ours()
            before, found = resident_mb(), []
            for _ in range(rounds):
                times = []
                for run in (ours, theirs):
                    begun = time.perf_counter()
                    await run()
                    times.append(CLIP / 1e6 / (time.perf_counter() - begun))
                found.append(times)
            return {
                "ours": statistics.median(mine for mine, _ in found),
                "theirs": statistics.median(other for _, other in found),
                "ratio": statistics.median(mine / other for mine, other in found),
                "grown": resident_mb() - before,
            }

    return asyncio.run(work())


async def _no_link() -> str | None:
    return None


def resident_mb() -> float:
    """Megabytes that this process holds; 0 where that is not known."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 / 1e6 if status.exists() else 0.0


def billed(origin: str) -> dict[str, int]:
    """Count the jobs that one click makes on a service slower than the client's timeout."""
    base = f"{origin}/wait={SLOW_SECONDS:g}"
    found = {}
    with (
        lw.Client("key", base_url=base, library=False, timeout=TIMEOUT) as client,
        legnext.Client("key", base_url=f"{base}/api", timeout=TIMEOUT) as published,
    ):
        clicks: dict[str, Callable[[], object]] = {
            "ours": lambda: client.video_diffusion(PROMPT),
            "legnext": lambda: published.midjourney.video_diffusion(PROMPT),
        }
        for name, click in clicks.items():
            before = httpx.get(f"{origin}/count").json()["count"]
            with contextlib.suppress(Exception):  # an error is what a person sees
                click()
            found[name] = httpx.get(f"{origin}/count").json()["count"] - before
    return found


def main() -> None:
    """Measure everything and print it."""
    origin, rounds = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {
            "submit": submit(origin, 0.0, SUBMISSIONS * rounds, folder),
            "submit, 100 ms": submit(origin, 0.1, SUBMISSIONS * rounds // 4, folder),
            "download": download(origin, rounds, folder),
            "billed": billed(origin),
        }
    print(json.dumps(found | {"threads left": threading.active_count()}))


if __name__ == "__main__":
    main()
