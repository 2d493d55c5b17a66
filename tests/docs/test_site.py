"""The built site: links, resources, and the completeness of the reference."""

from __future__ import annotations

import inspect
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from sphinx.util.inventory import InventoryFile

import legnext_widgets as lw

if TYPE_CHECKING:
    from pathlib import Path

LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "video": "src",
    "source": "src",
    "link": "href",
}
NOT_LOADED = {"search", "next", "prev", "index", "author", "canonical", "genindex"}


class PageLinks(HTMLParser):
    """Collect the resources, links, and anchors of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.resources: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.without_alt: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given.get("id", ""), given.get("name", "")}
        url = given.get(LOADING.get(tag, ""))
        if url and not (tag == "link" and given.get("rel") in NOT_LOADED):
            self.resources.append(url)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img" and not given.get("alt"):
            self.without_alt.append(given.get("src", ""))


class PageText(HTMLParser):
    """Collect the text of a page, without markup."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, PageLinks]:
    found = {page: PageLinks(page) for page in site.rglob("*.html")}
    assert len(found) > 25
    return found


def test_no_page_loads_remote_resources(pages: dict[Path, PageLinks]) -> None:
    remote = {
        (page.name, link)
        for page, found in pages.items()
        for link in found.resources
        if urlsplit(link).netloc
    }

    assert remote == set()


def test_no_style_sheet_loads_remote_resources(site: Path) -> None:
    remote = [
        sheet.name
        for sheet in site.rglob("*.css")
        if any(
            mark in sheet.read_text(encoding="utf-8") for mark in ("url(http", "url(//", "@import")
        )
    ]

    assert remote == []


def test_every_internal_link_has_a_target(pages: dict[Path, PageLinks]) -> None:
    broken = []
    for page, found in pages.items():
        for link in (*found.links, *found.resources):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                continue
            if parts.path.startswith(
                "lite/"
            ):  # built separately; covered by the test of JupyterLite
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            linked = pages.get(target)
            no_anchor = linked and parts.fragment and parts.fragment not in linked.anchors
            if not target.exists() or no_anchor:
                broken.append((page.name, link))

    assert broken == []


def test_every_picture_has_an_alternative_text(pages: dict[Path, PageLinks]) -> None:
    missing = {page.name: p.without_alt for page, p in pages.items() if p.without_alt}

    assert missing == {}


def test_the_reference_lists_every_public_name_and_method(site: Path) -> None:
    with (site / "objects.inv").open("rb") as file:
        kinds = InventoryFile.load(file, "", lambda _base, path: path)
    documented = {name for kind in kinds if kind.startswith("py:") for name in kinds[kind]}
    expected = set()
    for name in lw.__all__:
        value = getattr(lw, name)
        expected.add(f"legnext_widgets.{name}")
        if inspect.isclass(value) and name in ("Client", "AsyncClient", "Job", "Video", "Library"):
            public = [n for n in vars(value) if not n.startswith("_")]
            expected |= {f"legnext_widgets.{name}.{method}" for method in public}

    assert expected - documented == set()


def test_the_reference_shows_the_constructor_arguments_of_each_widget(site: Path) -> None:
    page = (site / "reference" / "widgets.html").read_text(encoding="utf-8")
    text = "".join(PageText(page).parts)

    for widget in (lw.VideoStudio, lw.VideoGallery):
        shown = text.partition(f"class {widget.__name__}(")[2].partition(")¶")[0]
        names = [name for name in inspect.signature(widget.__init__).parameters if name != "self"]
        assert [name for name in names if f"{name}:" not in shown] == [], shown


def test_every_notebook_has_a_page(site: Path) -> None:
    assert {page.stem for page in (site / "notebooks").glob("*.html")} == {
        *("quickstart", "client", "chain", "batch_study", "lesson", "colab")
    }
