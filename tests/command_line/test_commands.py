"""Videos from a terminal: each command, its exit codes, and sessions under a pseudo-terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import legnext_widgets as lw
from legnext_widgets.cli import main
from legnext_widgets.cli.exit_codes import CODES, exit_code_of
from tests.pictures.picture_factory import phone_jpeg
from tests.support.service import Service
from tests.support.terminal import Terminal, needs_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

IMAGE = "https://example.com/sea.png"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CommandLine:
    """The command in a folder of its own, against a service of this test."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service = service
        self.folder = folder
        self.variables = {**service.variables, "LEGNEXT_LIBRARY": str(folder / "library")}

    def run(self, *arguments: str, code: int = 0, **variables: str) -> Result:
        given = {"LEGNEXT_PROGRESS": "0", **self.variables, **variables}
        result = CliRunner().invoke(main, [*arguments], env=given)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def terminal(self, *arguments: str) -> Terminal:
        variables = {**os.environ, **self.variables}
        variables.pop("CI", None)
        return Terminal([sys.executable, "-m", "legnext_widgets", *arguments], variables)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[CommandLine]:
    with Service(240).start() as service:
        yield CommandLine(service, tmp_path)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[CommandLine]:
    with Service(1).start() as service:
        yield CommandLine(service, tmp_path)


def test_a_job_is_made_looked_at_waited_for_and_saved(line: CommandLine) -> None:
    made = line.run("generate", "slow push", "--image", IMAGE, "--motion", "high", "--count", "1")
    job_id = made.stdout.splitlines()[0]
    assert ID.fullmatch(job_id)
    assert '"slow push"' in made.stdout
    assert f"legnext-widgets status {job_id} --wait" in made.stderr
    assert line.service.posts[0]["prompt"] == f"{IMAGE} slow push --motion high --bs 1"

    waited = line.run("status", job_id[:8], "--wait")
    assert "completed · video diffusion · 480p · motion high" in waited.stdout
    folder = line.folder / "clips"
    saved = line.run("download", job_id[:8], "-o", str(folder))
    (file,) = folder.iterdir()
    assert saved.stdout.strip() == str(file)
    assert file.read_bytes()[4:8] == b"ftyp"
    assert line.service.submissions == 1


def test_generate_waits_and_saves_where_a_folder_is_given(line: CommandLine) -> None:
    folder = line.folder / "clips"
    made = line.json("generate", "a kite", "--image", IMAGE, "--hd", "-o", str(folder))

    assert (made["status"], made["prompt"], made["error"]) == ("completed", "a kite", None)
    assert made["files"] == sorted(str(file) for file in folder.iterdir())
    assert [video["index"] for video in made["videos"]] == [0, 1, 2, 3]
    assert line.service.posts[0]["videoType"] == 1


def test_next_steps_start_from_the_first_characters_of_an_id(line: CommandLine) -> None:
    images = line.json("generate", "a harbour", "--images", "--wait")
    assert len(images["images"]) == 4
    video = line.json("generate", "waves", "--job", images["id"][:8], "--image-no", "2", "--wait")
    longer = line.json("extend", video["id"][:8], "--video", "1", "--prompt", "more", "--wait")
    larger = line.json("upscale", video["id"][:8], "--video", "0")

    assert [post.get("videoNo") for post in line.service.posts] == [None, None, 1, 0]
    assert (longer["kind"], larger["kind"]) == ("extend_video", "video_upscale")


def test_the_library_is_listed_searched_and_exported_without_a_key(line: CommandLine) -> None:
    for words in ("a kite", "a boat"):
        line.run("generate", words, "--image", IMAGE, "--count", "1", "--wait")

    line.variables |= {"LEGNEXT_API_KEY": "", "LEGNEXT_BASE_URL": ""}
    listed = line.run("list").stdout.splitlines()
    assert [row.rpartition("  ")[2] for row in listed] == ['"a boat"', '"a kite"']
    assert "kite" in line.run("list", "--search", "kite").stdout
    assert "boat" not in line.run("list", "--search", "kite").stdout
    page = line.run("export", str(line.folder / "exported")).stdout.strip()
    assert page.endswith("index.html")


def test_the_same_request_is_reused_where_that_is_asked_for(line: CommandLine) -> None:
    ask = ("generate", "a kite", "--image", IMAGE, "--count", "1", "--reuse", "--wait")
    first = line.json(*ask)
    again = line.json(*ask)
    assert (again["id"], first["reused"], again["reused"]) == (first["id"], False, True)
    assert "nothing was sent" in line.run(*ask).stderr
    assert line.json(*ask, "--take", "2")["id"] != first["id"]
    assert line.service.submissions == 2


@pytest.mark.parametrize("command", ["extend", "upscale"])
def test_a_next_step_is_reused_where_that_is_asked_for(line: CommandLine, command: str) -> None:
    source = line.json("generate", "a kite", "--image", IMAGE, "--count", "1", "--wait")
    ask = (command, source["id"], "--reuse", "--wait")
    first, again = line.json(*ask), line.json(*ask)
    assert (again["id"], again["reused"]) == (first["id"], True)
    assert line.json(*ask, "--take", "2")["id"] != first["id"]
    assert line.service.submissions == 3


