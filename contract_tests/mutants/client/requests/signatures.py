"""Clients of which the asynchronous one is not the synchronous one."""

from contract_tests.mutants.client.source_edits import Faults, edit

FAULTS: Faults = {
    "signatures::both_clients_have_the_same_members": {
        "has a method in one client only": edit(
            "_client",
            "    def close(self) -> None:\n",
            "    def ping(self) -> None: ...\n\n    def close(self) -> None:\n",
        )
    },
    "signatures::both_methods_have_the_same_signature": {
        "has an asynchronous method that differs": edit(
            "_async_client",
            '        encoding: Literal["json", "form", "multipart"] = "json",\n        timeout: Timeout | None = None,\n    ) -> Outcome:',
            '        encoding: Literal["json", "form", "multipart"] = "form",\n        timeout: Timeout | None = None,\n    ) -> Outcome:',
        ),
        "blocks in an asynchronous method": edit(
            "_async_client",
            "        call = _operations.get_outcome(id, add_defaults=add_defaults)\n        return read(call, await self._sender",
            "        call = _operations.get_outcome(id, add_defaults=add_defaults)\n        yield read(call, await self._sender",
        ),
    },
    "signatures::both_methods_have_the_same_docstring": {
        "says something else asynchronously": edit(
            "_async_client", '        """Show an outcome.\n', '        """Show an outcome, later.\n'
        )
    },
    "signatures::both_constructors_take_the_same_parameters": {
        "trusts the environment in one client": edit(
            "_async_client", "        trust_env: bool = True,\n", "        trust_env: bool = False,\n"
        )
    },
    "signatures::exposes_the_version_of_its_contract": {
        "has another version": edit("__init__", "__version__ = CONTRACT.version", '__version__ = "0"')
    },
}
