"""The Colab notebook, outside Colab and with stand-ins for Colab's modules."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING

from legnext_widgets.sandbox import Sandbox
from tests.notebooks.running import printed, running

if TYPE_CHECKING:
    from pathlib import Path

STAND_IN = {
    "__init__.py": "",
    "colab/__init__.py": "",
    "colab/userdata.py": """
        class SecretNotFoundError(Exception):
            pass

        def get(name):
            if name != "LEGNEXT_API_KEY":
                raise SecretNotFoundError(name)
            return "key-of-the-test"
        """,
    "colab/drive.py": """
        from pathlib import Path

        def mount(place):
            assert place == "/content/drive"
            Path("mounted").touch()
        """,
    "colab/files.py": """
        from pathlib import Path

        def download(name):
            assert Path(name).stat().st_size > 1000
            print("downloading", name)
        """,
}


def test_outside_colab_it_skips_the_colab_steps_and_uses_the_sandbox(tmp_path: Path) -> None:
    with running("colab.ipynb", tmp_path) as notebook:
        notebook.run_all()
        text = {cell.id: printed(cell.outputs) for cell in notebook.code_cells}

    assert "not Colab" in text["where"]
    assert "Nothing to install" in text["install"]
    assert "No API key" in text["key"]
    assert str(tmp_path / "library") in text["drive"]
    assert "0 running, 0 uncertain" in text["again"]


def test_in_colab_it_finds_the_secret_and_keeps_clips_in_drive(tmp_path: Path) -> None:
    modules = tmp_path / "modules" / "google"
    for name, source in STAND_IN.items():
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(textwrap.dedent(source))
    drive = tmp_path / "MyDrive"
    paths = [str(modules.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    with (
        Sandbox(speed=600, api_key="key-of-the-test", packaged=True).start() as service,
        running(
            "colab.ipynb",
            tmp_path,
            {"PYTHONPATH": os.pathsep.join(paths), "LEGNEXT_BASE_URL": service.base_url},
        ) as notebook,
    ):
        cells = {cell.id: cell for cell in notebook.code_cells}
        cells["drive"].source = cells["drive"].source.replace(
            "/content/drive/MyDrive", drive.as_posix()
        )
        del cells["install"]
        make_a_clip = (
            "import google.colab\n"
            "studio.image_url, studio.prompt = 'https://example.com/sea.jpg', 'waves'\n"
            "_ = studio.submit().wait(60)\n"  # no output, which running the cell again removes
        )
        text = {}
        for name, cell in cells.items():
            if name == "key":
                notebook.run(cell, "import google.colab")  # as in Colab's kernel
            if name == "client":
                notebook.run(cell, make_a_clip)
            text[name] = printed(notebook.run(cell))

    assert "A key was found" in text["key"]
    assert str(drive / "legnext") in text["drive"]
    assert (tmp_path / "mounted").exists()
    assert "<Job" in text["client"]
    assert "downloading" in text["download"]
    assert "0 running, 0 uncertain" in text["again"]
