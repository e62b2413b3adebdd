"""Clients that open or close too many connections, or too few."""

from contract_tests.mutants.client.source_edits import Faults, edit

OPEN = "        if self._closed or self._http.is_closed:\n"

FAULTS: Faults = {
    "connections::a_closed_client_sends_nothing": {
        "goes on after it was closed": edit(
            "_sender",
            "        self._closed = True\n        if self._owned:\n            self._http.close()\n",
            "        pass\n",
        ),
        "says in httpx's words that it is closed": edit("_async_sender", OPEN, "        if False:\n"),
    },
    "connections::repr_shows_the_base_url_and_whether_it_is_closed": {
        "does not show that it is closed": edit("_async_sender", "{', closed' if self._closed else ''}", ""),
        "does not say where it connects to": edit("_async_sender", "{self.connection.base_url!r}", ""),
    },
    "connections::is_closed_at_the_end_of_a_with_block": {
        "stays open after its block": edit(
            "_client", "    ) -> None:\n        self.close()\n", "    ) -> None:\n        pass\n"
        ),
    },
    "connections::closes_its_connection_pool": {
        "leaves its pool open": edit("_sender", "        if self._owned:\n", "        if not self._owned:\n")
    },
    "connections::leaves_a_given_http_client_open": {
        "closes what belongs to somebody else": edit(
            "_async_sender", "        if self._owned:\n            await", "        if True:\n            await"
        )
    },
    "connections::a_given_http_client_that_is_closed_sends_nothing": {
        "does not see that httpx is closed": edit("_sender", OPEN, "        if self._closed:\n")
    },
    "connections::threads_share_one_pool": {
        "opens a pool for each call": edit(
            "_sender",
            "                response = self._http.send(request, follow_redirects=False)\n",
            "                response = httpx.Client(transport=self._http._transport).send(request, follow_redirects=False)\n",
        ),
        "mixes up the answers of threads": edit(
            "_sender",
            "                response = self._http.send(request, follow_redirects=False)\n",
            "                import time as t; self.r = request; t.sleep(0.0001)\n                response = self._http.send(self.r, follow_redirects=False)\n",
        ),
    },
    "connections::tasks_share_one_pool": {
        "opens a pool for each task": edit(
            "_async_sender",
            "                response = await self._http.send(request, follow_redirects=False)\n",
            "                response = await httpx.AsyncClient(transport=self._http._transport).send(request)\n",
        )
    },
    "connections::raw_response_includes_the_parsed_body": {
        "gives the body for the answer": edit(
            "_client",
            "        response = self._sender.send(call, timeout)\n        return RawResponse(read(call, response), response)\n\n    def update",
            "        response = self._sender.send(call, timeout)\n        return RawResponse(response, response)\n\n    def update",
        ),
        "reads nothing beside the answer": edit(
            "_async_client",
            "call = _operations.list_outcome_alignments(course_id, student_id=student_id, assignment_id=assignment_id)\n        response = await self._sender.send(call, timeout)\n        return RawResponse(read(call, response), response)",
            "call = _operations.list_outcome_alignments(course_id, student_id=student_id, assignment_id=assignment_id)\n        response = await self._sender.send(call, timeout)\n        return RawResponse([], response)",
        ),
    },
    "connections::raw_response_raises_the_same_error": {
        "answers an error beside the answer": edit(
            "_async_client",
            "        response = await self._sender.send(call, timeout)\n        return RawResponse(read(call, response), response)\n\n    async def update",
            "        try:\n            response = await self._sender.send(call, timeout)\n        except Exception as error:\n            return error\n        return RawResponse(read(call, response), response)\n\n    async def update",
        )
    },
    "connections::exposes_the_rate_limit_of_the_last_response": {
        "keeps the first figures": edit(
            "_connection",
            "        self.last_headers = response.headers\n",
            "        self.last_headers = self.last_headers or response.headers\n",
        ),
        "mistakes the cost for what is left": edit(
            "_connection",
            'RateLimit(_float(headers.get("X-Request-Cost")), ',
            'RateLimit(_float(headers.get("X-Rate-Limit-Remaining")), ',
        ),
        "raises for figures that are none": edit(
            "_connection", "    except ValueError:\n        return None\n", "    except OSError:\n        return None\n"
        ),
    },
}
