"""The command `gateway`: tokens, budgets, and plain words where something is missing."""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from starlette.requests import Request

from legnext_widgets.cli import main
from legnext_widgets.gateway.config import GatewayConfig
from legnext_widgets.gateway.gateway import Gateway
from legnext_widgets.gateway.store.database import Database
from legnext_widgets.gateway.store.store import Store
from tests.gateway.classroom import Classroom, hub_settings, sqlite_url


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
    assert "export LEGNEXT_API_KEY" in result.output
    assert "--sandbox" in result.output
    assert "api_key=" not in result.output


@pytest.mark.parametrize("database", ["mysql://a:secret@b/c", "nonsense"])
def test_a_wrong_database_is_named_without_its_password(database: str) -> None:
    result = CliRunner().invoke(main, ["gateway", "--database", database, "token", "list"])
    assert result.exit_code == 1
    assert "secret" not in result.output


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_is_read_as_spreadsheets_write_it(
    url: str, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [("Name", "Mail"), ("Zoë Núñez", "z@x"), ('"Lovelace, B."', "b@x"), ("Bo", "c@x")]
    listed = tmp_path / "class.csv"
    listed.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    result = run(url, "token", "add", "--file", str(listed))
    assert list(tokens_of(result)) == ["Zoë Núñez", "Lovelace, B.", "Bo"]
    assert ("Windows-1252" in result.stderr) == (encoding == "cp1252")


def test_a_comma_in_a_name_needs_no_quotes_beside_semicolons(url: str, tmp_path: Path) -> None:
    listed = tmp_path / "class.csv"
    listed.write_text("Lovelace, B.;b@x\nHopper, G.;g@x\n", encoding="utf-8")
    tokens = tokens_of(run(url, "token", "add", "--file", str(listed)))
    assert list(tokens) == ["Lovelace, B.", "Hopper, G."]


@pytest.mark.parametrize("content", [b"PK\x03\x04\0\xff\xfe", b"Zo\x81"])
def test_a_file_that_is_no_list_is_refused_plainly(
    url: str, tmp_path: Path, content: bytes
) -> None:
    listed = tmp_path / "class.csv"
    listed.write_bytes(content)
    result = run(url, "token", "add", "--file", str(listed))
    assert result.exit_code == 1
    assert "class.csv cannot be read" in result.output
    assert "UTF-8" in result.output


def test_a_name_that_comes_twice_gets_one_token(url: str, tmp_path: Path) -> None:
    listed = tmp_path / "class.csv"
    listed.write_text("Ada\nBob\n Ada\n", encoding="utf-8")
    result = run(url, "token", "add", "Bob", "--file", str(listed))
    assert list(tokens_of(result)) == ["Bob", "Ada"]
    assert "Bob, Ada" in result.stderr
    assert "Ada\tstudent\t1" in run(url, "token", "list").output


def test_a_bad_name_leaves_nothing_half_made(url: str) -> None:
    result = run(url, "token", "add", "Ada", "x" * 300, "Bob")
    assert result.exit_code == 1
    assert "255" in result.output
    assert "No token was made" in result.output
    assert run(url, "token", "list").output == ""
    store = Store(url)
    assert store.members.all() == []
    store.close()


def test_no_token_is_lost_to_the_encoding_of_the_output(url: str) -> None:
    words = ["gateway", "--database", url, "token", "add", "Zoë", "李", "Bob"]
    result = CliRunner(charset="ascii").invoke(main, words)
    assert result.exit_code == 0, result.exception
    assert [line.partition(",")[0] for line in result.stdout.splitlines()] == [
        *("name", "Zo\\xeb", "\\u674e", "Bob")
    ]
    assert CliRunner(charset="ascii").invoke(main, [*words[:4], "list"]).exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("budget", "--points", "9" * 20),
        ("budget", "Ada", "--points", str(10**9 + 1)),
        ("token", "add", "Ada", "--points", "9" * 20),
        ("token", "add", "Ada", "--days", "1e300"),
    ],
)
def test_numbers_beyond_all_use_are_refused_plainly(url: str, words: tuple[str, ...]) -> None:
    result = run(url, *words)
    assert result.exit_code == 2
    assert "is not in the range" in result.output


def test_a_second_gateway_on_a_file_says_so_and_greets_no_one(url: str) -> None:
    first = Database(url)
    first.lock()
    result = run(url, "--sandbox")
    first.close()
    assert result.exit_code == 1
    assert result.output.startswith("Error: Another gateway works on")
    assert "Traceback" not in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such permissions")
def test_a_database_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    before = os.umask(0)
    try:
        store = Store("sqlite:///~/class/gateway.db")
        store.members.of_name("ada", 0)
        files = {each.name: each.stat().st_mode & 0o777 for each in (tmp_path / "class").iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert set(files) == {"gateway.db", "gateway.db-wal", "gateway.db-shm"}
    assert set(files.values()) == {0o600}

    path = tmp_path / "class" / "gateway.db"
    path.chmod(0o664)  # an earlier version made it, and a group was let in
    Store("sqlite:///~/class/gateway.db").close()
    assert path.stat().st_mode & 0o777 == 0o660


@pytest.mark.parametrize(
    ("hub", "public", "expected"),
    [
        (False, None, "http://class.example"),
        (True, None, "http://class.example/services/legnext"),
        (False, "https://class.example/", "https://class.example"),
        (True, "https://hub.example/services/legnext", "https://hub.example/services/legnext"),
    ],
)
def test_links_of_the_sandboxs_clips_begin_with_the_whole_public_address(
    url: str, hub: bool, public: str | None, expected: str
) -> None:
    settings = hub_settings("http://127.0.0.1:1") if hub else None
    gateway = Gateway(GatewayConfig(None, url, hub=settings, public_url=public))
    scope = {"type": "http", "scheme": "http", "server": ("127.0.0.1", 8700), "path": "/"}
    headers = [(b"host", b"class.example"), (b"x-forwarded-proto", b"https")]
    links = gateway.links_for(Request({**scope, "headers": headers, "query_string": b""}))
    assert gateway.embedded is not None
    assert links(f"{gateway.embedded.origin}/media/a.mp4") == f"{expected}/media/a.mp4"
    gateway.close()
