"""What holds for all tests: nothing of the person who runs them is used, and workers share work."""

from __future__ import annotations

import functools
import gc
import hashlib
import os
import signal
import ssl
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = ("docs", "hosts", "lite", "matrix", "packaging", "ui")
"""Folders whose tests share what is made once: one worker runs each."""

WORKING = ("browser", "matrix", "ui", "hosts", "packaging", "lite", "docs", "pictures")
"""Folders whose tests keep a processor busy, those that take longest first."""

WAITING = (
    "client",
    "notebooks",
    "library",
    "gateway",
    "sandbox",
    "command_line",
    "widgets",
    "protocol",
)
"""Folders whose tests often wait for a timer, a process or the disk, those that take longest first.

Half of the workers begin with these, so that the processors have work while they wait: those that
wait most come first, beside the tests of the browser.
"""

LONGEST = {
    "browser": (
        *("test_main_job", "test_kernel_death", "test_submit_feedback", "test_pictures"),
        *("test_static_output", "test_studio_in_a_notebook", "test_cards", "test_marks"),
        *("test_studio_end_to_end", "test_large_library"),
    ),
    "notebooks": ("test_run_again", "test_client_and_batch_study"),
    "library": ("test_kills",),
    "gateway": ("test_clients",),
    "sandbox": ("test_clips", "test_adoption"),
    "command_line": ("test_commands",),
    "pictures": ("test_pictures", "test_colours"),
    "client": ("test_exceptions", "test_reuse", "test_any_json", "test_never_twice"),
}
"""Modules that come first in their folder, because they take longest."""


# Without bytecode, each kernel and child of a test would compile the whole package.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes depends on what else the machine does.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# jsonschema loads this where it is installed, for links in schemas that no test has. It takes 3 s.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def pytest_configure() -> None:
    """Let Ctrl-C reach the programs that tests start.

    A shell starts what runs in the background with SIGINT ignored, and children inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Return each worker of pytest-xdist whole modules, or a whole folder where tests share much.

    `--dist loadgroup` would do this by marks, but pytest-xdist 3.8 loses them with pytest 9.2.
    """
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # untyped
        def _split_scope(self, nodeid: str) -> str:
            module = PurePosixPath(nodeid.partition("::")[0])
            folder = module.parts[1] if len(module.parts) > 2 else ""
            return folder if folder in SHARED else str(module)

        def _assign_work_unit(self, node: Any) -> None:
            waits = self.nodes.index(node) % 2 == 1
            best = min(self.workqueue, key=lambda scope: _unfit(scope, waits=waits))
            self.workqueue.move_to_end(best, last=False)
            super()._assign_work_unit(node)

    return Scheduling(config, log)


def _waits(scope: str) -> bool:
    """Check whether the tests of a scope wait more than they work."""
    parts = PurePosixPath(scope).parts
    return (parts[1] if len(parts) > 1 else scope) in WAITING


def _unfit(scope: str, *, waits: bool) -> int:
    """Rate a scope for a worker that is free: 0 is its own kind, 2 what only the others should run.

    Each worker that runs tests of the browser starts a JupyterLab and loads its page, which takes
    14 s of the processor: those that began with waiting do so only when nothing else is left.
    """
    if waits == _waits(scope):
        return 0
    return 2 if PurePosixPath(scope).parts[1:2] == ("browser",) else 1


def pytest_collection() -> None:
    """Look for no garbage while tests are collected: nearly all that is made then stays in use."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave the tests and what they import out of each later look for garbage."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers begin with what takes longest."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _place(item.path))


def _place(module: Path) -> tuple[int, int]:
    """Return the place of a module: of its folder first, then within that."""
    folder = module.relative_to(Path(__file__).parent).parts[0]
    order, first = (*WORKING, *WAITING), LONGEST.get(folder, ())
    return (
        order.index(folder) if folder in order else len(order),
        first.index(module.stem) if module.stem in first else len(first),
    )


@pytest.fixture(autouse=True, scope="session")
def _a_key_is_hashed_once() -> Iterator[None]:
    """Keep the hashes of keys: each takes 20 ms by design, and the tests have few keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashlib, "scrypt", functools.cache(hashlib.scrypt))
        yield


@pytest.fixture(autouse=True, scope="session")
def _authorities_are_read_once() -> Iterator[None]:
    """Keep the certificates that httpx loads for each of its clients, which takes 20 ms."""
    kept: dict[tuple[str | None, ...], ssl.SSLContext] = {}
    load = ssl.create_default_context

    def load_once(*purpose: Any, **of: Any) -> ssl.SSLContext:
        if purpose or set(of) - {"cafile", "capath"}:
            return load(*purpose, **of)
        named = (of.get("cafile"), of.get("capath"))
        if named not in kept:
            kept[named] = load(**of)
        return kept[named]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", load_once)
        yield


@pytest.fixture(autouse=True)
def _nothing_of_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the person's key and library, so that no test can spend points or write there."""
    for name in list(os.environ):
        if name.startswith("LEGNEXT_") and name != "LEGNEXT_BROWSER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("LEGNEXT_LIBRARY", str(tmp_path / "library"))


# --- tables in the summary, also from the workers of pytest-xdist ---------------------------------


class _Sections:
    """Stands in for the terminal in a worker, which has none.

    Attributes:
        lines: Pairs of the method of the real terminal and its argument.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.lines: list[tuple[str, str]] = []

    def section(self, title: str) -> None:
        self.lines.append(("section", title))

    def line(self, text: str) -> None:
        self.lines.append(("line", text))

    write_line = line


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the tables that the conftest files of a worker would print to the main process."""
    output = getattr(session.config, "workeroutput", None)
    if output is None:
        return
    sections = _Sections(session.config)
    for plugin in session.config.pluginmanager.get_plugins():
        show: Callable[..., None] | None = getattr(plugin, "pytest_terminal_summary", None)
        if show is not None and Path(getattr(plugin, "__file__", "")).name == "conftest.py":
            show(terminalreporter=sections)
    output["sections"] = sections.lines
    output["rows"] = report.rows()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep the tables of a worker that has ended, until the summary."""
    node.config.stash.setdefault(SECTIONS, []).extend(node.workeroutput.get("sections", ()))
    if "rows" in node.workeroutput:
        report.add_rows(node.workeroutput["rows"])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tables of the workers, and those that all of them add rows to."""
    for method, text in terminalreporter.config.stash.get(SECTIONS, ()):
        getattr(terminalreporter, method)(text)
    if isinstance(terminalreporter, _Sections):
        return  # a worker; its rows are printed with those of all others
    for title, lines in report.tables():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)


SECTIONS = pytest.StashKey[list[tuple[str, str]]]()
