"""The sandbox as people without Python meet it: a command, an address, curl."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

# Word for word from the service's documentation; only host and key are replaced.
ANIMATE_AN_IMAGE_OF_A_JOB = """\
curl -X POST "https://api.legnext.ai/api/v1/video-diffusion" \\
  -H "x-api-key: YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "jobId": "c6821434-5e41-408f-b42b-2562306b109c",
    "imageNo": 0,
    "prompt": "Make this image move with gentle animation",
    "callback": "https://webhook.site/c98cb890-fb92-439f-8d60-42c8a51eb52d",
    "videoType": 0
  }'
"""
ANIMATE_AN_IMAGE_BY_ITS_URL = """\
curl -X POST "https://api.legnext.ai/api/v1/video-diffusion" \\
  -H "x-api-key: YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "prompt": "https://example.com/image.jpg A cinematic shot of ocean waves crashing against rocks",
    "videoType": 1,
    "callback": "https://webhook.site/d0ca59bc-35a6-4a1e-b1b1-aea7faeb7f67"
  }'
"""  # noqa: E501
LOOK_AT_A_JOB = 'curl "https://api.legnext.ai/api/v1/job/{job_id}" -H "x-api-key: YOUR_API_KEY"'


class RunningSandbox:
    """`legnext-widgets sandbox` in a process of its own, on a free port."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "legnext_widgets", "sandbox"),
                *("--offline", "--port", "0", "--speed", "120"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        wait_until(
            lambda: self._address() or self.process.poll() is not None, "the sandbox has an address"
        )
        self.url = self._address() or ""
        assert self.url, f"the sandbox ended at once:\n{self.output}"

    def curl(self, command: str, key: str = "any-key") -> Any:
        """Runs a documented call against this sandbox and reads its answer."""
        here = command.replace("https://api.legnext.ai", self.url).replace("YOUR_API_KEY", key)
        outcome = subprocess.run(
            ["sh", "-c", here], capture_output=True, text=True, check=True, timeout=60
        )
        return json.loads(outcome.stdout)

    def end(self) -> int:
        """Interrupts it as Ctrl+C does and gives its exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def _address(self) -> str | None:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.output)
        return found and found[0]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    running = RunningSandbox()
    yield running
    running.end()


@pytest.mark.parametrize(
    ("command", "short_side"),
    [(ANIMATE_AN_IMAGE_OF_A_JOB, 480), (ANIMATE_AN_IMAGE_BY_ITS_URL, 720)],
    ids=["image of a job", "image by its url"],
)
def test_documented_call_makes_four_videos(
    sandbox: RunningSandbox, command: str, short_side: int
) -> None:
    accepted = sandbox.curl(command)
    look = LOOK_AT_A_JOB.format(job_id=accepted["job_id"])
    # Each look starts a program, which takes time from what draws the clips.
    wait_until(
        lambda: sandbox.curl(look)["status"] == "completed",
        "the job is completed",
        timeout=240,
        every=0.5,
    )
    finished = sandbox.curl(look)

    assert accepted["task_type"] == "video_diffusion"
    assert accepted["status"] == "pending"
    assert accepted["output"] in (None, {}) or not accepted["output"]["video_urls"]
    assert len(finished["output"]["video_urls"]) == 4
    for url in finished["output"]["video_urls"]:
        clip = subprocess.run(["curl", "-sf", url], capture_output=True, check=True, timeout=60)
        assert clip.stdout[4:8] == b"ftyp"
        assert short_side in sizes_in(clip.stdout)


def test_call_without_a_key_is_refused_in_the_documented_form(sandbox: RunningSandbox) -> None:
    refused = sandbox.curl(LOOK_AT_A_JOB.format(job_id="x").replace("YOUR_API_KEY", ""))

    assert refused["code"] == 401
    assert refused["message"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_the_sandbox_quietly() -> None:
    sandbox = RunningSandbox()
    code = sandbox.end()

    assert code == 0
    assert "Traceback" not in sandbox.output


def sizes_in(mp4: bytes) -> tuple[int, int]:
    """Width and height of the first track, read from its header (`tkhd`, 16.16 fixed point)."""
    header = mp4.index(b"tkhd")
    length = int.from_bytes(mp4[header - 4 : header], "big")
    end = header - 4 + length
    width, height = mp4[end - 8 : end - 4], mp4[end - 4 : end]
    return int.from_bytes(width, "big") >> 16, int.from_bytes(height, "big") >> 16
