"""One page that shows exported clips in any browser, without a network and without a script."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Picture:
    """What the page shows of one clip.

    Attributes:
        title: The words of the prompt.
        when: When the job was sent.
        job_id: The job.
        number: Index of the clip in the job; None for a job without kept clips.
        status: Of the job.
        kind: Of the job.
        note: What the person wrote.
        favourite: Whether it is marked.
        sandbox: Whether it is simulated.
        clip: File name of the clip, None when it is not kept.
        poster: File name of its poster.
    """

    title: str
    when: datetime
    job_id: str
    number: int | None
    status: str
    kind: str
    note: str
    favourite: bool
    sandbox: bool
    clip: str | None
    poster: str | None


STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
figure { margin: 0; }
video, .absent { width: 100%; aspect-ratio: 16 / 9; background: #111; border-radius: 8px; }
.absent { display: grid; place-items: center; color: #ccc; }
figcaption { margin-top: .5rem; overflow-wrap: anywhere; }
.facts { opacity: .75; font-size: .85em; }
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Clips</title>
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


def contact_sheet(pictures: Sequence[Picture]) -> str:
    """Compose the page.

    Args:
        pictures: What is shown, in this order.

    Returns:
        HTML. All texts are shown as texts, whatever they contain.
    """
    return PAGE.format(style=STYLE, figures="\n".join(figure_of(each) for each in pictures))


def figure_of(picture: Picture) -> str:
    """Compose the piece of the page that shows one clip."""
    if picture.clip is None:
        seen = f'<div class="absent">Not kept: {shown(picture.status)}</div>'
    else:
        poster = f' poster="{link(picture.poster)}"' if picture.poster else ""
        seen = (
            f'<video controls loop muted playsinline preload="none"{poster}'
            f' src="{link(picture.clip)}"></video>'
        )
    number = "" if picture.number is None else f", clip {picture.number + 1}"
    facts = [
        f"{picture.when.astimezone():%Y-%m-%d %H:%M}",
        picture.kind.replace("_", " "),
        f"job {picture.job_id}{number}",
        "favourite" if picture.favourite else "",
        "sandbox" if picture.sandbox else "",
    ]
    said = " · ".join(shown(fact) for fact in facts if fact)
    note = f'<p dir="auto">{shown(picture.note)}</p>' if picture.note else ""
    return (
        f'<figure>{seen}<figcaption><strong dir="auto">{shown(picture.title)}</strong>'
        f'{note}<div class="facts">{said}</div></figcaption></figure>'
    )


def shown(text: str) -> str:
    """Make text safe between tags and in quotes."""
    return escape(text.encode("utf-8", "replace").decode("utf-8"), quote=True)


def link(name: str) -> str:
    """Make a link to a file beside the page, which no name can turn into another kind of link."""
    return shown("./" + quote(name))
