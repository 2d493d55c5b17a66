"""The built front end and what it is told once: limits, and who the service is."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from legnext_widgets.client.prompts import BATCH_SIZES, PROMPT_LIMIT
from legnext_widgets.client.requests import IMAGES
from legnext_widgets.client.tasks import FINAL_STATUSES

STATIC = Path(__file__).parent.parent / "static"
MODULE = STATIC / "widget.js"
STYLES = STATIC / "widget.css"

LOCALES = ("en", "zh-CN", "es")

CONFIG: dict[str, Any] = {
    "limits": {"prompt": PROMPT_LIMIT, "images": IMAGES, "batch_sizes": list(BATCH_SIZES)},
    "final_statuses": sorted(FINAL_STATUSES),
    "locale": None,
}


def require_built() -> None:
    """Raises when the front end was not built, as in a fresh checkout of the sources.

    Raises:
        RuntimeError: It is not there.
    """
    if not (MODULE.is_file() and STYLES.is_file()):
        raise RuntimeError(
            "The widget's front end is not built. In a checkout of the sources run `./dev build`; "
            "an installed package has it."
        )


def service_facts(
    *,
    base_url: str,
    sandbox: bool,
    speed: float,
    note: str | None,
    examples: list[dict[str, str]],
    has_key: bool = True,
) -> dict[str, Any]:
    """What the front end shows of the service; never a key."""
    return {
        "sandbox": sandbox,
        "speed": speed,
        "host": urlsplit(base_url).netloc.rpartition("@")[2],
        "note": note,
        "has_key": has_key,
        "examples": examples,
    }
