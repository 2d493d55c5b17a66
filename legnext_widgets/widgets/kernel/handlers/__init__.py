"""Handlers of the messages of a page: each hands work on, or answers, and returns in a moment."""
