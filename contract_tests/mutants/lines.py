"""What a command that judges mutants prints meanwhile: a line for each, or in brief only for what is not killed."""

import argparse

EVERY = 100


def add_brief(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--brief", action="store_true", help=f"a line for what is not killed, and one every {EVERY} mutants"
    )


class Lines:
    """Prints as verdicts come."""

    def __init__(self, brief: bool) -> None:
        self._brief, self._judged = brief, 0

    def add(self, outcome: str, line: str) -> None:
        self._judged += 1
        if not self._brief or outcome != "killed":
            print(line, flush=True)
        if self._brief and self._judged % EVERY == 0:
            print(f"judged {self._judged}", flush=True)
