from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

import hatch_build

if TYPE_CHECKING:
    from pathlib import Path

    from tests.packaging.conftest import Distributions, Environment

pytestmark = pytest.mark.packaging

BUILT = {f"legnext_widgets/static/{name}" for name in hatch_build.BUILT}
FIND_BUILT = f"""
from importlib.resources import files
for name in {hatch_build.BUILT!r}:
    assert files("legnext_widgets").joinpath("static", name).stat().st_size > 100, name
"""

MAKE_A_CLIP = """
import legnext_widgets as lw
with lw.Client.sandbox(speed=600) as client:
    job = client.video_diffusion("waves", image_url="https://example.com/sea.png").wait(60)
    print(job.status, len(job.videos), job.videos[0].save("clip.mp4").stat().st_size > 1000)
"""


def test_wheel_and_sdist_hold_the_built_front_end(distributions: Distributions) -> None:
    assert set(distributions.names_in_wheel()) >= BUILT
    assert set(distributions.names_in_sdist()) >= BUILT


def test_wheel_holds_the_package_and_nothing_else(distributions: Distributions) -> None:
    names = distributions.names_in_wheel()
    folders = {name.partition("/")[0] for name in names}
    version = _version(distributions.checkout)

    assert folders == {"legnext_widgets", f"legnext_widgets-{version}.dist-info"}
    assert not [
        name
        for name in names
        if "test" in name or "script" in name or name.endswith((".ts", ".tsx", ".sha256"))
    ]
    assert "legnext_widgets/py.typed" in names
    assert "legnext_widgets/notebooks/quickstart.ipynb" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_sdist_holds_what_the_front_end_is_built_from(distributions: Distributions) -> None:
    names = distributions.names_in_sdist()

    assert {"js/package.json", "js/package-lock.json", "hatch_build.py"} <= set(names)
    assert not [name for name in names if "node_modules" in name]


def test_wheel_works_in_an_empty_environment(
    clean_environment: Environment, distributions: Distributions
) -> None:
    version = _version(distributions.checkout)

    clean_environment.run("-c", FIND_BUILT)
    shown = clean_environment.run(
        "-c", "import legnext_widgets as lw; print(lw.__version__, lw.Client, lw.VideoStudio)"
    )
    said = clean_environment.run("-m", "legnext_widgets", "--version")

    assert shown.stdout.startswith(f"{version} ")
    assert said.stdout.strip().endswith(version)


def test_sandbox_makes_playable_clips_without_any_extra(clean_environment: Environment) -> None:
    made = clean_environment.run("-c", MAKE_A_CLIP)

    assert made.stdout == "completed 4 True\n"
    assert (clean_environment.folder / "clip.mp4").read_bytes()[4:8] == b"ftyp"


def test_sdist_installs_without_node(distributions: Distributions, tmp_path: Path) -> None:
    without_node = {**os.environ, "PATH": str(tmp_path)}
    target = tmp_path / "installed"
    outcome = subprocess.run(
        [
            *(sys.executable, "-m", "uv", "--quiet", "pip", "install", "--no-deps"),
            *("--python", sys.executable, "--target", target, distributions.sdist),
        ],
        env=without_node,
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 0, outcome.stderr
    assert all((target / name).is_file() for name in BUILT)


def test_a_build_installs_no_packages_for_checks_and_tests(distributions: Distributions) -> None:
    sources = distributions.checkout / "js"
    described = json.loads((sources / "package.json").read_text(encoding="utf-8"))
    there = {
        name for name in described["dependencies"] if (sources / "node_modules" / name).is_dir()
    }

    assert there == set(described["dependencies"])
    for name in described["devDependencies"]:
        assert not (sources / "node_modules" / name).exists(), name


def test_a_front_end_older_than_its_sources_is_built_anew(distributions: Distributions) -> None:
    checkout = distributions.checkout
    stylesheet = next(iter(sorted((checkout / "js" / "src").rglob("*.css"))))
    before = stylesheet.read_text(encoding="utf-8")
    assert not hatch_build.build_front_end(checkout, only_to_build=True)
    try:
        stylesheet.write_text(before + "\n.legnext-widgets .changed-by-a-test { order: 12345 }\n")
        subprocess.run(
            [
                *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
                *("--outdir", checkout / "dist", checkout),
            ],
            capture_output=True,
            check=True,
        )
        (wheel,) = (checkout / "dist").glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            assert b"12345" in archive.read("legnext_widgets/static/widget.css")
    finally:
        stylesheet.write_text(before, encoding="utf-8")


def test_building_without_node_says_what_to_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "package-lock.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RuntimeError, match=r"Node\.js 20"):
        hatch_build.build_front_end(tmp_path)


def _version(checkout: Path) -> str:
    with (checkout / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
    return version
