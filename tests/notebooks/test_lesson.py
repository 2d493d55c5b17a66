"""The lesson with unsolved, wrong, and correct exercises, and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from tests.notebooks.lesson_solutions import SOLUTIONS, WRONG
from tests.notebooks.running import NOTEBOOKS, errors, printed, running

if TYPE_CHECKING:
    from tests.notebooks.running import RunningNotebook

UNSOLVED = ("is not solved yet", "still to be decided")


class Lesson:
    """Results of one run of the lesson."""

    def __init__(self) -> None:
        self.unsolved: dict[str, list[str]] = {}
        self.wrong: dict[str, list[str]] = {}
        self.solved: dict[str, str] = {}
        self.notebook: Any = None


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """Run all cells in order, with a wrong and a correct solution of each exercise.

    Each exercise is left unsolved afterwards, to prove that later cells do not need it.
    """
    seen = Lesson()
    with running("lesson.ipynb", tmp_path_factory.mktemp("lesson")) as notebook:
        exercises = {}
        for cell in notebook.code_cells:
            marks = cell.metadata.get("nbgrader", {})
            if marks.get("solution"):
                exercises[marks.grade_id] = cell
            if marks.get("grade"):
                name = marks.grade_id.removesuffix("-check")
                _try_all(seen, notebook, name, exercises[name], cell)
            else:
                notebook.run(cell)
    seen.notebook = notebook.notebook
    return seen


def _try_all(seen: Lesson, notebook: RunningNotebook, name: str, exercise: Any, check: Any) -> None:
    notebook.run(exercise, WRONG[name][0])
    seen.wrong[name] = errors(notebook.run(check))
    notebook.run(exercise, SOLUTIONS[name])
    outputs = notebook.run(check)
    seen.solved[name] = "; ".join(errors(outputs)) or printed(outputs)
    notebook.run(exercise)
    seen.unsolved[name] = errors(notebook.run(check))


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_check_of_an_unsolved_exercise_explains_its_failure(lesson: Lesson, name: str) -> None:
    (message,) = lesson.unsolved[name]

    assert message.startswith("AssertionError: ")
    assert any(words in message for words in UNSOLVED)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_check_explains_a_common_mistake(lesson: Lesson, name: str) -> None:
    (message,) = lesson.wrong[name]

    assert WRONG[name][1] in message


@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_solution_passes_its_check(lesson: Lesson, name: str) -> None:
    assert "Well done" in lesson.solved[name]


def test_every_exercise_of_the_lesson_has_a_check_and_a_solution() -> None:
    cells = nbformat.read(NOTEBOOKS / "lesson.ipynb", as_version=4).cells
    marked = [cell.metadata.nbgrader for cell in cells if "nbgrader" in cell.metadata]

    assert {mark.grade_id for mark in marked if mark.solution} == set(SOLUTIONS)
    assert {mark.grade_id for mark in marked if mark.grade} == {
        f"{name}-check" for name in SOLUTIONS
    }
    assert set(WRONG) == set(SOLUTIONS)


def test_only_checks_may_fail_when_all_cells_are_run(lesson: Lesson) -> None:
    cells = [cell for cell in lesson.notebook.cells if cell.cell_type == "code"]
    failing = {cell.id for cell in cells if errors(cell.outputs)}
    allowed = {cell.id for cell in cells if "raises-exception" in cell.metadata.get("tags", ())}

    assert failing == allowed == {f"check-{name}" for name in SOLUTIONS}


def test_faults_have_the_effects_that_the_lesson_describes(lesson: Lesson) -> None:
    text = {c.id: printed(c.outputs) for c in lesson.notebook.cells if c.cell_type == "code"}

    assert text["pay-twice"].splitlines()[-1].startswith("points taken: 160 ")
    assert "completed" in text["bad-weather"]
    assert text["bad-weather"].rstrip().endswith("and 1 order")
    assert "It may be one of these running jobs" in text["uncertain"]
    assert "Nothing was sent" in text["over-budget"]


def test_the_clip_of_the_lesson_is_listed_after_nbconvert(lesson: Lesson) -> None:
    from nbconvert import HTMLExporter  # half a second, for each process that collects tests

    page, _ = HTMLExporter().from_notebook_node(lesson.notebook)

    assert "the beam turns slowly, waves roll in" in page.split("legnext-reading-copy", 1)[1]
