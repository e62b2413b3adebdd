"""Walks through a contract: every value with the keys that lead to it, and what a reference leads to."""

from collections.abc import Iterator
from typing import Any

Keys = tuple[str | int, ...]
Document = dict[str, Any]


def nodes(node: Any, at: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every value of a document with the keys that lead to it."""
    yield at, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from nodes(child, (*at, key))


def dangling_references(document: Document) -> Iterator[tuple[Keys, str]]:
    for keys, node in nodes(document):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str) and follow(document, node["$ref"]) is None:
            yield (*keys, "$ref"), node["$ref"]


def follow(document: Document, ref: str) -> Any:
    """What a $ref into the same file points to; None if it points nowhere."""
    if not ref.startswith("#/"):
        return None
    node: Any = document
    for key in ref[2:].split("/"):
        node = node.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
    return node


def resolved(document: Document, node: Any) -> Any:
    """The node itself, or what its $ref leads to."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        node = follow(document, node["$ref"])
    return node
