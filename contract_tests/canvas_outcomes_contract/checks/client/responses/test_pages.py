"""Pages: an operation with a documented Link header has an iterator over its pages, which stays on one origin."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client import sent_requests
from canvas_outcomes_contract.checks.client.calls import example
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, Consumer
from canvas_outcomes_contract.checks.client.documented import (
    OPERATIONS,
    accepted_media_type,
    method_name,
    successes_of,
    token_place,
)
from canvas_outcomes_contract.checks.client.equality import to_json
from canvas_outcomes_contract.checks.client.examples import example_body, success
from canvas_outcomes_contract.contract.document import Operation

PAGINATED = [
    operation
    for operation in OPERATIONS
    for one in successes_of(operation)
    if "link" in map(str.lower, one.headers) and one.schema.get("type") == "array"
]
OTHER_PAGES = (
    "https://elsewhere.example/things",
    "http://canvas.example.edu/things",
    "https://canvas.example.edu:8443/things",
    "https://ada:secret@canvas.example.edu/things",
    "//elsewhere.example/things",
)
every_list = pytest.mark.parametrize("operation", PAGINATED, ids=lambda one: one.id)


def collect(consumer: Consumer, operation: Operation) -> list[Any]:
    """All pages of an operation."""
    method = getattr(consumer.client, f"{method_name(operation)}_pages")
    pages = method(**example(consumer.client_class, operation))

    async def awaited() -> list[Any]:
        return [page async for page in pages]

    return list(pages) if isinstance(pages, Iterator) else consumer.run(awaited())


def page(operation: Operation, link: str | None) -> httpx2.Response:
    headers = {} if link is None else {"Link": f'<{BASE_URL}/first>; rel="first", <{link}>; rel="next"'}
    return success(operation, **headers)


@every_list
@pytest.mark.parametrize("next_page", ["/next?page=2&x=%5B", f"{BASE_URL}/next?page=2&x=%5B"])
def test_follows_links_to_the_last_page(consumer: Consumer, operation: Operation, next_page: str) -> None:
    consumer.open()
    consumer.mock.replies(page(operation, next_page), page(operation, "/last"), page(operation, None))

    pages = collect(consumer, operation)

    first, second, third = consumer.mock.requests
    assert [len(one) for one in pages] == [len(example_body(successes_of(operation)[0]))] * 3
    assert to_json(pages[0]) == to_json(pages[2])
    assert (second.url.path, dict(second.url.params) | {"page": "2", "x": "["}) == ("/next", dict(second.url.params))
    assert third.url.path == "/last"
    assert {one.method for one in consumer.mock.requests} == {operation.method}
    assert {one.headers["Accept"] for one in consumer.mock.requests} == {accepted_media_type(operation)}
    place = token_place(operation)
    assert place is None or place[0] == "query" or len({one.headers[place[1]] for one in (first, second, third)}) == 1


@every_list
def test_sends_the_parameters_with_the_first_request(consumer: Consumer, operation: Operation) -> None:
    consumer.open()
    consumer.mock.replies(page(operation, None), page(operation, None))

    collect(consumer, operation)
    consumer.send(operation)

    of_pages, of_call = (sent_requests.parameters(operation, request) for request in consumer.mock.requests)
    assert of_pages == of_call


@every_list
@pytest.mark.parametrize("elsewhere", OTHER_PAGES)
def test_rejects_a_link_to_another_origin(consumer: Consumer, operation: Operation, elsewhere: str) -> None:
    consumer.open()
    consumer.mock.replies(page(operation, elsewhere), page(operation, None))

    with pytest.raises(errors.DecodeError, match="next page"):
        collect(consumer, operation)

    assert len(consumer.mock.requests) == 1


@every_list
def test_rejects_a_link_back_to_the_same_page(consumer: Consumer, operation: Operation) -> None:
    consumer.open()
    consumer.mock.replies(page(operation, "/again"), page(operation, "/again"), page(operation, None))

    with pytest.raises(errors.DecodeError, match="next page"):
        collect(consumer, operation)

    assert len(consumer.mock.requests) == 2
