"""What holds for all tests: nothing of the person who runs them is used or touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_of_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hides the person's key and library, so that no test can spend points or write there."""
    for name in list(os.environ):
        if name.startswith("LEGNEXT_") and name != "LEGNEXT_BROWSER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("LEGNEXT_LIBRARY", str(tmp_path / "library"))