def test_running_jobs_are_listed_and_followed_to_their_end(line: CommandLine) -> None:
    made = line.json("generate", "a kite", "--image", IMAGE, "--count", "1")

    assert [job["id"] for job in line.json("jobs")] == [made["id"]]
    followed = line.run("jobs", "--follow").stdout
    assert followed.startswith(f"{made['id'][:8]}  completed")
    assert "No jobs are running." in line.run("jobs").stderr


def test_points_are_shown(line: CommandLine) -> None:
    assert line.run("balance").stdout.startswith("100,000 points")
    assert line.json("balance")["available_points"] == 100_000


def test_a_video_is_opened_or_its_file_named(line: CommandLine, monkeypatch) -> None:
    opened: list[str] = []

    def launch(file: str) -> int:
        opened.append(file)
        return 0

    monkeypatch.setattr("click.launch", launch)
    made = line.json("generate", "a kite", "--image", IMAGE, "--count", "1", "--wait")

    named = line.run("open", made["id"][:8], "--print").stdout.strip()
    assert opened == []
    line.run("open", made["id"][:8])
    assert len(opened) == 1
    assert named.endswith(".mp4")
    assert "there is no video 3" in line.run("open", made["id"], "--video", "3", code=1).stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (lw.MissingAPIKeyError(), 3),
        (lw.AuthenticationError("x", status_code=401), 3),
        (lw.InsufficientCreditsError("x", status_code=402), 4),
        (lw.TransportError("x"), 7),
        (lw.ServerError("x", status_code=502), 7),
        (lw.NotFoundError("x", status_code=404), 9),
        (lw.BadRequestError("x", status_code=400), 10),
        (lw.DownloadError("x"), 11),
        (PermissionError("x"), 11),
        (lw.LegnextError("x"), 1),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: Exception, code: int) -> None:
    assert exit_code_of(error) == code


def test_errors_are_a_line_or_two_and_json_where_asked(line: CommandLine) -> None:
    line.service.refuse(402, "no credits")
    asked = ("generate", "a kite", "--image", IMAGE)
    shown = line.run(*asked, code=4).stderr.splitlines()
    assert shown[0].startswith("Error: 402: ")
    assert shown[1].startswith("Add credits")
    error = line.json(*asked, code=4)["error"]
    assert (error["kind"], error["exit_code"]) == ("InsufficientCreditsError", 4)

    assert line.run("balance", code=3, LEGNEXT_API_KEY="").stderr.startswith("Error: No API key")
    line.run("balance", code=7, LEGNEXT_BASE_URL="http://127.0.0.1:9")


def test_a_failed_job_ends_with_its_reason(line: CommandLine) -> None:
    line.service.sandbox.faults.switch_on("failed_job", times=1)
    failed = line.run("generate", "a kite", "--image", IMAGE, "--wait", code=5)

    assert "failed" in failed.stdout
    assert failed.stderr.startswith("Error: Job ")


def test_a_timeout_leaves_the_job_running(slow: CommandLine) -> None:
    asked = ("generate", "a kite", "--image", IMAGE, "--timeout", "0.2", "--wait")
    assert "It continues at the service" in slow.run(*asked, code=6).stderr
    assert slow.service.submissions == 1


def test_arguments_outside_their_limits_are_refused_before_anything_is_sent(
    line: CommandLine, tmp_path: Path
) -> None:
    picture = tmp_path / "sea.png"
    picture.touch()
    refused = line.run("generate", "a kite", "--image", str(picture), code=2)
    assert "image is empty (0 bytes)" in refused.stderr
    missing = line.run("generate", "a kite", "--image", "no-such.png", code=2)
    assert "'no-such.png' does not exist" in missing.stderr
    assert "image_url" in line.run("generate", "a kite", code=2).stderr
    assert "No job in the library" in line.run("status", "12345678", code=2).stderr
    assert line.service.submissions == 0


def test_the_image_may_be_a_file(line: CommandLine, tmp_path: Path) -> None:
    picture = tmp_path / "sea.jpg"
    picture.write_bytes(phone_jpeg())

    line.run("generate", "a kite", "--image", str(picture), "--end", str(picture))

    link = re.escape(f"{line.service.url}/sandbox/pictures/") + r"[0-9a-f]{40}\.jpg"
    assert re.fullmatch(f"{link} a kite --end {link}", line.service.posts[0]["prompt"])


def test_the_sandbox_is_one_flag_away(tmp_path: Path) -> None:
    variables = {"LEGNEXT_LIBRARY": str(tmp_path / "library"), "LEGNEXT_API_KEY": ""}
    asked = ["generate", "a kite", "--image", IMAGE, "--count", "1", "--sandbox", "--json"]
    made = CliRunner().invoke(main, asked, env=variables)
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["status"] == "completed"
    listed = CliRunner().invoke(main, ["list"], env=variables)
    assert '"a kite"' in listed.stdout


