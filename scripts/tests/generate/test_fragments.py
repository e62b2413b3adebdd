"""Each fragment of a contract is generated and its client is called, or it is refused with its place.

A fragment in fragments/*.yaml has parts of a contract and what to expect. Parts: `operation` (GET /things with the
operationId call, unless `route` and the operation say otherwise), `accepts` and `returns` (the schemas of its JSON
bodies), `paths`, `schemas`, `components`, `security`.
Expectations: `calls`, each with `call` (Python, a method of the client), `sends` (method and URL), `headers` (null: not
sent), `body`, `response` (status, json, text or headers), `reads` (a Python expression), `raises` (the error and its
text), `warns`; or `refuses`: the line of the place and words of the reason.
"""

import asyncio
import importlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
import yaml
from mypy import api

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell
from scripts import ROOT
from scripts.generate.generator import check_pins, parse, render

Fragment = dict[str, Any]
FRAGMENTS: dict[str, Fragment] = {
    f"{path.stem}-{name}": fragment
    for path in sorted((Path(__file__).parent / "fragments").glob("*.yaml"))
    for name, fragment in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}
REFUSED = [name for name, fragment in FRAGMENTS.items() if "refuses" in fragment]
GENERATED = [name for name in FRAGMENTS if name not in REFUSED]


def write_contract(fragment: Fragment, path: Path) -> Path:
    route, _, method = fragment.get("route", "/things get").partition(" ")
    success: dict[str, Any] = {"description": "OK"}
    operation: dict[str, Any] = {"operationId": "call"}
    if "accepts" in fragment:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": fragment["accepts"]}}}
    if "returns" in fragment:
        success["content"] = {"application/json": {"schema": fragment["returns"]}}
    operation |= {"responses": {"200": success}} | fragment.get("operation", {})
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1.0.0"},
        "paths": fragment.get("paths", {route: {method: operation}}),
        "components": {"schemas": fragment.get("schemas", {}), **fragment.get("components", {})},
        **({"security": fragment["security"]} if "security" in fragment else {}),
    }
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000), encoding="utf-8")
    return path


def write_client(folder: Path, name: str) -> str:
    """Generate the client of a fragment once, and return the name of its package."""
    package = folder / f"client_{name.replace('-', '_')}"
    if not package.exists():
        contract = Contract(write_contract(FRAGMENTS[name], folder / f"{name}.yaml"))
        render(folder, parse(contract), sha256=contract.sha256, pinned=check_pins())
        (folder / "canvas_outcomes").rename(package)
        blocks = re.findall(r"^```python\n(.*?)^```", (folder / "README.md").read_text(), re.MULTILINE | re.DOTALL)
        (package / "readme.py").write_text("".join(blocks).replace("from canvas_outcomes", f"from {package.name}"))
    return package.name


@pytest.mark.parametrize("name", GENERATED)
def test_the_client_sends_and_reads_what_the_fragment_says(folder: Path, name: str) -> None:
    client = importlib.import_module(write_client(folder, name))

    for expected in FRAGMENTS[name].get("calls", []):
        wanted = wanted_outcome(client, expected)
        assert outcome(client, expected, "Client") == wanted
        assert outcome(client, expected, "AsyncClient") == wanted


def wanted_outcome(client: ModuleType, expected: dict[str, Any]) -> dict[str, Any]:
    value = {"reads": evaluate(client, expected["reads"])} if "reads" in expected else {}
    return value | {key: expected[key] for key in ("sends", "headers", "body", "raises", "warns") if key in expected}


def evaluate(client: ModuleType, expression: str, **names: Any) -> Any:
    """Evaluate Python with the models, the errors and the standard library in reach."""
    standard = {name: importlib.import_module(name) for name in ("datetime", "uuid", "httpx2")}
    return eval(expression, standard | vars(client.models) | {"errors": client.errors, **names})


