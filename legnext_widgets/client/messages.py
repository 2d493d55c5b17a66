"""What this package itself says to a person: English here, other languages in the browser.

Each sentence has a code by which the front end knows it in other languages, and values that stand
in it. What the service says is no saying: it is passed on as it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from legnext_widgets.client.api.redaction import redact_links

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | int

CATALOG: Mapping[str, str] = {
    # Why nothing was sent, or nobody knows.
    "no_key": (
        "No API key. Pass api_key=..., set the environment variable LEGNEXT_API_KEY, or in Colab "
        "add a secret of that name and give this notebook access to it. To learn and try without a "
        "key and without cost, use Client.sandbox()."
    ),
    "key_refused": "The service does not accept this key. Copy it again from your account.",
    "key_unusable": "api_key must be plain text without spaces; was something else pasted?",
    "over_budget": (
        "This job is expected to take {cost} points, but of the budget of {budget} points {spent} "
        "are spent or reserved. Nothing was sent. Raise budget_points to go on."
    ),
    "on_its_way": (
        "A request of this studio is already on its way. Nothing was sent a second time."
    ),
    "batch_under_way": "A batch is already under way.",
    "batch_size": "A batch has 1 to {most} prompts; this one has {count}.",
    "batch_refused": (
        "Not sent, since earlier requests of the batch were refused: {reason} When that is put "
        "right, resume_many() sends the rest."
    ),
    "not_sent": "It was not sent, or its answer never came.",
    "not_started": "Not started: {reason}",
    "studio_closed": "The studio was closed meanwhile.",
    "client_closed": "This client is closed. Jobs go on at the service; make a new client.",
    "unreachable": "Could not reach {host} ({reason}). Nothing was sent.",
    "no_whole_answer": "No whole answer from {host}: {reason}.",
    "no_job_in_answer": "The answer names no job.",
    "another_job": "The answer is about another job.",
    "status_alone": "{status}; the answer says no more.",
    "uncertain_candidates": (
        "The request was sent, but its outcome is unknown: {reason}. It may be running and "
        "charged, so it was not sent again. It may be one of these running jobs: {ids}. Take it "
        "over with client.job(id)."
    ),
    "uncertain": (
        "The request was sent, but its outcome is unknown: {reason}. It may be running and "
        "charged, so it was not sent again. The service lists no running job that could be it; it "
        "may still appear. Look at client.active_tasks() or the dashboard before you submit it "
        "again."
    ),
    "uncertain_unasked": (
        "The request was sent, but its outcome is unknown: {reason}. It may be running and "
        "charged, so it was not sent again. The running jobs could not be asked for. Look at "
        "client.active_tasks() or the dashboard before you submit it again."
    ),
    # Of a job.
    "no_reason": "The service does not say why the job failed.",
    "asking_failed": "The job goes on; asking for it failed just now ({reason})",
    # What to do next.
    "next_look": "Look at the running jobs before you generate again.",
    "next_key": "Check the API key.",
    "next_credits": "Add credits to the account, or choose fewer or smaller jobs.",
    "next_forbidden": (
        "Change the words or the picture, or ask the service's support about your account."
    ),
    "next_not_found": "Check the job's id. Outputs are stored for 30 days.",
    "next_connection": "Check the connection and try again; nothing was sent.",
    "next_wait": "Wait a little, then try again.",
    "next_change": "Change the words or the picture and generate again.",
    # Of the library.
    "library_read_only": (
        "The library in {folder} cannot be written ({error}). What is in it can be seen; what "
        "happens now is not remembered."
    ),
    "library_nowhere": (
        "The folder {folder} cannot hold a library ({error}). Nothing is remembered: choose "
        "another folder with LEGNEXT_LIBRARY."
    ),
    "library_newer": (
        "The library in {folder} was written by a newer version of legnext-widgets. It is left "
        "untouched and nothing is remembered: install the newest version."
    ),
    "library_foreign": (
        "{file} belongs to another program. It is left untouched and nothing is remembered: choose "
        "another folder with LEGNEXT_LIBRARY."
    ),
    "library_damaged": (
        "The journal of the library was damaged. It was set aside as {file} and a new one begun, "
        "with {count} entries that could be read."
    ),
    "library_unwritten": (
        "The library in {folder} cannot be written ({error}). Work goes on; {count} notes wait for "
        "the disk to take them."
    ),
    "library_unread": "The library in {folder} cannot be read ({error}).",
    "clips_full": (
        "The kept clips fill the {size} MB that the library may use. New ones are not kept: prune "
        "it, or raise its max_bytes."
    ),
    "clip_not_kept": "A clip could not be kept in {folder} ({error}).",
}
"""Each sentence by its code. `tests/contract/sayings.json` holds the front end's words to them."""


class Message(str):
    """A sentence of this package: a text like any other, that knows its code and values.

    Attributes:
        code: The key of its English in `CATALOG`.
        values: What stands in it; no link among them keeps its signature.
    """

    __slots__ = ("key", "params")

    key: str
    params: Mapping[str, Value]

    def __new__(cls, key: str, **params: Value) -> Self:
        """Makes the sentence of a code.

        Raises:
            KeyError: There is no such code, or a value is missing.
        """
        shown = {
            name: redact_links(value) if isinstance(value, str) else value
            for name, value in params.items()
        }
        said = super().__new__(cls, CATALOG[key].format(**shown))
        said.key, said.params = key, shown
        return said

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """In a pickle it is the text alone."""
        return str, (str(self),)
