"""Client and AsyncClient have the same members, signatures and docstrings."""

import inspect
from typing import Any, Self, get_type_hints

import pytest

import canvas_outcomes
from canvas_outcomes import AsyncClient, AsyncRawClient, Client, RawClient
from canvas_outcomes_contract.checks.client.documented import (
    CONTRACT,
    OPERATIONS,
    method_name,
    parameter_names,
    parameters_of,
)
from canvas_outcomes_contract.checks.client.names import ARGUMENTS
from canvas_outcomes_contract.contract.document import Operation

SYNC_NAMES = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
every_pair = pytest.mark.parametrize(
    ("plain", "asynchronous"), [(Client, AsyncClient), (RawClient, AsyncRawClient)], ids=["plain", "raw"]
)


def members(kind: type[Any]) -> set[str]:
    """The public names that a class defines, as Client spells them."""
    return {SYNC_NAMES.get(name, name) for name in vars(kind) if not name.startswith("_") or name.endswith("__")}


def parameters(method: Any) -> list[tuple[str, Any, Any]]:
    return [(one.name, one.kind, one.default) for one in inspect.signature(method).parameters.values()]


@every_pair
def test_both_clients_have_the_same_members(plain: type[Any], asynchronous: type[Any]) -> None:
    assert members(plain) == members(asynchronous)
    assert set(map(method_name, OPERATIONS)) <= members(plain)


@every_pair
def test_both_methods_have_the_same_signature(plain: type[Any], asynchronous: type[Any], operation: Operation) -> None:
    one, other = getattr(plain, method_name(operation)), getattr(asynchronous, method_name(operation))

    assert inspect.signature(one) == inspect.signature(other)
    assert (inspect.iscoroutinefunction(one), inspect.iscoroutinefunction(other)) == (False, True)


@every_pair
def test_parameters_have_the_names_of_the_contract(
    plain: type[Any], asynchronous: type[Any], operation: Operation
) -> None:
    required = {(one["in"], one["name"]) for one in parameters_of(operation) if one.get("required")}
    names = parameter_names(operation)

    by_name = {one.name: one for one in inspect.signature(getattr(plain, method_name(operation))).parameters.values()}
    others = by_name.keys() - names.values()
    assert others <= {"self", *ARGUMENTS}
    assert {name for name in names.values() if by_name[name].default is inspect.Parameter.empty} == {
        names[key] for key in required
    }
    in_path = [name for (place, _), name in names.items() if place == "path"]
    assert list(by_name)[1 : len(in_path) + 1] == in_path


def test_both_methods_have_the_same_docstring(operation: Operation) -> None:
    assert inspect.getdoc(getattr(Client, method_name(operation))) == inspect.getdoc(
        getattr(AsyncClient, method_name(operation))
    )


def test_both_constructors_take_the_same_parameters() -> None:
    one, other = (
        [parameter for parameter in parameters(kind.__init__) if parameter[0] != "sleep"]
        for kind in (Client, AsyncClient)
    )

    assert one == other


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_from_env_takes_the_options_of_the_constructor(kind: type[Any]) -> None:
    options = [one for one in parameters(kind.__init__) if one[0] not in ("self", "base_url", "token")]

    assert parameters(kind.from_env) == options


@pytest.mark.parametrize("enter", [Client.__enter__, AsyncClient.__aenter__])
def test_a_with_block_keeps_the_type_of_a_subclass(enter: Any) -> None:
    assert get_type_hints(enter)["return"] is Self


def test_exposes_the_version_of_its_contract() -> None:
    assert canvas_outcomes.__version__ == canvas_outcomes.CONTRACT.version == CONTRACT.version
    with pytest.raises(AttributeError):
        canvas_outcomes.CONTRACT.version = "2.0.0"  # type: ignore[misc]