def outcome(client: ModuleType, expected: dict[str, Any], kind: str) -> dict[str, Any]:
    """Call the client against a stub and return the facts that the fragment names."""
    given = expected.get("response", {})
    replies = [{"status_code": 200} | one for one in (given if isinstance(given, list) else [given])]
    sent: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        reply = replies[min(len(sent), len(replies)) - 1]
        if "bytes" in reply:
            return httpx2.Response(reply["status_code"], content=reply["bytes"].encode("latin-1"))
        return httpx2.Response(**reply)

    def call() -> Any:
        options = {"base_url": "http://test", "token": "a-token", "transport": httpx2.MockTransport(respond)}
        if kind == "Client":
            with client.Client(**options) as one:
                value = evaluate(client, f"_client.{expected['call']}", _client=one)
                return list(value) if isinstance(value, Iterator) else value
        return asyncio.run(awaited(options))

    async def awaited(options: dict[str, Any]) -> Any:
        async with client.AsyncClient(**options) as one:
            value = evaluate(client, f"_client.{expected['call']}", _client=one)
            return [page async for page in value] if hasattr(value, "__aiter__") else await value

    facts: dict[str, Any] = {}
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        try:
            facts["reads"] = call()
        except client.errors.CanvasOutcomesError as error:
            facts["raises"] = f"{type(error).__name__}: {error}"
    facts["warns"] = [str(one.message) for one in recorded if one.category is DeprecationWarning]
    assert {one.filename for one in recorded} <= {"<string>", __file__}, (
        "a warning does not name the line of the caller"
    )
    urls = [f"{one.method} {str(one.url).removeprefix('http://test')}" for one in sent]
    facts["sends"] = urls if isinstance(expected.get("sends"), list) else "".join(urls)
    facts["headers"] = {name: one.headers.get(name) for one in sent for name in expected.get("headers", {})}
    facts["body"] = "".join(one.content.decode() for one in sent)
    if "multipart" in str([one.headers.get("Content-Type") for one in sent]):
        boundary = sent[0].headers["Content-Type"].partition("boundary=")[2]
        facts["body"] = facts["body"].replace(boundary, "BOUNDARY").replace("\r\n", "\n")
    assert "raises" in expected or "raises" not in facts, facts["raises"]
    return {key: facts.get(key) for key in expected if key in ("reads", "sends", "headers", "body", "raises", "warns")}


def test_a_call_leaves_the_headers_of_later_calls_as_they_are(folder: Path) -> None:
    client = importlib.import_module(write_client(folder, "security-public-with-a-body"))
    sent: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(204)

    with client.Client("http://test", token="a-token", transport=httpx2.MockTransport(respond)) as one:
        one.call(client.models.Thing(name="a"))
        one.call(client.models.Thing(name="b"))

    assert [request.headers.get_list("Content-Type") for request in sent] == [["application/json"]] * 2


@pytest.mark.parametrize("name", REFUSED)
def test_the_fragment_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    path = write_contract(FRAGMENTS[name], tmp_path / "openapi.yaml")
    line, words = FRAGMENTS[name]["refuses"]

    with pytest.raises(CannotTell) as refusal:
        parse(Contract(path))

    place, _, reason = str(refusal.value).removeprefix(f"Cannot use the contract {path}:").partition(": ")
    assert words in reason
    assert path.read_text().splitlines()[int(place.partition(":")[0]) - 1].strip(" -") == line
    assert "object at 0x" not in reason


def test_every_client_and_the_examples_of_its_readme_are_strictly_typed(folder: Path) -> None:
    packages = [write_client(folder, name) for name in GENERATED]
    settings = folder / "mypy.ini"
    settings.write_text(
        f"[mypy]\nstrict = true\nmypy_path = {folder}\ncache_dir = {ROOT / '.mypy_cache' / 'fragments'}\n"
    )

    output, trouble, code = api.run(["--config-file", str(settings), *(f"-p{one}" for one in packages)])

    assert code == 0, output + trouble


def test_there_are_enough_fragments() -> None:
    assert len(FRAGMENTS) >= 80
