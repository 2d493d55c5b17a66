"""The teacher's page of a class in a browser: axe finds nothing, and clips are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from legnext_widgets.gateway.store.tables import attempts
from tests.gateway.classroom import Classroom, sqlite_url, wait_for
from tests.ui.plain_page import AXE, PICTURES, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

FIND_VIOLATIONS = """async (tags) => {
  const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} at ${target}: ${any[0]?.message ?? ""}`));
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    """A class with a completed clip, a blocked student, a queue, and a job of unknown outcome."""
    with Classroom(sqlite_url(tmp_path), speed=2000) as room:
        room.start(slots=2)
        with room.http(room.token("ada")) as ada, room.http(room.token("<b>Bob</b>")) as bob:
            prompt = "https://example.com/a.png <i>waves</i> " + "and the tide comes in " * 20
            made = ada.post("/api/v1/video-diffusion", json={"prompt": prompt}).json()["job_id"]
            wait_for(lambda: ada.get(f"/api/v1/job/{made}").json()["status"] == "completed")
            members, store = room.gateway.store.members, room.gateway.store
            members.set_stopped(stopped=True, now=0.0)
            for each in (ada, bob, ada):
                assert each.post("/api/v1/diffusion", json={"text": "a boat"}).is_success
        members.set_blocked("<b>Bob</b>", blocked=True, now=0.0)
        # As a process leaves it that dies while it sends; claimed from a running queue, the gateway
        # might be faster.
        with store.database.write() as connection:
            waiting = select(attempts.c.id).where(attempts.c.state == "queued")
            first = waiting.order_by(attempts.c.created_at).limit(1).scalar_subquery()
            dying = {"state": "sending", "sender": "a process that dies", "sent_at": 0.0}
            connection.execute(update(attempts).where(attempts.c.id == first).values(dying))
        store.queue.mark_lost_uncertain("another", now=1e12, all_others=True)
        yield room


def log_in(browser: Browser, room: Classroom, **window: Any) -> Page:
    # Only the page's own policy keeps axe out, which no teacher runs.
    page = browser.new_context(bypass_csp=True, **window).new_page()
    page.goto(f"{room.url}/teacher")
    page.get_by_label("Token").fill(room.token("Teacher", teacher=True))
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Students").wait_for()
    return page


def violations(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    found: list[str] = page.evaluate(FIND_VIOLATIONS, RULES)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_teachers_page(
    browser: Browser, room: Classroom, theme: str
) -> None:
    width = 1280 if theme == "light" else 320
    page = log_in(browser, room, color_scheme=theme, viewport={"width": width, "height": 900})

    page.get_by_role("heading", name="Outcome unknown").wait_for()
    assert page.get_by_role("rowheader", name="<b>Bob</b> (blocked)").count() == 1
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")
    assert violations(page) == []
    assert not page.evaluate(TOO_WIDE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"teacher-{theme}-{width}.png", full_page=True)

    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Token").wait_for()
    assert violations(page) == []
    page.context.close()
