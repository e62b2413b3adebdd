"""Clients whose models do not behave as values."""

from contract_tests.mutants.client.source_edits import Faults, edit

UPDATE = "class OutcomeUpdate(Struct, frozen=True, kw_only=True):"

FAULTS: Faults = {
    "models::copies_are_equal_and_keep_unset_fields": {
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
    "models::repr_shows_every_value": {
        "shows its class only": edit(
            "models", UPDATE, UPDATE + '\n    def __repr__(self) -> str:\n        return "OutcomeUpdate()"\n'
        )
    },
    "models::is_immutable": {
        "can be changed": edit(
            "models",
            "class OutcomeAlignment(Struct, frozen=True, kw_only=True, gc=False):",
            "class OutcomeAlignment(Struct, kw_only=True, gc=False):",
        )
    },
    "models::accepts_fields_by_name_only": {
        "takes fields by position": edit(
            "models",
            "class Rating(Struct, frozen=True, kw_only=True, gc=False):",
            "class Rating(Struct, frozen=True, gc=False):",
        )
    },
    "models::replace_changes_only_the_given_field": {
        "takes what was left out for null": edit(
            "models",
            '    description: str | None | UnsetType = UNSET\n    """The new description',
            '    description: str | None | UnsetType = None\n    """The new description',
        )
    },
    "models::enum_lists_the_calculation_methods_of_the_contract": {
        "does not know a method": edit("models", '    HIGHEST = "highest"\n', "")
    },
    "models::sends_a_calculation_method_unchanged": {
        "has an enum that raises": edit(
            "models",
            '    calculation_method: str | UnsetType = UNSET\n    """The method',
            '    calculation_method: CalculationMethod | UnsetType = UNSET\n    """The method',
        ),
        "sends known methods only": edit(
            "_encoding",
            "    if isinstance(value, str):\n        return str(value)\n    kind",
            '    if isinstance(value, str) and not value.startswith("an unknown"):\n        return str(value)\n    kind',
        ),
    },
    "models::sends_an_enum_member_as_its_value": {
        "sends the name of a member": edit(
            "_encoding", "        return str(value)\n    kind", '        return getattr(value, "name", value)\n    kind'
        )
    },
    "models::every_public_class_has_a_docstring": {
        "has an error without words": edit("errors", '    """The client is closed."""', "    pass")
    },
    "models::every_method_documents_parameters_and_errors": {
        "does not say that it raises": edit("_async_client", "            ContentTooLargeError: ", "            Also: ")
    },
    "models::every_field_has_a_docstring": {
        "has a field without words": edit("models", '    """Whether the requester may update the outcome."""\n', "")
    },
}
