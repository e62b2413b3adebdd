"""The HTTP protocol of a server with control, which lets a fault close the connection."""

from canvas_outcomes_server.http.protocol import JsonHttpProtocol

# The key of the extension with the transport in an ASGI scope.
TRANSPORT = "canvas_outcomes_server.transport"


class ControlProtocol(JsonHttpProtocol):
    """Puts the transport into the scope of each request."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}
