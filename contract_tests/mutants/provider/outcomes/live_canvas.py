"""A provider with every known deviation of live Canvas at once, of the versions before 2024 to after February 2026."""

import html
import json
import re
from typing import Any

from contract_tests.mutants.provider.faults import Provider, Request, Response, error

PLAIN_TEXTS = ("title", "display_name", "vendor_guid")
TEXTS = (*PLAIN_TEXTS, "description")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
INFINITY = 1.234567890123457e301  # stands for it in the database of the correct provider
NOT_A_STRING = "\u2063"  # stands before the JSON of a description of a rating
OF_LISTS = re.compile(r"(student|assignment)_id(\[|%5B)")
OF_WRONG_TYPES = re.compile(r"(^|&)((description|mastery_points)\[|ratings\[(\]=|[^\]])|ratings\[\]\[points\]\[)")
FAILURE = Response(
    500,
    b'{"errors": [{"message": "An error occurred.", "error_code": "internal_server_error"}], "error_report_id": 7}',
)


def live_canvas(request: Request, provider: Provider) -> Response:
    if request.operation == "list_outcome_alignments" and OF_LISTS.search(request.query):
        return FAILURE if request.has_token else provider(request)
    request = request.with_params(
        **{
            name: request.params[name].partition("~")[0]
            for name in ("student_id", "assignment_id")
            if "~" in request.params.get(name, "")
        }
    )
    if request.operation != "update_outcome":
        return shown(provider(request))
    if fails(request):
        response = provider(request.with_headers(content_type="application/json").with_body(b"{}"))
        return shown(FAILURE if response.status == 200 else response)
    before = provider(request.reading())
    response = shown(provider(stored(request)))
    if "title" in response.outcome and not response.outcome["title"].strip():
        provider(request.updating(title=before.json["title"]))
        return Response(400, b'{"errors": {"short_description": [{"message": "can\'t be blank"}]}}')
    return response


def fails(request: Request) -> bool:
    """Whether Canvas fails on the values of an update."""
    form = {} if _is_malformed(request.form) else dict(request.form)
    fields = request.fields | form
    ratings = fields.get("ratings")
    return bool(
        OF_WRONG_TYPES.search("&".join(f"{name}={value}" for name, value in form.items()))
        or not isinstance(fields.get("description", ""), str | None)
        or not isinstance(fields.get("mastery_points"), int | float | str | None)
        or fields.get("mastery_points") is True
        or (ratings is not None and ratings is not False and not _are_usable(ratings))
        or any(UNSTORABLE.search(value) for value in _texts(fields, "description"))
        or any(UNSTORABLE.search(value.replace("\0", "")) for value in _texts(fields, *PLAIN_TEXTS))
        or any("\0" in value for value in _texts(request.params, *TEXTS))
    )


def _is_malformed(form: list[tuple[str, str]]) -> bool:
    """Whether Canvas refuses a form: it is not UTF-8, or has ratings of two kinds."""
    names = {name for name, _ in form}
    both = "ratings" in names and any(name.startswith("ratings[") for name in names)
    return both or any("\ufffd" in value for _, value in form)


def _are_usable(ratings: Any) -> bool:
    rows = [row for row in ratings if row is not None] if isinstance(ratings, list) else []
    return bool(rows) and all(
        isinstance(row, dict)
        and not isinstance(row.get("points"), bool | list | dict)
        and not any(map(UNSTORABLE.search, _texts(row, "description")))
        for row in rows
    )


def _texts(fields: dict[str, Any], *names: str) -> list[str]:
    return [fields[name] for name in names if isinstance(fields.get(name), str)]


def stored(request: Request) -> Request:
    """The update that Canvas makes of a JSON body."""
    fields = {name: value for name, value in request.fields.items() if name != "add_defaults"}
    for name in PLAIN_TEXTS:
        if isinstance(fields.get(name), str):
            fields[name] = fields[name].replace("\0", "")
    if isinstance(fields.get("ratings"), list):
        fields["ratings"] = [_stored_rating(row) for row in fields["ratings"] if row is not None]
    if "mastery_points" in fields:
        fields["mastery_points"] = _stored_number(fields["mastery_points"])
    return request.with_fields(fields)


def _stored_rating(row: dict[str, Any]) -> dict[str, Any]:
    changed = row | {"points": _stored_number(row["points"])} if "points" in row else row
    if isinstance(row.get("description", ""), str | None) or row["description"] is False:
        return changed
    return changed | {"description": NOT_A_STRING + json.dumps(row["description"])}


def _stored_number(value: Any) -> Any:
    if isinstance(value, int | float) and not -1.8e308 < value < 1.8e308:
        return INFINITY if value > 0 else -INFINITY
    return value


def shown(response: Response) -> Response:
    """The response that Canvas sends instead of one of the correct provider."""
    if response.status == 403 and "errors" in (response.json or {}):
        return error(401, "user not authorized to perform that action")
    response = response.change_rows(lambda rows: [_renamed(row) for row in rows])
    response = response.without("can_unlink").change_ratings(lambda rows: list(map(_shown_rating, rows)))
    for name in PLAIN_TEXTS:
        response = response.change_field(name, lambda text: text and html.unescape(re.sub("<[^>]*>?", "", text)))
    for name in ("mastery_points", "points_possible"):
        response = response.change_field(name, _shown_number)
    return response


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def _shown_rating(row: dict[str, Any]) -> dict[str, Any]:
    text, points = row["description"], _shown_number(row["points"])
    if text.startswith(NOT_A_STRING):
        return row | {"description": json.loads(text.removeprefix(NOT_A_STRING)), "points": points}
    text = "No Comment" if text == "No description" else html.escape(html.unescape(text), quote=False)
    return row | {"description": text, "points": points}


def _shown_number(value: Any) -> Any:
    return None if value is not None and abs(value) == INFINITY else value
