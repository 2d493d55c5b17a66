"""The development tools: pinned once, the same everywhere, and started by the same commands."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONGEST, SHARED, WAITING, WORKING

PROJECT = Path(__file__).resolve().parents[2]
CONSTRAINTS = (PROJECT / "constraints-dev.txt").read_text(encoding="utf-8")


def read(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def test_the_hooks_of_pre_commit_run_the_versions_of_the_development_environment() -> None:
    pins = dict(re.findall(r"\[(\w+)==([\d.]+)\]", read(".pre-commit-config.yaml")))
    biome = re.findall(r"@biomejs/biome@([\d.]+)", read(".pre-commit-config.yaml"))
    wanted = dict(re.findall(r"(?m)^(ruff|codespell)==(\S+)$", CONSTRAINTS))

    assert pins == wanted
    assert biome == [json.loads(read("js/package.json"))["devDependencies"]["@biomejs/biome"]]


def test_the_constraints_name_exact_versions_and_no_host() -> None:
    lines = [line for line in CONSTRAINTS.splitlines() if line and not line.startswith("#")]

    assert "://" not in CONSTRAINTS
    assert [line for line in lines if not re.match(r"^[a-z0-9.-]+==[\w.!+]+( ; |$)", line)] == []


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", ".github/workflows/release.yml"])
def test_workflows_only_run_commands_of_dev(path: str) -> None:
    commands = re.findall(r"(?m)^ *- run: (.*)$", read(path))

    assert commands
    assert all(re.fullmatch(r"python dev \w+", command) for command in commands)
    assert {command.split()[2] for command in commands} <= sessions()


def test_continuous_integration_covers_the_python_versions_of_the_classifiers() -> None:
    matrix = re.search(r"(?m)^ *python: (\[.*\])$", read(".github/workflows/ci.yml"))
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", read("pyproject.toml"))

    assert matrix
    assert json.loads(matrix[1]) == named


def test_each_command_of_dev_is_a_session_of_nox() -> None:
    documented = set(re.findall(r"(?m)^    \./dev (\w+)", read("dev")))

    assert documented <= sessions()
    assert sessions() - documented == {"test_all"}


def test_dev_refuses_a_command_that_it_does_not_know_before_it_sets_anything_up() -> None:
    for arguments in (["no-such-command"], ["check", "--all"], ["demo", "--chekc"]):
        ended = subprocess.run(
            [sys.executable, PROJECT / "dev", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert ended.returncode == 2
        assert f"cannot do {' '.join(arguments)}" in ended.stderr


def test_the_order_of_the_tests_names_every_folder_and_only_modules_that_there_are() -> None:
    tests = PROJECT / "tests"
    folders = {path.parent.name for path in tests.glob("*/test_*.py")}
    modules = [tests / folder / f"{name}.py" for folder in LONGEST for name in LONGEST[folder]]

    assert folders - {"hub"} == {*WORKING, *WAITING}, "the tests of hub are all slow"
    assert set(SHARED) <= folders
    assert [path.name for path in modules if not path.is_file()] == []


def sessions() -> set[str]:
    """The sessions of noxfile.py."""
    return {
        node.name
        for node in ast.parse(read("noxfile.py")).body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(decorator) == "nox.session" for decorator in node.decorator_list)
    }
