"""What README and documentation show of the project's own facts; `./dev docs` writes it anew.

Badges and links are made of what stands once elsewhere: version, Pythons, licence and the address
of the sources (`Source` under `[project.urls]`) in pyproject.toml, the front ends that are tested
in front-ends.md. Nothing is asked of a network; while no address is known, nothing links there.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

DOCS = Path(__file__).resolve().parent
PROJECT = DOCS.parent
BADGES = DOCS / "badges"
BRANCH = "main"
"""What links to sources lead to, where no version is named."""

NOTEBOOKS = {
    "quickstart": "the first clips: studio, client, gallery, the key",
    "client": "the client from cells: requests, jobs, errors, batches, budgets, files",
    "batch_study": "a grid of prompts: compare, choose, export",
    "lesson": "a class without any key: asynchronous services, with exercises",
    "colab": "the same in Google Colab, with its secrets and Drive",
}


@dataclass(frozen=True)
class Facts:
    """The project, as far as badges and links tell of it.

    Attributes:
        version: Its version.
        pythons: The versions of Python it is made for, oldest first.
        licence: Its licence's short name.
        front_ends: Those in which it is tested.
        source: Where the sources are; None while that is not known.
    """

    version: str
    pythons: tuple[str, ...]
    licence: str
    front_ends: tuple[str, ...]
    source: str | None = None

    def colab(self, notebook: str, version: str = BRANCH) -> str | None:
        """The link that opens a notebook in Google Colab, which reads from GitHub only."""
        place = urlsplit(self.source or "")
        if place.netloc.lower() not in ("github.com", "www.github.com"):
            return None
        repository = place.path.strip("/").removesuffix(".git")
        root = f"https://colab.research.google.com/github/{repository}/blob/{version}"
        return f"{root}/notebooks/{notebook}.ipynb"


def read(pyproject: str, front_ends: str) -> Facts:
    """Takes the facts from the texts of pyproject.toml and front-ends.md. Pure."""
    project: dict[str, Any] = tomllib.loads(pyproject)["project"]
    prefix = "Programming Language :: Python :: 3."
    pythons = [c.rpartition(" ")[2] for c in project["classifiers"] if c.startswith(prefix)]
    rows = re.findall(r"^\| ([^|]+?) \| works \|", front_ends, re.MULTILINE)
    return Facts(
        version=project["version"],
        pythons=tuple(pythons),
        licence=project["license"],
        front_ends=tuple(name for name in rows if not name.startswith("a reader")),
        source=project.get("urls", {}).get("Source"),
    )


def facts() -> Facts:
    """Those of this checkout."""
    pyproject = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    return read(pyproject, (DOCS / "front-ends.md").read_text(encoding="utf-8"))


def badges(given: Facts) -> dict[str, tuple[str, str, str]]:
    """For each badge: what it is about, what it says, and its colour."""
    return {
        "version": ("version", given.version, "#0b6bcb"),
        "python": ("Python", " | ".join(given.pythons), "#0f766e"),
        "licence": ("licence", given.licence, "#475569"),
        "front-ends": ("tested in", " · ".join(given.front_ends), "#6d28d9"),
    }


def badge(label: str, value: str, colour: str) -> str:
    """A badge as SVG, in fonts that every reader has; no text is wider than its place."""
    left, right = _width(label) + 12, _width(value) + 12
    words = "".join(
        f'<text x="{x:g}" y="14" textLength="{_width(text):g}">{escape(text)}</text>'
        for x, text in ((6, label), (left + 6, value))
    )
    spoken = escape(f"{label}: {value}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:g}" height="20" role="img" '
        f'aria-label="{spoken}"><title>{spoken}</title>'
        f'<clipPath id="r"><rect width="{left + right:g}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left:g}" height="20" fill="#30363d"/>'
        f'<rect x="{left:g}" width="{right:g}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">'
        f"{words}</g></svg>\n"
    )


def _width(text: str) -> float:
    """About how wide a text is in Verdana of 11 pixels."""
    narrow = sum(letter in " .,|·ijltfr-" for letter in text)
    return round(4.2 * narrow + 7.1 * (len(text) - narrow), 1)


def readme(text: str, given: Facts) -> str:
    """The README with its badges and its table of notebooks made anew. Pure."""
    images = "\n".join(
        f"![{label}: {value}](docs/badges/{name}.svg)"
        for name, (label, value, _) in badges(given).items()
    )
    text = _between(text, "badges", images)
    return _between(text, "notebooks", _table(given))


def _table(given: Facts) -> str:
    rows = [("notebook", "for"), ("---", "---")]
    rows += [(f"[{name}](notebooks/{name}.ipynb)", what) for name, what in NOTEBOOKS.items()]
    links = ["in Colab", "---", *(_open_in_colab(given, name) for name in NOTEBOOKS)]
    known = given.colab("any") is not None
    return "\n".join(
        f"| {' | '.join((*row, link) if known else row)} |"
        for row, link in zip(rows, links, strict=True)
    )


def _open_in_colab(given: Facts, notebook: str) -> str:
    return f"[open]({given.colab(notebook)})"


def _between(text: str, mark: str, new: str) -> str:
    begin, end = f"<!-- {mark}: made by docs/facts.py -->", f"<!-- end of {mark} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"the marks of {mark} are missing")
    return f"{before}{begin}\n{new}\n{end}{after}"


def notebook_page(stored: str, name: str, given: Facts) -> str:
    """A notebook for the site: with a link to Colab under its title, if there is one. Pure."""
    link = given.colab(name)
    if link is None:
        return stored
    notebook: dict[str, Any] = json.loads(stored)
    first = notebook["cells"][0]
    title, _, rest = "".join(first["source"]).partition("\n")
    first["source"] = f"{title}\n\n[Open in Google Colab]({link})\n{rest}"
    return json.dumps(notebook, indent=1)


def main() -> None:
    """Writes the badges and the made parts of the README."""
    given = facts()
    BADGES.mkdir(exist_ok=True)
    for name, parts in badges(given).items():
        (BADGES / f"{name}.svg").write_text(badge(*parts), encoding="utf-8")
    path = PROJECT / "README.md"
    path.write_text(readme(path.read_text(encoding="utf-8"), given), encoding="utf-8")


if __name__ == "__main__":
    main()
