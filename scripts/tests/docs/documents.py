"""Follow a document word for word in a clone: run its commands, and compare their output.

- `sh` blocks are run by bash; `sh exit=N` states the exit code. A server runs until the document ends.
- `text` blocks are output of the block before; an ellipsis matches anything.
- `python` blocks share one session.
- A block that begins with `# NAME` is the file of that name; with `# NAME, above LINE:` it is inserted into that file.
"""

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

from scripts.tests.docs.clone import Clone

BLOCK = re.compile(r"^```(\w+)(?: exit=(\d+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVES = re.compile(r"-e serve|mutants\.operations")  # until Ctrl-C
FILE = re.compile(r"# ([\w./-]+\.\w+)(?:, above (.+))?\n")


@dataclass(frozen=True)
class Block:
    """One fenced block of a document."""

    language: str
    exit_code: int
    text: str
    line: int


def blocks(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    return [Block(m[1], int(m[2] or 0), m[3], text.count("\n", 0, m.start()) + 1) for m in BLOCK.finditer(text)]


def insert(block: Block, name: str, text: str) -> str:
    """Return the text of the file of that name after the insertion that the block shows; the same for other blocks."""
    named = FILE.match(block.text)
    if named is None or named[1] != name or named[2] is None:
        return text
    before, line, after = text.partition(f"\n{named[2]}\n")
    assert line, f"{name} has no line {named[2]}"
    return f"{before}\n{block.text[named.end() :]}{line}{after}"


class Reader:
    """Follows one document in a clone; `port` replaces the port that the document names."""

    def __init__(self, clone: Clone, port: int) -> None:
        self._clone, self._port, self._output = clone, port, ""
        self._names: dict[str, object] = {}
        self._servers = contextlib.ExitStack()

    def follow(self, document: Path) -> None:
        self._clone.restore()
        with self._servers:
            for block in blocks(document):
                try:
                    getattr(self, f"_{block.language}", self._file)(block)
                except AssertionError as error:
                    raise AssertionError(f"{document.name}:{block.line}: {error}\n{self._output}") from error

    def _sh(self, block: Block) -> None:
        command = self._with_port(block.text)
        if SERVES.search(command):
            self._servers.enter_context(self._clone.serving(command))
        else:
            self._output = self._clone.run(command, block.exit_code)

    def _python(self, block: Block) -> None:
        if FILE.match(block.text):
            self._file(block)
            return
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(self._with_port(block.text), "document", "exec"), self._names)
        self._output = printed.getvalue()

    def _file(self, block: Block) -> None:
        named = FILE.match(block.text)
        assert named is not None, f"a block of {block.language} must begin with the name of its file"
        path = self._clone.path / named[1]
        if named[2] is None:
            text = self._with_port(block.text[named.end() :])
        else:
            text = insert(block, named[1], path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")

    def _text(self, block: Block) -> None:
        for line in self._with_port(block.text).splitlines():
            pattern = r"[^\n]*".join(re.escape(part) for part in line.strip().split("…"))
            assert re.search(pattern, self._output), f"{line!r} is not in the output"

    def _with_port(self, text: str) -> str:
        return text.replace("8000", str(self._port))
