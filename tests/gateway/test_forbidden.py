"""What the gateway must not do: each line of its design is tried here."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import legnext_widgets as lw
from legnext_widgets.gateway.web.csv_export import safe
from tests.gateway.classroom import KEY, PROMPT, Classroom, hub_settings, sqlite_url, wait_for

VIDEO = {"prompt": PROMPT}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    with Classroom(sqlite_url(tmp_path_factory.mktemp("gateway")), speed=50) as opened:
        yield opened.start(student_points=10**6)


def made(room: Classroom, name: str = "ada") -> str:
    with room.http(room.token(name)) as http:
        answer = http.post("/api/v1/diffusion", json={"text": "a boat"})
    assert answer.status_code == 200, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/job/..%2f..%2faccount%2fbalance",
        "/api/v1/job/../../account/balance",
        "/api/v1/job/..%252f..%252faccount%252fbalance",
        "/api/v1/job/%2e%2e/%2e%2e/account/balance",
        "/api/v1/job/c6821434-5e41-408f-b42b-2562306b109c/../../../account/balance",
        "/api/v1/job/c6821434-5e41-408f-b42b-2562306b109c%0d%0ax: y",
        "/api/v1/imagine",
        "/api/account/keys",
        "//api/account/balance",
    ],
)
def test_no_path_reaches_anything_but_the_typed_routes(room: Classroom, path: str) -> None:
    before = len(room.service.calls)
    with socket.create_connection(("127.0.0.1", room.port), 10) as raw:
        request = f"GET {path} HTTP/1.1\r\nhost: x\r\nx-api-key: {room.token()}\r\n"
        raw.sendall(f"{request}connection: close\r\n\r\n".encode())
        answer = b""
        while part := raw.recv(65536):
            answer += part

    assert answer.split()[1] in (b"404", b"405", b"400"), answer
    assert b"available_points" not in answer
    assert not any("balance" in call.path for call in list(room.service.calls)[before:])


def test_the_balance_is_the_students_and_never_that_of_the_key(room: Classroom) -> None:
    with room.http(room.token("poor", points=700)) as http:
        found = http.get("/api/account/balance").json()["data"]
    assert found["available_points"] == 700


# --- identity -------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "wrong", "lgw_wrong", KEY, "x" * 4000])
def test_only_a_token_of_the_class_is_accepted_and_not_even_the_key_itself(
    room: Classroom, token: str
) -> None:
    with room.http(token) as http:
        answers = [
            http.get("/api/account/balance"),
            http.get("/gateway/me"),
            http.get("/gateway/changes"),
            http.post("/api/v1/diffusion", json={"text": "a boat"}),
        ]
    assert {answer.status_code for answer in answers} == {401}


def test_a_token_in_an_address_is_not_taken(room: Classroom) -> None:
    for name in ("token", "x-api-key", "api_key", "access_token"):
        answer = httpx.get(f"{room.url}/gateway/me", params={name: room.token()})
        assert answer.status_code == 401


def test_another_students_job_does_not_exist_however_it_is_asked_for(room: Classroom) -> None:
    job = made(room, "ada")
    unknown = "00000000-0000-4000-8000-000000000000"
    with room.http(room.token("bob")) as http:
        for one in (job, job.upper(), unknown):
            answer = http.get(f"/api/v1/job/{one}")
            assert (answer.status_code, answer.json()["message"]) == (404, "Job not found")
        for endpoint, body in (
            ("video-diffusion", {"jobId": job, "imageNo": 0}),
            ("extend-video", {"jobId": job, "videoNo": 0}),
            ("video-upscale", {"jobId": job.upper(), "videoNo": 0}),
        ):
            answer = http.post(f"/api/v1/{endpoint}", json=body)
            assert (answer.status_code, answer.json()["message"]) == (404, "Job not found")
        listed = [http.get("/api/account/active_tasks").text, http.get("/gateway/me").text]
        listed.append(http.get("/gateway/changes", params={"after": 0}).text)
    assert not any(job in text for text in listed)


def test_a_students_own_service_job_id_is_not_accepted_either(room: Classroom) -> None:
    job = made(room)
    found = wait_for(lambda: (each := room.gateway.store.queries.get(job)) and each.upstream_id)
    with room.http(room.token()) as http:
        assert http.get(f"/api/v1/job/{found}").status_code == 404


def test_a_student_is_no_teacher(room: Classroom) -> None:
    with room.http(room.token()) as http:
        assert http.get("/teacher").status_code == 403
        assert http.get("/teacher.csv").status_code == 403
        assert http.get("/teacher/events").status_code == 403
        assert http.post("/teacher/act", data={"action": "stop"}).status_code == 401
        assert http.post("/teacher/login", data={"token": room.token()}).status_code == 403
    assert not room.gateway.store.members.gate().stopped


# --- secrets --------------------------------------------------------------------------------------


def test_the_key_and_the_tokens_are_nowhere_but_where_they_belong(
    room: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = room.token("careful")
    with room.http(token) as http:
        job = http.post("/api/v1/diffusion", json={"text": "a boat"}).json()["job_id"]
        answers = [http.get(f"/api/v1/job/{job}"), http.get("/gateway/me"), http.get("/health")]
    teacher = room.token("Teacher", teacher=True)
    with room.http(teacher) as http:
        answers += [http.get("/teacher"), http.get("/teacher.csv")]
    secret = room.gateway.store.queries.get(job)
    assert secret is not None
    shown = "".join(answer.text + str(answer.headers) for answer in answers)
    stored = b"".join(
        path.read_bytes() for path in Path(room.database_url[10:]).parent.glob("gateway.sqlite*")
    )
    logged = caplog.text + repr(room.gateway.config)
    for hidden in (KEY, token, teacher):
        assert hidden not in shown
        assert hidden.encode() not in stored
        assert hidden not in logged
    assert secret.secret not in shown


def test_the_answer_hides_the_callback_address_and_the_services_secret(room: Classroom) -> None:
    job = made(room)
    wait_for(lambda: (each := room.gateway.store.queries.get(job)) and each.task)
    with room.http(room.token()) as http:
        found = http.get(f"/api/v1/job/{job}").json()
    attempt = room.gateway.store.queries.get(job)
    assert attempt is not None
    assert found["config"]["webhook_config"] == {"endpoint": "", "secret": ""}
    assert attempt.upstream_id is not None
    assert attempt.upstream_id not in json.dumps(found | {"output": None})


# --- links, callbacks, hosts ----------------------------------------------------------------------


def test_a_callback_is_refused_and_no_link_is_fetched(room: Classroom) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.5)
        link = f"http://127.0.0.1:{listener.getsockname()[1]}/x.png"
        with room.http(room.token()) as http:
            refused = http.post(
                "/api/v1/diffusion", json={"text": "a boat", "callback": f"{link}/callback"}
            )
            accepted = http.post("/api/v1/video-diffusion", json={"prompt": f"{link} a boat"})
        assert refused.status_code == 422
        assert accepted.status_code == 200
        job = accepted.json()["job_id"]
        wait_for(lambda: (each := room.gateway.store.queries.get(job)) and each.upstream_id)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_forwarded_hosts_are_not_believed(room: Classroom) -> None:
    headers = {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    with room.http(room.token(), **headers) as http:
        answers = [http.get("/gateway/me"), http.get("/", follow_redirects=False)]
        job = http.post("/api/v1/diffusion", json={"text": "a boat"})
    assert not any("evil" in answer.text + str(answer.headers) for answer in (*answers, job))


def test_a_callback_of_the_service_is_a_hint_at_a_secret_address_only(room: Classroom) -> None:
    job = made(room)
    attempt = room.gateway.store.queries.get(job)
    assert attempt is not None
    lie = {"job_id": job, "status": "completed", "output": {"image_urls": ["https://evil/x"]}}
    assert httpx.post(f"{room.url}/callback/guess", json=lie).status_code == 404
    assert httpx.post(f"{room.url}/callback/{attempt.secret}", json=lie).status_code == 204
    after = room.gateway.store.queries.get(job)
    assert after is not None
    assert "evil" not in (after.task or "")


# --- bodies ---------------------------------------------------------------------------------------


def test_a_body_that_is_too_large_is_read_far_enough_to_see_the_refusal(room: Classroom) -> None:
    with room.http(room.token()) as http:
        answer = http.post("/api/v1/diffusion", content=b"x" * (6 << 20))
    assert answer.status_code == 413


def test_a_large_prompt_through_the_client_is_a_plain_refusal(room: Classroom) -> None:
    with room.http(room.token()) as http:
        answer = http.post("/api/v1/diffusion", json={"text": "x" * 8193})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"[" * 100_000, 400),
        (b'{"text": 1}', 422),
        (b'{"text": ""}', 422),
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": "a\\u0000b"}', 422),
        (b'{"text": "a", "process_mode": "turbo"}', 422),
        (b'{"prompt": "a"}', 422),
    ],
)
def test_a_body_that_is_no_request_costs_nothing(room: Classroom, body: bytes, status: int) -> None:
    token = room.token("careless")
    with room.http(token) as http:
        assert http.post("/api/v1/diffusion", content=body).status_code == status
        assert http.get("/gateway/me").json()["points"]["held"] == 0


@given(st.binary(max_size=300))
def test_no_body_is_an_internal_error(body: bytes) -> None:
    from legnext_widgets.gateway.store.models import RefusedError
    from legnext_widgets.gateway.web.orders import ENDPOINTS, read_order

    for endpoint in ENDPOINTS:
        with contextlib.suppress(RefusedError):
            read_order(endpoint, body)


@pytest.mark.parametrize("key", ["", "x" * 256, '"'])
def test_a_key_out_of_its_limits_is_refused(room: Classroom, key: str) -> None:
    with room.http(room.token(), **{"idempotency-key": key}) as http:
        assert http.post("/api/v1/diffusion", json={"text": "a"}).status_code == 400


# --- the teacher's page ---------------------------------------------------------------------------

HOSTILE = "<img src=x onerror=alert(1)>\"'></td><script>alert(2)</script>"


def test_prompts_and_names_are_escaped_in_html(room: Classroom) -> None:
    with room.http(room.token("<b>Eve</b>")) as http:
        assert http.post("/api/v1/diffusion", json={"text": HOSTILE}).status_code == 200
    with room.http(room.token("Teacher", teacher=True)) as http:
        answer = http.get("/teacher")
    assert answer.status_code == 200
    assert "<img" not in answer.text
    assert "<script>alert" not in answer.text
    assert "<b>Eve" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("start", ["=", "@", "\t=", " ="])
def test_no_cell_of_the_csv_is_a_formula(room: Classroom, start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    with room.http(room.token("Mallory")) as http:
        assert http.post("/api/v1/diffusion", json={"text": text}).status_code == 200
    with room.http(room.token("Teacher", teacher=True)) as http:
        found = http.get("/teacher.csv").text
    prompts = [row["prompt"] for row in csv.DictReader(io.StringIO(found, newline=""))]
    assert f"'{text}" in prompts
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in prompts)


@given(st.text(max_size=20))
def test_a_safe_cell_never_begins_as_a_formula(cell: str) -> None:
    assert not safe(cell).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def log_in(room: Classroom, http: httpx.Client) -> str:
    """Log a browser in; gives what forms carry."""
    token = room.token("Teacher", teacher=True)
    answer = http.post("/teacher/login", data={"token": token})
    assert answer.status_code == 303
    assert "httponly" in answer.headers["set-cookie"].lower()
    page = http.get("/teacher").text
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def test_a_wrong_token_at_the_login_is_explained_to_a_person(room: Classroom) -> None:
    with httpx.Client(base_url=room.url) as http:
        answer = http.post("/teacher/login", data={"token": "guess"})
    assert answer.status_code == 401
    assert "The gateway does not accept this token." in answer.text


def test_a_form_works_only_from_a_page_of_the_session(room: Classroom) -> None:
    with httpx.Client(base_url=room.url) as http:
        form_token = log_in(room, http)
        wrong = http.post("/teacher/act", data={"action": "stop", "form_token": "guess"})
        other_site = http.post(
            "/teacher/act",
            data={"action": "stop", "form_token": form_token},
            headers={"sec-fetch-site": "cross-site"},
        )
        assert (wrong.status_code, other_site.status_code) == (403, 403)
        assert not room.gateway.store.members.gate().stopped

        right = http.post("/teacher/act", data={"action": "stop", "form_token": form_token})
        assert right.status_code == 303
        assert room.gateway.store.members.gate().stopped
        http.post("/teacher/act", data={"action": "start", "form_token": form_token})

        http.post("/teacher/logout", data={"form_token": form_token})
        assert http.get("/teacher").status_code == 401


def test_the_buttons_block_top_up_and_close(room: Classroom) -> None:
    members, outcomes = room.gateway.store.members, room.gateway.store.outcomes
    room.token("student", points=500)
    with room.http(room.token("student")) as student, httpx.Client(base_url=room.url) as http:
        form_token = log_in(room, http)

        def press(**fields: str) -> int:
            return http.post("/teacher/act", data={"form_token": form_token, **fields}).status_code

        assert press(action="add", name="student", points="250") == 303
        assert student.get("/gateway/me").json()["points"]["limit"] == 750
        assert press(action="add", name="student", points="-1") == 422
        assert press(action="block", name="student") == 303
        assert student.post("/api/v1/diffusion", json={"text": "a"}).status_code == 403
        assert press(action="unblock", name="student") == 303

        members.set_stopped(stopped=True, now=0)
        job = student.post("/api/v1/diffusion", json={"text": "a"}).json()["job_id"]
        with room.gateway.store.database.write() as connection:
            from sqlalchemy import text

            connection.execute(
                text("UPDATE attempts SET state = 'uncertain' WHERE id = :id"), {"id": job}
            )
        assert press(action="was_not_made", attempt=job) == 303
        assert press(action="was_not_made", attempt=job) == 409
        assert student.get(f"/api/v1/job/{job}").json()["status"] == "failed"
        assert student.get("/gateway/me").json()["points"]["left"] == 750
        members.set_stopped(stopped=False, now=0)
        assert not outcomes.close(job, was_made=True, now=0)


# --- the Hub --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (httpx.Response(403, json={}), 401),
        (httpx.Response(503, text="down"), 503),
        (httpx.Response(200, text="<html>"), 503),
        (httpx.Response(200, json={"name": "ada", "kind": "user", "scopes": []}), 403),
        (httpx.Response(200, json={"name": "x", "kind": "service", "scopes": []}), 401),
    ],
)
async def test_a_hub_that_is_down_is_not_a_wrong_token(
    answer: httpx.Response, status: int, tmp_path: Path
) -> None:
    from legnext_widgets.gateway.identity.authenticator import Authenticator
    from legnext_widgets.gateway.identity.hub import Hub, HubDownError
    from legnext_widgets.gateway.store.models import RefusedError
    from legnext_widgets.gateway.store.store import Store

    transport = httpx.MockTransport(lambda _request: answer)
    store = Store(sqlite_url(tmp_path))
    async with httpx.AsyncClient(transport=transport) as http:
        authenticator = Authenticator(store, Hub(hub_settings("http://hub/hub/api"), http))
        expected = HubDownError if status == 503 else RefusedError
        with pytest.raises(expected) as caught:
            await authenticator.person("a-token")
    store.close()
    assert getattr(caught.value, "status", 503) == status


async def test_the_hub_is_asked_once_a_minute_and_never_for_the_gateways_own_tokens(
    tmp_path: Path,
) -> None:
    from legnext_widgets.gateway.identity.hub import Hub

    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["authorization"])
        scopes = ["access:services!service=legnext"]
        return httpx.Response(200, json={"name": "ada", "kind": "user", "scopes": scopes})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        hub = Hub(hub_settings("http://hub/hub/api"), http)
        users = [await hub.user_of("a-token") for _ in range(5)]
    assert asked == ["token a-token"]
    assert {(user.name, user.allowed, user.teacher) for user in users if user} == {
        ("ada", True, False)
    }
    assert "a-token" not in str(vars(hub))


# --- the client -----------------------------------------------------------------------------------


def test_the_hubs_own_token_goes_to_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "the-hubs-token")
    with pytest.raises(lw.MissingAPIKeyError):
        lw.Client(base_url="https://somewhere.example", library=False)
