"""Make a release: `./dev release X.Y.Z [--push]`; see RELEASING.md.

Sets the version and the date everywhere, builds and checks the distributions, commits and tags.
With `--push` the tag goes to the remote, where a workflow tests and publishes it.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = {
    "pyproject.toml": (r'(?m)^version = ".*"$', 'version = "{version}"'),
    "CITATION.cff": (
        r"(?m)^version: .*$(\ndate-released: .*$)?",
        "version: {version}\ndate-released: {date}",
    ),
    "recipe/recipe.yaml": (r'(?m)^  version: ".*"$', '  version: "{version}"'),
    "CHANGELOG.md": (r"(?m)^## {version} - unreleased$", "## {version} - {date}"),
}
"""Where the version stands: a pattern that matches once, and its replacement."""


def with_version(text: str, place: str, version: str, date: str) -> str:
    """Set the version in the text of one file.

    Args:
        text: The text of the file.
        place: The name of the file, one of `PLACES`.
        version: The version, such as `1.2.3`.
        date: The day of the release, as in ISO 8601.

    Raises:
        ValueError: The text does not have exactly one place for the version.
    """
    pattern, replacement = PLACES[place]
    pattern = pattern.replace("{version}", re.escape(version))
    new = replacement.format(version=version, date=date)
    text, places = re.subn(pattern, lambda _: new, text)
    if places != 1:
        raise ValueError(f"{place} has {places} lines that match {pattern}; it needs one.")
    return text


def main(version: str, *, push: bool) -> None:
    """Make the release."""
    if git("status", "--porcelain"):
        raise ValueError("There are changes that are not committed.")
    if git("branch", "--show-current") != "main":
        raise ValueError("Releases are made on the branch main.")
    date = dt.datetime.now(dt.UTC).date().isoformat()
    texts = {
        place: with_version((ROOT / place).read_text(encoding="utf-8"), place, version, date)
        for place in PLACES
    }
    for place, text in texts.items():
        (ROOT / place).write_text(text, encoding="utf-8", newline="\n")
    # The installed metadata has the old version until the package is installed again.
    pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    run(sys.executable, *pip, "--editable", ".")
    run(sys.executable, "-m", "pytest", "-q", "tests/packaging")
    run(sys.executable, "-m", "nox", "--session", "build")
    run("git", "commit", "--all", "--message", f"Release {version}")
    run("git", "tag", "--annotate", f"v{version}", "--message", f"Version {version}")
    if push:
        run("git", "push", "--atomic", "origin", "main", f"v{version}")
    else:
        print(f"Tagged v{version}. To publish it: git push --atomic origin main v{version}")


def git(*arguments: str) -> str:
    """Return the output of git."""
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def run(*command: str) -> None:
    """Run a program; its failure ends the release."""
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--push"]
    if len(arguments) != 1 or not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", arguments[0]):
        sys.exit("usage: ./dev release X.Y.Z [--push]")
    try:
        main(arguments[0], push="--push" in sys.argv)
    except (ValueError, subprocess.CalledProcessError) as problem:
        sys.exit(f"release: {problem}")
