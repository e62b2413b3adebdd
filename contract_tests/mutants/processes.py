"""A pool of forked processes, each of which judges one mutant with one seed."""

import gc
import multiprocessing
import os
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any

from canvas_outcomes_contract.contract.errors import CannotTell
from contract_tests.mutants.verdicts import BROKEN, Job, Verdict

SECONDS_TO_JUDGE = 300
Judge = Callable[[Job, int], Verdict]  # of a job and the number of its slot
Report = Callable[[Job, Verdict], None]


def judge_in_forks(jobs: Sequence[Job], slots: int, judge: Judge, report: Report) -> None:
    """Fork a process per job, at most one per slot at a time. Raises CannotTell on a system without fork."""
    if not hasattr(os, "fork"):
        raise CannotTell("Cannot judge mutants: this system has no fork. Use Linux or macOS.")
    context = multiprocessing.get_context("fork")
    waiting, free = deque(jobs), list(range(slots))
    running: dict[Any, tuple[Any, Job, int]] = {}
    gc.freeze()  # so that no fork collects the objects that it inherits
    while waiting or running:
        while waiting and free:
            job, slot = waiting.popleft(), free.pop()
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(judge, job, slot, sender), daemon=True)
            process.start()
            sender.close()
            running[receiver] = process, job, slot
        ready: list[Any] = wait(list(running))
        for receiver in ready:
            process, job, slot = running.pop(receiver)
            try:
                report(job, receiver.recv())
            except EOFError:
                report(job, Verdict(BROKEN, detail="Its process ended without a verdict."))
            process.join()
            free.append(slot)
    gc.unfreeze()


def _run(judge: Judge, job: Job, slot: int, sender: "Connection[Any, Any]") -> None:
    signal.alarm(SECONDS_TO_JUDGE)
    started = time.perf_counter()
    try:
        verdict = judge(job, slot)
    except BaseException:
        verdict = Verdict(BROKEN, detail=traceback.format_exc())
    sender.send(replace(verdict, seconds=time.perf_counter() - started))
    os._exit(0)  # the rest of the pytest session belongs to the parent
