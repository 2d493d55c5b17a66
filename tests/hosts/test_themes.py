"""How the studio looks in VS Code, which puts every widget on white and has themes of all kinds."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.hosts.conftest import STUDIO
from tests.hosts.editors import VSCode8

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.hosts.conftest import Notebook

    Open = Callable[..., Notebook]

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
Image = pytest.importorskip("PIL.Image")

# Its code is never sent, as from a kernel that is busy: only the line of the loader stands there.
UNLOADED = f"{STUDIO}\nstudio._publisher.close()\nstudio"
READABLE = 4.5


class Dark(VSCode8):
    """VS Code with its dark theme."""

    theme = "vscode-dark"


class HighContrast(VSCode8):
    """VS Code with its dark theme of high contrast."""

    theme = "vscode-high-contrast"


class HighContrastLight(VSCode8):
    """VS Code with its light theme of high contrast."""

    theme = "vscode-high-contrast vscode-high-contrast-light"


THEMES = {VSCode8: False, Dark: True, HighContrast: True, HighContrastLight: False}
each_theme = pytest.mark.parametrize(
    ("theme", "dark"), THEMES.items(), ids=lambda value: getattr(value, "theme", "")
)


def pixels(place: Locator, *points: tuple[int, int]) -> list[tuple[int, ...]]:
    """The colours of a picture of an element; a negative coordinate counts from the end."""
    with Image.open(io.BytesIO(place.screenshot())) as taken:
        picture = taken.convert("RGB")
        return [picture.getpixel((x % picture.width, y % picture.height)) for x, y in points]


@each_theme
def test_the_theme_of_the_editor_is_followed_to_the_very_corners(
    theme: type[VSCode8], dark: bool, open_notebook: Open
) -> None:
    notebook = open_notebook(theme, f"{STUDIO}\nstudio")
    notebook.run(0)
    root = notebook.editor.studio(notebook.page).root

    corners = pixels(root, (2, 2), (-3, 2), (2, -3), (-3, -3), (1, 1), (-2, 1))

    for colour in corners:
        assert (sum(colour) < 3 * 128) == dark, corners


@pytest.mark.parametrize("forced", ["none", "active"])
@each_theme
def test_the_line_that_stands_while_the_code_is_missing_can_be_read(
    theme: type[VSCode8], dark: bool, forced: str, open_notebook: Open
) -> None:
    del dark
    notebook = open_notebook(theme, UNLOADED, forced_colors=forced)
    notebook.run(0)
    line = notebook.editor.outputs(notebook.page).locator(".legnext-loading")
    expect(line).not_to_be_empty(timeout=60_000)

    contrast = line.evaluate(
        """line => {
          const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
          const luminance = (colour) => {
            const [red, green, blue] = parts(colour).map(value => {
              const part = value / 255;
              return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
          };
          const style = getComputedStyle(line);
          const solid = !/, 0\\)$|transparent/.test(style.backgroundColor);
          const [text, ground] = [luminance(style.color), luminance(style.backgroundColor)];
          const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
          return solid ? ratio : 0;
        }"""
    )
    assert contrast >= READABLE
