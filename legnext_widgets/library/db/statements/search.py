"""Find jobs by the words of their prompts and notes, in any script. Pure functions."""

# ruff: noqa: S608 - SQL is composed of texts of this package; values are always bound.

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

Condition = tuple[str, tuple[object, ...]]
"""A piece of a WHERE clause, and its parameters."""

MAX_SEARCH, MAX_TERMS = 1000, 64
"""Characters and terms of a search that count; SQLite limits the depth of a statement."""

_URL = re.compile(r"https?://\S+", re.IGNORECASE)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_PART_OF_JOB_ID = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{7,35}")

# In scripts without spaces each character is indexed as a word, and a search term becomes a phrase
# of such words, so that any part of a sentence is found. Compiled with the first text: it is slow.
_UNSPACED = (
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U0003ffff"  # rarer Han
    "]"
)


def fold(text: str) -> str:
    """Normalise a text for the index, and a search term for looking it up.

    Args:
        text: Any text, in any script.

    Returns:
        The text without differences of case and character width; words are separated by single
        spaces, and so are the characters of scripts without spaces.
    """
    readable = _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
    plain = unicodedata.normalize("NFKC", readable).casefold()
    return " ".join(re.sub(_UNSPACED, lambda found: f" {found.group()} ", plain).split())


def terms_of(search: str) -> list[str]:
    """Split a search into the terms that must all be found; perhaps none.

    Of a long text, such as a whole page that was pasted, the beginning counts.
    """
    terms = _CONTROL.sub(" ", search[:MAX_SEARCH]).split()
    return list(dict.fromkeys(terms))[:MAX_TERMS]


def words_of(payload: Mapping[str, object] | None, task: Mapping[str, object] | None) -> str:
    """Find the prompt of a job.

    Args:
        payload: The JSON body that was sent, if known.
        task: The task object, which may repeat the prompt under `input`.

    Returns:
        The prompt without links; empty when there is none.
    """
    for source in (payload, task.get("input") if task else None):
        if not isinstance(source, Mapping):
            continue
        for name in ("prompt", "text"):
            words = source.get(name)
            if isinstance(words, str) and words.strip():
                return _URL.sub(" ", words).strip()
    return ""


def full_text_query(search: str) -> str | None:
    """Compose a full text query for every term, each as the beginning of a word.

    Args:
        search: As typed.

    Returns:
        An FTS5 query in which nothing typed can act as an operator. None when a term has no letter
        or digit, such as an emoji, which the full text index does not hold.
    """
    phrases = []
    for term in terms_of(search):
        phrase = fold(term).replace('"', " ")
        if not any(character.isalnum() for character in phrase):
            return None
        phrases.append(f'"{phrase}"*')
    return " ".join(phrases) if phrases else None


def like_patterns(search: str) -> list[str]:
    r"""Compose patterns for `LIKE ... ESCAPE '\'` that find every term anywhere.

    Args:
        search: As typed.

    Returns:
        One pattern for each term.
    """
    return ["%" + re.sub(r"([\\%_])", r"\\\1", fold(term)) + "%" for term in terms_of(search)]


def search_condition(search: str, *, full_text: bool, by_age: bool = False) -> Condition | None:
    """Compose the condition that an entry `e` matches a search.

    Args:
        search: As typed; the beginning of a job id finds that job too.
        full_text: Whether to use the full text index.
        by_age: Whether the statement sorts the entries by age and stops after a page.

    Returns:
        The condition, or None when the search has no terms.
    """
    patterns = like_patterns(search)
    if not patterns:
        return None
    like = " AND ".join(["searchable LIKE ? ESCAPE '\\'"] * len(patterns))
    query = full_text_query(search) if full_text else None
    if query is None:
        clause, values = f"({like.replace('searchable', 'e.searchable')})", patterns
    else:
        # Entries written by a Python without full text search are not in the index.
        unindexed = f"SELECT entry FROM entries WHERE indexed = 0 AND searchable != '' AND {like}"
        clause = f"e.entry IN (SELECT rowid FROM words WHERE words MATCH ? UNION ALL {unindexed})"
        if by_age:
            # The + keeps SQLite from sorting the wide rows of all matches. It walks the entries by
            # age instead, and stops when the page is full: for the commonest word of 10,000 jobs
            # that takes a thirtieth of the time.
            clause = f"+{clause}"
        values = [query, *patterns]
    if _PART_OF_JOB_ID.fullmatch(search.strip()):
        clause = f"({clause} OR e.job_id LIKE ?)"
        values = [*values, search.strip() + "%"]
    return clause, tuple(values)
