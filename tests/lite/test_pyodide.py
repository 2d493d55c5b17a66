"""The package in a real Pyodide, under Node: the interpreter that runs in browsers, without one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from lite.distribution import assemble
from lite.site import dependencies, interpreter, own_wheel

HERE = Path(__file__).parent


def test_a_click_becomes_four_clips_without_threads_sockets_or_a_network(tmp_path: Path) -> None:
    assemble(interpreter(), [own_wheel(), *dependencies()], tmp_path)
    node = shutil.which("node")
    assert node is not None

    ran = subprocess.run(
        [node, HERE / "in_pyodide.mjs", tmp_path, HERE / "in_pyodide.py"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert report["status"] == "completed"
    assert [(mime, box) for mime, _, box in report["clips"]] == [("video/mp4", "ftyp")] * 4
    assert min(size for _, size, _ in report["clips"]) > 10_000
    assert report["remembered"] == ["accepted"]
    assert (report["problems"], report["warned"]) == ([], [])
    assert "a web page may call another site only where" in report["unreachable"]
    # Whether a plain call can wait depends on Node's own age.
    if report["waits"]:
        assert report["balance"] > 0
    else:
        assert "await job" in report["refused"]


def test_a_distribution_without_something_that_is_needed_is_not_made(tmp_path: Path) -> None:
    wheels = [wheel for wheel in dependencies() if not wheel.name.startswith("h11")]

    with pytest.raises(ValueError, match=r"No wheel of h11 \(for httpcore\) is among"):
        assemble(interpreter(), wheels, tmp_path)
