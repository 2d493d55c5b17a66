"""A JupyterLab server for tests, and what its interface says of it."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.support.server import Server, of_jupyter
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


NEWS = "@jupyterlab/apputils-extension:announcements"
NOT_NEEDED = (
    *("audio", "celltags", "console", "csvviewer", "debugger", "extensionmanager", "fileeditor"),
    *("help", "htmlviewer", "hub", "imageviewer", "inspector", "javascript", "json", "launcher"),
    *("logconsole", "lsp", "markdownviewer", "mermaid", "metadataform", "pdf", "pluginmanager"),
    *("running", "settingeditor", "statusbar", "terminal", "theme-dark-high-contrast", "toc"),
    *("vega5", "video", "workspaces"),
)
"""Extensions of JupyterLab that have no part in a notebook of code cells."""


def keep_news_away(home: Path, *others: str) -> None:
    """Tells the JupyterLab of a server's home not to ask about news, over the notebook.

    Args:
        home: Where the server has its configuration.
        others: More plugins to leave out. Then it does not ask for builds of itself either.
    """
    config = home / "config" / "labconfig"
    config.mkdir(parents=True, exist_ok=True)
    settings: dict[str, object] = {"disabledExtensions": dict.fromkeys((NEWS, *others), True)}
    if others:
        settings |= {"buildCheck": False, "buildAvailable": False}
    (config / "page_config.json").write_text(json.dumps(settings), encoding="utf-8")


class JupyterLab(Server):
    """A running JupyterLab over a folder of notebooks.

    Args:
        home: Empty folder for everything the server and its kernels write.
        environment: Variables for the server and its kernels, over those of this process.
        lean: Whether it loads only what notebooks need: a page takes a third less of the processor.

    Attributes:
        kept: Names of notebooks whose kernels go on when all else is forgotten.
    """

    def __init__(
        self, home: Path, environment: dict[str, str] | None = None, *, lean: bool = False
    ) -> None:
        self.lean = lean
        self.library = home / "library"
        super().__init__(home, {**(environment or {}), "LEGNEXT_LIBRARY": str(self.library)})
        self.url = ""
        self.kept: set[str] = set()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        unneeded = [f"@jupyterlab/{name}-extension" for name in NOT_NEEDED]
        # It asks the server for all formats of nbconvert, for its menu.
        unneeded.append("@jupyterlab/notebook-extension:export")
        keep_news_away(self.home, *(unneeded if self.lean else ()))
        super().start()

    def command(self) -> Sequence[str]:
        """What is to be run."""
        return of_jupyter(
            "jupyterlab",
            *("--no-browser", "--ip=127.0.0.1", "--ServerApp.port=0", "--allow-root"),
            *("--IdentityProvider.token=", "--ServerApp.password="),
            "--LabApp.expose_app_in_browser=True",
            # The tests end sessions by hand, without the cookie a page would have.
            "--ServerApp.disable_check_xsrf=True",
            f"--ServerApp.root_dir={self.notebooks}",
        )

    def answers(self) -> bool:
        """Whether it has said where it is, and answers there."""
        for announced in (self.home / "runtime").glob("jpserver-*.json"):
            try:
                self.url = json.loads(announced.read_text())["url"]
            except json.JSONDecodeError:  # not written to its end
                return False
            self._api("GET", "status")
            return True
        return False

    def forget(self) -> None:
        """Ends all kernels but those kept, and empties the library."""
        wait_until(self._ended_all_kernels, "all kernels have ended", timeout=60)
        shutil.rmtree(self.library, ignore_errors=True)

    def _ended_all_kernels(self) -> bool:
        try:
            for session in self._api("GET", "sessions"):
                if session["path"] not in self.kept:
                    self._api("DELETE", f"sessions/{session['id']}")
            left = self._api("GET", "sessions")
            kept = {session["kernel"]["id"] for session in left}
            paths = {session["path"] for session in left}
            return paths <= self.kept and all(one["id"] in kept for one in self.kernels())
        except urllib.error.HTTPError:  # a session whose kernel ends at this very moment
            return False

    def kernels(self) -> list[dict[str, Any]]:
        """What the server says about its running kernels."""
        kernels: list[dict[str, Any]] = self._api("GET", "kernels")
        return kernels

    def _api(self, method: str, path: str) -> Any:
        request = urllib.request.Request(f"{self.url}api/{path}", method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            body = answer.read()
        return json.loads(body) if body else None
