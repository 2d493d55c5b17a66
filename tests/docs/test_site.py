"""The built site: whole, without a network, and with a place for every public name."""

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


class References(HTMLParser):
    """What a page loads by itself, where it leads, and the places in it that can be led to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.places: set[str] = set()
        self.without_words: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given.get("id", ""), given.get("name", "")}
        wanted = given.get(LOADING.get(tag, ""))
        if wanted and not (tag == "link" and given.get("rel") in NOT_LOADED):
            self.loads.append(wanted)
        if tag == "a" and "href" in given:
            self.leads.append(given["href"])
        if tag == "img" and not given.get("alt"):
            self.without_words.append(given.get("src", ""))


class Words(HTMLParser):
    """What a page says, without its marks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, References]:
    found = {page: References(page) for page in site.rglob("*.html")}
    assert len(found) > 25
    return found


def test_no_page_loads_anything_from_elsewhere(pages: dict[Path, References]) -> None:
    remote = {
        (page.name, link)
        for page, references in pages.items()
        for link in references.loads
        if urlsplit(link).netloc
    }

    assert remote == set()


def test_no_style_of_the_site_loads_anything_from_elsewhere(site: Path) -> None:
    remote = [
        sheet.name
        for sheet in site.rglob("*.css")
        if any(
            mark in sheet.read_text(encoding="utf-8") for mark in ("url(http", "url(//", "@import")
        )
    ]

    assert remote == []


def test_every_link_within_the_site_leads_somewhere(pages: dict[Path, References]) -> None:
    broken = []
    for page, references in pages.items():
        for link in (*references.leads, *references.loads):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                continue
            if parts.path.startswith("lite/"):  # built beside; the test of JupyterLite looks at it
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            led_to = pages.get(target)
            missing_place = led_to and parts.fragment and parts.fragment not in led_to.places
            if not target.exists() or missing_place:
                broken.append((page.name, link))

    assert broken == []


def test_every_picture_says_in_words_what_it_shows(pages: dict[Path, References]) -> None:
    speechless = {page.name: r.without_words for page, r in pages.items() if r.without_words}

    assert speechless == {}


def test_the_reference_has_every_public_name_and_method(site: Path) -> None:
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


def test_the_reference_says_what_a_widget_is_made_with(site: Path) -> None:
    page = (site / "reference" / "widgets.html").read_text(encoding="utf-8")
    text = "".join(Words(page).said)

    for widget in (lw.VideoStudio, lw.VideoGallery):
        shown = text.partition(f"class {widget.__name__}(")[2].partition(")¶")[0]
        names = [name for name in inspect.signature(widget.__init__).parameters if name != "self"]
        assert [name for name in names if f"{name}:" not in shown] == [], shown


def test_every_notebook_has_a_page(site: Path) -> None:
    assert {page.stem for page in (site / "notebooks").glob("*.html")} == {
        *("quickstart", "client", "batch_study", "lesson", "colab")
    }
