"""Find the API key, and keep it from being shown."""

from __future__ import annotations

import hashlib
import os
from typing import NoReturn

from legnext_widgets import environment
from legnext_widgets.client.errors import MissingAPIKeyError
from legnext_widgets.client.messages import Message

from .values.cleaning import clean_word, first_unusable

KEY_NAME = "LEGNEXT_API_KEY"

CLASS_TOKEN_PREFIX = "lgw_"  # noqa: S105 - what all begin with is no secret
"""What tokens begin with that a teacher made at a gateway; keys of the service never do."""

_NOT_TEXT = "\0"
_CODE_OF_NOT_TEXT = "U+0000"
"""Stands for a key that is not text, such as bytes; no header can carry it."""


_SHORTEST_HIDDEN = 8
"""Characters. Keys of the service are longer; a shorter text may be a word of any answer."""

_HIDDEN = "…".encode()


class Secret:
    """A text that no repr, log, pickle, or traceback with local variables shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def first_unusable(self) -> tuple[int, str] | None:
        """Position from 1 and code point of the first character that no header can carry."""
        place = first_unusable(self._text)
        return None if place is None else (place + 1, f"U+{ord(self._text[place]):04X}")

    def reveal(self) -> str:
        """Return the text itself; only for the one place that sends it."""
        return self._text

    def hide(self, body: bytes) -> bytes:
        """Replace the text in the body of an answer that quotes it."""
        quoted = self._text.encode()
        return body if len(quoted) < _SHORTEST_HIDDEN else body.replace(quoted, _HIDDEN)

    def hide_in(self, error: Exception) -> None:
        """Replace the text in the message of an error that quotes a request."""
        error.args = tuple(
            self.hide(item.encode("utf-8", "replace")).decode() if isinstance(item, str) else item
            for item in error.args
        )

    @property
    def is_of_a_class(self) -> bool:
        """Whether it is a student's token, which only the gateway of the class accepts."""
        return self._text.startswith(CLASS_TOKEN_PREFIX)

    @property
    def fingerprint(self) -> str:
        """A one-way hash that distinguishes accounts and does not reveal the key."""
        return hashlib.scrypt(
            self.reveal().encode(), salt=b"legnext-widgets account", n=2**12, r=8, p=1, dklen=8
        ).hex()

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("An API key is not written into pickles.")


def as_secret(text: object) -> Secret | None:
    """Wrap a key as a secret, without the spaces, quotes and invisible marks that pasting leaves.

    What is not text becomes a secret that cannot be sent. The error is raised later, where no frame
    holds the value any more: IPython's verbose tracebacks show local variables.

    Returns:
        The secret; None when there is no text.
    """
    stripped = clean_word(str(text)) if isinstance(text, str) else _NOT_TEXT if text else ""
    return Secret(stripped) if stripped else None


def find_key(given: Secret | None = None) -> Secret:
    """Find the key: the argument, else the environment's `LEGNEXT_API_KEY`, else Colab's secret.

    Raises:
        MissingAPIKeyError: There is none.
        ValueError: It has characters that no HTTP header can carry.
    """
    name = "api_key"
    key = given
    if key is None:
        name = KEY_NAME
        key = as_secret(os.getenv(KEY_NAME)) or as_secret(colab_secret(KEY_NAME))
    if key is None:
        raise MissingAPIKeyError
    if (found := key.first_unusable) is not None:
        position, character = found
        if character == _CODE_OF_NOT_TEXT:
            raise ValueError(Message("key_unusable", name=name))
        raise ValueError(
            Message("key_unusable_at", name=name, position=position, character=character)
        )
    return key


def colab_secret(name: str) -> str | None:
    """Read a secret that is stored in Colab and opened to this notebook; None anywhere else."""
    if not environment.in_colab():
        return None
    try:
        from google.colab import userdata  # type: ignore[import-not-found, unused-ignore]

        value = userdata.get(name)
    except Exception:  # Colab raises errors of its own when the secret is missing or not opened
        return None
    return value if isinstance(value, str) else None
