"""Finding jobs by the words of their prompts, in any script. Pure functions, no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

URL = re.compile(r"https?://\S+", re.IGNORECASE)

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Scripts written without spaces: each character becomes a word of its own, and what is searched
# for becomes a phrase of such words, so that any part of a sentence is found.
UNSPACED = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U0003ffff"  # rarer Han
    "]"
)


def folded(text: str) -> str:
    """Bring text into the form in which it is stored for searching and searched for.

    Args:
        text: Anything, in any script.

    Returns:
        Without differences of case and of character width; characters of scripts that use no
        spaces stand apart; words are separated by single spaces.
    """
    readable = CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
    plain = unicodedata.normalize("NFKC", readable).casefold()
    return " ".join(UNSPACED.sub(lambda found: f" {found.group()} ", plain).split())


def terms_of(search: str) -> list[str]:
    """Split what a person typed into the words that are all to be found; perhaps none."""
    return CONTROL.sub(" ", search).split()


def words_of(payload: Mapping[str, Any] | None, task: Mapping[str, Any] | None) -> str:
    """Find the words by which a person remembers a job.

    Args:
        payload: The JSON body that was sent, if it is known.
        task: The task object, which may repeat the prompt under `input`.

    Returns:
        The prompt without URLs; empty when there is none.
    """
    given = task.get("input") if task else None
    for source in (payload, given):
        if not isinstance(source, Mapping):
            continue
        for name in ("prompt", "text"):
            words = source.get(name)
            if isinstance(words, str) and words.strip():
                return URL.sub(" ", words).strip()
    return ""


def full_text_query(search: str) -> str | None:
    """Compose a full text query that asks for every word, each as the beginning of a word.

    Args:
        search: What a person typed.

    Returns:
        An FTS5 query in which nothing typed can act as an operator; None when a word has no letter
        or digit (an emoji, say), which the full text index does not hold.
    """
    phrases = []
    for term in terms_of(search):
        phrase = folded(term).replace('"', " ")
        if not any(character.isalnum() for character in phrase):
            return None
        phrases.append(f'"{phrase}"*')
    return " ".join(phrases) if phrases else None


def like_patterns(search: str) -> list[str]:
    r"""Compose patterns for `LIKE ... ESCAPE '\'` that find every word anywhere.

    Args:
        search: What a person typed.

    Returns:
        One pattern a word.
    """
    return ["%" + re.sub(r"([\\%_])", r"\\\1", folded(term)) + "%" for term in terms_of(search)]
