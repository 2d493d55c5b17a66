"""The HTML of the teacher's page: every text of students escaped. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from .bodies import timestamp
from .job_text import KINDS, STATES, clips_of, title_of
from .style import SCRIPT, STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from legnext_widgets.gateway.store.models import Attempt, Gate, Member

SHOWN_CLIPS = 24
_LONGEST_PROMPT = 160
_MARKED = ' class="marked"'


@dataclass(frozen=True)
class Facts:
    """What the page shows.

    Attributes:
        teacher: Name of the one who looks.
        form_token: Goes with each form.
        nonce: Allows the page's own style and script.
        whole: The budget of the class.
        gate: The state of the queue.
        members: All students.
        counts: Jobs by their state.
        jobs: The newest jobs.
        uncertain: Jobs of unknown outcome.
        waiting: The first jobs that wait, in the order in which they start.
        videos: The newest jobs with clips.
        pause_reason: Why the queue waits for the service, or None.
        totals: Jobs and failed jobs of each member.
    """

    teacher: str
    form_token: str
    nonce: str
    whole: Member
    gate: Gate
    members: Sequence[Member]
    counts: Mapping[str, int]
    jobs: Sequence[Attempt]
    uncertain: Sequence[Attempt]
    waiting: Sequence[Attempt]
    videos: Sequence[Attempt]
    pause_reason: str | None
    totals: Mapping[int, tuple[int, int]]


def show(facts: Facts) -> str:
    """Compose the page."""
    parts = [
        f"<header><h1>Class</h1><p>{escape(facts.teacher)}</p>",
        _form(facts, "teacher/logout", "", "Log out"),
        '</header><main id="main">',
        _state(facts),
        _uncertain(facts),
        _students(facts),
        _queue(facts),
        _clips(facts),
        _jobs(facts),
        "</main>",
    ]
    return _document("Class", "".join(parts), facts.nonce, live=True)


def login(nonce: str) -> str:
    """Compose the page that asks for a teacher's token."""
    body = (
        "<main><h1>Class</h1><p>Paste a teacher token. <code>legnext-widgets gateway token add "
        "NAME --teacher</code> creates one.</p>"
        '<form method="post" action="teacher/login"><label for="token">Token</label> '
        '<input id="token" name="token" type="password" autocomplete="off" required> '
        "<button>Log in</button></form></main>"
    )
    return _document("Log in", body, nonce)


def refusal(reason: str, nonce: str, back: str) -> str:
    """Compose the page that explains why something was not done."""
    body = (
        f'<main><h1>Not done</h1><p role="alert">{escape(reason)}</p>'
        f'<p><a href="{escape(back)}">Back to the class</a></p></main>'
    )
    return _document("Class", body, nonce)


def _document(title: str, body: str, nonce: str, *, live: bool = False) -> str:
    script = f'<script nonce="{nonce}">{SCRIPT}</script>' if live else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>'
        f'<style nonce="{nonce}">{STYLE}</style></head><body>{body}{script}</body></html>'
    )


def _state(facts: Facts) -> str:
    counts, whole = facts.counts, facts.whole
    running = sum(counts.get(state, 0) for state in ("sending", "running"))
    figures = (
        ("running", running),
        ("waiting", counts.get("queued", 0)),
        ("completed", counts.get("completed", 0)),
        ("failed", counts.get("failed", 0)),
        ("points spent", whole.spent),
        ("points reserved", whole.held),
        ("points left", whole.left),
    )
    shown = "".join(f"<div><dt>{name}</dt><dd>{_figure(n)}</dd></div>" for name, n in figures)
    stopped = facts.gate.stopped
    state = "The queue is paused: no new jobs start." if stopped else "The queue is running."
    if facts.pause_reason and not stopped:
        state += f" New jobs wait: {escape(facts.pause_reason)}."
    action, label = ("start", "Resume the queue") if stopped else ("stop", "Pause the queue")
    return (
        f'<section aria-labelledby="h-now"><h2 id="h-now">Overview</h2>'
        f'<p role="status"{_MARKED if stopped or facts.pause_reason else ""}>{state}</p>'
        f"<dl>{shown}</dl><p>{_act(facts, action, label)} "
        f"{_points_form(facts, '', 'the class', whole.limit)} "
        '<a href="teacher.csv" download>Export as CSV</a></p></section>'
    )


def _uncertain(facts: Facts) -> str:
    if not facts.uncertain:
        return ""
    rows = "".join(
        f"<tr><td>{escape(each.name)}</td><td>{_prompt(each)}</td>"
        f"<td>{escape(each.reason or '')}</td><td>{_time(each.sent_at)}</td>"
        f"<td>{_figure(each.held)}</td>"
        f"<td>{_act(facts, 'was_made', 'Job exists: charge points', attempt=each)} "
        f"{_act(facts, 'was_not_made', 'No job: refund points', attempt=each)}</td></tr>"
        for each in facts.uncertain
    )
    heads = ("Student", "Prompt", "Reason", "Sent (UTC)", "Points", "Resolve")
    note = (
        "The response to these requests was lost. They are never sent again. Check the jobs of "
        "the service's account before you resolve one."
    )
    return _section("unknown", "Outcome unknown", f"<p>{note}</p>{_table(heads, rows)}")


