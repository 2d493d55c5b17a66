"""Serve a sandbox from the command line."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, TextIO

from legnext_widgets.sandbox.faults.faults import FAULT_KINDS
from legnext_widgets.sandbox.sandbox import Sandbox
from legnext_widgets.sandbox.simulation.example_job import JOB_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.sandbox.simulation.adoption import FindRecord

_VIDEO_SECONDS = 200
"""Seconds that a video takes at the real service, roughly."""

_GREETING = """\
Legnext sandbox: a simulated service on this machine. No key is needed, nothing is charged.

  Base URL   {base}
  Speed      {speed}
  Key        {key}
  Points     {points} for each account; a video job takes 480, an upscale 120, an image job 80
{note}
For any client:  export LEGNEXT_BASE_URL={base} LEGNEXT_API_KEY=sandbox

Animate an image of the sample job that every account has:

  curl -X POST "{base}/api/v1/video-diffusion" \\
    -H "x-api-key: sandbox" -H "Content-Type: application/json" \\
    -d '{{"jobId": "{job_id}", "imageNo": 0, "prompt": "Gentle waves"}}'

or an image at a URL:

  curl -X POST "{base}/api/v1/video-diffusion" \\
    -H "x-api-key: sandbox" -H "Content-Type: application/json" \\
    -d '{{"prompt": "{example} The sun sets slowly --motion high"}}'

Then check the job by its job_id:

  curl -H "x-api-key: sandbox" {base}/api/v1/job/JOB_ID

Simulate faults to see how a client handles them ({kinds}):

  curl -X POST {base}/sandbox/faults -d '{{"kind": "rate_limit", "times": 2}}'
  curl -X DELETE {base}/sandbox/faults

Press Ctrl-C to stop.
"""


def serve(
    host: str = "127.0.0.1",
    port: int = 8642,
    speed: float = 1.0,
    *,
    api_key: str | None = None,
    points: int = 100_000,
    seed: int | str | None = None,
    offline: bool = False,
    faults: Iterable[str] = (),
    link_seconds: float = 3600.0,
    packaged: bool = False,
    out: TextIO | None = None,
    find_record: FindRecord | None = None,
    carried: bool | None = None,
) -> None:
    """Serve a sandbox until Ctrl-C or a termination signal.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        speed: How many times faster than the real service.
        api_key: The only valid key; None accepts any.
        points: Points of a new account.
        seed: Makes job ids, durations and pictures the same in every run.
        offline: Fetch no pictures from and send no callbacks to other machines.
        faults: Faults that are on from the start, as text: `rate_limit:times=2`.
        link_seconds: Lifetime of links to media, in seconds.
        packaged: Serve the packaged clips.
        out: Where the greeting goes; standard output if None.
        find_record: Reads what is stored of jobs of sandboxes that ended, to be adopted.
        carried: Deprecated name of `packaged`.

    Raises:
        RuntimeError: uvicorn is not installed.
        OSError: The port is taken.
        ValueError: An argument is out of its limits.
    """
    sandbox = Sandbox(
        speed,
        api_key=api_key,
        points=points,
        seed=seed,
        offline=offline,
        faults=faults,
        link_seconds=link_seconds,
        packaged=packaged,
        carried=carried,
    )
    if find_record is not None:
        sandbox.adopt(find_record)
    with sandbox:
        sandbox.start(host, port)
        greeting = _GREETING.format(
            base=sandbox.base_url,
            speed=_speed_line(sandbox.speed),
            key="the one given with --key" if api_key else "any; each has its own account",
            points=points,
            note=f"  Note       {sandbox.note}\n" if sandbox.note else "",
            job_id=JOB_ID,
            example=sandbox.examples[0][1],
            kinds=", ".join(FAULT_KINDS),
        )
        print(greeting, file=out or sys.stdout, flush=True)
        _wait(sandbox)


def _speed_line(speed: float) -> str:
    if speed == 1:
        return f"that of the real service: a video takes about {_VIDEO_SECONDS} s"
    seconds = _VIDEO_SECONDS / speed
    return f"{speed:g} times: a video takes {seconds:.3g} s instead of {_VIDEO_SECONDS} s"


def _wait(sandbox: Sandbox) -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sandbox.join()
    except KeyboardInterrupt:
        return
