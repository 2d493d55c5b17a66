from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from tests.docs import screenshots
from tests.docs.conftest import DOCS, PROJECT

if TYPE_CHECKING:
    from pathlib import Path


def test_all_screenshots_are_small_and_used() -> None:
    pictures = {path.name: path for path in (DOCS / "images").iterdir()}
    texts = [*DOCS.glob("*.md"), *DOCS.glob("guides/*.md"), PROJECT / "README.md"]
    written = "".join(path.read_text(encoding="utf-8") for path in texts)

    assert set(pictures) == {f"{name}.webp" for name in screenshots.NAMES}
    assert [name for name in pictures if f"images/{name}" not in written] == []
    assert max(path.stat().st_size for path in pictures.values()) <= screenshots.LARGEST


def test_shrink_reduces_even_a_picture_of_noise(tmp_path: Path) -> None:
    noise = Image.effect_noise((2400, 200), 80)
    noise.save(tmp_path / "noise.png")

    size = screenshots.shrink(tmp_path / "noise.png", tmp_path / "small.webp")

    with Image.open(tmp_path / "small.webp") as small:
        assert small.width == screenshots.WIDEST
    assert size < (tmp_path / "noise.png").stat().st_size / 4
