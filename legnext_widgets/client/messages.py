"""User-facing messages by key: English here, other languages in the front end.

A message says what happened, whether points were spent where that is a question, and what to do
next. What the service says is not translated: it is passed on as it came.

A value of a message may be a message itself, such as the reason in it. Reasons are the ends of
sentences.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from legnext_widgets.client.redaction import redact_links

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | int

CATALOG: Mapping[str, str] = {
    # Nothing was sent, or the outcome is unknown.
    "no_key": (
        "No API key was found. Pass api_key=..., set the environment variable LEGNEXT_API_KEY, or "
        "in Colab add a secret of that name and give this notebook access to it. To try everything "
        "without a key and without cost, use Client.sandbox()."
    ),
    "key_refused": "The service does not accept this key. Copy it again from your account.",
    "key_unusable": (
        "{name} must be printable text without spaces. Check what was pasted. Nothing was sent."
    ),
    "key_unusable_at": (
        "{name} must be printable text without spaces. Check what was pasted. Nothing was sent. "
        "See position {position} ({character})."
    ),
    "class_address": (
        "This key is a token of a class, which only the gateway of the class accepts. Set {name} "
        "to its address, in Colab as a secret that this notebook may read. Nothing was sent."
    ),
    "over_budget": (
        "This job is expected to take {cost} points, but {spent} of the {budget} points of the "
        "budget are spent or reserved. Nothing was sent. Raise budget_points to continue."
    ),
    "on_its_way": "This studio is already sending a request. Nothing was sent again.",
    "batch_size": "A batch has 1 to {most} prompts; this one has {count}. Nothing was sent.",
    "batch_refused": (
        "Not sent, because earlier requests of the batch were not accepted: {reason} Fix the "
        "cause, then call resume_many() to send the rest."
    ),
    "batch_held": "The batch continues in about {seconds} s. The service asks to wait: {reason}",
    "not_sent": (
        "The request was not sent, or no response arrived. Check the running jobs before you "
        "submit it again."
    ),
    "reuse_forgotten": (
        "Job {id} was created from this request, but its clips are no longer in the library and "
        'the service no longer has the job. Nothing was sent. Pass reuse="renew" to create a new '
        "one."
    ),
    "reuse_account_unknown": (
        "The library has a job of this request that was made with another key. Whether that key is "
        "of the same account could not be found out: {reason}. Nothing was sent. Try again, or "
        "pass reuse=False to make a new job."
    ),
    "reuse_unrecorded": (
        "With reuse, a new job is only sent if the library can record it, so that the next run "
        "finds it. {problem} Nothing was sent. Correct that, or pass reuse=False."
    ),
    "reuse_library": (
        "Reuse needs a library, which remembers the jobs: leave library out, or pass "
        "library=lw.Library(path); for a sandbox use lw.Client.sandbox(reuse=True). Nothing was "
        "sent."
    ),
    "not_started": "The job could not be started: {reason}",
    "studio_closed": "The studio was closed before a response arrived.",
    "client_closed": "This client is closed. Jobs continue at the service. Create a new client.",
    "unreachable": "Could not reach {host} ({reason}). Nothing was sent.",
    "http_client_failed": (
        "The HTTP client failed before it sent the request: {error}. Nothing was sent. Correct the "
        "http_client, or leave it out."
    ),
    "no_whole_answer": "The response from {host} is incomplete: {reason}.",
    "no_job_in_answer": "The response contains no job ID.",
    "another_job": "The response describes a different job.",
    "status_alone": "{status}. The response gives no details.",
    "uncertain_candidates": (
        "The request was sent, but its outcome is unknown: {reason}. It may be running and "
        "charged, so it was not sent again. It may be one of these running jobs: {ids}. Continue "
        "it with client.job(id)."
    ),
    "uncertain": (
        "The request was sent, but its outcome is unknown: {reason}. It may be running and "
        "charged, so it was not sent again. The service lists no running job that could be it; one "
        "may still appear. Check client.active_tasks() or the dashboard before you submit it "
        "again."
    ),
    "uncertain_unasked": (
        "The request was sent, but its outcome is unknown: {reason}. It may be running and "
        "charged, so it was not sent again. The list of running jobs could not be fetched. Check "
        "client.active_tasks() or the dashboard before you submit it again."
    ),
    "uncertain_recorded": (
        "The request was sent, but its outcome is unknown: {reason}. It may be running and "
        "charged, so it was not sent again."
    ),
    # About a job.
    "class_points": (
        "The account of the class has too few points for this job. Nothing was charged."
    ),
    "no_reason": "The service does not say why the job failed.",
    "not_shown_yet": "The service does not list this job yet ({reason}). Checking again.",
    "links_awaited": "Completed, but the service has not provided links yet. Checking again.",
    "without_links": (
        "The job was completed without links to its files; {points} points were charged. Send job "
        "ID {id} to the service's support. The next session checks it again."
    ),
    "clock_differs": (
        "The clock of this computer is {minutes} min off the service's. "
        "Times are taken from the service."
    ),
    "asking_failed": "The job continues. The last check of its status failed: {reason}",
    # What to do next.
    "next_look": "Check the running jobs before you generate again.",
    "next_settle": (
        'If it became a job, record that with library.settle("{attempt}", job_id); if it did not, '
        'remove the record with library.forget("{attempt}"). Then repeat the call.'
    ),
    "next_key": "Check the API key.",
    "next_credits": "Add credits to the account, or choose fewer or smaller jobs.",
    "next_teacher": "Tell your teacher, who can add points or give you access.",
    "next_forbidden": (
        "Change the prompt or the image, or ask the service's support about your account."
    ),
    "next_not_found": "Check the job ID. The next session checks it again.",
    "next_connection": "Check the connection and try again. Nothing was sent.",
    "next_wait": "Wait a little, then try again.",
    "next_change": "Change the prompt or the image, then generate again.",
    # About the person's own pictures.
    "picture_gone": "The kernel no longer has this image. Add it again.",
    "picture_heic": (
        "This is an HEIC photo: in the kernel's environment run pip install pillow-heif, or export "
        "it as JPEG (on an iPhone: Settings > Camera > Formats > Most Compatible)."
    ),
    # About the library.
    "library_read_only": (
        "The library in {folder} cannot be written to ({error}). Its contents can be read, but new "
        "jobs are not recorded."
    ),
    "library_nowhere": (
        "The folder {folder} cannot hold a library ({error}). Jobs are not recorded: choose "
        "another folder with LEGNEXT_LIBRARY."
    ),
    "library_newer": (
        "The library in {folder} was written by a newer version of legnext-widgets. It is left "
        "untouched and jobs are not recorded: install the newest version."
    ),
    "library_foreign": (
        "{file} belongs to another program. It is left untouched and jobs are not recorded: choose "
        "another folder with LEGNEXT_LIBRARY."
    ),
    "library_damaged": (
        "The library's journal was damaged. It was set aside as {file}, and a new one was started "
        "with the {count} entries that could be read."
    ),
    "library_unwritten": (
        "The library in {folder} cannot be written to ({error}). Jobs continue; {count} changes "
        "are written as soon as the disk accepts them."
    ),
    "library_unread": "The library in {folder} cannot be read ({error}).",
    "clips_full": (
        "The kept files fill the {size} MB that the library may use. New clips are not kept: prune "
        "the library, or raise its max_bytes."
    ),
    "clip_damaged": (
        "Clip {number} of job {id} was damaged on this disk ({reason}). It was set aside as "
        "{file}, and is downloaded again if the service still has it."
    ),
    "clip_not_kept": "A clip could not be kept in {folder} ({error}).",
    "library_refuses": "The library could not be written: {error}.",
    # About chosen clips.
    "clips_in_no_library": "These clips are not in a library.",
    "clips_not_fetched": "None of these clips could be fetched.",
    "zip_unwritten": "The zip file could not be written: {error}.",
}
"""Each message by its key. `tests/protocol/messages.json` holds the front end to the same list."""

REASONS: Mapping[str, str] = {
    # Why a request has no answer.
    "not_connected": "no connection: {error}",
    "not_connected_in_time": "no connection in time",
    "broke": "the connection broke: {error}",
    "no_answer_in_time": "no response in time",
    "no_whole_answer_in_time": "no complete response in time",
    "answer_too_long": "the response is too large",
    "answer_names_no_job": "the response contains no job ID",
    "answer_names_no_job_why": "the response contains no job ID and says: {text}",
    "answer_was": "the response was HTTP {status}: {text}",
    "process_ended": "the process that sent it ended before the answer was recorded",
    # Why there is no way to a host.
    "proxy": "the proxy {proxy}, which {variable} names",
    "the_system": "the system",
    "proxy_silent": "{error}; start it, or correct or remove {variable}",
    "proxy_refuses": (
        "{proxy}, refuses the connection: {error}; ask its operator, or extend NO_PROXY"
    ),
    "proxy_broke": (
        "{proxy}, does not answer as a proxy does: {error}; correct or remove {variable}, or "
        "extend NO_PROXY"
    ),
    "proxy_slow": "{proxy}, gives no answer in time; ask its operator, or extend NO_PROXY",
    "proxy_no_tls": (
        "{proxy}, let the connection pass, but the encryption behind it failed: {error}; ask the "
        "proxy's operator, or extend NO_PROXY"
    ),
    "proxy_unusable": (
        "{variable} names an unsupported proxy, {proxy}; use http://host:port or "
        "socks5://host:port, or remove {variable}"
    ),
    "socks_missing": (
        '{variable} names the SOCKS proxy {proxy}, which needs pip install "httpx[socks]"; install '
        "it, or remove {variable}"
    ),
    "certificates_unreadable": (
        "{variable} names certificates that cannot be read, {path}: {error}; correct or remove "
        "{variable}"
    ),
    "certificate_refused": (
        "its certificate is not trusted here: {error}; if a proxy of your network reads the "
        "traffic, set SSL_CERT_FILE to a file with its certificate"
    ),
    "certificate_refused_bundle": (
        "its certificate is not trusted here: {error}; {variable} is set but not used here: set "
        "SSL_CERT_FILE to the same file"
    ),
    # What is wrong with the file of a clip.
    "file_missing": "the file is missing",
    "file_grown": "the file has grown",
    "file_changed": "its content has changed",
    "file_unreadable": "it cannot be read: {error}",
    "file_cut": "{have} of about {whole} {unit}",
    "no_clip": "not a clip",
}
"""Reasons by their keys, which are not in `CATALOG`."""

_EARLIER_ENGLISH: Mapping[str, str] = {
    "no_answer_in_time": "no answer in time",
    "no_whole_answer_in_time": "no whole answer in time",
    "answer_too_long": "the answer is far too long",
    "answer_names_no_job": "the response names no job",
    "answer_was": "the answer was HTTP {status}: {text}",
    "no_clip": "no clip",
}
"""What earlier versions stored for a reason."""


class Message(str):
    """A sentence, or a reason in one: a text like any other that knows its key and parameters.

    Attributes:
        key: The key of its English in `CATALOG` or `REASONS`.
        params: The values in it; links among them are redacted. A value may be a message.
    """

    __slots__ = ("key", "params")

    key: str
    params: Mapping[str, Value]

    def __new__(cls, key: str, /, **params: Value) -> Self:
        """Make the sentence or the reason of a key.

        Raises:
            KeyError: The key is unknown, or a parameter is missing.
        """
        shown = {
            name: value if isinstance(value, int | Message) else redact_links(value)
            for name, value in params.items()
        }
        english = CATALOG[key] if key in CATALOG else REASONS[key]
        message = super().__new__(cls, english.format(**shown))
        message.key, message.params = key, shown
        return message

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickle the text alone."""
        return str, (str(self),)


def without_links(job_id: str, points: int | None) -> Message:
    """Make the sentence about a job that was completed and has no output.

    Args:
        job_id: The job.
        points: What was charged; None when unknown.
    """
    return Message("without_links", id=job_id, points="?" if points is None else points)


def recognized_reason(text: str) -> str:
    """Recognize a stored reason by its English, also by that of an earlier version.

    Returns:
        The `Message` that it was, or the text itself, for the middle of a sentence.
    """
    if isinstance(text, Message):
        return text
    bare = text.rstrip(".")
    for key, english in (*REASONS.items(), *_EARLIER_ENGLISH.items()):
        names = re.findall(r"\{(\w+)\}", english)
        if len(set(names)) < len(names):
            continue  # no such reason is stored
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(english))
        for written in (bare, f"{bare[:1].lower()}{bare[1:]}"):
            found = re.fullmatch(pattern, written, re.DOTALL)
            if found is not None:
                return Message(key, **found.groupdict())
    return bare
