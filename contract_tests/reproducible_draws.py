"""Makes a seed draw the same cases on every machine.

Hypothesis mixes constants into its draws that it finds in local source, and takes for local what happens to be imported
from a folder that is neither an installation nor called test. Ours say nothing about a provider, which is elsewhere.
"""

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

NONE = Constants()


def draw_the_same_everywhere() -> None:
    providers._get_local_constants = lambda: NONE
