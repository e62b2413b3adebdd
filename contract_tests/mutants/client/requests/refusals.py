"""Clients that send what cannot be said, or what would name another resource."""

from contract_tests.mutants.client.source_edits import Faults, edit

FAULTS: Faults = {
    "invalid_arguments::rejects_an_id_that_is_not_an_integer": {
        "does not look at ids that are text": edit(
            "_encoding", "isinstance(value, str) and _is_integer(value)", "isinstance(value, str)"
        ),
        "refuses only ids with dots": edit(
            "_encoding", "isinstance(value, str) and _is_integer(value)", 'isinstance(value, str) and "." not in value'
        ),
        "takes digits of every script": edit("_encoding", 're.compile("-?[0-9]+")', 're.compile(r"-?\\d+")'),
        "takes true for an id": edit("_encoding", "if type(value) is int:", "if isinstance(value, int):"),
        "takes a line feed after an id": edit(
            "_encoding", 're.compile("-?[0-9]+").fullmatch', 're.compile("-?[0-9]+$").match'
        ),
        "does not look at the ids of a query": edit(
            "_operations", "{_encoding.integer('student_id', student_id)}", "{student_id}"
        ),
    },
    "invalid_arguments::rejects_a_call_without_any_of_the_required_parameters": {
        "asks for the alignments of nobody": edit(
            "_operations", "    if student_id is None and assignment_id is None:\n", "    if course_id is None:\n"
        ),
    },
    "invalid_arguments::rejects_add_defaults_that_is_not_a_boolean": {
        "takes words for a boolean": edit(
            "_encoding", "    if not isinstance(value, bool):\n", "    if not isinstance(value, bool | str):\n"
        ),
    },
    "invalid_arguments::rejects_values_that_a_form_cannot_encode_and_suggests_json": {
        "says null as the word None": edit(
            "_encoding",
            "    if isinstance(value, str):\n        return str(value)\n    kind",
            "    if isinstance(value, str | None):\n        return str(value)\n    kind",
        ),
        "drops null from a form": edit(
            "_encoding", "        if value is UNSET:\n", "        if value is UNSET or value is None:\n"
        ),
        "drops an empty list from a form": edit(
            "_encoding",
            '                raise _not_encodable(wire, "a form cannot encode an empty list")\n',
            "                continue\n",
        ),
        "lets rows have different keys": edit(
            "_encoding", "if not cells[0] or any(row.keys() != cells[0].keys() for row in cells):", "if not cells[0]:"
        ),
        "does not say what to do instead": edit("_encoding", ' Use encoding="json".', ""),
    },
    "invalid_arguments::rejects_values_that_no_encoding_supports": {
        "sends infinity as null": edit(
            "_encoding", "                _reject_non_finite(model)\n", "                pass\n"
        ),
        "sends infinity in a row as null": edit(
            "_encoding",
            '        for inner in cast("Sequence[object]", value):\n            _reject_non_finite(inner, name)',
            "        return",
        ),
        "writes infinity into a form": edit(
            "_encoding",
            "if not isinstance(value, float) or not math.isfinite(value):",
            "if not isinstance(value, float):",
        ),
        "replaces half of a surrogate pair": edit(
            "_encoding", "urlencode(pairs).encode()", 'urlencode(pairs, errors="replace").encode()'
        ),
    },
    "invalid_arguments::rejects_a_body_of_another_type": {
        "sends a dict as it is": edit(
            "_encoding",
            "    if expected is not None and not isinstance(model, expected):",
            "    if expected is not None and not isinstance(model, expected | dict):",
        ),
        "sends no body for None": edit(
            "_encoding",
            "    if expected is not None and not isinstance(model, expected):",
            "    if model is not None and not isinstance(model, expected):",
        ),
    },
    "invalid_arguments::rejects_an_unknown_encoding": {
        "sends JSON for an unknown encoding": edit(
            "_encoding", 'if encoding == "json":', 'if encoding not in ("form", "multipart"):'
        )
    },
    "invalid_arguments::rejects_an_invalid_base_url": {
        "takes any base URL": edit(
            "_connection", 'if url.scheme not in ("http", "https") or not _is_host(url.raw_host):', "if not url:"
        ),
        "shows the password of a base URL": edit(
            "_connection",
            '"cannot use the base URL: remove',
            'f"cannot use the base URL {base_url}: remove',
        ),
        "drops the query of a base URL": edit(
            "_connection", "url.userinfo or url.query or url.fragment", "url.userinfo or url.fragment"
        ),
    },
    "invalid_arguments::accepts_an_id_as_a_string": {
        "takes numbers only": edit(
            "_encoding", "    if isinstance(value, str) and _is_integer(value):\n", "    if isinstance(value, bytes):\n"
        )
    },
    "invalid_arguments::names_a_number_that_is_not_finite": {
        "names the body for each of its numbers": edit(
            "_encoding", "_reject_non_finite(getattr(value, field), field)", "_reject_non_finite(getattr(value, field))"
        ),
    },
    "invalid_arguments::names_an_integer_with_too_many_digits": {
        "keeps to itself which integer is too long": edit(
            "_encoding", "is int:\n        return _digits(name, value)", 'is int:\n        return _digits("it", value)'
        )
    },
    "invalid_arguments::names_a_number_with_too_many_digits": {
        "keeps to itself which number is too long": edit(
            "_encoding", "bool):\n        return _digits(name, value)", 'bool):\n        return _digits("it", value)'
        )
    },
    "invalid_arguments::names_the_model_that_cannot_be_encoded": {
        "keeps to itself what it cannot encode": edit(
            "_encoding", "cannot send {type(model).__name__} as {encoding}: {cause}.", "cannot send that: {cause}."
        )
    },
    "invalid_arguments::names_a_number_that_is_not_finite_outside_of_a_model": {
        "keeps to itself which number of a map it is": edit(
            "_encoding", "_reject_non_finite(inner, key)", '_reject_non_finite(inner, "it")'
        )
    },
    "invalid_arguments::names_the_field_that_a_form_cannot_encode": {
        "leaves out what a form does not have": edit(
            "_encoding",
            '            raise _not_encodable(wire, "a form has no such field")\n',
            "            continue\n",
        ),
        "keeps to itself which cell of a row is wrong": edit(
            "_encoding", '_scalar(f"{wire}[][{key}]", value)', '_scalar("ratings", value)'
        ),
        "has no word for an empty list": edit(
            "_encoding", "a form cannot encode an empty list", "a form cannot encode it"
        ),
    },
}
