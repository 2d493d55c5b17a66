"""What a studio loads, starts and sends before a page shows it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import comm
import pytest
import traitlets
from comm.base_comm import BaseComm

import legnext_widgets as lw
from legnext_widgets.client.session.store import Attempt, Identity
from legnext_widgets.widgets.kernel.protocol.traits import PAGE_SIZE
from legnext_widgets.widgets.kernel.publisher import SINGLY
from tests.support.task_factory import task
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser
from tests.widgets.conftest import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.service import Service

NAMED = """
import sys
import legnext_widgets as lw
lw.VideoStudio
print(sorted(set(sys.argv[1:]) & set(sys.modules)))
"""
SHOWN = """
import sys
import legnext_widgets as lw
studio = lw.VideoStudio()
studio._repr_mimebundle_()
print(sorted(set(sys.argv[1:]) & set(sys.modules)))
studio.close()
"""
COUNTED = """
import sys
import legnext_widgets as lw
lw.VideoStudio
print(sum(name.partition(".")[0] == "legnext_widgets" for name in sys.modules))
"""
COUNTED_SHOWN = """
import sys
import legnext_widgets as lw
studio = lw.VideoStudio()
studio._repr_mimebundle_()
print(sum(name.partition(".")[0] == "legnext_widgets" for name in sys.modules))
studio.close()
"""
OPENED = """
import sys
import comm
from comm.base_comm import BaseComm
class Recorded(BaseComm):
    def publish_msg(self, msg_type, data=None, **_):
        if msg_type == "comm_open" and data["state"].get("_face") == "studio":
            print(sorted(set(sys.argv[1:]) & set(sys.modules)))
comm.create_comm = Recorded
import legnext_widgets as lw
lw.VideoStudio().close()
"""
MOST_MODULES = 61
MOST_SHOWN = 211
"""A module costs about a millisecond. What the class itself does not need is loaded later."""

LATER = ("PIL", "anyio", "av", "httpx", "numpy", "starlette", "tenacity", "uvicorn")


def loaded(program: str, names: tuple[str, ...], library: Path) -> str:
    """Run a program that prints which of the modules it has loaded."""
    return subprocess.run(
        [sys.executable, "-c", program, *names],
        capture_output=True,
        text=True,
        check=True,
        env={"LEGNEXT_LIBRARY": str(library), "HOME": str(library.parent)},
    ).stdout.strip()


def test_naming_the_studio_loads_no_http_client_and_no_database(tmp_path: Path) -> None:
    assert loaded(NAMED, (*LATER, "sqlite3"), tmp_path / "library") == "[]"


def test_naming_the_studio_loads_no_client_and_few_modules(tmp_path: Path) -> None:
    client = ("attrs", "legnext_widgets.client.client", "legnext_widgets.client.session.session")

    assert loaded(NAMED, client, tmp_path / "library") == "[]"
    assert int(loaded(COUNTED, (), tmp_path / "library")) <= MOST_MODULES


@pytest.fixture
def large_library(service: Service, tmp_path: Path) -> Iterator[lw.Library]:
    """A library of 1,000 jobs, 50 of which still run."""
    library = lw.Library(tmp_path / "library")
    with lw.Client(KEY, http_client=service.http_client(), library=False) as client:
        identity = client.session.identity
    asyncio.run(_fill(library, identity))
    yield library
    library.close()


async def _fill(library: lw.Library, identity: Identity) -> None:
    made = datetime.now(UTC) - timedelta(hours=1)
    for number in range(1000):
        payload = {"prompt": f"https://example.com/{number}.jpg waves", "videoType": 0}
        attempt = Attempt(str(uuid.uuid4()), identity, "video-diffusion", payload, made)
        job_id = str(uuid.uuid4())
        status = "processing" if number >= 950 else "completed"
        await library.intend(attempt)
        await library.accept(attempt.id, job_id, json.dumps(task(job_id, status)).encode())


def test_a_library_of_1000_jobs_comes_to_the_page_in_one_message(
    service: Service, large_library: lw.Library
) -> None:
    with lw.Client(KEY, http_client=service.http_client(), library=large_library) as client:
        studio = lw.VideoStudio(client)
        browser = Browser(studio)
        browser.say(type="sync", since=0)
        wait_until(lambda: browser.heard("jobs"), "the jobs came")
        before = [content["type"] for content, _ in browser.received]
        changes = len(browser.updates)
        page = browser.heard("jobs")[0]
        studio.close()

    assert before.count("jobs") == 1
    assert changes <= SINGLY, "a running job may have been polled meanwhile"
    assert len(page["jobs"]) == PAGE_SIZE


def test_a_studio_is_shown_before_its_sandbox_and_http_client_are_loaded(tmp_path: Path) -> None:
    assert loaded(SHOWN, LATER, tmp_path / "library") == "[]"


def test_a_studio_is_shown_before_what_only_jobs_need_is_loaded(tmp_path: Path) -> None:
    later = ("attrs", "legnext_widgets.client.frames.decoding", "legnext_widgets.library.export")

    assert loaded(SHOWN, later, tmp_path / "library") == "[]"
    assert int(loaded(COUNTED_SHOWN, (), tmp_path / "library")) <= MOST_SHOWN


def test_a_page_gets_to_know_of_a_studio_before_its_client_is_loaded(tmp_path: Path) -> None:
    client = ("legnext_widgets.client.client", "legnext_widgets.sandbox.sandbox", "sqlite3")

    assert loaded(OPENED, client, tmp_path / "library") == "[]"


def test_a_studio_whose_client_cannot_be_made_leaves_no_widget_in_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[Opened] = []

    def create_comm(**keys: Any) -> Opened:
        opened.append(Opened(**keys))
        return opened[-1]

    monkeypatch.setattr(comm, "create_comm", create_comm)

    with pytest.raises(ValueError, match="budget_points"):
        lw.VideoStudio(budget_points=-1)

    studio = next(made for made in opened if made.face == "studio")
    assert studio.closed


class Opened(BaseComm):
    """A page's end of a comm that records whether it was closed."""

    def __init__(self, **keys: Any) -> None:
        self.face: str | None = None
        self.closed = False
        super().__init__(**keys)

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        if msg_type == "comm_open":
            self.face = data["state"].get("_face")
        self.closed = self.closed or msg_type == "comm_close"


class AskedEarly(lw.VideoStudio):
    """A studio whose page asks while it is still being made, as on a thread of a subshell."""

    page: Browser | None = None

    @traitlets.observe("_service")
    def _ask(self, _change: object) -> None:
        if self.page is None:
            self.page = Browser(self)
            self.page.say(type="view", view="early", open=True)
            self.page.say(type="sync", since=0)


def test_what_a_page_asks_while_a_studio_is_being_made_is_answered(client: lw.Client) -> None:
    studio = AskedEarly(client)
    page = studio.page
    assert page is not None

    wait_until(lambda: page.heard("jobs"), "the jobs came")
    studio.close()
