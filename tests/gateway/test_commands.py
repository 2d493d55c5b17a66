"""The command `gateway`: tokens, budgets, and plain words where something is missing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from legnext_widgets.cli import main
from legnext_widgets.gateway.store.store import Store
from tests.gateway.classroom import Classroom, sqlite_url


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path)


def run(url: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["gateway", "--database", url, *words])


def tokens_of(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.output
    return {row["name"]: row["token"] for row in csv.DictReader(io.StringIO(result.stdout))}


def test_tokens_for_a_class_from_a_file(url: str, tmp_path: Path) -> None:
    listed = tmp_path / "class.csv"
    listed.write_text('\ufeffname,mail\nAda,a@b\n"Lovelace, B.",c@d\n\n', encoding="utf-8")
    tokens = tokens_of(run(url, "token", "add", "--file", str(listed), "--points", "700"))
    teacher = tokens_of(run(url, "token", "add", "Teacher", "--teacher"))

    assert list(tokens) == ["Ada", "Lovelace, B."]
    with Classroom(url) as room:
        room.start()
        for name, token in tokens.items():
            found = httpx.get(f"{room.url}/gateway/me", headers={"x-api-key": token}).json()
            assert (found["name"], found["points"]["left"]) == (name, 700)
        page = httpx.get(f"{room.url}/teacher", headers={"x-api-key": teacher["Teacher"]})
        assert page.status_code == 200


def test_tokens_are_listed_without_themselves_and_end(url: str) -> None:
    token = tokens_of(run(url, "token", "add", "Ada"))["Ada"]
    listed = run(url, "token", "list").output
    assert "Ada\tstudent\t1" in listed
    assert token not in listed

    assert run(url, "token", "revoke", "Ada").exit_code == 0
    assert run(url, "token", "revoke", "Ada").exit_code == 1
    assert run(url, "token", "list").output == ""


def test_budgets_of_a_student_and_of_the_class(url: str) -> None:
    tokens_of(run(url, "token", "add", "Ada"))
    assert run(url, "budget", "Ada", "--points", "3000").exit_code == 0
    assert run(url, "budget", "--points", "50000").exit_code == 0
    assert run(url, "budget", "Bob", "--points", "1").exit_code == 1

    store = Store(url)
    assert store.members.of_name("Ada", 0).limit == 3000
    assert store.members.whole_class().limit == 50_000
    store.close()


def test_without_a_key_nothing_starts(url: str) -> None:
    result = run(url)
    assert result.exit_code == 3
    assert "LEGNEXT_API_KEY" in result.output


@pytest.mark.parametrize("database", ["mysql://a:secret@b/c", "nonsense"])
def test_a_wrong_database_is_named_without_its_password(database: str) -> None:
    result = CliRunner().invoke(main, ["gateway", "--database", database, "token", "list"])
    assert result.exit_code == 1
    assert "secret" not in result.output
