"""The metadata of the distributions, their dependencies, and the cost of importing them."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.packaging.conftest import PROJECT, Environment, run_tool, uv

if TYPE_CHECKING:
    from tests.packaging.conftest import Distributions

pytestmark = pytest.mark.packaging

IMPORT_LIMIT = 1.15
"""How much more processor time the client may take to load than anywidget and httpx do."""

FEWEST, MOST = 3, 12
"""Rounds of measuring: more are made only while the limit is not met, as on a busy machine."""

LOAD = "import time; began = time.process_time(); {}; print(time.process_time() - began)"
WHAT_PEOPLE_HAVE_ANYWAY = "import anywidget, httpx"
CLIENT = "import legnext_widgets as lw; lw.Client"

USE_THE_CLIENT = """
import sys
import legnext_widgets as lw
with lw.Client.sandbox(speed=600) as client:
    job = client.diffusion("a fox").wait(60)
    repr(job), job._repr_html_(), lw.Library().jobs()
jupyter = {"IPython", "ipykernel", "ipywidgets", "traitlets", "anywidget", "jupyter_client"}
print(job.status, sorted(jupyter & {name.partition(".")[0] for name in sys.modules}))
"""

USE_ALL = """
import legnext_widgets as lw
with lw.Client.sandbox(speed=600, library=lw.Library()) as client:
    job = client.video_diffusion("waves", image_url="https://example.com/sea.png").wait(60)
    size = job.videos[0].save("clip.mp4").stat().st_size
    studio = lw.VideoStudio(client, prompt="waves", image_url="https://example.com/sea.png")
    made = studio.submit().wait(60)
    gallery = lw.VideoGallery([made])
    gallery.close()
    studio.close()
