"""A real kernel, driven as a front end does it: cells, comm messages, and what came back."""

from __future__ import annotations

import json
import os
import queue
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from tests.support.forked_kernels import fork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.matrix.environments import Environment


@dataclass
class Cell:
    """What a cell said so far.

    Attributes:
        text: What it printed.
        error: Name and message of the error that ended it.
        traceback: What it showed of that error, without colours.
        displays: What it displayed, in its last state, as the saved notebook holds it.
        reply: `None` while it runs, then `ok`, `error` or `aborted`.
        idle: Whether the kernel says that it has done with it.
    """

    text: str = ""
    error: str = ""
    traceback: str = ""
    displays: list[dict[str, Any]] = field(default_factory=list)
    reply: str | None = None
    idle: bool = False

    @property
    def status(self) -> str | None:
        """How it ended, once all that it printed has arrived, too."""
        return self.reply if self.idle else None


@dataclass
class Model:
    """A widget's model, as a front end holds it.

    Attributes:
        comm_id: The comm over which it is kept up to date.
        state: Its traits.
        updates: How many messages changed it.
        jobs: The studio's jobs by id, put together from what was told of changes.
        revision: Up to which change `jobs` is complete.
        gaps: Changes that were not told; must stay empty.
        heard: Custom messages.
        parents: The ids of the requests that these name as their parents.
        open: Whether the kernel has not closed it.
    """

    comm_id: str
    state: dict[str, Any]
    updates: int = 0
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    revision: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    parents: list[str | None] = field(default_factory=list)
    open: bool = True

    def take(self, state: dict[str, Any]) -> None:
        """Takes an update over, as the widget's front end does."""
        self.updates += 1
        self.state |= state
        if live := state.get("_live"):
            self._take_jobs(live)

    def hear(self, message: dict[str, Any]) -> None:
        """Takes a custom message in; jobs come by these as well."""
        self.heard.append(message)
        if message["type"] == "jobs":
            self._take_jobs(message)

    def _take_jobs(self, delta: dict[str, Any]) -> None:
        if delta["since"] > self.revision:
            self.gaps.append((self.revision, delta["since"]))
        self.revision = max(self.revision, delta["revision"])
        self.jobs |= {job["id"]: job for job in delta["jobs"]}


