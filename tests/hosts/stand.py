"""Stands for editors that cannot run here: their public parts in pages, with real kernels behind.

The pages come from `pages/`, over whatever the browser asks of `*.localhost`; kernels are run by
Jupyter's server. Nothing else can be reached from a page, as from a computer that is connected to
the kernel's machine over SSH: clips come through the kernel.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import urllib.request
from abc import abstractmethod
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Error

from tests.matrix.environments import environment
from tests.matrix.front_ends import FrontEnd
from tests.support.server import of_jupyter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page, Route

HERE = Path(__file__).parent
PAGES = HERE / "pages"
BUILT = HERE / "build"
NOT_NEEDED = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook_shim")
"""Applications in the server that no page here uses, and that take longer to start than itself."""
ANYONE = {"Access-Control-Allow-Origin": "*"}


@cache
def built_pages() -> Path:
    """The bundled pages, made anew when what they are made of has changed."""
    installed = (HERE, HERE / "vscode")
    locks = [folder / "package-lock.json" for folder in installed]
    sources = [*locks, *sorted(PAGES.iterdir())]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    stamp = BUILT / "sources.sha256"
    if not stamp.is_file() or stamp.read_text() != digest:
        print("[hosts] bundling the widget managers of VS Code and of Colab's kind", flush=True)
        npm, node = shutil.which("npm"), shutil.which("node")
        assert npm, "npm was not found"
        assert node, "node was not found"
        for folder, lock in zip(installed, locks, strict=True):
            known = folder / "node_modules" / "installed.json"
            if not known.is_file() or known.read_bytes() != lock.read_bytes():
                _run([npm, "ci", "--ignore-scripts", "--no-progress"], folder)
                shutil.copyfile(lock, known)
        _run([node, str(PAGES / "build.mjs"), str(BUILT)], HERE)
        stamp.write_text(digest)
    return BUILT


class Stand(FrontEnd):
    """An editor made of its public parts."""

    shows_saved_widgets = False

    def start(self) -> None:
        """Prepares the kernel's environment and the pages, and starts the server of kernels."""
        python = environment(self.environment_name).prepare()
        built_pages()
        kernel = self.home / "data" / "kernels" / "stand"
        kernel.mkdir(parents=True, exist_ok=True)
        command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        about = {"argv": command, "display_name": "Stand", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(about), encoding="utf-8")
        super().start()

    def command(self) -> Sequence[str]:
        """The server runs beside the tests, only its kernels in the environment."""
        return of_jupyter("jupyter_server", *self.arguments())

    def arguments(self) -> Sequence[str]:
        return (
            *("--no-browser", "--ip=127.0.0.1", "--allow-root"),
            *(f"--ServerApp.port={self.port}", f"--ServerApp.root_dir={self.notebooks}"),
            *("--ServerApp.token=", "--IdentityProvider.token=", "--ServerApp.password="),
            *("--ServerApp.disable_check_xsrf=True", "--ServerApp.allow_remote_access=True"),
            *(f"--ServerApp.jpserver_extensions={name}=False" for name in NOT_NEEDED),
        )

    def answers(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/api/status", timeout=5) as answer:
            return int(answer.status) == 200

    @abstractmethod
    def address(self, name: str) -> str:
        """Where a notebook is opened."""

    def go_to(self, page: Page, name: str) -> None:
        page.context.unroute_all()
        page.context.route("**/*", self._serve)
        # Chromium takes a page that is served here for one of the internet, and asks the person.
        with suppress(Error):  # older ones neither ask nor know of this
            page.context.grant_permissions(["local-network-access"])
        page.goto(self.address(name), wait_until="domcontentloaded")
        page.wait_for_function(
            "() => document.documentElement.dataset.ready === 'yes'", timeout=self.load
        )

    def run_cell(self, page: Page, index: int) -> None:
        page.evaluate("index => window.editor.run(index)", index)

    def run_all(self, page: Page) -> None:
        """Runs all cells, one after the other; returns at once."""
        page.evaluate("() => window.editor.runAll()")

    def save(self, page: Page) -> None:
        page.evaluate("async () => { await window.editor.save(); }")

    def _serve(self, route: Route) -> None:
        """Answers a request of a page with a file, or lets it go to the server, or nowhere."""
        address = urlsplit(route.request.url)
        host = address.hostname or ""
        if address.port != self.port or not host.endswith(".localhost"):
            route.abort("connectionrefused")
            return
        file = self._file(host, address.path)
        if file is not None and file.is_file():
            route.fulfill(path=file, headers={**ANYONE, "Content-Type": _kind(file)})
        elif address.path.startswith("/api/"):
            route.continue_()
        else:
            route.fulfill(status=404)

    def _file(self, host: str, path: str) -> Path | None:
        """The file that is served at an address, if it is one."""
        name = path.removeprefix("/")
        if path.startswith("/nbextensions/"):
            return self._shared(f"{name}.js" if not name.endswith(".js") else name)
        if host.startswith("packages."):
            return self._shared(f"nbextensions/{name.partition('@')[0]}/index.js")
        return BUILT / name

    def _shared(self, name: str) -> Path:
        """A file that the kernel's environment has for front ends."""
        return Path(environment(self.environment_name).python).parents[1] / "share/jupyter" / name


def _kind(file: Path) -> str:
    kinds = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
    return kinds.get(file.suffix, "application/octet-stream")


def _run(command: list[str], folder: Path) -> None:
    outcome = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, f"{' '.join(command)}\n{outcome.stdout}{outcome.stderr}"[-4000:]
