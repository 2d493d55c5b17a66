"""Kernels that are forked from a process that has imported what they need.

Such a kernel is a process of its own that runs ipykernel behind its sockets, as one that Jupyter
starts. It only saves the second of processor time that the imports take.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import sys
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.process import BaseProcess

    from jupyter_client.connect import KernelConnectionInfo
    from jupyter_client.kernelspec import KernelSpec

NAME = "forked-by-the-tests"
LAUNCHER = "ipykernel_launcher"
PATH = [place for place in sys.path if place]
"""Where modules are found, as it was when the process began that kernels are forked from."""


def _read_at_start(variables: Mapping[str, str]) -> dict[str, str]:
    """Choose the variables that an interpreter reads only when it starts."""
    return {name: value for name, value in variables.items() if name.startswith("PYTHON")}


HERE = _read_at_start(os.environ)


def fork(spec: KernelSpec) -> KernelSpec:
    """Let the kernels of a specification be forked, where that gives the same kernel.

    It does not on systems other than Linux, while coverage is measured, and where variables of the
    kernel change how Python starts. Such kernels are started as usual.
    """
    factory = KernelProvisionerFactory.instance()
    place = f"{__name__}:{ForkingProvisioner.__name__}"
    factory.provisioners[NAME] = EntryPoint(NAME, place, factory.GROUP_NAME)
    spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
    return spec


class ForkingProvisioner(LocalProvisioner):
    """Forks kernels of this interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel."""
        variables, folder = kwargs["env"], kwargs["cwd"]
        if not _can_fork(variables):
            return await super().launch_kernel(cmd, **kwargs)
        context = multiprocessing.get_context("forkserver")
        # A test process has one server: after tests that began it with `quick_processes`, kernels
        # are forked from theirs, and import the rest themselves.
        context.set_forkserver_preload(["tests.support.warm_imports", __name__])
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        process = context.Process(target=_run, args=(arguments, variables, folder), daemon=True)
        process.start()
        self.process = _Process(process)  # type: ignore[assignment] # it has what Jupyter uses
        self.pid = self.pgid = process.pid
        self.cwd = folder
        return self.connection_info


class _Process:
    """A forked process with the methods of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self._process = process

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()


def _can_fork(variables: Mapping[str, str]) -> bool:
    measured = any(name.startswith("COVERAGE") for name in variables)
    return sys.platform == "linux" and not measured and _read_at_start(variables) == HERE


def _run(arguments: Sequence[str], variables: Mapping[str, str], folder: str) -> None:
    """Be the kernel, in a process that has just been forked."""
    os.setsid()  # a group of its own, which is what signals are sent to
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    sys.path[:] = PATH
    sys.argv[:] = [LAUNCHER, *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance()
    atexit._run_exitfuncs()  # multiprocessing ends a process without them