class Kernel:
    """One kernel of an environment.

    Args:
        environment: Where it runs.
        home: Folder that is its working directory and holds all that it writes.
        variables: Environment variables for it.
        subshell: Whether comm messages go to a subshell, as JupyterLab sends them where it can.
        forked: Whether a kernel of this interpreter may be forked rather than started.

    Attributes:
        updates: How many messages changed what was displayed.
    """

    def __init__(
        self,
        environment: Environment,
        home: Path,
        variables: dict[str, str],
        *,
        subshell: bool = False,
        forked: bool = False,
    ) -> None:
        self.home = home
        self.models: dict[str, Model] = {}
        self.cells: dict[str, Cell] = {}
        self.updates = 0
        self._displayed: dict[str, list[dict[str, Any]]] = {}
        self._wants_subshell = subshell
        self._subshell: str | None = None
        self._manager = KernelManager()
        spec = KernelSpec(
            argv=[str(environment.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python",
            language="python",
        )
        self._manager._kernel_spec = fork(spec) if forked else spec
        self._variables = {**_without_the_person(), **variables, "IPYTHONDIR": str(home / "ipy")}

    def __enter__(self) -> Self:
        self._manager.start_kernel(env=self._variables, cwd=str(self.home))
        self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()

    def restart(self) -> None:
        """Kills the kernel and starts it anew, as the front end's button does."""
        self._client.stop_channels()
        self._manager.restart_kernel(now=True)
        self.models.clear()
        self.cells.clear()
        self._connect()

    def interrupt(self) -> None:
        """Presses the stop button."""
        self._manager.interrupt_kernel()

    def start(self, source: str, metadata: dict[str, Any] | None = None) -> Cell:
        """Sends a cell to be run; returns at once.

        Args:
            source: The cell's text.
            metadata: What the front end says besides, such as what it calls the cell.
        """
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        message = self._client.session.msg("execute_request", content, metadata=metadata or {})
        cell = self.cells[message["header"]["msg_id"]] = Cell()
        self._client.shell_channel.send(message)
        return cell

    def run(self, source: str, timeout: float = 60, metadata: dict[str, Any] | None = None) -> Cell:
        """Runs a cell to its end."""
        cell = self.start(source, metadata)
        self.finish(cell, timeout)
        return cell

    def finish(self, cell: Cell, timeout: float = 60) -> None:
        """Waits until a cell has ended well."""
        self.wait_until(lambda: cell.status is not None, "the cell has ended", timeout)
        assert cell.status == "ok", f"{cell.status}: {cell.error}"

    def model(self, face: str = "studio") -> Model:
        """The newest model of a widget of ours; waits until it is there."""

        def found() -> Model | None:
            models = [m for m in self.models.values() if m.state.get("_face") == face and m.open]
            return models[-1] if models else None

        self.wait_until(found, f"a {face} is there")
        model = found()
        assert model is not None
        return model

    def send(self, model: Model, **content: Any) -> str:
        """Sends what the widget's front end would, such as a click; gives the request's id."""
        data = {"method": "custom", "content": content}
        message = self._client.session.msg("comm_msg", {"comm_id": model.comm_id, "data": data})
        if self._subshell is not None:
            message["header"]["subshell_id"] = self._subshell
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def wait_until(self, holds: Callable[[], object], what: str, timeout: float = 30) -> None:
        """Takes messages in until the condition holds.

        Raises:
            AssertionError: It did not in time.
        """
        end = time.monotonic() + timeout
        while not holds():
            assert time.monotonic() < end, f"Not within {timeout} s: {what}"
            self._take_messages()

    def _connect(self) -> None:
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)
        self._incoming = zmq.Poller()
        for channel in (self._client.iopub_channel, self._client.shell_channel):
            self._incoming.register(channel.socket, zmq.POLLIN)
        self._subshell = self._create_subshell() if self._wants_subshell else None

    def _create_subshell(self) -> str:
        asked = self._client.session.msg("create_subshell_request", {})
        self._client.control_channel.send(asked)
        while True:
            answer = self._client.get_control_msg(timeout=20)
            if answer["parent_header"].get("msg_id") == asked["header"]["msg_id"]:
                return str(answer["content"]["subshell_id"])

    def _take_messages(self) -> None:
        # Conditions may also depend on the service, so it does not wait for long.
        self._incoming.poll(50)
        with suppress(queue.Empty):
            self._take_output(self._client.iopub_channel.get_msg(timeout=0))
        with suppress(queue.Empty):
            self._take_reply(self._client.shell_channel.get_msg(timeout=0))

    def _take_reply(self, message: dict[str, Any]) -> None:
        cell = self.cells.get(message["parent_header"].get("msg_id", ""))
        if cell is not None and message["msg_type"] == "execute_reply":
            content = message["content"]
            cell.reply = content["status"]
            if cell.reply == "error":
                cell.error = f"{content['ename']}: {content['evalue']}"

    def _take_output(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        cell = self.cells.get(message["parent_header"].get("msg_id", ""))
        if kind == "stream" and cell is not None:
            cell.text += content["text"]
        elif kind == "status" and cell is not None:
            cell.idle = content["execution_state"] == "idle"
        elif kind == "error" and cell is not None:
            cell.traceback = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(content["traceback"]))
        elif kind in ("display_data", "execute_result", "update_display_data"):
            self._take_display(kind, content, cell)
        elif kind == "comm_open":
            comm_id = content["comm_id"]
            model = self.models[comm_id] = Model(comm_id, {})
            model.take(content["data"].get("state", {}))
        elif kind == "comm_close" and content["comm_id"] in self.models:
            self.models[content["comm_id"]].open = False
        elif kind == "comm_msg" and content["comm_id"] in self.models:
            model, data = self.models[content["comm_id"]], content["data"]
            if data.get("method") == "update":
                model.take(data["state"])
            elif data.get("method") == "custom":
                model.hear(data["content"])
                model.parents.append(message["parent_header"].get("msg_id"))

    def _take_display(self, kind: str, content: dict[str, Any], cell: Cell | None) -> None:
        name = content.get("transient", {}).get("display_id")
        if kind == "update_display_data":
            self.updates += 1
            for shown in self._displayed.get(name, []):
                shown.clear()
                shown.update(content["data"])
        elif cell is not None:
            cell.displays.append(dict(content["data"]))
            if name is not None:
                self._displayed.setdefault(name, []).append(cell.displays[-1])


def supports_subshells(version: str) -> bool:
    """Whether an ipykernel of this version has them."""
    return int(version.partition(".")[0]) >= 7


def parsed(cell: Cell) -> Any:
    """What a cell printed as JSON."""
    return json.loads(cell.text)


def _without_the_person() -> dict[str, str]:
    foreign = ("JUPYTER", "IPYTHON", "LEGNEXT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
