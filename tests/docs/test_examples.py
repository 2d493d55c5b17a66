"""Execute every Python example of the README and the documentation."""

from __future__ import annotations

import ast
import asyncio
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, SkipParser

from legnext_widgets.client.client import Client
from legnext_widgets.sandbox import Sandbox
from legnext_widgets.widgets.job_widget import JobWidget
from tests.docs.conftest import DOCS, PROJECT

if TYPE_CHECKING:
    from sybil import Example

WRITTEN = sorted(
    path for path in DOCS.rglob("*.md") if not {"build", "notebooks"} & set(path.parts)
)
PAGES = [PROJECT / "README.md", *(page for page in WRITTEN if "```python" in page.read_text())]


def run_as_a_cell(example: Example) -> None:
    """Run a block like a notebook cell: `await` is allowed, and names persist."""
    lines = "\n" * (example.line + example.parsed.line_offset)
    code = compile(
        lines + example.parsed,
        example.path,
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        dont_inherit=True,
    )
    result = eval(code, example.namespace)
    if inspect.iscoroutine(result):
        asyncio.run(result)


DOCUMENTS = Sybil(
    parsers=[CodeBlockParser("python", run_as_a_cell), SkipParser()], path=str(PROJECT)
)


@pytest.fixture
def at_hand(service: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Provide a key, a service, and a working folder, as a reader has them."""
    monkeypatch.setenv("LEGNEXT_BASE_URL", service.base_url)
    monkeypatch.setenv("LEGNEXT_API_KEY", "key-of-the-documentation")
    monkeypatch.chdir(tmp_path)
    defaults = Sandbox.__init__.__kwdefaults__ or {}
    # A sandbox of the example's own shows the clips it carries: drawing new ones takes its time.
    monkeypatch.setattr(Sandbox.__init__, "__kwdefaults__", {**defaults, "packaged": True})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_the_examples_of_a_page_run(page: Path, at_hand: None) -> None:
    document = DOCUMENTS.parse(Path(page))
    document.namespace.update(__name__="__main__", display=lambda *_: None)
    exec("import legnext_widgets as lw", document.namespace)
    ran = 0
    try:
        for example in document.examples():
            try:
                example.evaluate()
            except Exception as error:
                where = f"{page.relative_to(PROJECT)}, line {example.line}"
                raise AssertionError(f"{where}: {type(error).__name__}: {error}") from error
            ran += 1
    finally:
        _close_all(document.namespace)
    assert ran


def _close_all(namespace: dict[str, Any]) -> None:
    for kind in (JobWidget, Client):
        for value in list(namespace.values()):
            if isinstance(value, kind):
                value.close()
