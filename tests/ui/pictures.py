"""Takes pictures of the user interface as it is now, for who designs it.

    python -m tests.ui.pictures [SCENE,… or all] [WIDTH,…] [THEME,…]

They are written into `artifacts/screenshots`; `./dev test --all` takes all of them.
"""

from __future__ import annotations

import sys

from tests.support.chromium import start_chromium
from tests.ui.plain_page import PICTURES, PlainPage, serve_pages


def main(scenes: str = "all", widths: str = "360,720,1280", themes: str = "light,dark") -> None:
    """Takes one picture of each scene, width and theme."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with serve_pages() as address, start_chromium() as browser:
        for width in map(int, widths.split(",")):
            page = PlainPage(browser, address, width)
            for scene in page.scenes if scenes == "all" else scenes.split(","):
                for theme in themes.split(","):
                    page.show(scene, theme)
                    page.take_picture(scene, theme)
            page.page.close()
    print(f"pictures in {PICTURES}")


if __name__ == "__main__":
    main(*sys.argv[1:])
