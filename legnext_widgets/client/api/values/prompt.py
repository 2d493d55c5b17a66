"""Compose the one text that the service reads from a link, words and options, and split it again.

The options (`--motion low|high`, `--raw`, `--loop`, `--end URL`, `--bs 1|2|4`) are those of the
service's documentation. Any other `--flag` is left to the service and stays part of the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from legnext_widgets.client.api.urls import is_web_link

if TYPE_CHECKING:
    from legnext_widgets.client.api.validation import BatchSize, Motion

_LINK_AT_HEAD = re.compile(r"\s*(https?://\S+)(?:\s+|$)", re.IGNORECASE)
_OPTION = re.compile(
    r"(?<!\S)--(?:(?P<motion>motion)\s+(?P<level>low|high)"
    r"|(?P<raw>raw)|(?P<loop>loop)"
    r"|(?P<end>end)\s+(?P<link>https?://\S+)"
    r"|(?P<batch>bs)\s+(?P<size>[124]))(?!\S)",
    re.IGNORECASE,
)
_FIELD_OF_GROUP = {
    "motion": "motion",
    "raw": "raw",
    "loop": "loop",
    "end": "end_image_url",
    "batch": "batch_size",
}


@dataclass(frozen=True)
class PromptParts:
    """The parts of a prompt.

    Attributes:
        words: The prompt without link and known options.
        image_url: The link at the head of the prompt.
        motion: `low`, `high`, or None for the service's default (low).
        raw: Less of the service's own styling.
        loop: End on the first frame.
        end_image_url: Link of the last frame.
        batch_size: How many videos: 1, 2 or 4; None for the service's default (4).
    """

    words: str = ""
    image_url: str | None = None
    motion: Motion | None = None
    raw: bool = False
    loop: bool = False
    end_image_url: str | None = None
    batch_size: BatchSize | None = None


def compose(parts: PromptParts) -> str:
    """Join link, words and options, with one space between them."""
    pieces = [parts.image_url or "", parts.words.strip()]
    if parts.motion:
        pieces.append(f"--motion {parts.motion}")
    if parts.raw:
        pieces.append("--raw")
    if parts.loop:
        pieces.append("--loop")
    if parts.end_image_url:
        pieces.append(f"--end {parts.end_image_url}")
    if parts.batch_size:
        pieces.append(f"--bs {parts.batch_size}")
    return " ".join(piece for piece in pieces if piece)


def split(prompt: str) -> PromptParts:
    """Split a prompt into its parts; `split(compose(parts))` gives `parts` back.

    Of an option given twice the last one counts.
    """
    image_url, rest = split_link(prompt)
    found = list(_OPTION.finditer(rest))
    ends = [0, *(m.end() for m in found)]
    starts = [*(m.start() for m in found), len(rest)]
    between = (rest[end:start].strip() for end, start in zip(ends, starts, strict=True))
    motion = next((m["level"].lower() for m in reversed(found) if m["motion"]), None)
    end = next((m["link"] for m in reversed(found) if m["end"]), None)
    size = next((int(m["size"]) for m in reversed(found) if m["batch"]), None)
    return PromptParts(
        words=" ".join(piece for piece in between if piece),
        image_url=image_url,
        motion=cast("Motion | None", motion),
        raw=any(m["raw"] for m in found),
        loop=any(m["loop"] for m in found),
        end_image_url=end,
        batch_size=cast("BatchSize | None", size),
    )


def split_link(prompt: str) -> tuple[str | None, str]:
    """Split the link at the head of a prompt, if there is one, from what follows it."""
    match = _LINK_AT_HEAD.match(prompt)
    if match and is_web_link(match[1]):
        return match[1], prompt[match.end() :]
    return None, prompt


def options_in(words: str) -> frozenset[str]:
    """Name the known options in a text: `motion, raw, loop, end_image_url, batch_size`."""
    return frozenset(
        name
        for match in _OPTION.finditer(words)
        for group, name in _FIELD_OF_GROUP.items()
        if match[group]
    )
