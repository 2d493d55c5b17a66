from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.chromium import start_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, site: Path) -> Iterator[Page]:
    with chromium.new_context(color_scheme="light") as context:
        page = context.new_page()
        page.goto((site / "index.html").as_uri())
        yield page


def test_the_site_works_from_a_folder_without_a_server_or_a_network(page: Page) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(request.url))
    remote: list[str] = []
    page.on("request", lambda r: None if r.url.startswith("file:") else remote.append(r.url))
    page.reload()

    expect(page.get_by_role("heading", name="legnext-widgets", level=1)).to_be_visible()
    page.get_by_role("link", name="The client", exact=True).first.click()
    expect(page.get_by_role("heading", name="The client", level=1)).to_be_visible()
    assert (problems, remote) == ([], [])


def test_the_search_finds_pages_by_their_text(page: Page) -> None:
    page.get_by_role("textbox", name="Search").fill("idempotency")
    page.get_by_role("textbox", name="Search").press("Enter")

    expect(page.get_by_role("link", name="The client").last).to_be_visible()
    expect(page.locator("#search-results")).to_contain_text("How jobs are kept safe")


def test_the_screenshot_matches_the_theme_of_the_browser(page: Page) -> None:
    light, dark = page.locator("img.only-light"), page.locator("img.only-dark")

    expect(light).to_be_visible()
    expect(dark).not_to_be_visible()
    page.emulate_media(color_scheme="dark")
    expect(dark).to_be_visible()
    expect(light).not_to_be_visible()
