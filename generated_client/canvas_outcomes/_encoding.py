# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""Values as parts of a URL and as bodies, by the rules that Rails reads them with."""

import math
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, cast
from urllib.parse import urlencode

import msgspec
from msgspec import UNSET

from .errors import InvalidRequestError

Encoding: TypeAlias = Literal["json", "form", "multipart"]
# The fields that a form can say; under a field with rows, the keys of a row.
FormFields: TypeAlias = Mapping[str, Sequence[str] | None]

_is_integer = re.compile("-?[0-9]+").fullmatch
_to_json = msgspec.json.Encoder(decimal_format="number").encode


def integer(name: str, value: int | str) -> str:
    """The digits of an integer. Anything else in a path could name another resource."""
    if type(value) is int:
        return _digits(name, value)
    if isinstance(value, str) and _is_integer(value):
        return value
    raise InvalidRequestError(
        f"cannot send {name}={value!r}: an integer is needed. Pass a number, or its digits as text."
    )


def _digits(name: str, value: int) -> str:
    try:
        return str(value)
    except ValueError as cause:  # Python refuses to write a very large integer
        raise InvalidRequestError(f"cannot send {name}: {cause}.") from cause


def boolean(name: str, value: object) -> str:
    """Rails reads the words true and false."""
    if not isinstance(value, bool):
        raise InvalidRequestError(f"cannot send {name}={value!r}: True or False is needed.")
    return "true" if value else "false"


def number(name: str, value: object) -> str:
    """A JSON number, which has neither infinity nor NaN."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _digits(name, value)
    if not isinstance(value, float) or not math.isfinite(value):
        raise InvalidRequestError(f"cannot send {name}={value!r}: a finite number is needed.")
    return repr(value)


def body(model: Any, wanted: type | None, encoding: Encoding, form_fields: FormFields | None) -> tuple[bytes, str]:
    """The bytes of a body and their media type.

    The model is of the wanted class, unless that is None: a list or a map, say.

    Raises InvalidRequestError for what the encoding cannot say: a number that is not finite, half of a surrogate pair, and
    in a form null, an empty list, and rows with different keys.
    """
    if wanted is not None and not isinstance(model, wanted):
        raise InvalidRequestError(f"cannot send {type(model).__name__} as a body: {wanted.__name__} is needed.")
    try:
        if encoding == "json":
            content = _to_json(model)
            if b"null" in content:
                _refuse_endless(model)
            return content, "application/json"
        if form_fields is not None and encoding == "form":
            pairs = list(_pairs(model, form_fields))
            return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        if form_fields is not None and encoding == "multipart":
            boundary = secrets.token_hex(16)
            return _multipart(_pairs(model, form_fields), boundary), f"multipart/form-data; boundary={boundary}"
    except InvalidRequestError:
        raise
    except (AttributeError, TypeError, ValueError, OverflowError, RecursionError) as cause:
        raise InvalidRequestError(f"cannot send a {type(model).__name__} as {encoding}: {cause}.") from cause
    raise InvalidRequestError(f"cannot send a {type(model).__name__} with encoding={encoding!r}: no such encoding.")


def _refuse_endless(value: object, name: str = "the body") -> None:
    """JSON has no word for infinity and NaN; the encoder writes null, which means something else."""
    if isinstance(value, float):
        number(name, value)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            _refuse_endless(getattr(value, field), field)
    elif isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            _refuse_endless(inner, key)
    elif isinstance(value, list | tuple):
        for inner in cast("Sequence[object]", value):
            _refuse_endless(inner, name)


def _pairs(model: Any, fields: FormFields) -> Iterator[tuple[str, str]]:
    """The names and values of a form. Rows go one after the other: a key that repeats begins the next one."""
    for wire, value in _fields(model):
        if value is UNSET:
            continue
        if wire not in fields:
            raise _unsayable(wire, "a form has no such field")
        keys = fields[wire]
        if isinstance(value, list | tuple):
            items = cast("Sequence[Any]", value)
            if not items:
                raise _unsayable(wire, "a form cannot say an empty list")
            if keys is None:
                yield from ((f"{wire}[]", _plain(f"{wire}[]", item)) for item in items)
            else:
                yield from _rows(wire, items, keys)
        else:
            yield wire, _plain(wire, value)


def _rows(wire: str, rows: Sequence[Any], keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    said = [{key: value for key, value in _fields(row) if key in keys and value is not UNSET} for row in rows]
    if not said[0] or any(row.keys() != said[0].keys() for row in said):
        raise _unsayable(wire, f"in a form every row needs the same keys out of {', '.join(keys)}")
    for row in said:
        yield from ((f"{wire}[][{key}]", _plain(f"{wire}[][{key}]", value)) for key, value in row.items())


def _fields(model: Any) -> Iterator[tuple[str, Any]]:
    names: zip[tuple[str, str]] = zip(model.__struct_encode_fields__, model.__struct_fields__, strict=True)
    return ((wire, getattr(model, name)) for wire, name in names)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return boolean(name, value)
    if isinstance(value, int | float):
        return number(name, value)
    if isinstance(value, str):
        return str(value)
    what = "null" if value is None else f"a {type(value).__name__}"
    raise _unsayable(name, f"a form cannot say {what}")


def _unsayable(name: str, reason: str) -> InvalidRequestError:
    return InvalidRequestError(f'cannot send {name}: {reason}. Use encoding="json".')


def _multipart(pairs: Iterator[tuple[str, str]], boundary: str) -> bytes:
    # The boundary is drawn for each body, so that no value can contain it by design; names are those of the contract.
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode()
