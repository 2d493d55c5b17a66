"""How much a notebook grows by a studio and a gallery in it."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import legnext_widgets as lw
from legnext_widgets.widgets.notebook import bundle
from legnext_widgets.widgets.notebook.static_output import MAX_POSTER_BYTES, MAX_POSTERS

LIMIT = 20 * 1024
"""Bytes of a widget in a saved notebook, without posters."""

SHOWN = """
import time
import legnext_widgets as lw
client = lw.Client.sandbox(speed=600, packaged=True, library=lw.Library())
studio = lw.VideoStudio(client, prompt="a studio with much in it " * 20)
jobs = [client.video_diffusion(f"clip {n} " + "in the waves " * 60,
    image_url="https://example.com/sea.png") for n in range(8)]
for job in jobs:
    job.wait(60)
end = time.monotonic() + 60
while not all(len(job.state.posters) == 4 for job in jobs) and time.monotonic() < end:
    time.sleep(0.1)
gallery = lw.VideoGallery(jobs)
display(studio, gallery)
"""
IN_A_BOX = """
import ipywidgets
job = client.video_diffusion("a clip in a box", image_url="https://example.com/sea.png")
gallery = lw.VideoGallery(job)
display(ipywidgets.VBox([gallery, ipywidgets.Tab([ipywidgets.HBox([gallery])])]))
job.wait(60)
end = time.monotonic() + 60
while "completed" not in gallery._make_static_copy() and time.monotonic() < end:
    time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A notebook that was executed and saved with its widgets' state."""
    folder = tmp_path_factory.mktemp("saved")
    place = f"import os\nos.environ['LEGNEXT_LIBRARY'] = {str(folder / 'library')!r}"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (place, SHOWN, IN_A_BOX)]
    )
    client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(folder)}})
    client.execute()
    return notebook


def states(notebook: Any) -> dict[str, dict[str, Any]]:
    """The saved models by id."""
    saved = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    return dict(saved)


def size(value: object) -> int:
    """Bytes of a value in the notebook's file."""
    return len(json.dumps(value, indent=1, ensure_ascii=False).encode())


def copies(notebook: Any, cell: int = 1) -> list[str]:
    """The copies for readers beside the widgets of a cell."""
    return [
        html
        for output in notebook.cells[cell].outputs
        if "legnext-reading-copy" in (html := output.get("data", {}).get("text/html", ""))
    ]


def without_posters(html: str) -> tuple[str, list[str]]:
    """A copy's text, and its posters as they stand in it."""
    first, *rest = html.split("base64,")
    posters = [part.partition('"')[0] for part in rest]
    return first + "".join(part.partition('"')[2] for part in rest), posters


def test_the_saved_state_of_a_widget_is_small(notebook: Any) -> None:
    faces = {
        state["state"]["_face"]: state
        for state in states(notebook).values()
        if "_face" in state["state"]
    }
    texts = [len(without_posters(html)[0].encode()) for html in copies(notebook)]

    assert set(faces) == {"studio", "gallery"}
    assert len(texts) == 2
    assert size(faces["studio"]) + max(texts) < LIMIT
    assert size(faces["gallery"]) + max(texts) < LIMIT


def test_no_code_of_the_front_end_but_its_loader_is_saved(notebook: Any) -> None:
    saved = json.dumps(notebook)

    assert bundle.code().js[:200] not in json.loads(saved)
    assert ".legnext-widgets{" not in saved.replace(" ", "")
    for state in states(notebook).values():
        assert "_css" not in state["state"]
        assert len(state["state"].get("_esm", "")) < 6 * 1024


def test_posters_are_small_and_few(notebook: Any) -> None:
    for html in copies(notebook):
        posters = without_posters(html)[1]
        assert 4 <= len(posters) <= MAX_POSTERS
        assert all(len(poster) * 3 // 4 <= MAX_POSTER_BYTES for poster in posters)


def test_a_widget_inside_of_others_has_a_copy_that_is_kept_up_to_date(notebook: Any) -> None:
    (copy,) = copies(notebook, 2)

    assert "a clip in a box" in copy
    assert "completed" in copy
    assert any(
        "application/vnd.jupyter.widget-view+json" in output.get("data", {})
        for output in notebook.cells[2].outputs
    )


def test_the_state_stays_small_with_full_inputs(client: lw.Client) -> None:
    link = "https://example.com/" + "x" * 1000
    studio = lw.VideoStudio(
        client,
        prompt="w" * 8192,
        image_url=link,
        end_image_url=link,
        callback=link,
    )

    assert size({name: str(value) for name, value in studio.get_state().items()}) < LIMIT
    studio.close()
