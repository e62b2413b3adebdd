"""Clients whose errors do not say what went wrong, or are not errors of the client."""

from contract_tests.mutants.client.source_edits import Faults, edit

FAULTS: Faults = {
    "errors::message_includes_every_error_of_a_json_body": {
        "shows the body for a message": edit(
            "_responses",
            '        return "; ".join(_messages(msgspec.json.decode(body)))\n',
            "        return str(msgspec.json.decode(body))\n",
        ),
        "reads lists of errors only": edit("_responses", '("errors", "error", "message")', '("errors",)'),
        "tells the first of several errors": edit(
            "_responses",
            "            yield from _messages(item)\n",
            "            yield from _messages(item)\n            break\n",
        ),
        "drops the names of attributes": edit(
            "_responses", "yield f\"{attribute}: {', '.join(_messages(problems))}\"", "yield from _messages(problems)"
        ),
        "leaves the words out of its text": edit("_responses", "{status}: {message or default}", "{status}: {default}"),
    },
    "errors::message_is_the_title_or_the_text_of_other_bodies": {
        "shows a page as it is": edit("_responses", 're.sub(r"<[^>]*>", " ", page)', "page"),
        "does not look for a title": edit("_responses", "return title[1] if title else ", "return "),
    },
    "errors::message_is_truncated": {
        "tells all that a page says": edit("_responses", ".split())[:500]", ".split())"),
        "keeps the end of the body to itself": edit("_responses", "        body=body,\n", "        body=body[:500],\n"),
    },
    "errors::str_names_the_operation_and_the_status": {
        "says the status only": edit("_responses", 'f"cannot {info}: {status}:', 'f"{status}:')
    },
    "errors::exposes_the_request_id": {
        "knows one name of a request's id": edit("errors", ' or self.headers.get("X-Request-Id")', "")
    },
    "errors::distinguishes_an_invalid_token_from_a_missing_permission": {
        "takes every 401 for a missing token": edit("errors", 'self.headers.get("WWW-Authenticate")', '"Bearer"')
    },
    "errors::str_gives_the_reason_for_a_missing_response": {
        "keeps to itself why no answer came": edit("_connection", "{': ' if reason else ''}{reason}", ""),
        "ends with a colon where there is no reason": edit("_connection", "{': ' if reason else ''}", ": "),
    },
    "errors::str_includes_the_path_prefix_of_the_base_url": {
        "leaves out where the provider lives": edit("_responses", "request.url.path if request else ", ""),
    },
    "errors::str_has_a_default_message_for_an_empty_body": {
        "takes every silence for a redirect": edit("_responses", "if 300 <= status < 400 else", "if True else"),
        "does not know a redirect": edit("_responses", "if 300 <= status < 400 else", "if False else"),
    },
    "errors::str_describes_a_body_that_is_not_json": {
        "does not say what came": edit(
            "_responses",
            'content_type = response.headers.get("Content-Type", "no content type")',
            'content_type = "something"',
        ),
    },
    "errors::recognises_throttling_without_a_content_type": {
        "wants to know the kind of an answer": edit(
            "_responses",
            'content_type: str = response.headers.get("Content-Type", "")',
            'content_type: str = response.headers.get("Content-Type", "json")',
        ),
    },
    "errors::recognises_throttling": {
        "takes a throttled 403 for a missing right": edit(
            "_responses", "    if response.status_code != 403:\n", "    if True:\n"
        ),
        "loses the figures of a refusal": edit(
            "_connection",
            "        self.last_headers = response.headers\n",
            "        self.last_headers = response.headers if response.is_success else None\n",
        ),
    },
    "errors::treats_a_json_403_as_a_missing_permission": {
        "searches every 403 for the words of throttling": edit(
            "_responses", 'return "json" not in content_type and THROTTLED', "return THROTTLED"
        )
    },
    "errors::raises_transport_error_with_its_cause": {
        "lets httpx's errors through": edit(
            "_async_sender", "except httpx.HTTPError as cause:", "except httpx.TimeoutException as cause:"
        ),
        "loses the cause of a lost request": edit("_connection", "        error.__cause__ = cause\n", ""),
    },
    "errors::raises_timeout_error_that_is_also_a_builtin_timeout_error": {
        "takes a timeout for a lost connection": edit(
            "_connection",
            "error_class = TimeoutError if isinstance(cause, httpx.TimeoutException) else TransportError",
            "error_class = TransportError",
        ),
        "takes the timeout of the pool for none": edit(
            "_connection",
            "isinstance(cause, httpx.TimeoutException) else",
            "isinstance(cause, httpx.ReadTimeout | httpx.ConnectTimeout | httpx.WriteTimeout) else",
        ),
        "has a timeout that only it knows": edit(
            "errors",
            "class TimeoutError(TransportError, builtins.TimeoutError):",
            "class TimeoutError(TransportError):",
        ),
    },
    "errors::every_documented_status_has_its_own_class": {
        "has errors that are no errors of the API": edit(
            "errors", "class ContentTooLargeError(ApiError):", "class ContentTooLargeError(InvalidRequestError):"
        )
    },
    "errors::errors_survive_copying_and_pickling": {
        "has errors that cannot be pickled": edit(
            "errors",
            "        return _rebuild, (type(self), self.args, self.__dict__)",
            "        return super().__reduce__()  # type: ignore",
        ),
        "forgets the answer when it is pickled": edit("errors", "    error.__dict__.update(state)\n", ""),
    },
    "errors::errors_can_be_created_in_tests": {
        "has errors that need more than an answer has": edit("errors", 'message: str = "",', "message: str,")
    },
}
