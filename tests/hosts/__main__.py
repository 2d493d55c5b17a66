"""Make what the harnesses need: their pages, and the environments of their kernels."""

from __future__ import annotations

import sys

# A grammar that takes 3 s to load, and is not needed: see tests/conftest.py.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def main() -> None:
    """Make what is missing or out of date."""
    from tests.hosts.editors import EDITORS
    from tests.hosts.stand import built_pages
    from tests.matrix.environments import environment

    built_pages()
    for name in dict.fromkeys(editor.environment_name for editor in EDITORS):
        environment(name).prepare()


main()
