"""Prompts: how a link, words and options become the one text that the service reads, and back.

The parameters (`--motion low|high`, `--raw`, `--loop`, `--end URL`, `--bs 1|2|4`) are those of the
service's documentation. A `--flag` that is not among them is the service's to judge and stays part
of the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .urls import is_web_link

PROMPT_LIMIT = 8192
"""Characters a prompt may have, the link and the options in it counted (service documentation)."""

MOTIONS = ("low", "high")
BATCH_SIZES = (1, 2, 4)

_LINK_AT_HEAD = re.compile(r"\s*(https?://\S+)(?:\s+|$)", re.IGNORECASE)
_OPTION = re.compile(
    r"(?<!\S)--(?:(?P<motion>motion)\s+(?P<level>low|high)"
    r"|(?P<raw>raw)|(?P<loop>loop)"
    r"|(?P<end>end)\s+(?P<link>https?://\S+)"
    r"|(?P<batch>bs)\s+(?P<size>[124]))(?!\S)",
    re.IGNORECASE,
)
_OPTION_NAMES = {
    "motion": "motion",
    "raw": "raw",
    "loop": "loop",
    "end": "end_image_url",
    "batch": "batch_size",
}


@dataclass(frozen=True)
class PromptParts:
    """A prompt taken apart.

    Attributes:
        words: What the person wrote, without link and known options.
        image_url: The link at the head of the prompt.
        motion: `low`, `high`, or None when not said.
        end_image_url: The picture to end on.
        batch_size: How many videos: 1, 2 or 4; None leaves it to the service (4).
    """

    words: str = ""
    image_url: str | None = None
    motion: str | None = None
    raw: bool = False
    loop: bool = False
    end_image_url: str | None = None
    batch_size: int | None = None


def compose(parts: PromptParts) -> str:
    """The one text that is sent: link, words, options, one space between them."""
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
    """Takes a prompt apart; `split(compose(parts))` gives `parts` back.

    Of an option written twice the last one counts.
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
        motion=motion,
        raw=any(m["raw"] for m in found),
        loop=any(m["loop"] for m in found),
        end_image_url=end,
        batch_size=size,
    )


def split_link(prompt: str) -> tuple[str | None, str]:
    """The link at the head of a prompt, if there is one, and what follows it."""
    match = _LINK_AT_HEAD.match(prompt)
    if match and is_web_link(match[1]):
        return match[1], prompt[match.end() :]
    return None, prompt


def options_in(words: str) -> frozenset[str]:
    """Names of the known options in a text: `motion, raw, loop, end_image_url, batch_size`."""
    return frozenset(
        name
        for match in _OPTION.finditer(words)
        for group, name in _OPTION_NAMES.items()
        if match[group]
    )
