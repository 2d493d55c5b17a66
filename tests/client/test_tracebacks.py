"""What IPython is told to show of an error, and what all others show."""

from __future__ import annotations

import linecache
import pickle
import subprocess
import sys
import traceback
from types import SimpleNamespace

import pytest

import legnext_widgets as lw
from legnext_widgets.client.errors import tracebacks


def raised() -> lw.LegnextError:
    try:
        lw.Client("key", base_url="https://example.com/?x", library=False)
    except ValueError as cause:
        try:
            raise lw.DownloadError("It is gone.") from cause
        except lw.LegnextError as error:
            return error
    raise AssertionError


def shell(mode: str = "Context") -> SimpleNamespace:
    return SimpleNamespace(
        InteractiveTB=SimpleNamespace(mode=mode), colors="NoColor", compile=SimpleNamespace()
    )


def test_three_lines_and_the_cause() -> None:
    error = raised()

    own, message, cause, advice = tracebacks.short_traceback(
        error, error.__traceback__, shell(), colours=False
    )

    assert own.startswith(f"File {__file__}, line ")
    assert own.endswith('raise lw.DownloadError("It is gone.") from cause')
    assert message == "DownloadError: It is gone."
    assert cause.startswith("Caused by ValueError: base_url must be")
    assert advice.startswith("The job is not affected.")


def test_the_person_s_line_is_the_last_one_before_the_package() -> None:
    try:
        lw.Diffusion("")
    except lw.InvalidInputError as error:
        file, number = tracebacks.own_line(error.__traceback__) or ("", 0)
        assert file == __file__
        assert 'lw.Diffusion("")' in linecache.getline(file, number)


def test_causes_in_a_circle_end() -> None:
    first, second = lw.LegnextError("first"), lw.LegnextError("second")
    first.__cause__, second.__cause__ = second, first

    assert list(tracebacks.causes_of(first)) == ["Caused by LegnextError: second"]


def test_what_was_suppressed_stays_so() -> None:
    error = lw.LegnextError("first")
    error.__context__ = KeyError("x")
    assert list(tracebacks.causes_of(error)) == ["While handling KeyError: 'x'"]
    error.__suppress_context__ = True
    assert list(tracebacks.causes_of(error)) == []


@pytest.mark.parametrize("mode", ["Verbose", "Plain", "Minimal"])
def test_another_mode_of_ipython_is_left_to_it(mode: str) -> None:
    error = raised()
    try:
        raise error
    except lw.LegnextError:
        assert tracebacks.wants_full_traceback(error, shell(mode))
        assert not tracebacks.wants_full_traceback(error, shell())
    assert tracebacks.wants_full_traceback(error, shell()), "%tb shows it later"


def test_the_environment_asks_for_all(monkeypatch) -> None:
    monkeypatch.setenv("LEGNEXT_TRACEBACKS", "full")
    error = raised()
    try:
        raise error
    except lw.LegnextError:
        assert tracebacks.wants_full_traceback(error, shell())


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (lw.AuthenticationError("no", status_code=401), "Check the API key."),
        (lw.ServerError("no", status_code=503), "Wait a little, then try again."),
        (
            lw.NotFoundError("no", status_code=404),
            "Check the job ID. The next session checks it again.",
        ),
        (lw.DownloadError("no"), "The job is not affected. Try again later."),
        (
            lw.DownloadError("no", unwritten=True),
            "The job is not affected. Try again, or save to another folder.",
        ),
        (lw.TransportError("no"), "Check the connection and try again. Nothing was sent."),
        (lw.LegnextError("no"), None),
    ],
)
def test_each_error_says_what_to_do(error: lw.LegnextError, advice: str | None) -> None:
    assert error.next_step == advice


def test_what_cannot_be_shown_short_is_shown_by_python(monkeypatch) -> None:
    monkeypatch.setattr(tracebacks, "own_line", lambda _: 1 / 0)
    error = raised()
    try:
        raise error
    except lw.LegnextError:
        lines = error._render_traceback_()

    assert all(type(line) is str for line in lines)
    assert lines[-1].endswith("DownloadError: It is gone.")


def test_plain_python_shows_what_it_always_showed() -> None:
    script = "import legnext_widgets as lw\nlw.Client('key', base_url='x?', library=False)"
    done = subprocess.run(
        [sys.executable, "-c", script.replace("lw.Client", "raise lw.DownloadError; lw.Client")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.startswith("Traceback (most recent call last):")
    error = raised()
    shown = "".join(traceback.format_exception(error))
    assert "direct cause" in shown
    assert "legnext_widgets.client.errors.DownloadError: It is gone." in shown
    assert type(pickle.loads(pickle.dumps(error))) is lw.DownloadError
