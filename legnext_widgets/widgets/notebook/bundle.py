"""The built front end and what it is told once: limits, and who the service is.

Only a small loader stands in a widget's state, and so in every notebook that keeps it; the loader
gets the code and the styles of the front end itself from the kernel (see `delivery`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from legnext_widgets.client.api.models import FINAL_STATUSES
from legnext_widgets.client.api.validation import BATCH_SIZES, IMAGES, PROMPT_LIMIT
from legnext_widgets.client.api.urls import leads_nowhere

STATIC = Path(__file__).parents[2] / "static"
LOADER = STATIC / "loader.js"
MODULE = STATIC / "widget.js"
STYLES = STATIC / "widget.css"

LOCALES = ("en", "zh-CN", "es")

PROMPTS_LIMIT = 65_536
"""Characters of the several prompts that are written for a batch: they stand in the notebook."""

CONFIG: dict[str, Any] = {
    "limits": {
        "prompt": PROMPT_LIMIT,
        "prompts": PROMPTS_LIMIT,
        "images": IMAGES,
        "batch_sizes": list(BATCH_SIZES),
    },
    "final_statuses": sorted(FINAL_STATUSES),
    "locale": None,
}


@dataclass(frozen=True)
class Code:
    """The front end as a page runs it.

    Attributes:
        digest: Names this code and no other, so that a page loads it once for all widgets.
        js: Its module.
        css: Its styles.
    """

    digest: str
    js: str
    css: str


@cache
def code() -> Code:
    """The front end's code; that of one moment, as it belongs to the Python that is loaded."""
    js, css = MODULE.read_text(encoding="utf-8"), STYLES.read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{js}\0{css}".encode()).hexdigest()
    return Code(digest[:32], js, css)


def require_built() -> None:
    """Raises when the front end was not built, as in a fresh checkout of the sources.

    Raises:
        RuntimeError: It is not there.
    """
    if not all(built.is_file() for built in (LOADER, MODULE, STYLES)):
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
        # What no browser can reach is pulled through the kernel, as clips are.
        "examples": [{**one, "pull": leads_nowhere(one["url"])} for one in examples],
    }
