"""Clients that cannot talk to a real server, or wait for it too long."""

from contract_tests.mutants.client.source_edits import caught_by, edit

caught_by(
    "real_server::each_role_is_told_what_the_server_says",
    {
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
)
caught_by(
    "sockets::tries_again_when_the_server_hangs_up",
    {
        "gives up when the server hangs up": edit(
            "_retries", "(httpx.NetworkError, httpx.RemoteProtocolError, ", "(httpx.NetworkError, "
        ),
        "calls a hung-up server late": edit(
            "_connection",
            "error_class = TimeoutError if isinstance(cause, httpx.TimeoutException) else TransportError",
            "error_class = TimeoutError",
        ),
    },
)
caught_by(
    "sockets::does_not_wait_longer_than_it_was_told",
    {"waits once more": edit("_retries", "httpx.ConnectTimeout)", "httpx.TimeoutException)")},
)
caught_by(
    "sockets::says_that_nobody_listens",
    {
        "does not say which request was lost": edit(
            "_connection",
            "error = error_class(f\"cannot {info}: no response: {name}{': ' if reason else ''}{reason}\", request=info)",
            "error = error_class(name, request=call.info()._replace(path=''))",
        )
    },
)
caught_by(
    "sockets::uses_one_connection_for_calls_that_follow_each_other",
    {
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
)
