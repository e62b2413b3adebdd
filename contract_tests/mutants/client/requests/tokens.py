"""Clients that send the token elsewhere, show it, or keep it for too long."""

from contract_tests.mutants.client.source_edits import Faults, edit

CLOSURE = "token if callable(token) else lambda: token"

FAULTS: Faults = {
    "tokens::sends_a_token_given_as_a_string": {
        "escapes the token": edit("_connection", 'f"Bearer {token}"', "f\"Bearer {token.replace('/', '%2F')}\"")
    },
    "tokens::calls_the_token_function_for_each_request": {
        "keeps the first token": edit(
            "_sender", CLOSURE, "(lambda first=token(): first) if callable(token) else lambda: token"
        ),
        "calls for the token twice": edit(
            "_async_sender",
            "            token = self._token()\n",
            "            self._token()\n            token = self._token()\n",
        ),
    },
    "tokens::awaits_an_asynchronous_token_function": {
        "does not wait for the token": edit(
            "_async_sender", "            if inspect.isawaitable(token):\n                token = await token\n", ""
        )
    },
    "tokens::rejects_a_token_that_is_not_a_valid_header_value": {
        "sends an empty token": edit("_connection", r're.compile(r"[\x21-\x7e]+")', r're.compile(r"[\x21-\x7e]*")'),
        "sends a token with white space": edit(
            "_connection", r're.compile(r"[\x21-\x7e]+")', r're.compile(r"[\x20-\x7e]+")'
        ),
        "shows the token that it refuses": edit(
            "_connection", '"cannot use the token: expected', 'f"cannot use the token {token}: expected'
        ),
    },
    "tokens::rejects_a_token_that_is_not_a_string": {
        "sends anything as a token": edit(
            "_connection", "if not (isinstance(token, str) and _is_token(token)):", "if not _is_token(str(token)):"
        )
    },
    "tokens::propagates_exceptions_of_the_token_function": {
        "hides what the callable raises": edit(
            "_sender",
            "            token = self._token()\n",
            '            try:\n                token = self._token()\n            except Exception as cause:\n                raise ClientClosedError("no token") from cause\n',
        )
    },
    "tokens::redacts_the_token_in_errors": {
        "keeps what a provider echoes": edit(
            "_responses",
            'response.content.replace(token.encode(), b"[token]") if len(token) > 5 else response.content',
            "response.content",
        ),
        "keeps the reason of a lost request as it is": edit(
            "_connection", 'str(cause).replace(token, "[token]") if len(token) > 5 else str(cause)', "str(cause)"
        ),
        "keeps the request in the error": edit(
            "_connection",
            "        error.__cause__ = cause\n",
            "        error.__cause__ = cause\n        error.sent = dict(request.headers)\n",
        ),
    },
    "tokens::redacts_only_tokens_of_a_minimum_length": {
        "shows a token of six letters": edit("_responses", "if len(token) > 5", "if len(token) > 6"),
        "takes every text for a token": edit("_responses", "if len(token) > 5", "if token"),
    },
    "tokens::redacts_the_token_in_tracebacks": {
        "notes what it sent": edit(
            "_connection",
            "        retryable = response.status_code in RETRIED_STATUSES",
            "        error.add_note(str(response.request.headers.multi_items()))\n        retryable = response.status_code in RETRIED_STATUSES",
        )
    },
    "tokens::redacts_the_token_in_logs": {
        "logs every header of the request": edit(
            "_connection",
            "for name in LOGGED_HEADERS if name in response.headers}\n",
            "for name in LOGGED_HEADERS if name in response.headers} | dict(response.request.headers)\n",
        ),
        "logs every header of the answer": edit(
            "_connection",
            "{name: response.headers[name] for name in LOGGED_HEADERS if name in response.headers}",
            "dict(response.headers)",
        ),
    },
    "tokens::hides_the_token_in_representations": {
        "shows the token in its repr": edit(
            "_sender",
            "{', closed' if self._closed else ''}",
            "{', closed' if self._closed else ''}, token={self._token()!r}",
        ),
        "keeps the token as an attribute": edit(
            "_async_client",
            "        self._sender = AsyncSender(connection, http_client, owned, token, sleep)\n\n    async",
            "        self._sender = AsyncSender(connection, http_client, owned, token, sleep)\n        self.token = token\n\n    async",
        ),
        "does not say where it leads": edit(
            "_client", 'return f"{type(self).__name__}({self._sender})"', "return type(self).__name__"
        ),
    },
    "tokens::rejects_pickling_and_copying_a_client": {
        "can be copied": edit(
            "_async_client",
            "    def __reduce__(self)",
            "    def __copy__(self) -> object:\n        return self\n\n    def __reduce__(self)",
        )
    },
    "tokens::does_not_follow_redirects": {
        "follows redirects": edit("_sender", "follow_redirects=False", "follow_redirects=True"),
        "follows redirects by itself": edit(
            "_async_sender",
            "                if self.connection.is_success(call, response):\n",
            "                if response.has_redirect_location and response.next_request:\n                    response = await self._http.send(response.next_request)\n                if self.connection.is_success(call, response):\n",
        ),
    },
    "tokens::does_not_follow_redirects_with_a_given_http_client_that_would": {
        "follows redirects if httpx does": edit("_async_sender", ", follow_redirects=False", "")
    },
}
