"""Writes a client over another, is killed before each step of that, and prints what every kill leaves.

Arguments: a folder to work in, and `exchange` or `copy`, the way in which the client is put in its place.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from scripts import whole_folder

OLD = {"pyproject.toml": b"old", "canvas_outcomes/models.py": b"old", "canvas_outcomes/gone.py": b"old"}
NEW = {"pyproject.toml": b"new", "canvas_outcomes/models.py": b"new", "canvas_outcomes/fresh/file.py": b"new"}


def main(folder: Path, way: str) -> None:
    if way == "copy":
        whole_folder.exchange = lambda one, other: False
    seen: list[dict[str, object]] = []
    output = folder / "client"
    while not seen or seen[-1]["killed"]:
        reset(output)
        killed = write_and_die(output, before=len(seen))
        left = state(output)
        finished = whole_folder.recover(output)
        others = [path.name for path in folder.iterdir() if path != output]
        seen.append({"killed": killed, "left": left, "next": state(output), "finished": finished, "others": others})
    print(json.dumps(seen))


def reset(output: Path) -> None:
    shutil.rmtree(output, ignore_errors=True)
    for name, data in OLD.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(data)


def write_and_die(output: Path, before: int) -> bool:
    """Whether a process was killed before its step of this number; it is not if it has fewer steps."""
    child = os.fork()
    if child == 0:
        steps = iter(range(before))

        def hook(event: str, _: tuple[object, ...]) -> None:
            if event != "os.kill" and next(steps, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)  # hears every call that opens, makes, renames or removes, before it is made
        whole_folder.put_in_place(NEW, output)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def state(output: Path) -> str:
    found = {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    return "old" if found == OLD else "new" if found == NEW else f"neither: {sorted(found)}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
