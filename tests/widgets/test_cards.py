"""The live cards of jobs and videos, as far as no kernel is needed."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.widgets import cards
from tests.support.task_factory import task

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEW = "application/vnd.jupyter.widget-view+json"


def job(number: int = 0) -> lw.Job:
    name = f"97fda74c-0000-4000-8000-{number:012}"
    return lw.Job(None, JobState(name, task=Task.of(task(name, "completed"))))


@pytest.fixture
def opened() -> Iterator[cards.Cards]:
    yield (made := cards.Cards(most=3))
    for card in list(made._open):
        card.close()


def test_in_colab_a_card_says_where_its_manager_is(monkeypatch: pytest.MonkeyPatch) -> None:
    output = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: None  # type: ignore[attr-defined]
    url = "https://ssl.gstatic.com/manager.js"
    output._widgets = SimpleNamespace(_installed_url=url)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google.colab.output", output)

    for items, more in (([job()], ""), ([job(n) for n in range(12)], "and 94 more")):
        bundle = cards.card_of(items, more)
        assert bundle is not None
        data, metadata = bundle
        assert set(data) == {VIEW}
        assert metadata == {VIEW: {"colab": {"custom_widget_manager": {"url": url}}}}


def test_the_oldest_of_too_many_cards_is_closed(opened: cards.Cards) -> None:
    made = [opened.make([job(number)]) for number in range(5)]
    assert [repr(card).endswith("(closed)>") for card in made] == [True, True, False, False, False]


def test_a_card_of_videos_shows_these_alone(opened: cards.Cards) -> None:
    first, second = job(1), job(2)
    card = opened.make([first.videos[1], first.videos[3], second])
    shown = card._job_list.snapshots([first.id, second.id])
    assert [[one["index"] for one in found["media"]] for found in shown] == [[1, 3], [0, 1, 2, 3]]


def test_what_belongs_to_no_blocking_client_has_no_card() -> None:
    assert cards.card_of(["a text"]) is None
