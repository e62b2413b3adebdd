"""Python names of what the contract names: `include[]` is include, `perPage` is per_page, `filter` is filter_."""

import builtins
import keyword
import re
from collections.abc import Collection

RESERVED = {*keyword.kwlist, *vars(builtins), "self", "true", "false", "datetime"} - {"id"}
# Arguments of every method and members of both clients; a name of the contract that equals one gets an underscore.
ARGUMENTS = ("body", "encoding", "extra_query", "headers", "timeout")
MEMBERS = ("close", "aclose", "from_env", "rate_limit", "with_raw_response")


def python_name(wire: str, taken: Collection[str] = ()) -> str:
    """Convert a name to snake case, and append an underscore while it is reserved or taken."""
    text = re.sub(r"[^\w .-]", "", re.sub(r"\[(\w+)", r"_\1", wire))
    words = re.sub("([A-Z]?[a-z]+)", r" \1 ", text) if re.search("[A-Z]", text) else text
    name = "_".join(re.findall(r"[^ ._-]+", words)).lower()
    name += "_" if name in RESERVED else ""
    name = name if name.isidentifier() and not text.startswith("_") else f"field_{name}"
    while name in taken:
        name += "_"
    return name
