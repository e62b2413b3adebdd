"""Sanitise the HTML of an outcome's description (canvas-behaviour 3.4)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from html import unescape
from itertools import accumulate, pairwise

import nh3
import tinycss2
from tinycss2.ast import (
    Comment,
    Declaration,
    FunctionBlock,
    LiteralToken,
    Node,
    ParseError,
    StringToken,
    URLToken,
    WhitespaceToken,
)

from canvas_outcomes_server.outcomes.allowed_html import (
    ATTRIBUTES,
    DEFAULT_SCHEMES,
    ELEMENTS,
    PROPERTIES,
    REMOVED_WITH_CONTENT,
    SCHEMES,
    URL_ATTRIBUTES,
)
from canvas_outcomes_server.outcomes.growing_html import grows

MOST_STYLES = 100
_NEWLINE = re.compile(r"\r\n?")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)
_CONTROLS = rf"\x01-\x08\x0b\x0e-\x1f\x7f-\x9f{_NONCHARACTERS}"
_UNSUITABLE = re.compile(rf"\A\ufeff|[{_CONTROLS}]")
_PLAIN = re.compile(r"[\n\t\x20-\x25\x27-\x3b=\x3f-\x7e]*\Z")
# nh3 escapes < and > in text and attributes, so that this matches elements only.
_IFRAME = re.compile(r"(<iframe[^>]*>).*?</iframe>", re.DOTALL)
_DATA_ATTRIBUTE = re.compile(
    r"data-(?!xml|kyle-menu|turn-into-dialog|flash-message|popup-within|html-tooltip-title|method)"
    r"[a-z_][a-z0-9_.\u00e0-\u00f6\u00f8-\u017f\u01dd-\u02af-]*\Z"
)
_SCHEME = re.compile(r"([^/#]*?)(?::|&#0*58|&#x0*3a)", re.IGNORECASE)
# Browsers ignore some of these characters in a URL; other software may ignore the rest. nh3 reads U+0000 as U+FFFD.
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufffd]")
_SCRIPT = re.compile(r"(?:(?:java|vb|live|j|ecma)script|mocha):|data:[^,]{0,200}(?:html|xml|svg|script)", re.IGNORECASE)


def sanitised(html: str) -> str:
    """Remove scripts, event handlers and everything else that is not allowed from HTML that is not `unusable`."""
    if _PLAIN.match(html):
        return html
    return _IFRAME.sub(r"\1</iframe>", _cleaner.clean(_normalised(html)))


def unusable(html: str) -> str | None:
    """Why HTML cannot be sanitised, or None."""
    if grows(_normalised(html)):
        return "has formatting elements that are not closed, and becomes too large when it is parsed"
    return None


def _normalised(html: str) -> str:
    return _UNSUITABLE.sub("", _NEWLINE.sub("\n", html))


def _attribute(element: str, name: str, value: str) -> str | None:
    """Return the value of an attribute with an allowed name, or None to drop the attribute."""
    # Python converts no number of thousands of digits, in CSS or in an entity.
    with suppress(ValueError):
        return _allowed_value(element, name, value)
    return None


def _allowed_value(element: str, name: str, value: str) -> str | None:
    if name == "style":
        return _allowed_declarations(value) or None
    if name.startswith("data-") and not _DATA_ATTRIBUTE.match(name):
        return None
    schemes = SCHEMES.get((element, name)) or (DEFAULT_SCHEMES if name in URL_ATTRIBUTES else None)
    if schemes:
        value = value.strip()
    if (schemes and not _has_scheme(value, schemes)) or _runs_script(value):
        return None
    if name == "id":
        return "".join(value.split())
    return value.replace(" ", "%20").replace('"', "%22") if name in ("href", "src") else value


def _has_scheme(url: str, schemes: set[str]) -> bool:
    """Whether a URL has one of the schemes, or none."""
    match = _SCHEME.match(url)
    return match is None or match[1].lstrip().lower() in schemes


def _runs_script(value: str) -> bool:
    """Whether a value is a URL that runs a script, however it is written, or a list of URLs with one.

    Canvas looks only at the attributes that it expects to hold a URL.
    """
    if ":" not in value and "&" not in value:
        return False
    plain = _plain(value)
    return any(map(_SCRIPT.match, (plain, *plain.split(","))))


def _plain(value: str) -> str:
    """Undo what could hide a scheme: entities, also of entities, and ignored characters."""
    return _IGNORED.sub("", unescape(unescape(value)))


@lru_cache(MOST_STYLES)  # an element that is opened again has the same
def _allowed_declarations(css: str) -> str:
    """Return the allowed declarations of a style attribute, each as it is written."""
    kept = space = text = ""
    declaration: list[Node] = []
    for token, written in _component_values(css):
        if token is None or (isinstance(token, LiteralToken) and token.value == ";"):
            if _is_allowed(declaration, text):
                kept += space + text + written
                space = ""
            declaration, text = [], ""
        elif declaration or not isinstance(token, (Comment, WhitespaceToken)):
            declaration.append(token)
            text += written
        elif isinstance(token, WhitespaceToken):
            space = space or written
    return kept.lstrip()


def _component_values(css: str) -> Iterator[tuple[Node | None, str]]:
    """Yield the component values of CSS as they are written, and None at the end."""
    css = _NEWLINE.sub("\n", css).replace("\f", "\n")
    lines = list(accumulate((len(line) + 1 for line in css.split("\n")), initial=0))
    values = tinycss2.parse_component_value_list(css)
    starts = [lines[value.source_line - 1] + value.source_column - 1 for value in values]
    for value, (start, end) in zip(values, pairwise([*starts, len(css)]), strict=True):
        yield value, css[start:end]
    yield None, ""


def _is_allowed(declaration: list[Node], text: str) -> bool:
    parsed = tinycss2.parse_one_declaration(declaration)
    if not isinstance(parsed, Declaration) or parsed.lower_name not in PROPERTIES:
        return False
    return not any(map(_is_harmful, _nested(declaration))) and not _SCRIPT.search(_plain(text))


def _nested(values: list[Node]) -> list[Node]:
    """Return the values and all values inside them, without recursion: brackets may be nested thousands deep."""
    every = list(values)
    for value in every:
        every += getattr(value, "arguments", None) or getattr(value, "content", None) or ()
    return every


def _is_harmful(value: Node) -> bool:
    if isinstance(value, URLToken):
        return not _has_scheme(value.value, DEFAULT_SCHEMES)
    if isinstance(value, FunctionBlock) and value.lower_name == "url":
        url = [argument for argument in value.arguments if not isinstance(argument, WhitespaceToken)]
        return not (len(url) == 1 and isinstance(url[0], StringToken) and _has_scheme(url[0].value, DEFAULT_SCHEMES))
    # Without a comment, the values around it could become one.
    return isinstance(value, (Comment, ParseError)) or getattr(value, "lower_name", "") == "expression"


_cleaner = nh3.Cleaner(
    tags=ELEMENTS,
    clean_content_tags=REMOVED_WITH_CONTENT,
    attributes=ATTRIBUTES,
    generic_attribute_prefixes={"data-"},
    attribute_filter=_attribute,
    link_rel=None,
    url_schemes=DEFAULT_SCHEMES.union(*SCHEMES.values()),
)
