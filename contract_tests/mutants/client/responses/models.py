"""Clients whose models do not behave as values."""

from contract_tests.mutants.client.source_edits import caught_by, edit

UPDATE = "class OutcomeUpdate(Struct, frozen=True, kw_only=True):"

caught_by(
    "models::copies_are_equal_and_leave_out_the_same",
    {
        "copies what was left out as null": edit(
            "models",
            UPDATE,
            UPDATE
            + "\n    def __copy__(self) -> object:\n        return type(self)(**{name: getattr(self, name) or None for name in self.__struct_fields__})\n",
        ),
        "compares by identity": edit(
            "models", UPDATE, "class OutcomeUpdate(Struct, frozen=True, kw_only=True, eq=False):"
        ),
    },
)
caught_by(
    "models::shows_what_it_holds",
    {
        "shows its class only": edit(
            "models", UPDATE, UPDATE + '\n    def __repr__(self) -> str:\n        return "OutcomeUpdate()"\n'
        )
    },
)
caught_by(
    "models::is_never_changed",
    {
        "can be changed": edit(
            "models",
            "class OutcomeAlignment(Struct, frozen=True, kw_only=True, gc=False):",
            "class OutcomeAlignment(Struct, kw_only=True, gc=False):",
        )
    },
)
caught_by(
    "models::takes_its_fields_by_name_only",
    {
        "takes fields by position": edit(
            "models",
            "class Rating(Struct, frozen=True, kw_only=True, gc=False):",
            "class Rating(Struct, frozen=True, gc=False):",
        )
    },
)
caught_by(
    "models::a_changed_copy_differs_in_that_field_alone",
    {
        "takes what was left out for null": edit(
            "models",
            '    description: str | None | UnsetType = UNSET\n    """The new description',
            '    description: str | None | UnsetType = None\n    """The new description',
        )
    },
)
caught_by(
    "models::knows_the_methods_of_calculation_that_the_contract_names",
    {"does not know a method": edit("models", '    HIGHEST = "highest"\n', "")},
)
caught_by(
    "models::sends_a_method_back_as_it_was_read",
    {
        "has an enum that raises": edit(
            "models",
            '    calculation_method: str | UnsetType = UNSET\n    """The method',
            '    calculation_method: CalculationMethod | UnsetType = UNSET\n    """The method',
        ),
        "sends known methods only": edit(
            "_encoding",
            "    if isinstance(value, str):\n        return str(value)\n    kind",
            '    if isinstance(value, str) and not value.startswith("a method"):\n        return str(value)\n    kind',
        ),
    },
)
caught_by(
    "models::a_known_method_is_sent_as_its_text",
    {
        "sends the name of a member": edit(
            "_encoding", "        return str(value)\n    kind", '        return getattr(value, "name", value)\n    kind'
        )
    },
)
caught_by(
    "models::every_public_class_says_what_it_is",
    {"has an error without words": edit("errors", '    """The client is closed."""', "    pass")},
)
caught_by(
    "models::every_method_says_what_it_takes_and_raises",
    {"does not say that it raises": edit("_async_client", "            ContentTooLargeError: ", "            Also: ")},
)
caught_by(
    "models::every_field_says_what_it_is",
    {"has a field without words": edit("models", '    """Whether the requester may update the outcome."""\n', "")},
)
