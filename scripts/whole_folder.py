"""Replaces a folder as a whole: whoever looks, and whatever is killed, sees the old one or the new one.

Linux and macOS exchange two names in one step. Where the system or the file system cannot (Windows, some network file
systems, the layers of a container image), the files are replaced one by one, from a copy that is complete and stays
until the last of them: a run that is killed on the way leaves a mixture, and the next run finishes it.
"""

import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

UNDER_WAY, COMPLETE = "under-way", "complete"
# renameat2(2) of Linux: relative to the working directory, RENAME_EXCHANGE. renamex_np(2) of macOS: RENAME_SWAP.
AT_FDCWD, RENAME_EXCHANGE, RENAME_SWAP = -100, 2, 2


def put_in_place(files: dict[str, bytes], output: Path) -> None:
    """Make `output` hold these files and no others."""
    output.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    fresh, complete = room / UNDER_WAY, room / COMPLETE
    try:
        for name, data in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(data)
        if not output.exists():
            os.rename(fresh, output)
        elif not exchange(fresh, output):
            os.rename(fresh, complete)
            finish(complete, output)
    finally:
        if not complete.exists():  # else finish() failed, and is to be called again
            shutil.rmtree(room, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Whether the system exchanged the two names in one step; if not, both are as they were."""
    if sys.platform == "win32":
        return False
    system, names = ctypes.CDLL(None), (os.fsencode(one), os.fsencode(other))
    if hasattr(system, "renameat2"):
        return bool(system.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0)
    return bool(hasattr(system, "renamex_np") and system.renamex_np(*names, RENAME_SWAP) == 0)


def finish(complete: Path, output: Path) -> None:
    wanted = {path.relative_to(complete) for path in complete.rglob("*") if path.is_file()}
    for name in wanted:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        # Beside its target, so that the last step is a rename: no file is ever half written.
        beside = (output / name).with_name(f".{name.name}.new")
        shutil.copyfile(complete / name, beside)
        os.replace(beside, output / name)
    for path in [path for path in output.rglob("*") if path.is_file() and path.relative_to(output) not in wanted]:
        path.unlink()
    os.rename(complete, complete.with_name(UNDER_WAY))  # before its files go: half of it must not be finished again


def recover(output: Path) -> bool:
    """Finish and tidy what killed runs have left; whether there was something to finish."""
    rooms = list(output.parent.glob(f".{output.name}-*"))
    unfinished = [room / COMPLETE for room in rooms if (room / COMPLETE).exists()]
    for complete in unfinished:
        finish(complete, output)
    for room in rooms:
        shutil.rmtree(room, ignore_errors=True)
    return bool(unfinished)
