"""Clients whose forms say other than what they were given."""

from contract_tests.mutants.client.source_edits import Faults, edit

FAULTS: Faults = {
    "forms::sends_any_string_unchanged": {
        "does not escape a form": edit(
            "_encoding", "urlencode(pairs).encode()", '"&".join(f"{name}={value}" for name, value in pairs).encode()'
        ),
        "escapes a form twice": edit(
            "_encoding",
            "urlencode(pairs).encode()",
            'urlencode([(name, urlencode({"": value})[1:]) for name, value in pairs]).encode()',
        ),
        "normalises texts": edit(
            "_encoding",
            "        return str(value)\n    kind",
            "        return value.replace('\\r\\n', '\\n')\n    kind",
        ),
        "strips texts": edit(
            "_encoding", "        return str(value)\n    kind", "        return value.strip()\n    kind"
        ),
        "ends a line in a part as the part": edit(
            "_encoding", "\\r\\n\\r\\n{value}\\r\\n", "\\r\\n\\r\\n{value.strip()}\\r\\n"
        ),
    },
    "forms::sends_rows_in_order": {
        "writes columns, not rows": edit(
            "_encoding",
            """    for row in cells:
        yield from ((f"{wire}[][{key}]", _scalar(f"{wire}[][{key}]", value)) for key, value in row.items())""",
            """    for key in cells[0]:
        yield from ((f"{wire}[][{key}]", _scalar(f"{wire}[][{key}]", row[key])) for row in cells)""",
        ),
        "writes rows without their names": edit("_encoding", '(f"{wire}[][{key}]", _scalar', '(f"{wire}[]", _scalar'),
        "numbers the rows": edit(
            "_encoding",
            '''    for row in cells:
        yield from ((f"{wire}[][{key}]"''',
            '''    for number, row in enumerate(cells):
        yield from ((f"{wire}[{number}][{key}]"''',
        ),
        "sends the first row only": edit("_encoding", "    for row in cells:\n", "    for row in cells[:1]:\n"),
        "drops zero from rows": edit(
            "_encoding",
            "for row in rows]\n",
            "for row in rows]\n    cells = [{key: value for key, value in row.items() if value != 0} for row in cells]\n",
        ),
        "begins with the last row": edit("_encoding", "    for row in cells:\n", "    for row in reversed(cells):\n"),
        "sorts the rows": edit(
            "_encoding", "    for row in cells:\n", "    for row in sorted(cells, key=lambda row: row['points']):\n"
        ),
    },
    "forms::writes_booleans_and_numbers_as_json_does": {
        "says one and zero in forms": edit(
            "_encoding",
            "        return boolean(name, value)\n    if isinstance(value, int | float)",
            "        return str(int(value))\n    if isinstance(value, int | float)",
        ),
        "rounds numbers of forms": edit("_encoding", "    return repr(value)\n", "    return str(round(value))\n"),
        "writes integers as fractions": edit(
            "_encoding",
            "        return number(name, value)\n    if isinstance(value, str)",
            "        return repr(float(value))\n    if isinstance(value, str)",
        ),
    },
    "forms::generates_a_random_boundary_for_each_request": {
        "has one boundary for all": edit("_encoding", "boundary = secrets.token_hex(16)", 'boundary = "+++"'),
        "draws the boundary from few": edit("_encoding", "secrets.token_hex(16)", "secrets.token_hex(2)"),
    },
    "forms::repeats_the_name_for_a_list_of_scalars": {
        "sends the first of a list": edit("_encoding", "item)) for item in items)", "item)) for item in items[:1])")
    },
    "forms::sends_only_the_keys_that_are_set": {
        "says what a row leaves out": edit("_encoding", "if key in keys and value is not UNSET}", "if key in keys}")
    },
}
