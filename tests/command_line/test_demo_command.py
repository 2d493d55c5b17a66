from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from legnext_widgets.cli import main
from legnext_widgets.cli.demo import copy_quickstart, demo_environment
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path


def test_quickstart_is_copied_into_a_new_folder(tmp_path: Path) -> None:
    notebook = copy_quickstart(tmp_path / "new" / "folder")

    assert notebook.name == "quickstart.ipynb"
    assert json.loads(notebook.read_text(encoding="utf-8"))["cells"]


def test_a_notebook_that_the_user_changed_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "quickstart.ipynb").write_text("my own work")

    assert copy_quickstart(tmp_path).read_text() == "my own work"


def test_a_folder_that_cannot_be_made_is_reported_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = CliRunner().invoke(main, ["demo", str(tmp_path / "file" / "folder")])

    assert result.exit_code == 1
    assert "cannot be copied" in result.output


def test_the_demo_cannot_reach_the_paid_service(tmp_path: Path) -> None:
    person = {"PATH": "/bin", "LEGNEXT_API_KEY": "secret", "LEGNEXT_BASE_URL": "https://x.test"}

    environment = demo_environment(person, tmp_path)

    assert environment == {"PATH": "/bin", "LEGNEXT_LIBRARY": str(tmp_path / "library")}


def test_without_the_demo_extra_the_command_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "jupyterlab", None)  # as if it were not installed

    outcome = CliRunner().invoke(main, ["demo", str(tmp_path)])

    assert outcome.exit_code == 1
    assert 'pip install "legnext-widgets[demo]"' in outcome.output
    assert not list(tmp_path.iterdir())


def test_impossible_speeds_and_ports_are_refused() -> None:
    for arguments in (["--speed", "0"], ["--speed", "-1"], ["--port", "70000"]):
        outcome = CliRunner().invoke(main, ["sandbox", *arguments])
        assert outcome.exit_code == 2, arguments
        assert "Invalid value" in outcome.output


def test_an_unknown_fault_is_refused_with_the_known_ones() -> None:
    outcome = CliRunner().invoke(main, ["sandbox", "--fault", "nonsense"])

    assert outcome.exit_code == 1
    assert "rate_limit" in outcome.output


def test_a_port_in_use_is_reported_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = CliRunner().invoke(main, ["sandbox", "--port", str(taken.getsockname()[1])])

    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: ")
    assert "in use" in outcome.output


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_demo_opens_jupyterlab_on_the_notebook_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    # As if it were not installed: it takes 2 s to load, and Lab does without it.
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "rfc3987_syntax.py").write_text("raise ImportError")
    paths = [str(tmp_path / "modules"), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "PYTHONPATH": os.pathsep.join(paths),
    }
    with said.open("wb") as writing:
        demo = subprocess.Popen(
            [sys.executable, "-m", "legnext_widgets", "demo", tmp_path / "demo", "--no-browser"],
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
    try:
        wait_until(lambda: list(tmp_path.glob("runtime/jpserver-*.json")), "Lab has an address")
        (announced,) = tmp_path.glob("runtime/jpserver-*.json")
        wait_until(lambda: _sees(announced, "quickstart.ipynb"), "Lab shows the notebook")
        wait_until(lambda: said.read_bytes().endswith(b"\n"), "the address is printed")
    finally:
        # As a terminal does: to everything that runs in it.
        os.killpg(demo.pid, signal.SIGINT)
        code = demo.wait(timeout=60)

    assert code == 0
    (line,) = said.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"quickstart\.ipynb is open at http://\S+ - stop with Ctrl\+C", line), line


def _sees(announced: Path, name: str) -> bool:
    try:
        server = json.loads(announced.read_text(encoding="utf-8"))
        address = f"{server['url']}api/contents/{name}?content=0&token={server['token']}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (json.JSONDecodeError, OSError):
        return False
