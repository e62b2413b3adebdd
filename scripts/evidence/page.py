"""The page docs/evidence.md: who found which fault, by which command, in how many seconds."""

from scripts.evidence.results import Finding, Results, Side

INTRODUCTION = """\
# Who finds which fault

Faults that are known, each judged by this suite and by other tools for the same contract. They are this project's
own: each was written so that a check of this suite sees it, which no other tool has on its side. A tool finds a fault
when it reports what it does not report, in two runs, of the right provider or client. Seconds are of that run, beside
whatever else its machine had to do. `tox -e evidence` writes this page, and docs/evidence.json, from which it is
made.
"""
PROVIDER = """\
## Providers

The reference server behind a proxy with one fault, which breaks one clause of the contract; `--every N` takes the
fault of each N-th clause. Each tool has the token of an editor; this suite has the other tokens of its target file,
too.

- This suite: `pytest contract_tests/provider -x --seed 1 --target FILE`, which stops at a failure.
- Schemathesis: `st run openapi.yaml --url URL --seed 1 -H "Authorization: Bearer TOKEN"`.
- Specmatic: `npx specmatic test COPY --testBaseURL=URL`, with TOKEN in the variable `bearerToken`, its generative
  tests (`SPECMATIC_GENERATIVE_TESTS=true`) and `MAX_TEST_REQUEST_COMBINATIONS=2`; without a bound it had not ended
  after two minutes. It needs a Java. Its copy of the contract has no `5XX`, which it does not take, no forms, which
  it draws and cannot send, and one name for all examples, by which it pairs requests with answers.
- Dredd: `npx dredd COPY URL --header "Authorization: Bearer TOKEN"`. Its copy has answers of status 200 alone, since
  it cannot cause the others, and media types with their charset, since it compares them as texts.
"""
CLIENT = """\
## Clients

The generated client with a few words of its source replaced; `--every N` takes each N-th of these faults. The mocks
answer one program, `scripts/evidence/drive.py`. With both kinds of client it makes every call, with every parameter,
every way to send a body and the refusals of each operation, and says what is raised, what the mock has against a
request (by the headers `sl-violations` of Prism and `X-Steady-Error-N` of Steady), and what the models lose of an
answer.

- This suite: `python -m contract_tests.mutants.client`, which runs the one check that has to see the fault; of the
  right client it runs all checks.
- Prism: `npx prism mock openapi.yaml`; the program asks it for a refusal by the header `Prefer`.
- Steady (`@stdy/cli`): `npx steady openapi.yaml`, told by two options that Rails writes arrays and objects of forms
  with brackets. It has no way to be asked for a refusal: each that it does not give is one of its reports of the
  right client.
"""


def page(results: Results) -> str:
    parts = [INTRODUCTION]
    if results.provider is not None:
        parts += [PROVIDER, *side_in_words(results.provider, "Clause", "the right provider")]
    if results.client is not None:
        parts += [CLIENT, *side_in_words(results.client, "Check", "the right client")]
    return "\n".join(parts)


def side_in_words(side: Side, broken: str, right: str) -> list[str]:
    tools = list(side.versions)
    scores = [
        f"| {tool} | {side.versions[tool]} | {side.score(tool)} of {len(side.faults)} | {seconds_of(side, tool)} "
        f"| {len(side.always[tool])} | {side.right[tool]:.0f} |"
        for tool in tools
    ]
    rows = [
        f"| {fault.breaks} | {fault.name} | {' | '.join(cell(fault.findings[tool]) for tool in tools)} |"
        for fault in side.faults
    ]
    return [
        f"This is what {commands(side)} found. {standing(side)}",
        "",
        f"| Tool | Version | Found | Seconds per fault | Reports of {right} | Seconds for {right} |",
        f"|{'---|' * 6}",
        *scores,
        "",
        f"| {broken} | Fault | {' | '.join(tools)} |",
        f"|{'---|' * (len(tools) + 2)}",
        *rows,
        "",
    ]


def commands(side: Side) -> str:
    """Every command that was run, the last one last."""
    return listed([f"`{command}`" for command in dict.fromkeys(reversed(side.commands.values()))])


def seconds_of(side: Side, tool: str) -> str:
    return f"{sum(fault.findings[tool].seconds for fault in side.faults) / len(side.faults):.1f}"


def standing(side: Side) -> str:
    """Whether this suite, the first of the tools, is ahead of all others, or where it is not."""
    ours, *others = side.versions
    missed = [fault for fault in side.faults if not fault.findings[ours].found]
    ahead = [tool for tool in others if side.score(ours) > side.score(tool)]
    words = [f"This suite found more than {listed(ahead) or 'none of the others'}."]
    words += [f"It did not find more than {tool}." for tool in others if tool not in ahead]
    for fault in missed:
        by = [tool for tool in others if fault.findings[tool].found]
        words.append(f"It missed `{fault.name}`, which {listed(by) or 'no tool'} found.")
    if len(set(side.commands.values())) > 1:
        words.append("The seconds of tools that ran by different commands do not compare.")
    if len(side.faults) < side.chosen:
        words.append(f"The run was ended after {len(side.faults)} of {side.chosen} faults.")
    return " ".join(words)


def listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def cell(finding: Finding) -> str:
    return f"{'found' if finding.found else '-'}, {finding.seconds:.0f} s"
