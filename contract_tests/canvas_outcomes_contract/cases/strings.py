"""Strings that some servers change, and a strategy for strings."""

from hypothesis import strategies as st

# Strings that some servers change: blanks at the ends, Unicode forms, characters beyond the BMP.
HOSTILE_STRINGS = (
    " leading and trailing ",
    "\tTab and\nnew line",
    "e\u0301 and \u00e9",  # NFD beside NFC
    "\ufb01 \u2460 \u212b",  # changed by NFKC
    "\U0001f9ea \U00010348",  # beyond the BMP
    "'; -- \" \\ %00 #{1} ${x} {{x}}",
    "null",
    "0",
    "\u202eright to left",
    "\ufeffbyte order mark",
)
STORABLE_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def strings(max_size: int) -> st.SearchStrategy[str]:
    return st.sampled_from(HOSTILE_STRINGS) | st.text(STORABLE_CHARACTERS, max_size=max_size)
