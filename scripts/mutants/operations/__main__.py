"""The command `python -m scripts.mutants.operations PORT`: serve outcome groups and results until Ctrl-C."""

import sys
import time

from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.mutants.provider.judge import CONTROL
from scripts.mutants.operations.server import Server

with faulty_server(CONTROL.fault, Server(), int(sys.argv[1])) as server:
    print(f"listening on {server.base_url}", flush=True)
    while True:
        time.sleep(3600)
