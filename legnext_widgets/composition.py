"""Where the parts are plugged together: the client gets its default memory and its sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .client import ports

if TYPE_CHECKING:
    import httpx

    from .client.journal import Journal


def plug_in() -> None:
    """Gives the client what it does not import itself; harmless to call again."""
    ports.open_default_journal = _open_default_journal
    ports.start_sandbox = _start_sandbox
    ports.show_gallery = _show_gallery


def _open_default_journal() -> Journal | None:
    from .library import Library

    return Library()


def _show_gallery(items: object) -> Any:
    from .widgets.gallery import VideoGallery

    return VideoGallery(items)._repr_mimebundle_()


def _start_sandbox(**options: Any) -> ports.EmbeddedService:
    return _Embedded(**options)


class _Embedded:
    """A sandbox for one client: on a loopback socket where that can be, else inside the process."""

    def __init__(self, **options: Any) -> None:
        from .sandbox import Sandbox

        self.sandbox = Sandbox(**options)
        self.speed: float = self.sandbox.speed
        self._on_a_socket = self.sandbox.can_serve
        if self._on_a_socket:
            self.sandbox.start()

    @property
    def base_url(self) -> str:
        return str(self.sandbox.base_url)

    @property
    def note(self) -> str | None:
        return self.sandbox.note

    @property
    def examples(self) -> list[dict[str, str]]:
        return [{"title": title, "url": url} for title, url in self.sandbox.examples]

    def http_client(self) -> httpx.AsyncClient | None:
        if self._on_a_socket:
            return None
        import httpx

        return httpx.AsyncClient(transport=self.sandbox.transport())

    def close(self) -> None:
        self.sandbox.close()
