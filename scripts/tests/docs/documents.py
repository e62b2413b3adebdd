"""Follow a document word for word in a clone: run its commands, and compare their output.

- `sh` blocks are run by bash; `sh exit=N` states the exit code. `tox -e serve` runs until the document ends.
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
        if "-e serve" in command:
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
        path, text = self._clone.path / named[1], self._with_port(block.text[named.end() :])
        if named[2] is None:
            path.write_text(text, encoding="utf-8")
            return
        before, line, after = path.read_text(encoding="utf-8").partition(f"\n{named[2]}\n")
        assert line, f"{named[1]} has no line {named[2]}"
        path.write_text(f"{before}\n{text}{line}{after}", encoding="utf-8")

    def _text(self, block: Block) -> None:
        for line in self._with_port(block.text).splitlines():
            pattern = r"[^\n]*".join(re.escape(part) for part in line.strip().split("…"))
            assert re.search(pattern, self._output), f"{line!r} is not in the output"

    def _with_port(self, text: str) -> str:
        return text.replace("8000", str(self._port))
