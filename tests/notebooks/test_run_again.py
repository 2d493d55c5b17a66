"""A notebook that is run again sends nothing: its jobs are in the library."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.notebooks.running import errors, run_in_its_own_sandbox, running
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.notebooks.running import RunningNotebook

JOBS = {
    # How many requests each sends in its first run.
    "quickstart.ipynb": 3,
    "client.ipynb": 8,
    "batch_study.ipynb": 5,
    "colab.ipynb": 1,
}

FILL_IN = "studio.image_url, studio.prompt = 'https://example.com/sea.jpg', 'waves'\n"


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(speed=600).start() as made:
        yield made


def prepare(notebook: RunningNotebook, name: str) -> None:
    """Let its client be one of the service, and do what a person does in the form."""
    for cell in notebook.code_cells:
        # The other sandboxes of a notebook show faults; they remember nothing.
        cell.source = re.sub(
            r"lw\.Client\.sandbox\(speed=60, (.*reuse=True\))", r"lw.Client(\1", cell.source
        )
        if name == "colab.ipynb" and cell.id == "client":
            cell.source = FILL_IN + cell.source
        if name == "quickstart.ipynb" and cell.id == "step-04":
            cell.source += "\n" + FILL_IN + "studio.submit(reuse=True).wait(60)\n"
    notebook.spare_the_processor()


def run_all(name: str, folder: Path, service: Service) -> list[str]:
    """Run a notebook in a new kernel, and give its errors."""
    folder.mkdir(exist_ok=True)
    variables = {**service.variables, "LEGNEXT_LIBRARY": str(folder / "default-library")}
    with running(name, folder, variables) as notebook:
        prepare(notebook, name)
        notebook.run_all()
        return [error for cell in notebook.code_cells for error in errors(cell.outputs)]


@pytest.mark.parametrize("name", JOBS)
def test_restart_and_run_all_sends_nothing_the_second_time(
    name: str, tmp_path: Path, service: Service
) -> None:
    assert run_all(name, tmp_path, service) == []
    assert service.submissions == JOBS[name]

    assert run_all(name, tmp_path, service) == []
    assert service.submissions == JOBS[name]


def test_two_kernels_that_run_one_notebook_at_once_send_each_request_once(
    tmp_path: Path, service: Service
) -> None:
    with ThreadPoolExecutor(2) as threads:
        running = [
            threads.submit(run_all, "batch_study.ipynb", tmp_path, service) for _ in range(2)
        ]
        assert [future.result(240) for future in running] == [[], []]
    assert service.submissions == JOBS["batch_study.ipynb"]


def test_a_notebook_runs_again_in_the_sandbox_of_its_kernel(tmp_path: Path) -> None:
    """The first sandbox has ended then, with what was not kept; see the other notebooks, too."""
    for _ in range(2):
        run_in_its_own_sandbox("quickstart.ipynb", tmp_path)
