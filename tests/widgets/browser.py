"""A page of the browser at the other end of a widget's comm."""

from __future__ import annotations

from typing import Any

from comm.base_comm import BaseComm


class Browser(BaseComm):
    """Sends messages to a widget, and records what the widget sends.

    Attributes:
        received: Custom messages with their buffers, in order.
        updates: Values of `_live`, in order.
    """

    def __init__(self, widget: Any) -> None:
        self.received: list[tuple[dict[str, Any], list[Any]]] = []
        self.updates: list[dict[str, Any]] = []
        super().__init__(target_name="jupyter.widget", comm_id=widget.comm.comm_id)
        widget.comm = self

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        if msg_type != "comm_msg":
            return
        if data["method"] == "custom":
            self.received.append((data["content"], list(buffers or [])))
        elif data["method"] == "update" and "_live" in data["state"]:
            self.updates.append(data["state"]["_live"])

    def say(self, **content: Any) -> None:
        """Send a message to the widget."""
        self.send_raw({"method": "custom", "content": content})

    def set(self, **state: Any) -> None:
        """Set traits, as a page does."""
        self.send_raw({"method": "update", "state": state, "buffer_paths": []})

    def send_raw(self, data: dict[str, Any]) -> None:
        self.handle_msg({"content": {"comm_id": self.comm_id, "data": data}, "buffers": []})

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """The messages of a type that the widget sent."""
        return [content for content, _ in self.received if content["type"] == kind]