def _students(facts: Facts) -> str:
    rows = "".join(_student(facts, each) for each in facts.members)
    if not rows:
        return _section("students", "Students", "<p>No students yet.</p>")
    heads = ("Student", "Jobs", "Failed", "Spent", "Reserved", "Left", "Points", "Access")
    return _section("students", "Students", _table(heads, rows))


def _student(facts: Facts, member: Member) -> str:
    jobs, failed = facts.totals.get(member.id, (0, 0))
    action, label = ("unblock", "Unblock") if member.blocked else ("block", "Block")
    return (
        f'<tr><th scope="row">{escape(member.name)}{" (blocked)" if member.blocked else ""}</th>'
        f"<td>{jobs}</td><td>{failed}</td><td>{_figure(member.spent)}</td>"
        f"<td>{_figure(member.held)}</td><td>{_figure(member.left)}</td>"
        f"<td>{_points_form(facts, member.name, member.name, member.limit)}</td>"
        f"<td>{_act(facts, action, label, name=member.name)}</td></tr>"
    )


def _queue(facts: Facts) -> str:
    rows = "".join(
        f"<tr><td>{place}</td><td>{escape(each.name)}</td><td>{_prompt(each)}</td>"
        f"<td>{_time(each.created_at)}</td></tr>"
        for place, each in enumerate(facts.waiting, 1)
    )
    heads = ("Position", "Student", "Prompt", "Waiting since (UTC)")
    body = _table(heads, rows) if rows else "<p>The queue is empty.</p>"
    return _section("queue", "Queue", body)


def _clips(facts: Facts) -> str:
    shown = []
    for each in facts.videos:
        for number in clips_of(each):
            label = f"Clip {number + 1} of {each.name}: {title_of(each)[:80]}"
            shown.append(
                f'<figure><video controls muted loop playsinline preload="metadata" '
                f'aria-label="{escape(label)}" src="teacher/clip/{each.id}/{number}"></video>'
                f"<figcaption>{escape(each.name)}: {_prompt(each)}</figcaption></figure>"
            )
    if not shown:
        return _section("clips", "Clips", "<p>No clips yet.</p>")
    return _section("clips", "Clips", f'<div class="wall">{"".join(shown[:SHOWN_CLIPS])}</div>')


def _jobs(facts: Facts) -> str:
    rows = "".join(
        f"<tr><td>{_time(each.created_at)}</td><td>{escape(each.name)}</td>"
        f"<td>{escape(KINDS.get(each.kind, each.kind))}</td><td>{_prompt(each)}</td>"
        f"<td{_MARKED if each.state in ('failed', 'uncertain') else ''}>{STATES[each.state]}</td>"
        f"<td>{_figure(each.spent or each.held)}</td>"
        f"<td>{escape(each.reason or '')}</td></tr>"
        for each in facts.jobs
    )
    heads = ("Time (UTC)", "Student", "Kind", "Prompt", "State", "Points", "Error")
    return _section("jobs", "Newest jobs", _table(heads, rows) if rows else "<p>No jobs yet.</p>")


def _section(name: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="h-{name}"><h2 id="h-{name}">{title}</h2>{body}</section>'


def _table(heads: Iterable[str], rows: str) -> str:
    row = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="Scrollable table">'
        f"<table><thead><tr>{row}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _act(
    facts: Facts, action: str, label: str, *, name: str = "", attempt: Attempt | None = None
) -> str:
    fields = _hidden("action", action) + _hidden("name", name)
    spoken = label if not name else f"{label} {name}"
    if attempt is not None:
        fields += _hidden("attempt", attempt.id)
        spoken = f"{label}: {attempt.name}, {title_of(attempt)[:40]}"
    return _form(facts, "teacher/act", fields, label, spoken)


def _points_form(facts: Facts, name: str, whose: str, limit: int | None) -> str:
    action, label = ("limit", "Set limit") if limit is None else ("add", "Add points")
    fields = _hidden("action", action) + _hidden("name", name)
    if not name:
        label += f" for {whose}" if limit is None else f" to {whose}"
    spoken = f"{label}: {whose}" if name else label
    fields += (
        '<input name="points" inputmode="numeric" pattern="[0-9]{1,9}" size="5" required '
        f'placeholder="points" aria-label="{escape(f"Points for {whose}")}"> '
    )
    return _form(facts, "teacher/act", fields, label, spoken)


def _form(facts: Facts, target: str, fields: str, label: str, spoken: str = "") -> str:
    named = f' aria-label="{escape(spoken)}"' if spoken and spoken != label else ""
    return (
        f'<form method="post" action="{target}">{_hidden("form_token", facts.form_token)}{fields}'
        f"<button{named}>{escape(label)}</button></form>"
    )


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _prompt(attempt: Attempt) -> str:
    words = title_of(attempt)
    cut = words if len(words) <= _LONGEST_PROMPT else f"{words[:_LONGEST_PROMPT]}…"
    return f'<span class="prompt" dir="auto">{escape(cut)}</span>'


def _figure(number: int | None) -> str:
    return "no limit" if number is None else f"{number:,}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    whole = timestamp(seconds)
    return f'<time datetime="{whole}">{whole[5:10]} {whole[11:16]}</time>'