def test_next_steps_in_the_sandbox_of_a_command_are_waited_for(tmp_path: Path) -> None:
    variables = {"LEGNEXT_LIBRARY": str(tmp_path), "LEGNEXT_PROGRESS": "0", "LEGNEXT_API_KEY": ""}

    def run(*arguments: str) -> dict[str, Any]:
        given = [*arguments, "--sandbox", "--json"]
        result = CliRunner().invoke(main, given, env=variables)
        assert result.exit_code == 0, (result.output, result.exception)
        made: dict[str, Any] = json.loads(result.stdout)
        return made

    video = run("generate", "waves", "--image", IMAGE, "--count", "1")
    larger = run("upscale", video["id"])

    assert (larger["kind"], larger["status"]) == ("video_upscale", "completed")


@needs_terminal
def test_a_session_on_a_terminal_lives_and_ends_in_what_was_made(line: CommandLine) -> None:
    with line.terminal("generate", "slow push", "--image", IMAGE, "--count", "1", "--wait") as tty:
        assert tty.end() == 0, tty.written

    # On a busy machine the submission takes more than a second and is shown, too.
    shown = [row for row in tty.screen if "sent as job" not in row]
    waited, job_id, words, facts, made, _ = shown
    assert " · completed · " in waited
    assert ID.fullmatch(job_id)
    assert words == '  "slow push"'
    assert facts.startswith("  completed · video diffusion · 480p")
    assert made == f"  1 video; save: legnext-widgets download {job_id[:8]}"


@needs_terminal
def test_ctrl_c_leaves_the_job_running_and_says_how_to_come_back(slow: CommandLine) -> None:
    with slow.terminal("generate", "slow push", "--image", IMAGE, "--wait") as tty:
        tty.read_until(" · pending · ")
        tty.interrupt()
        assert tty.end() == 130, tty.written

    shown = "\n".join(tty.screen)
    (job_id,) = {found[0] for found in ID.finditer(shown)}
    assert "it continues at the service" in shown
    assert f"Wait for it with: legnext-widgets status {job_id} --wait" in shown
    assert "Traceback" not in shown
    assert slow.service.submissions == 1
    assert slow.service.job(job_id).status != "failed"


@needs_terminal
def test_ctrl_c_while_the_request_is_on_its_way_says_where_its_job_will_be(
    slow: CommandLine,
) -> None:
    slow.service.go.clear()
    with slow.terminal("generate", "slow push", "--image", IMAGE) as tty:
        tty.read_until("Sending")
        tty.interrupt()
        slow.service.go.set()
        assert tty.end() == 130, tty.written

    assert "Look for it with: legnext-widgets jobs" in tty.written
    assert "Traceback" not in tty.written
    assert len(slow.json("jobs")) == slow.service.submissions == 1


def test_shells_complete_commands_and_job_ids(line: CommandLine) -> None:
    made = line.json("generate", "a kite", "--image", IMAGE, "--count", "1")
    for shell in ("bash", "zsh", "fish"):
        assert "_LEGNEXT_WIDGETS_COMPLETE" in line.run("completion", shell).stdout

    def complete(words: str) -> str:
        variables = {
            "_LEGNEXT_WIDGETS_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        }
        return subprocess.run(
            [sys.executable, "-m", "legnext_widgets"],
            env={**os.environ, **line.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    assert "generate" in complete("legnext-widgets gen")
    assert made["id"] in complete(f"legnext-widgets status {made['id'][:3]}")


def test_the_help_of_completion_has_a_line_for_each_shell() -> None:
    shown = CliRunner().invoke(main, ["completion", "--help"]).stdout

    assert "Print the completion script for SHELL." in shown
    assert "\\b" not in shown
    assert re.findall(r"^ +(bash|zsh|fish): +\S", shown, re.MULTILINE) == ["bash", "zsh", "fish"]


def test_the_documentation_lists_each_exit_code() -> None:
    from tests.docs.test_tables import table

    documented = {
        row["code"]: row["meaning"] for row in table("reference/command-line.md", "exits")
    }
    assert {str(code): meaning for code, meaning, _ in CODES}.items() <= documented.items()
    assert {"0", "1", "2", "130"} <= set(documented)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_words_that_a_terminal_cannot_show_end_no_command(line: CommandLine, encoding: str) -> None:
    words = "波 waves é 😀"

    def run(*arguments: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", "legnext_widgets", *arguments],
            env={**os.environ, **line.variables, "PYTHONIOENCODING": encoding, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=True,
        )
        return ended.stdout.decode(encoding, "replace")

    made = run("generate", words, "--image", IMAGE, "--json")
    assert json.loads(made)["prompt"] == words
    assert ID.search(run("status", json.loads(made)["id"]))
    assert "waves" in run("list")