print(job.status, len(job.videos), size > 1000, made.status, len(lw.Library().jobs()))
"""


def test_index_takes_the_distributions(distributions: Distributions) -> None:
    outcome = run_tool("twine", "check", "--strict", distributions.wheel, distributions.sdist)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.count("PASSED") == 2


def test_wheel_has_nothing_that_does_not_belong_there(distributions: Distributions) -> None:
    outcome = run_tool("check_wheel_contents", distributions.wheel)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_sdist_holds_what_a_packager_needs_to_test_and_document_it(
    distributions: Distributions,
) -> None:
    names = set(distributions.names_in_sdist())

    assert names >= {"LICENSE", "CHANGELOG.md", "CITATION.cff", "docs/conf.py", "tests/conftest.py"}
    assert names >= {"dev", "noxfile.py", "constraints-dev.txt", "scripts/release.py"}
    assert not [name for name in names if name.startswith(("docs/build", "docs/notebooks"))]


def test_the_readme_on_a_package_index_has_no_link_to_a_file(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith("dist-info/METADATA"))
        metadata = wheel.read(name).decode("utf-8")
    written = (PROJECT / "README.md").read_text(encoding="utf-8")

    assert "# legnext-widgets" in metadata
    assert _relative_links(metadata) == []
    assert _relative_links(written), "the README in a clone does lead to files"
    assert all((PROJECT / path).is_file() for path in _relative_links(written))


def test_changelog_citation_and_recipe_have_the_version_of_the_project() -> None:
    version = _project()["version"]
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    recipe = (PROJECT / "recipe" / "recipe.yaml").read_text(encoding="utf-8")

    newest = re.search(r"^## (\S+) - ", changelog, re.MULTILINE)
    assert newest
    assert newest[1] == version
    assert re.search(rf"^version: {re.escape(version)}$", citation, re.MULTILINE)
    assert f'version: "{version}"' in recipe


def test_recipe_needs_what_the_project_needs() -> None:
    recipe = (PROJECT / "recipe" / "recipe.yaml").read_text(encoding="utf-8")
    run = recipe.partition("  run:\n")[2].partition("  run_constraints:")[0]
    optional = recipe.partition("  run_constraints:\n")[2].partition("\n\n")[0]
    extras = _project()["optional-dependencies"]
    wanted = {
        *extras["sandbox"],
        *extras["upload"],
        *extras["frames"],
        *(d for d in extras["demo"] if "legnext" not in d),
    }

    host = recipe.partition("  host:\n")[2].partition("  run:\n")[0]
    build = _pyproject()["build-system"]["requires"]

    assert _listed(host) - {"python${{python_min}}.*", "pip"} == set(build)
    assert _listed(run) - {"python>=${{python_min}}"} == set(_project()["dependencies"])
    assert _listed(optional) == wanted
    assert f'python_min: "{_project()["requires-python"].removeprefix(">=")}"' in recipe


def test_client_and_library_work_without_loading_jupyter(clean_environment: Environment) -> None:
    said = clean_environment.run("-c", USE_THE_CLIENT, environment=_own_library(clean_environment))

    assert said.stdout == "completed []\n"


def test_loading_the_client_takes_hardly_longer_than_what_people_load_anyway(
    clean_environment: Environment,
) -> None:
    # In turn, and the quickest of each: what else the machine does falls on both alike.
    seconds: dict[str, list[float]] = {WHAT_PEOPLE_HAVE_ANYWAY: [], CLIENT: []}
    for number in range(1, MOST + 1):
        for statement, times in seconds.items():
            times.append(float(clean_environment.run("-c", LOAD.format(statement)).stdout))
        ratio = min(seconds[CLIENT]) / min(seconds[WHAT_PEOPLE_HAVE_ANYWAY])
        if number >= FEWEST and ratio <= IMPORT_LIMIT:
            break
    print(
        f"import: {json.dumps({name: min(times) for name, times in seconds.items()})} {ratio:.2f}"
    )

    assert ratio <= IMPORT_LIMIT


@pytest.mark.slow
def test_the_lowest_versions_that_are_allowed_do_work(
    distributions: Distributions, tmp_path: Path
) -> None:
    """Base dependencies at their lower bounds, then those of the sandbox as well."""
    base = _project()["dependencies"]
    for name, needed in {
        "base": base,
        "sandbox": base + _project()["optional-dependencies"]["sandbox"],
    }.items():
        environment = Environment(tmp_path / name)
        uv("venv", "--python", sys.executable, environment.folder)
        python = environment.scripts / "python"
        # Named one by one: the dependencies of a wheel would not count as direct ones.
        uv("pip", "install", "--python", python, "--resolution", "lowest-direct", *needed)
        uv("pip", "install", "--python", python, "--no-deps", distributions.wheel)
        installed = uv("pip", "list", "--python", python, "--format", "json").stdout
        versions = {package["name"]: package["version"] for package in json.loads(installed)}
        made = environment.run("-c", USE_ALL, environment=_own_library(environment))

        assert made.stdout == "completed 4 True completed 2\n"
        # What the kernels of today need may be newer than what we need.
        assert _not_lowest(versions, needed) <= {"traitlets"}


def _not_lowest(versions: dict[str, str], needed: list[str]) -> set[str]:
    """Dependencies that were not installed in the version of their lower bound."""
    bounds = dict(dependency.split(">=") for dependency in needed)
    return {
        name for name, bound in bounds.items() if not f"{versions[name]}.".startswith(f"{bound}.")
    }


def _relative_links(markdown: str) -> list[str]:
    links = re.findall(r'\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"', markdown)
    return [a or b for a, b in links if not (a or b).startswith(("https://", "http://", "#"))]


def _listed(text: str) -> set[str]:
    return {line.strip(" -").replace(" ", "") for line in text.splitlines() if line.strip()}


def _project() -> dict[str, Any]:
    project: dict[str, Any] = _pyproject()["project"]
    return project


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def _own_library(environment: Environment) -> dict[str, str]:
    return {**os.environ, "LEGNEXT_LIBRARY": str(environment.folder / "library")}
