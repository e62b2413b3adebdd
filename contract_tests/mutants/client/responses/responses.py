"""Clients that lose or change what was answered, or take what cannot be read."""

from contract_tests.mutants.client.source_edits import Faults, edit

READ = "return operation.decode(response.content)"
CONVERT = (
    "            return msgspec.convert(_with_integers(msgspec.json.decode(response.content)), operation.returns)\n"
)

FAULTS: Faults = {
    "responses::reads_every_property": {
        "has no field for a property": edit(
            "models",
            '''    mastery_points: int | float | None | UnsetType = UNSET
    """The points necessary to demonstrate mastery."""
''',
            "",
        ),
        "reads a property under another name": edit(
            "models",
            "    friendly_description: str | None | UnsetType = UNSET",
            '    friendly_description: str | None | UnsetType = field(default=UNSET, name="friendly")',
        ),
        "reads the first alignment only": edit(
            "_operations", "    list[OutcomeAlignment],\n    {", "    tuple[OutcomeAlignment],\n    {"
        ),
    },
    "responses::reads_string_ids_as_integers": {
        "reads ids that are numbers only": edit("_responses", CONVERT, "            raise\n"),
        "keeps ids that are text": edit(
            "models",
            '    id: int\n    """The id of the outcome."""',
            '    id: int | str\n    """The id of the outcome."""',
        ),
        "reads text ids under id only": edit("_responses", '(key == "id" or key.endswith("_id"))', '(key == "id")'),
        "reads negative ids wrongly": edit(
            "_responses", 're.fullmatch("-?[0-9]{1,40}", value)', 're.fullmatch("[0-9]{1,40}", value)'
        ),
        "reads short ids only": edit("_responses", "{1,40}", "{1,9}"),
    },
    "responses::reads_or_rejects_undocumented_bodies": {
        "raises the decoder's own error": edit(
            "_responses",
            "        except DECODE_ERRORS:\n            content_type",
            "        except UnicodeDecodeError:\n            content_type",
        ),
        "answers what it could not read": edit(
            "_responses", CONVERT.rstrip("\n"), "            return msgspec.json.decode(response.content)"
        ),
    },
    "responses::reads_edge_cases_of_an_outcome": {
        "raises for a method of tomorrow": edit(
            "models",
            '    calculation_method: str | UnsetType = UNSET\n    """The method',
            '    calculation_method: CalculationMethod | UnsetType = UNSET\n    """The method',
        ),
        "reads numbers as floats": edit(
            "models",
            '    mastery_points: int | float | None | UnsetType = UNSET\n    """The points necessary',
            '    mastery_points: float | None | UnsetType = UNSET\n    """The points necessary',
        ),
        "refuses fields of tomorrow": edit(
            "models",
            "class Outcome(Struct, frozen=True, kw_only=True)",
            "class Outcome(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True)",
        ),
        "strips titles": edit(
            "_responses",
            READ,
            f"import re as _re; {READ.replace('response.content', '_re.sub(rb_, rb_2, response.content)')}".replace(
                "rb_2", "rb'\"'"
            ).replace("rb_", "rb'\" +'"),
        ),
        "turns an integer without a fraction into another": edit(
            "models",
            '    calculation_int: int | UnsetType = UNSET\n    """The value that calculation_method uses: percent',
            '    calculation_int: float | UnsetType = UNSET\n    """The value that calculation_method uses: percent',
        ),
    },
    "responses::distinguishes_null_from_a_missing_field": {
        "reads what was left out as null": edit(
            "models",
            '    mastery_points: int | float | None | UnsetType = UNSET\n    """The points necessary',
            '    mastery_points: int | float | None | UnsetType = None\n    """The points necessary',
        ),
        "reads null as left out": edit(
            "_responses",
            READ,
            "return operation.decode(re.sub(rb'\"friendly_description\": *null,? *', b'', response.content).replace(b',}', b'}'))",
        ),
    },
    "responses::raises_the_documented_error": {
        "swallows errors": edit(
            "_connection", "return 200 <= response.status_code < 300", "return 200 <= response.status_code < 500"
        ),
        "raises one class for all statuses": edit(
            "_responses",
            "error_class = errors.BY_STATUS.get(status) or errors.BY_RANGE.get(status // 100, ApiError)",
            "error_class = ApiError",
        ),
        "loses the body of an error": edit(
            "_responses", "        body=body,\n        message=message", '        body=b"",\n        message=message'
        ),
        "does not read the body of an error": edit(
            "_responses", "        parsed=_parsed(body, call.operation, status),\n", ""
        ),
        "reads a body as another one": edit(
            "_responses", "for model in (*documented, *_ERROR_BODIES):", "for model in reversed(_ERROR_BODIES):"
        ),
        "loses the headers of an error": edit(
            "_responses",
            "        headers=response.headers,\n        body=body",
            "        headers=httpx.Headers(),\n        body=body",
        ),
        "looks for the request's id elsewhere": edit("errors", 'self.headers.get("X-Request-Context-Id") or', ""),
        "names another operation": edit("_responses", "RequestInfo(self.operation.name, ", 'RequestInfo("request", '),
    },
    "responses::raises_the_error_of_every_example": {
        "names the path of the operation, not of the request": edit(
            "_responses", "path = request.url.path if request else", 'path = "/" if request else'
        ),
        "takes 404 for an empty answer": edit(
            "_connection",
            "return 200 <= response.status_code < 300",
            "return 200 <= response.status_code < 300 or response.status_code == 404",
        ),
    },
    "responses::reads_every_example": {
        "cannot read a list": edit(
            "_operations",
            'Operation[list[OutcomeAlignment]] = Operation(\n    "list_outcome_alignments",\n    "GET",\n    list[OutcomeAlignment],',
            'Operation[list[OutcomeAlignment]] = Operation(\n    "list_outcome_alignments",\n    "GET",\n    OutcomeAlignment,',
        )
    },
    "corrupted_responses::raises_decode_error_for_an_unreadable_body": {
        "lets errors about UTF-8 through": edit("_responses", "UnicodeDecodeError, ", ""),
        "lets a body nest as deep as it likes": edit(
            "_responses", "UnicodeDecodeError, RecursionError)", "UnicodeDecodeError)"
        ),
        "takes the beginning of an answer": edit(
            "_responses", READ, 'return operation.decode(response.content.rstrip(b"}") + b"}")'
        ),
        "loses what could not be read": edit(
            "_responses",
            "                body=response.content,\n            ) from cause",
            '                body=b"",\n            ) from cause',
        ),
        "loses the cause": edit("_responses", "            ) from cause", "            ) from None"),
    },
    "corrupted_responses::raises_decode_error_for_a_property_of_another_type": {
        "reads text as numbers": edit(
            "_responses",
            "_with_integers(msgspec.json.decode(response.content)), operation.returns)",
            "msgspec.json.decode(response.content), operation.returns, strict=False)",
        ),
        "does not name the property": edit("_responses", "{info}: {cause} (status", "{info} (status"),
    },
    "corrupted_responses::raises_decode_error_for_a_missing_required_property": {
        "makes up what is missing": edit("models", "    can_edit: bool\n", "    can_edit: bool = False\n")
    },
    "corrupted_responses::raises_decode_error_for_html": {
        "looks at the kind of an answer first": edit(
            "_responses", READ, 'assert "json" in response.headers["Content-Type"]; ' + READ
        )
    },
    "corrupted_responses::raises_api_error_for_an_undocumented_status": {
        "knows documented statuses only": edit(
            "_responses",
            "error_class = errors.BY_STATUS.get(status) or errors.BY_RANGE.get(status // 100, ApiError)",
            "error_class = errors.BY_STATUS.get(status) or errors.BY_RANGE[status // 100]",
        ),
        "takes a redirect for a success": edit(
            "_connection", "return 200 <= response.status_code < 300", "return 200 <= response.status_code < 304"
        ),
        "reads errors of one shape only": edit(
            "_responses",
            "    if isinstance(value, str):\n        yield value\n",
            '    if not isinstance(value, dict):\n        yield value["message"]\n',
        ),
    },
    "corrupted_responses::raises_decode_error_for_an_empty_body": {
        "answers None for an empty success": edit(
            "_responses",
            "    if operation.returns is NoneType:\n",
            "    if operation.returns is NoneType or not response.content:\n",
        )
    },
    "corrupted_responses::raises_transport_error_for_a_body_that_cannot_be_decompressed": {
        "lets httpx's errors of decoding through": edit(
            "_sender", "except httpx.HTTPError as cause:", "except httpx.TransportError as cause:"
        )
    },
    "responses::reads_an_ambiguous_error_as_one_documented_for_its_status": {
        "does not care which errors a status has": edit(
            "_responses", "operation.error_bodies.get(status) or ", "operation.error_bodies.get(0) or "
        ),
        "takes the first of a range for one before it": edit("_responses", "status // 100, ()", "status // 101, ()"),
    },
}
