from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.client.frames.decoding import info_of
from tests.notebooks.running import printed, running

if TYPE_CHECKING:
    from pathlib import Path


def test_the_chain_notebook_makes_one_film_of_four_clips(tmp_path: Path) -> None:
    with running("chain.ipynb", tmp_path) as notebook:
        notebook.spare_the_processor()
        notebook.run_all()
        text = {cell.id: printed(cell.outputs) for cell in notebook.code_cells}
        (film,) = tmp_path.rglob("film.mp4")
        (animation,) = tmp_path.rglob("first.webp")

    assert "it stays on this computer" in text["first"]
    assert "film.mp4" in text["film"]
    assert info_of(film).duration > 17
    assert animation.stat().st_size > 1_000
