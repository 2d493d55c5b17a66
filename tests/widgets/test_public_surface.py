"""What people see of the widgets and the library when they type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import legnext_widgets as lw
from legnext_widgets.widgets.kernel.protocol.traits import NEUTRAL_INPUTS
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def studio() -> Iterator[lw.VideoStudio]:
    with (
        Service(manual=True) as service,
        lw.Client("key", http_client=service.http_client(), library=False) as client,
    ):
        studio = lw.VideoStudio(client, prompt="waves", image_url="https://example.com/a.png")
        yield studio
        studio.close()


def test_a_studio_lists_what_people_use(studio: lw.VideoStudio) -> None:
    names = dir(studio)

    assert {"submit", "jobs", "videos", "selected", "busy", "close", "observe"} <= set(names)
    assert set(NEUTRAL_INPUTS) <= set(names)
    assert len(names) < 30
    assert not [name for name in names if name.startswith("_")]
    assert all(hasattr(studio, name) for name in names)


def test_a_subclass_lists_its_own_names_too(studio: lw.VideoStudio) -> None:
    class Mine(lw.VideoGallery):
        def extra(self) -> None: ...

    gallery = Mine()
    assert "extra" in dir(gallery)
    assert "submit" not in dir(gallery)
    gallery.close()


def test_a_library_lists_what_people_use(tmp_path: Path) -> None:
    with lw.Library(tmp_path) as library:
        names = set(dir(library))
        assert {"jobs", "videos", "get", "path", "size", "export", "forget", "verify"} <= names
        internal = {"intend", "accept", "refuse", "mark_uncertain", "observe", "keep", "durations"}
        assert not names & internal
        assert all(hasattr(library, name) for name in internal)


def test_a_misspelt_input_names_the_most_similar_one() -> None:
    with pytest.raises(TypeError, match=r"Did you mean 'prompt'\?"):
        lw.VideoStudio(prmpt="waves")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Did you mean 'budget_points'\?"):
        lw.VideoStudio(budget_point=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"Did you mean 'layout'\?"):
        lw.VideoGallery(layuot=None)  # type: ignore[call-arg]


def test_a_gallery_takes_the_languages_of_the_studio() -> None:
    gallery = lw.VideoGallery(locale="es")
    assert gallery._config["locale"] == "es"
    gallery.close()
    for make in (lw.VideoGallery, lw.VideoStudio):
        with pytest.raises(ValueError, match="locale must be one of en, zh-CN, es"):
            make(locale="fr")  # type: ignore[arg-type]


def test_a_studio_says_in_one_line_what_it_is(studio: lw.VideoStudio) -> None:
    assert repr(studio) == "<VideoStudio of https://api.legnext.ai, 0 jobs>"
    job = studio.submit()
    assert repr(studio) == "<VideoStudio of the sandbox, 1 job, 1 running>"
    gallery = lw.VideoGallery(job)
    assert repr(gallery) == "<VideoGallery 1 job, 1 running>"
    gallery.close()
    assert repr(gallery) == "<VideoGallery (closed)>"
