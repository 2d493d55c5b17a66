"""A class on a real JupyterHub: real kernels, through hub, proxy and gateway."""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.hub.class_hub import TEACHER, ClassHub
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(os.name == "nt", reason="JupyterHub does not run on Windows"),
]

MAKE_A_JOB = """
import json
import legnext_widgets as lw
client = lw.Client(progress=False)
job = client.video_diffusion({prompt!r}, image_url="https://example.com/boat.png")
job.wait(120)
studio = lw.VideoStudio(client)
print("SAW", json.dumps({{
    "id": job.id,
    "status": job.status,
    "clip": job.videos[0].url,
    "points": client.balance().available_points,
    "saved": job.videos[0].save("clip.mp4").stat().st_size,
    "base": client.config.base_url,
    "polls": client.session.transport.at_gateway,
}}))
"""
LOOK_AT = """
import json
import legnext_widgets as lw
client = lw.Client(progress=False)
try:
    client.job({job_id!r}).refresh()
    found = "found"
except lw.NotFoundError:
    found = "not found"
jobs = [task.job_id for task in client.active_tasks()]
print("SAW", json.dumps({{"found": found, "jobs": jobs}}))
"""


@pytest.fixture(scope="module", params=["hub-6", "hub-5"])
def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClassHub]:
    with ClassHub(tmp_path_factory.mktemp(request.param), request.param) as hub:
        yield hub


class Student:
    """A student with a running server, and a kernel in it."""

    def __init__(self, hub: ClassHub, name: str) -> None:
        self.name, self.url = name, f"{hub.url}/user/{name}/"
        self._person = hub.log_in(name)
        self._person.get("/hub/spawn")
        wait_until(self._is_up, f"the server of {name} has started", timeout=150, every=0.5)
        headers = {"X-XSRFToken": self._xsrf()}
        answer = self._person.post(f"/user/{name}/api/kernels", headers=headers, json={})
        assert answer.status_code == 201, answer.text
        self._kernel = answer.json()["id"]

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell; give what it printed after SAW."""
        said = asyncio.run(self._run(source))
        found = re.search(r"^SAW (.*)$", said, re.MULTILINE)
        assert found is not None, said
        seen: dict[str, Any] = json.loads(found[1])
        return seen

    def close(self) -> None:
        self._person.close()

    def _is_up(self) -> bool:
        # Through the Hub's login, which gives the cookies of the server.
        page = self._person.get(f"/user/{self.name}/lab")
        return page.status_code == 200 and page.url.path.startswith(f"/user/{self.name}/")

    def _xsrf(self) -> str:
        return next(
            cookie.value or ""
            for cookie in self._person.cookies.jar
            if cookie.name == "_xsrf" and cookie.path == f"/user/{self.name}/"
        )

    def _cookies(self) -> str:
        request = self._person.build_request("GET", f"/user/{self.name}/api/kernels")
        return request.headers["cookie"]

    async def _run(self, source: str) -> str:
        from tornado.httpclient import HTTPRequest
        from tornado.websocket import websocket_connect

        address = f"{self.url.replace('http', 'ws', 1)}api/kernels/{self._kernel}/channels"
        headers = {"Cookie": self._cookies()}
        socket = await websocket_connect(HTTPRequest(address, headers=headers, connect_timeout=60))
        message = {
            "header": {
                "msg_id": uuid.uuid4().hex,
                "msg_type": "execute_request",
                "session": uuid.uuid4().hex,
                "username": self.name,
                "version": "5.3",
            },
            "parent_header": {},
            "metadata": {},
            "channel": "shell",
            "content": {"code": source, "silent": False, "stop_on_error": True},
        }
        await socket.write_message(json.dumps(message))
        said = []
        while True:
            answer = await asyncio.wait_for(socket.read_message(), 150)
            assert answer is not None, "the connection was closed"
            got = json.loads(answer)
            if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:  # type: ignore[index]
                continue
            content = got["content"]
            said += [content.get("text", ""), "\n".join(content.get("traceback", ()))]
            if got["msg_type"] == "status" and content["execution_state"] == "idle":
                socket.close()
                while await socket.read_message() is not None:
                    pass
                return "".join(said)


def test_two_students_make_jobs_and_the_teacher_sees_both(hub: ClassHub) -> None:
    ada, ben = Student(hub, "ada"), Student(hub, "ben")

    made = {each.name: each.run(MAKE_A_JOB.format(prompt=f"by {each.name}")) for each in (ada, ben)}

    for seen in made.values():
        assert seen["base"] == hub.gateway
        assert seen["polls"]
        assert seen["status"] == "completed"
        assert seen["points"] == 2000 - 480
        assert seen["clip"].startswith(f"{hub.gateway}/"), "a clip is served where it is reached"
        assert seen["saved"] > 1000
    assert made["ada"]["id"] != made["ben"]["id"]
    assert ada.run(LOOK_AT.format(job_id=made["ada"]["id"]))["found"] == "found"
    assert ben.run(LOOK_AT.format(job_id=made["ada"]["id"])) == {"found": "not found", "jobs": []}
    assert ada.run(LOOK_AT.format(job_id=made["ben"]["id"])) == {"found": "not found", "jobs": []}
    ada.close()
    ben.close()

    with closing(hub.log_in(TEACHER)) as teacher:
        page = teacher.get("/services/legnext/teacher")
        assert page.status_code == 200, page.text
        assert str(page.url) == f"{hub.gateway}/teacher"
        assert "by ada" in page.text
        assert "by ben" in page.text
        clips = [
            html.unescape(link) for link in re.findall(r'<video [^>]*src="([^"]+)"', page.text)
        ]
        assert len(clips) == 8, "four of each student"
        for clip in clips:
            part = teacher.get(str(page.url.join(clip)), headers={"range": "bytes=0-99"})
            assert (part.status_code, len(part.content)) == (206, 100)
            assert part.content[4:8] == b"ftyp"


def test_a_student_is_no_teacher_and_a_stranger_is_nobody_there(hub: ClassHub) -> None:
    with closing(hub.log_in("cleo")) as cleo:
        refused = cleo.get("/services/legnext/teacher")
        assert refused.status_code == 403
        assert "This page is for teachers" in refused.text
    unknown = httpx.get(f"{hub.gateway}/gateway/me", headers={"x-api-key": "no-token-of-the-hub"})
    assert unknown.status_code == 401
    assert httpx.get(f"{hub.gateway}/gateway/me").status_code == 401
