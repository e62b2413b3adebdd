"""Clients that cannot talk to a real server, or wait for it too long."""

from contract_tests.mutants.client.source_edits import Faults, edit

FAULTS: Faults = {
    "real_server::returns_what_the_server_responds_to_each_role": {
        "asks a server as somebody else": edit(
            "_connection", 'f"Bearer {token}"', "f\"Bearer {token.removeprefix('other-')}\""
        ),
        "reads what is no success": edit(
            "_connection", "return 200 <= response.status_code < 300", "return response.status_code != 404"
        ),
        "writes forms that Rails reads as columns": edit(
            "_encoding", '(f"{wire}[][{key}]", _scalar', '(f"{wire}[{key}][]", _scalar'
        ),
    },
    "sockets::retries_when_the_server_closes_the_connection": {
        "gives up when the server hangs up": edit(
            "_retries", "(httpx.NetworkError, httpx.RemoteProtocolError, ", "(httpx.NetworkError, "
        ),
        "calls a hung-up server late": edit(
            "_connection",
            "error_class = TimeoutError if isinstance(cause, httpx.TimeoutException) else TransportError",
            "error_class = TimeoutError",
        ),
    },
    "sockets::times_out_when_the_server_does_not_respond": {
        "waits once more": edit("_retries", "httpx.ConnectTimeout)", "httpx.TimeoutException)")
    },
    "sockets::raises_transport_error_when_the_connection_is_refused": {
        "does not say which request was lost": edit(
            "_connection",
            "error = error_class(f\"cannot {info}: no response: {name}{': ' if reason else ''}{reason}\", request=info)",
            "error = error_class(name, request=call.info()._replace(path=''))",
        )
    },
    "sockets::reuses_one_connection_for_consecutive_calls": {
        "connects anew for each call": edit(
            "_async_client",
            "limits or httpx.Limits(max_connections=100, max_keepalive_connections=20)",
            "httpx.Limits(max_connections=100, max_keepalive_connections=0)",
        ),
        "hangs up after each call": edit(
            "_connection",
            'headers = [*self.headers, ("Authorization"',
            'headers = [*self.headers, ("Connection", "close"), ("Authorization"',
        ),
    },
}
