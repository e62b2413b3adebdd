"""Clients whose requests are not those of the contract."""

from contract_tests.mutants.client.source_edits import Faults, edit

FAULTS: Faults = {
    "requests::sends_method_path_query_and_headers": {
        "updates with PATCH": edit("_operations", '    "PUT",\n', '    "PATCH",\n'),
        "asks another version of the API": edit(
            "_operations", '"/api/v1/courses/{course_id_segment}/', '"/api/v2/courses/{course_id_segment}/'
        ),
        "drops the last digit of a long id": edit(
            "_encoding", "        return str(value)\n    except", "        return str(value)[:15]\n    except"
        ),
        "asks for the neighbour": edit(
            "_operations",
            'course_id_segment = _encoding.integer("course_id", course_id)',
            'course_id_segment = _encoding.integer("course_id", int(course_id) + 1)',
        ),
        "swaps student and assignment": edit(
            "_operations", "&student_id={_encoding.integer('student_id', student_id)}", "&assignment_id={student_id}"
        ),
        "drops the assignment when there is a student": edit(
            "_operations",
            "    if assignment_id is not None:\n",
            "    if assignment_id is not None and not student_id:\n",
        ),
        "names a parameter in another case": edit("_operations", "&student_id={", "&studentId={"),
        "drops the last parameter": edit(
            "_operations",
            """    if assignment_id is not None:
        query += f"&assignment_id={_encoding.integer('assignment_id', assignment_id)}"
    if query:
        target = f"{target}?{query[1:]}\"""",
            """    if assignment_id is not None:
        query += f"&assignment_id={_encoding.integer('assignment_id', assignment_id)}"
    if query:
        target = f"{target}?{query[1:].partition('&')[0]}\"""",
        ),
        "accepts anything": edit("_connection", '"Accept": "application/json"', '"Accept": "*/*"'),
        "does not say what it is": edit("_connection", 'f"canvas-outcomes-client/{CONTRACT.version} ', 'f"'),
        "sends the token as Basic": edit("_connection", 'f"Bearer {token}"', 'f"Basic {token}"'),
        "sends the token in the query": edit(
            "_connection", "self.base_url + call.target,", 'f"{self.base_url}{call.target}?access_token={token}",'
        ),
    },
    "requests::sends_booleans_as_true_and_false": {
        "writes booleans as Python does": edit("_encoding", 'return "true" if value else "false"', "return str(value)"),
        "drops a parameter that is false": edit(
            "_operations",
            """    if add_defaults is not None:
        query += f"&add_defaults={_encoding.boolean('add_defaults', add_defaults)}"
    if query:
        target = f"{target}?{query[1:]}"
    return Call(GET_OUTCOME, target)""",
            """    if add_defaults:
        query += f"&add_defaults={_encoding.boolean('add_defaults', add_defaults)}"
    if query:
        target = f"{target}?{query[1:]}"
    return Call(GET_OUTCOME, target)""",
        ),
    },
    "requests::sends_the_body": {
        "calls a form JSON": edit("_encoding", '"application/x-www-form-urlencoded"\n', '"application/json"\n'),
        "sends a form as multipart": edit("_encoding", 'encoding == "form":', 'encoding == "no":'),
        "names no boundary": edit("_encoding", "multipart/form-data; boundary={boundary}", "multipart/form-data"),
        "does not end a multipart form": edit("_encoding", 'f"--{boundary}--\\r\\n"', 'f"--{boundary}\\r\\n"'),
        "drops a field": edit("_operations", '    "vendor_guid": None,\n', ""),
    },
    "requests::sends_null_and_empty_values_in_json": {
        "writes numbers as text": edit(
            "_encoding",
            "            content = _to_json(model)\n",
            '            content = re.sub(rb"(points\\":)([-0-9.e+]+)", rb"\\1\\"\\2\\"", _to_json(model))\n',
        ),
        "drops null from JSON": edit(
            "_encoding",
            "            content = _to_json(model)\n",
            "            content = _to_json({name: value for name, value in _fields(model) if value not in (None, UNSET)})\n",
        ),
        "sends null for what was left out": edit(
            "_encoding",
            "            content = _to_json(model)\n",
            "            content = _to_json({name: None if value is UNSET else value for name, value in _fields(model)})\n",
        ),
        "sends an empty list as nothing": edit(
            "_encoding",
            "            content = _to_json(model)\n",
            "            content = _to_json({name: value for name, value in _fields(model) if value not in (UNSET, [], ())})\n",
        ),
    },
    "requests::sends_no_body_when_the_operation_has_none": {
        "sends null as the body of a GET": edit(
            "_operations", "    return Call(GET_OUTCOME, target)", '    return Call(GET_OUTCOME, target, b"null")'
        ),
        "names a type of no body": edit(
            "_operations",
            "    return Call(LIST_OUTCOME_ALIGNMENTS, target)",
            '    return Call(LIST_OUTCOME_ALIGNMENTS, target, None, "application/json")',
        ),
    },
    "requests::is_generated_from_this_contract": {
        "is of another version": edit("_contract", 'version="', 'version="0.')
    },
    "requests::sends_the_same_request_for_a_raw_response": {
        "forgets an argument when asked for the raw answer": edit(
            "_client",
            "add_defaults=add_defaults, encoding=encoding)\n        response =",
            "encoding=encoding)\n        response =",
        ),
    },
}
