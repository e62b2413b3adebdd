"""Clients that ask again when it is of no use, too often or too soon, or not when it is."""

from contract_tests.mutants.client.source_edits import Faults, edit

FAULTS: Faults = {
    "retries::succeeds_on_a_later_attempt": {
        "never asks again": edit("_retries", "if attempt >= self.limit or", "if attempt >= 0 or"),
        "does not know 502": edit("_retries", "frozenset({502, 503, 504})", "frozenset({503, 504})"),
        "does not ask again when it was throttled with 403": edit("_connection", " or is_throttled(response)", ""),
        "does not ask again after a lost connection": edit(
            "_connection", "if isinstance(cause, CONNECTION_ERRORS) else None", "if False else None"
        ),
        "does not ask again when the server hung up": edit(
            "_retries", "(httpx.NetworkError, httpx.RemoteProtocolError, ", "(httpx.NetworkError, "
        ),
        "does not update again": edit("_retries", '"OPTIONS", "PUT", "DELETE"', '"OPTIONS", "DELETE"'),
        "sends another body when it asks again": edit(
            "_sender",
            "            attempt += 1\n",
            "            attempt += 1\n            call = call._replace(content=None)\n",
        ),
        "asks again for something else": edit(
            "_async_sender",
            "            attempt += 1\n",
            "            attempt += 1\n            call = call._replace(target=call.target.partition('?')[0])\n",
        ),
    },
    "retries::gives_up_at_the_limit": {
        "asks once more than it should": edit("_retries", "attempt >= self.limit or", "attempt > self.limit or"),
        "does not count lost connections": edit(
            "_connection", "self._pause(call, attempt, name, None)", "self._pause(call, min(attempt, 1), name, None)"
        ),
        "waits before it gives up": edit(
            "_sender",
            "            if pause is None:\n                raise error\n",
            "            if pause is None:\n                self._sleep(0)\n                raise error\n",
        ),
    },
    "retries::does_not_retry_permanent_failures": {
        "sends again what was refused with 400": edit(
            "_retries", "frozenset({502, 503, 504})", "frozenset({400, 502, 503, 504})"
        ),
        "sends again after 500": edit("_retries", "frozenset({502, 503, 504})", "frozenset({500, 502, 503, 504})"),
        "sends again what may not be done": edit(
            "_connection", " or is_throttled(response)", " or response.status_code == 403"
        ),
        "sends again when it has waited long enough": edit(
            "_retries", "httpx.ConnectTimeout)", "httpx.TimeoutException)"
        ),
        "sends again what it cannot read": edit(
            "_client",
            "        call = _operations.get_outcome(id, add_defaults=add_defaults)\n        return read(call, self._sender.send(call, timeout))",
            "        call = _operations.get_outcome(id, add_defaults=add_defaults)\n        try:\n            return read(call, self._sender.send(call, timeout))\n        except Exception:\n            return read(call, self._sender.send(call, timeout))",
        ),
    },
    "retries::retries_twice_by_default": {
        "asks five times by default": edit("_retries", "limit: int = 2", "limit: int = 5"),
        "begins with no pause": edit("_retries", "first_pause: float = 0.5", "first_pause: float = 0.0"),
        "waits thrice as long by default": edit("_retries", "first_pause: float = 0.5", "first_pause: float = 1.5"),
    },
    "retries::doubles_the_delay": {
        "waits equally long each time": edit("_retries", "* 2.0**attempt", ""),
        "waits longer than the longest pause": edit(
            "_retries", "min(self.longest_pause, self.first_pause * 2.0**attempt)", "(self.first_pause * 2.0**attempt)"
        ),
    },
    "retries::shortens_the_delay_at_random": {
        "leaves nothing to chance": edit("_retries", " * (1 - self.random() / 2)", ""),
        "shortens pauses to nothing": edit("_retries", "(1 - self.random() / 2)", "(1 - self.random())"),
    },
    "retries::waits_for_retry_after": {
        "ignores Retry-After": edit(
            "_connection",
            "self._pause(call, attempt, str(error.status), error.retry_after)",
            "self._pause(call, attempt, str(error.status), None)",
        ),
        "reads Retry-After as seconds only": edit(
            "_retries", "return max(0.0, parsedate_to_datetime(value).timestamp() - self.clock())", "return None"
        ),
        "waits for a date that is past": edit(
            "_retries",
            "return max(0.0, parsedate_to_datetime(value).timestamp() - self.clock())",
            "return abs(parsedate_to_datetime(value).timestamp() - self.clock())",
        ),
        "shortens Retry-After": edit(
            "_retries",
            "            return retry_after\n        return min",
            "            return retry_after * (1 - self.random() / 2) / 2\n        return min",
        ),
    },
    "retries::ignores_an_invalid_retry_after": {
        "takes any Retry-After for a number": edit(
            "_retries", "if value.isascii() and value.isdigit():", 'if value not in ("", "soon"):'
        ),
        "does not look whether it is a date": edit(
            "_retries", "except (ValueError, OverflowError):", "except OverflowError:"
        ),
    },
    "retries::gives_up_when_retry_after_is_too_long": {
        "waits for a day": edit("_retries", " or (retry_after is not None and retry_after > self.longest_pause)", ""),
        "waits longer than it says by default": edit(
            "_retries", "longest_pause: float = 30.0", "longest_pause: float = 31.0"
        ),
    },
    "retries::exposes_retry_after": {
        "does not tell how long to wait": edit("_responses", "        retry_after=retry_after,\n", "")
    },
    "retries::raises_the_error_of_the_last_attempt": {
        "raises the first error": edit(
            "_sender",
            "            if pause is None:\n                raise error\n",
            "            first = error if attempt == 0 else first\n            if pause is None:\n                raise first\n",
        )
    },
    "retries::classifies_each_attempt_separately": {
        "goes on once it has begun": edit(
            "_sender",
            "            if pause is None:\n",
            "            pause = 0.0 if pause is None and 0 < attempt < 3 else pause\n            if pause is None:\n",
        )
    },
    "retries::calls_the_token_function_for_each_attempt": {
        "keeps the token of the first attempt": edit(
            "_sender",
            "            token = self._token()\n",
            "            token = self._token() if attempt == 0 else token\n",
        )
    },
    "retries::sleeps_by_default": {
        "does not wait by itself": edit("_sender", "wait: Sleep = time.sleep", "wait: Sleep = float  # type: ignore")
    },
    "retries::uses_random_and_time_by_default": {
        "knows no clock": edit(
            "_retries", "clock: Callable[[], float] = time.time", "clock: Callable[[], float] = time.ctime"
        ),
    },
    "retries::retries_are_immutable": {
        "lets its retries be changed": edit("_retries", "(Struct, frozen=True)", "(Struct)")
    },
}
