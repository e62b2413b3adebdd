"""Faults of update_outcome: requests that make the provider fail."""

from contract_tests.mutants.provider.faults import FORM, MULTIPART, Faults, Provider, Request, Response
from contract_tests.mutants.provider.schema import SERVER_ERROR, fail


def fails_on_json_that_it_cannot_read(request: Request, provider: Provider) -> Response:
    response = provider(request)
    is_json = request.media_type == "application/json" and not request.fields
    return SERVER_ERROR if is_json and response.status == 400 else response


def has_an_integer_of_more_than_64_bits(request: Request) -> bool:
    value = request.fields.get("calculation_int")
    return isinstance(value, int) and value >= 2**63


FAULTS: Faults = {
    "update-outcome-never-fails-on-a-request": {
        "fails on JSON that it cannot read": fails_on_json_that_it_cannot_read,
        "fails on a large body": fail(lambda request: len(request.body) > 1_000_000),
        "fails on deep JSON": fail(lambda request: request.body.count(b"[") > 1000),
        "fails on infinite numbers": fail(lambda request: b"1e999" in request.body),
        "fails on integers of more than 64 bits": fail(has_an_integer_of_more_than_64_bits),
        "fails on ratings that are not a list": fail(
            lambda request: not isinstance(request.fields.get("ratings"), list | None)
        ),
        "fails on a title that is an object": fail(
            lambda request: isinstance(request.fields.get("title"), dict | list)
        ),
        "fails on a name that is a list and a value": fail(
            lambda request: {"ratings", "ratings[][points]"} <= {name for name, _ in request.form}
        ),
        "fails on deep names": fail(lambda request: any(name.count("[") > 100 for name, _ in request.form)),
        "fails on a form that is not UTF-8": fail(
            lambda request: request.media_type == FORM and b"%ff" in request.body
        ),
        "fails on a multipart form without a boundary": fail(
            lambda request: request.headers.get("content-type", "").strip() == MULTIPART
        ),
        "fails on a multipart form that breaks off": fail(
            lambda request: request.media_type == MULTIPART and not request.body.rstrip().endswith(b"--")
        ),
        "fails without a media type": fail(lambda request: not request.media_type and request.method != "GET"),
        "fails on an unknown character set": fail(lambda request: "utf-32" in request.headers.get("content-type", "")),
    },
}
