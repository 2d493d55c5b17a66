"""The release script: one version, in every place, before anything is committed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def release() -> Any:
    spec = importlib.util.spec_from_file_location("release", PROJECT / "scripts" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_release_sets_version_and_date_in_every_place(release: Any) -> None:
    texts = {place: (PROJECT / place).read_text(encoding="utf-8") for place in release.PLACES}
    texts["CHANGELOG.md"] = "# Changelog\n\n## 9.8.7 - unreleased\n\n## 0.1.0 - 2026-01-02\n"

    new = {
        place: release.with_version(text, place, "9.8.7", "2030-01-02")
        for place, text in texts.items()
    }

    assert 'version = "9.8.7"' in new["pyproject.toml"]
    assert "version: 9.8.7\ndate-released: 2030-01-02\n" in new["CITATION.cff"]
    assert '  version: "9.8.7"' in new["recipe/recipe.yaml"]
    assert "## 9.8.7 - 2030-01-02\n" in new["CHANGELOG.md"]
    assert "## 0.1.0 - 2026-01-02\n" in new["CHANGELOG.md"]


def test_a_release_without_its_section_in_the_changelog_is_refused(release: Any) -> None:
    with pytest.raises(ValueError, match=r"CHANGELOG\.md has 0 lines"):
        release.with_version("# Changelog\n", "CHANGELOG.md", "9.8.7", "2030-01-02")


def test_a_later_release_replaces_the_date_of_the_one_before(release: Any) -> None:
    once = release.with_version("version: 1.0.0\nlicense: x\n", "CITATION.cff", "2.0.0", "2030-1-2")
    twice = release.with_version(once, "CITATION.cff", "3.0.0", "2031-1-2")

    assert twice == "version: 3.0.0\ndate-released: 2031-1-2\nlicense: x\n"
