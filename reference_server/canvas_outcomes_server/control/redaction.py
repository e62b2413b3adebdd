"""Hide tokens and passwords in what is shown of a request."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

REDACTED = "REDACTED"
# A shorter token is hidden where it is sent as one, but not in other text, which may contain it by chance.
SHORTEST_TOKEN = 8
_WORDS = "api.?key|auth(?!or)|authoriz|cookie|credential|password|secret|session|token"
SECRET = re.compile(_WORDS, re.IGNORECASE)
# A secret in a text, such as a URL, JSON or a form: its name, a separator and its value. The bounds keep it fast.
_ASSIGNED = re.compile(
    rf"(?:{_WORDS})[\w.\[-]{{0,50}}(?:[\]\\\"']{{0,9}}\s{{0,9}}=|[\\\"']{{1,9}}\s{{0,9}}:)[\s\\\"']*([^\s\\\"'&;]*)",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\bBearer\s+([^\s\\\"'&;,]+)", re.IGNORECASE)
# The scheme shows whether a token was sent; an unknown one could be the token.
_SCHEME = re.compile(r"\s*(?:Basic|Bearer|Digest|Negotiate|OAuth|Token)\s+(?=\S)", re.IGNORECASE)
# An escape could hide the name of a secret, also in a URL within a URL.
_ESCAPE = re.compile(r"(?:%|\\u00)([0-9a-fA-F]{2})")
_MOST_ESCAPED = 3


class Redaction:
    """Redacts the parts of one request, and collects the tokens that it finds, to hide them in the other parts."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._tokens: set[str] = {*tokens}

    def value(self, value: Any) -> Any:
        """Redact a JSON value: what has the name of a secret, and text that contains one with its name."""
        if isinstance(value, dict):
            return {
                self._text(name): self._hidden(name, item) if SECRET.search(name) else self.value(item)
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def fields(self, fields: dict[str, list[str]]) -> dict[str, Any]:
        """Redact the parameters of a query or a form: all of them if a name is a text that contains a secret.

        Such a name is a part of JSON that was sent as a form, and the rest of the secret may be in the other names.
        """
        redacted: dict[str, Any] = self.value(fields)
        return {REDACTED: [REDACTED]} if REDACTED in redacted else redacted

    def unparsed(self, text: str) -> str:
        """Redact a text of unknown form if it contains the name of a secret."""
        return REDACTED if SECRET.search(unescaped(text)) else self._text(text)

    def secret(self, value: Any) -> str:
        """Redact a value, and hide it in the other parts of the request too."""
        items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        for item in items:
            self.secret(item)
        if isinstance(value, str):
            scheme = _SCHEME.match(value)
            self._tokens.add(value[scheme.end() if scheme else 0 :].strip())
        return REDACTED

    def everywhere(self, value: Any) -> Any:
        """Hide the tokens in every string of a redacted value."""
        encoded = msgspec.json.encode(value).decode()
        tokens = {form for token in self._tokens if len(token) >= SHORTEST_TOKEN for form in (token, quote(token, ""))}
        found = [token for token in tokens if msgspec.json.encode(token).decode()[1:-1] in encoded]
        if not found:
            return value
        # The longest first: another token may be a part of it.
        return _replaced(re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True)))), value)

    def _text(self, text: str) -> str:
        plain = unescaped(text)
        self._tokens.update(_BEARER.findall(plain))
        values = _ASSIGNED.findall(plain)
        self._tokens.update(values)
        return REDACTED if values else text

    def _hidden(self, name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self.secret(item) for item in value]
        self.secret(value)
        scheme = _SCHEME.match(value) if isinstance(value, str) and name.lower() == "authorization" else None
        return f"{scheme[0]}{REDACTED}" if scheme else REDACTED


def unescaped(text: str) -> str:
    """Decode the escapes of URLs and of JSON."""
    for _ in range(_MOST_ESCAPED):
        if "%" not in text and "\\" not in text:
            break
        text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return text


def _replaced(tokens: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, dict):
        return {tokens.sub(REDACTED, name): _replaced(tokens, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(tokens, item) for item in value]
    return tokens.sub(REDACTED, value) if isinstance(value, str) else value
