"""Sanitise the HTML of an outcome's description (canvas-behaviour 3.4)."""

import nh3

ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
ATTRIBUTES["*"] = {"class", "dir", "id", "lang", "role", "style", "title"}
ATTRIBUTES["a"] = ATTRIBUTES["a"] | {"target", "rel"}
STYLES = """
    background background-color border border-collapse border-color border-style border-width clear color display float
    font font-family font-size font-style font-variant font-weight height line-height list-style list-style-type margin
    margin-bottom margin-left margin-right margin-top max-height max-width padding padding-bottom padding-left
    padding-right padding-top text-align text-decoration text-indent vertical-align visibility white-space width
"""
SCHEMES = {"ftp", "http", "https", "mailto", "skype", "tel"}


def sanitised(html: str) -> str:
    """Remove scripts, event handlers and javascript: URLs from HTML."""
    # An HTML parser would turn CR into LF and U+00A0 into &nbsp;, so plain text skips it.
    if not any(character in html for character in "<>&"):
        return html
    return nh3.clean(
        html,
        attributes=ATTRIBUTES,
        generic_attribute_prefixes={"aria-", "data-"},
        filter_style_properties=set(STYLES.split()),
        link_rel=None,
        url_schemes=SCHEMES,
    )
