#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tell which test proves which rule of the checklist.

    python3 test/conformance.py           write doc/conformance.md, then check
    python3 test/conformance.py --check   check alone, write nothing

The rules stand in doc/behaviour.md, one line each: `- S9  A duplicate ...`. A
test in test/*.cc proves the rules that its name starts with: S9_Duplicate..., or
C2_C13_Large... for two. The check fails, with a line for each problem, where a
rule has no test, a test names a rule that there is not, or doc/conformance.md is
not what would be written.

Exit status: 0 all is well, 1 problems, 2 a file or an argument is wrong.
"""

import argparse
import os
import re
import sys

RULES = "doc/behaviour.md"
TESTS = "test"
TABLE = "doc/conformance.md"
REFRESH = "python3 test/conformance.py"

RULE = re.compile(r"- ([A-Z]\d+) +(\S.*)")
ID = re.compile(r"[A-Z]\d+")
TEST = re.compile(r"\bTEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)")
# Comments and strings: what stands in them is no test.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)

HEAD = f"""# Which test proves which rule

Written by `{REFRESH}` from `{RULES}` and the names of the tests; not to be
edited by hand. One rule may have several tests, and one test several rules.

| id | rule | tests |
|---|---|---|
"""


class Wrong(Exception):
    """A file that cannot be used, in one line."""


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}; see --help\n")


def read(root, name):
    """Return the text of a file, named from the project's root."""
    try:
        with open(os.path.join(root, name), encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def read_rules(root):
    """Return the rules by their ids, in the checklist's order.

    A list item that is not of the form `- ID  RULE`, or an id that comes twice, is
    refused: a rule must not get lost by a slip of the pen.
    """
    rules = {}
    for number, line in enumerate(read(root, RULES).splitlines(), 1):
        if not line.startswith("-"):
            continue
        match = RULE.fullmatch(line.rstrip())
        if not match:
            raise Wrong(f"{RULES}:{number}: a rule has the form `- S9  What is expected`")
        if match[1] in rules:
            raise Wrong(f"{RULES}:{number}: {match[1]} is there twice")
        rules[match[1]] = match[2]
    if not rules:
        raise Wrong(f"{RULES} has no rules")
    return rules


def get_ids(test):
    """Return the ids that a test's name starts with: C2 and C13 of C2_C13_Large."""
    ids = []
    for word in test.split("_"):
        if not ID.fullmatch(word):
            break
        ids.append(word)
    return ids


def read_tests(root):
    """Return (file, suite, test) for each test that GoogleTest runs."""
    try:
        files = sorted(name for name in os.listdir(os.path.join(root, TESTS)) if name.endswith(".cc"))
    except OSError as error:
        raise Wrong(f"{TESTS} cannot be read: {error.strerror}") from error
    tests = []
    for name in files:
        code = NO_CODE.sub(" ", read(root, f"{TESTS}/{name}"))
        for suite, test in TEST.findall(code):
            if not (suite + "\n" + test).count("DISABLED_"):
                tests.append((name, suite, test))
    if not tests:
        raise Wrong(f"{TESTS} has no tests in its .cc files")
    return tests


def make_table(rules, tests):
    """Return the text of doc/conformance.md."""
    rows = []
    for rule, text in rules.items():
        proofs = [
            f"`{suite}.{test}` ([{name}](../{TESTS}/{name}))"
            for name, suite, test in tests
            if rule in get_ids(test)
        ]
        text = text.replace("|", "\\|")
        rows.append(f"| {rule} | {text} | {'<br>'.join(proofs) or 'none'} |\n")
    return HEAD + "".join(rows)


def find_problems(root, rules, tests):
    """Return what is wrong, a line each."""
    problems = []
    proved = set()
    for name, suite, test in tests:
        ids = get_ids(test)
        proved.update(ids)
        for unknown in ids:
            if unknown not in rules:
                problems.append(f"{TESTS}/{name}: {suite}.{test}: {RULES} has no rule {unknown}")
    problems += [f"{RULES}: no test for {rule}" for rule in rules if rule not in proved]
    try:
        stale = read(root, TABLE) != make_table(rules, tests)
    except Wrong as wrong:
        problems.append(f"{wrong}; write it: {REFRESH}")
    else:
        if stale:
            problems.append(f"{TABLE} is not up to date; write it: {REFRESH}")
    return problems


def main():
    parser = Parser(description="Tell which test proves which rule of the checklist.")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument(
        "--root",
        default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."),
        help="the project's folder, if not this one",
    )
    arguments = parser.parse_args()
    try:
        rules = read_rules(arguments.root)
        tests = read_tests(arguments.root)
        if not arguments.check:
            try:
                with open(os.path.join(arguments.root, TABLE), "w", encoding="utf-8") as file:
                    file.write(make_table(rules, tests))
            except OSError as error:
                raise Wrong(f"{TABLE} cannot be written: {error.strerror}") from error
        problems = find_problems(arguments.root, rules, tests)
    except Wrong as wrong:
        print(f"{parser.prog}: {wrong}", file=sys.stderr)
        return 2
    for problem in problems:
        print(f"{parser.prog}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{len(rules)} rules, each with a test; {len(tests)} tests")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
