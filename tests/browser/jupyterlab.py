"""A JupyterLab server of its own, which neither reads nor writes the settings of the person."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Self

from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

# The switch is Lab's own: the toast that asks about news would lie over the notebook.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


class JupyterLab:
    """A running JupyterLab over a folder of notebooks.

    Args:
        home: Empty folder for everything the server and its kernels write.
        environment: Variables for the server and its kernels, over those of this process.
    """

    def __init__(self, home: Path, environment: dict[str, str] | None = None) -> None:
        self.home = home
        self.notebooks = home / "notebooks"
        self.library = home / "library"
        self.log = home / "jupyterlab.log"
        self._environment = {**_clean_environment(home), **(environment or {})}
        self._environment["LEGNEXT_LIBRARY"] = str(self.library)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        self.notebooks.mkdir(parents=True, exist_ok=True)
        config = self.home / "config" / "labconfig"
        config.mkdir(parents=True, exist_ok=True)
        (config / "page_config.json").write_text(json.dumps(PAGE_CONFIG), encoding="utf-8")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyterlab"),
                    *("--no-browser", "--ip=127.0.0.1", "--ServerApp.port=0", "--allow-root"),
                    *("--IdentityProvider.token=", "--ServerApp.password="),
                    "--LabApp.expose_app_in_browser=True",
                    # The tests end sessions by hand, without the cookie a page would have.
                    "--ServerApp.disable_check_xsrf=True",
                    f"--ServerApp.root_dir={self.notebooks}",
                ],
                env=self._environment,
                cwd=self.notebooks,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._has_announced_itself, "JupyterLab has started", timeout=90)

    def close(self) -> None:
        """Stops the server and its kernels."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def forget(self) -> None:
        """Ends all kernels and empties the library, as if the person had never been here."""
        wait_until(self._ended_all_kernels, "all kernels have ended", timeout=60)
        shutil.rmtree(self.library, ignore_errors=True)

    def _ended_all_kernels(self) -> bool:
        try:
            for session in self._api("GET", "sessions"):
                self._api("DELETE", f"sessions/{session['id']}")
            return not self._api("GET", "sessions") and not self._api("GET", "kernels")
        except urllib.error.HTTPError:  # a session whose kernel ends at this very moment
            return False

    def kernels(self) -> list[dict[str, Any]]:
        """What the server says about its running kernels."""
        kernels: list[dict[str, Any]] = self._api("GET", "kernels")
        return kernels

    def _has_announced_itself(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"JupyterLab ended at once:\n{self.log.read_text()[-4000:]}")
        for announced in (self.home / "runtime").glob("jpserver-*.json"):
            try:
                self.url = json.loads(announced.read_text())["url"]
                self._api("GET", "status")
            except (json.JSONDecodeError, OSError):
                return False
            return True
        return False

    def _api(self, method: str, path: str) -> Any:
        request = urllib.request.Request(f"{self.url}api/{path}", method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            body = answer.read()
        return json.loads(body) if body else None


def _clean_environment(home: Path) -> dict[str, str]:
    foreign = ("JUPYTER", "IPYTHON", "LEGNEXT_", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "PYTHONUTF8": "1",
    }
