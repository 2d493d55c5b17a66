"""Takes the pictures of the documentation from those that the demo's check made.

`./dev docs --screenshots` runs `./dev demo --check` and then this.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

PROJECT = Path(__file__).resolve().parents[2]
TAKEN = PROJECT / "artifacts" / "demo"
SHOWN = PROJECT / "docs" / "images"

PICTURES = {
    "1-form.png": "form.jpg",
    "2-running.png": "running.jpg",
    "3-gallery-light.png": "gallery-light.jpg",
    "3-gallery-dark.png": "gallery-dark.jpg",
}
WIDEST = 1200
LARGEST = 300_000
"""Bytes of a picture, so that the repository stays small."""


def main() -> int:
    """Writes all pictures anew.

    Returns:
        The exit code: 1 when the demo's pictures are not there.
    """
    missing = [name for name in PICTURES if not (TAKEN / name).is_file()]
    if missing:
        print(f"Not there: {', '.join(missing)}. Run ./dev demo --check first.", file=sys.stderr)
        return 1
    SHOWN.mkdir(parents=True, exist_ok=True)
    for taken, shown in PICTURES.items():
        size = shrink(TAKEN / taken, SHOWN / shown)
        print(f"{SHOWN / shown}: {size // 1000} KB")
    return 0


def shrink(source: Path, target: Path) -> int:
    """Writes a picture as JPEG, no wider and no larger than the limits.

    Returns:
        Its size in bytes.
    """
    with Image.open(source) as picture:
        image = picture.convert("RGB")
    image.thumbnail((WIDEST, 100 * WIDEST))
    for quality in (88, 80, 70, 60):
        image.save(target, quality=quality, optimize=True, progressive=True)
        if target.stat().st_size <= LARGEST:
            break
    return target.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
