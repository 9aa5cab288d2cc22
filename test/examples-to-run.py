#! /usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

# The examples that ns-3's test.py runs: (name, do_run, do_valgrind_run).
cpp_examples = [
    ("tfo-compare --topology=p2p,lan,satellite,mobile --transfers=3", "True", "True"),
    ("tfo-duplicate-syn", "True", "True"),
]

# The same for Python: (name, do_run).
python_examples = []
