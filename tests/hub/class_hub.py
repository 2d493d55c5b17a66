"""A real JupyterHub with a class: three students, a teacher, and the gateway as its service."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.matrix.environments import PROJECT, environment
from tests.support.server import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
STUDENTS = ("ada", "ben", "cleo")
TEACHER = "teacher"
PASSWORD = "film101"
NEWEST = "hub-6"


@cache
def installed_proxy() -> list[str]:
    """The command of the Hub's proxy, installed from npm unless it is there."""
    npm, node = shutil.which("npm"), shutil.which("node")
    assert npm, "npm was not found"
    assert node, "node was not found"
    lock, known = HERE / "package-lock.json", HERE / "node_modules" / "installed.json"
    if not known.is_file() or known.read_bytes() != lock.read_bytes():
        print("[hub] installing configurable-http-proxy", flush=True)
        command = [npm, "ci", "--ignore-scripts", "--no-progress"]
        outcome = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        assert outcome.returncode == 0, f"{outcome.stdout}{outcome.stderr}"[-4000:]
        shutil.copyfile(lock, known)
    program = HERE / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    return [node, str(program)]


class ClassHub(Server):
    """JupyterHub, its proxy, and the gateway with a sandbox.

    Args:
        home: Folder for everything that they write.
        generation: Name of the environment with the Hub.
        speed: Of the sandbox.
        port: Of the proxy; 0 takes a free one.
        for_a_check: Whether pages let a program press JupyterLab's buttons.

    Attributes:
        url: Address of the proxy.
        gateway: Address of the gateway behind it.
    """

    def __init__(
        self,
        home: Path,
        generation: str = NEWEST,
        *,
        speed: float = 60.0,
        port: int = 0,
        for_a_check: bool = False,
    ) -> None:
        self._python = environment(generation).prepare()
        proxy, free = installed_proxy(), _free_ports(4)
        address = f"127.0.0.1:{port or free[0]}"
        self.url = f"http://{address}"
        self.gateway = f"{self.url}/services/legnext"
        as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        values = {
            "home": str(home),
            "guide": str(PROJECT / "docs" / "guides" / "class.md"),
            "notebook": str(PROJECT / "notebooks" / "quickstart.ipynb"),
            "address": address,
            "proxy_port": free[1],
            "hub_port": free[2],
            "service_port": free[3],
            "proxy": proxy,
            "singleuser": [str(self._python.with_name("jupyterhub-singleuser")), *as_root],
            "students": STUDENTS,
            "teacher": TEACHER,
            "password": PASSWORD,
            "speed": speed,
            "for_a_check": for_a_check,
        }
        super().__init__(home, {"CLASS_HUB": json.dumps(values)})

    def command(self) -> Sequence[str]:
        """What is to be run."""
        config = HERE / "jupyterhub_config.py"
        return (str(self._python), "-m", "jupyterhub", "--config", str(config))

    def answers(self) -> bool:
        """Whether the gateway answers through the proxy, some seconds after the Hub."""
        try:
            return httpx.get(f"{self.gateway}/health").status_code == 200
        except httpx.TransportError:
            return False

    def log_in(self, name: str) -> httpx.Client:
        """Log a person in at the Hub, as a browser does; the client keeps the session."""
        person = httpx.Client(base_url=self.url, follow_redirects=True, timeout=120)
        page = person.get("/hub/login?next=/hub/home")
        found = re.search(r'name="_xsrf"\s+value="([^"]+)"', page.text)
        assert found is not None, page.text
        form = {"username": name, "password": PASSWORD, "_xsrf": found[1]}
        entered = person.post("/hub/login?next=/hub/home", data=form)
        assert entered.status_code == 200, entered.text
        return person


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
