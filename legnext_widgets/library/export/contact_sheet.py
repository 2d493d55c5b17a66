"""Compose a page that shows exported clips in any browser, without network or script."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Figure:
    """One clip on the page.

    Attributes:
        title: The prompt.
        created_at: When the job was submitted.
        job_id: The job.
        number: Index of the clip in the job; None for a job without kept clips.
        status: Of the job.
        kind: Of the job.
        note: The user's note.
        favourite: Whether the job is a favourite.
        sandbox: Whether the job is simulated.
        clip: File name of the clip, None when it is not kept.
        poster: File name of its poster.
    """

    title: str
    created_at: datetime
    job_id: str
    number: int | None
    status: str
    kind: str
    note: str
    favourite: bool
    sandbox: bool
    clip: str | None
    poster: str | None


_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
figure { margin: 0; }
video, .absent { width: 100%; aspect-ratio: 16 / 9; background: #111; border-radius: 8px; }
.absent { display: grid; place-items: center; color: #ccc; }
figcaption { margin-top: .5rem; overflow-wrap: anywhere; }
.facts { opacity: .75; font-size: .85em; }
"""

TITLE = "<title>Clips</title>"
"""By this an earlier export is known."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{title}
<style>{style}</style>
</head>
<body>
<h1>Clips</h1>
<main>
{figures}
</main>
</body>
</html>
"""


def contact_sheet(figures: Sequence[Figure]) -> str:
    """Compose the page.

    Args:
        figures: The clips, in this order.

    Returns:
        HTML in which every text is escaped.
    """
    return _PAGE.format(
        title=TITLE, style=_STYLE, figures="\n".join(_html_of(figure) for figure in figures)
    )


def _html_of(figure: Figure) -> str:
    if figure.clip is None:
        media = f'<div class="absent">Not kept: {_text(figure.status)}</div>'
    else:
        poster = f' poster="{_link(figure.poster)}"' if figure.poster else ""
        media = (
            f'<video controls loop muted playsinline preload="none"{poster}'
            f' src="{_link(figure.clip)}"></video>'
        )
    number = "" if figure.number is None else f", clip {figure.number + 1}"
    facts = [
        f"{figure.created_at.astimezone():%Y-%m-%d %H:%M}",
        figure.kind.replace("_", " "),
        f"job {figure.job_id}{number}",
        "favourite" if figure.favourite else "",
        "sandbox" if figure.sandbox else "",
    ]
    line = " · ".join(_text(fact) for fact in facts if fact)
    note = f'<p dir="auto">{_text(figure.note)}</p>' if figure.note else ""
    return (
        f'<figure>{media}<figcaption><strong dir="auto">{_text(figure.title)}</strong>'
        f'{note}<div class="facts">{line}</div></figcaption></figure>'
    )


def _text(text: str) -> str:
    """Make text safe between tags and in quotes."""
    return escape(text.encode("utf-8", "replace").decode("utf-8"), quote=True)


def _link(name: str) -> str:
    """Link to a file beside the page; no name can turn it into another kind of link."""
    return _text("./" + quote(name))
