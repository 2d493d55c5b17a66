"""A library in a folder of its own, and the open journal inside of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from legnext_widgets.library import Library
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def journal(folder: Path) -> Journal:
    return Journal(Database(folder))


@pytest.fixture
def library(journal: Journal) -> Iterator[Library]:
    with Library.of(journal) as opened:
        yield opened
