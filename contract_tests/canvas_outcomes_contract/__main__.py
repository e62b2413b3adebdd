"""The command `canvas-outcomes-contract`: judge a server, write a target file for it, or load it."""

import sys
from importlib import import_module

COMMANDS = {
    "judge": ("canvas_outcomes_contract.run.judge", "judge a server by the contract, and the client"),
    "target": ("canvas_outcomes_contract.target.command", "write a target file for a server"),
    "load": ("canvas_outcomes_contract.load.command", "load a server with users of the client"),
}


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 yes, 1 no, 2 could not tell."""
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in COMMANDS:
        # Imported late: the commands need different libraries, which take seconds to import or are extras.
        code: int = import_module(COMMANDS[words[0]][0]).main(words[1:])
        return code
    print("usage: canvas-outcomes-contract COMMAND …\n")
    print("\n".join(f"  {name:<8}{purpose}" for name, (_, purpose) in COMMANDS.items()))
    return 0 if words[:1] in (["-h"], ["--help"]) else 2


if __name__ == "__main__":
    sys.exit(main())
