"""Python as it is in a browser, pretended here; and the demo's site, built once."""

from __future__ import annotations

import importlib.util
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from legnext_widgets import environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No threads, no sockets, no plain call that waits: as in a browser without JSPI."""

    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    find = importlib.util.find_spec
    compiled = ("av", "numpy", "PIL", "uvicorn")
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name in compiled else find(name, *rest),
    )
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr(environment, "in_pyodide", lambda: True)
    monkeypatch.setattr(environment, "can_block", lambda: False)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setenv("LEGNEXT_LIBRARY", str(tmp_path / "library"))
    monkeypatch.delenv("LEGNEXT_API_KEY", raising=False)
    monkeypatch.delenv("LEGNEXT_BASE_URL", raising=False)
