"""The sandbox as a command: it says what a person needs, and ends when told."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import httpx
import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_served_sandbox_says_how_to_call_it_and_ends_quietly(number: int) -> None:
    code = (
        "from legnext_widgets.sandbox import serve\n"
        "serve(port=0, speed=60, packaged=True, faults=['rate_limit:times=1'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"Base URL +(\S+)", said)
        assert found
        assert "curl" in said
        assert "x-api-key" in said
        balance = f"{found[1]}/api/account/balance"
        for status in (429, 200):
            answer = httpx.get(balance, headers={"x-api-key": "k"}, timeout=60)
            assert answer.status_code == status
        process.send_signal(number)
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()
