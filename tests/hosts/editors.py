"""VS Code with each of its two widget managers, and an editor that is built as Colab is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tests.hosts.stand import Stand
from tests.matrix.environments import OWN

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


class VSCode8(Stand):
    """VS Code's webview with its manager for ipywidgets 8; an extension host relays the kernel.

    Attributes:
        ipywidgets: The generation of its widget manager.
        theme: The classes of the page's body, which show the theme.
    """

    label = "VS Code (ipywidgets 8)"
    environment_name = OWN
    ipywidgets: ClassVar[int] = 8
    theme: str = "vscode-light"

    def address(self, name: str) -> str:
        asked = f"notebook={name}&ipywidgets={self.ipywidgets}&theme={self.theme}"
        return f"http://vscode.localhost:{self.port}/vscode_host.html?{asked}"

    def outputs(self, page: Page, index: int = 0) -> Locator:
        del index
        return page.frame_locator("iframe").locator("body")


class VSCode7(VSCode8):
    """The same with its manager for ipywidgets 7, and kernels of ipykernel 6."""

    label = "VS Code (ipywidgets 7)"
    environment_name = "vscode-7"
    ipywidgets = 7


class ColabLike(Stand):
    """A frame of another origin for each cell, each with models of its own, and Colab's kernel."""

    label = "Colab-like harness"
    environment_name = "colab"
    one_model = False

    def address(self, name: str) -> str:
        return f"http://colab.localhost:{self.port}/colab_notebook.html?notebook={name}"

    def outputs(self, page: Page, index: int = 0) -> Locator:
        return page.frame_locator(f"#cell-{index} iframe").locator("body")

    def view(self, page: Page, index: int = 0) -> Locator:
        return self.outputs(page, index).locator(".legnext-widgets")


EDITORS: tuple[type[Stand], ...] = (VSCode8, VSCode7, ColabLike)
