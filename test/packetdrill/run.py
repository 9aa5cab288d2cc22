#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run packetdrill's scripts against the module's sockets; see README.md."""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77  # CTest's SKIP_RETURN_CODE
TIMEOUT_S = 120

# What the scripts' own runner gives them.
ADDRESSES = ["--local_ip=192.168.0.1", "--remote_ip=192.0.2.1"]
OPTIONS = [
    "--ip_version=ipv4",
    "--gateway_ip=192.168.0.1",
    "--netmask_ip=255.255.0.0",
    "--send_omit_free",
    "-D", "TFO_COOKIE=3021b9d889017eeb",
    "-D", "CODE=host_unreachable",
    "-D", "CMSG_LEVEL_IP=SOL_IP",
    "-D", "CMSG_TYPE_RECVERR=IP_RECVERR",
]

# Programs that scripts call. Settings go into the network namespace, where the
# library reads them; there is no tun0 and no kernel's cache of metrics to act on.
PROGRAMS = {
    "sysctl": r"""#!/bin/bash
status=0
for setting; do
    case $setting in
    -*) continue ;;
    esac
    name=${setting%%=*}
    { printf '%s\n' "${setting#*=}" >"/proc/sys/${name//.//}"; } 2>/dev/null || status=1
done
exit $status
""",
    "ip": """#!/bin/bash
[ "$1" != tcp_metrics ] || echo flush >>"$TFO_METRICS"
""",
    "tc": "#!/bin/bash\n",
    "nstat": "#!/bin/bash\n",
}


def find_scripts(paths):
    """Return (name, path) of each script; the name is relative to its directory."""
    scripts = []
    for path in paths:
        if not os.path.isdir(path):
            scripts.append((os.path.basename(path), path))
            continue
        for folder, _, files in sorted(os.walk(path)):
            for file in sorted(files):
                if file.endswith(".pkt"):
                    full = os.path.join(folder, file)
                    scripts.append((os.path.relpath(full, path), full))
    return scripts


def read_excluded(path):
    """Return the reasons, by script, of those that are not to be run."""
    excluded = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, _, reason = line.strip().partition(" ")
            if name and not name.startswith("#"):
                excluded[name] = reason.strip()
    return excluded


def find_addresses(path):
    """Return the script's own address, and options of those that it does not set."""
    with open(path, encoding="utf-8", errors="replace") as script:
        found = re.search(r"^--local_ip=(\S+)", script.read(), re.MULTILINE)
    return (found.group(1), []) if found else (ADDRESSES[0].partition("=")[2], ADDRESSES)


def run(args, path):
    """Run a script; return None where it passed, or what went wrong."""
    with tempfile.TemporaryDirectory(prefix="tfo-packetdrill-") as work:
        bin_dir = os.path.join(work, "bin")
        os.mkdir(bin_dir)
        for name, text in PROGRAMS.items():
            file = os.path.join(bin_dir, name)
            with open(file, "w", encoding="utf-8") as program:
                program.write(text)
            os.chmod(file, 0o755)
        metrics = os.path.join(work, "metrics")
        env = dict(os.environ, TFO_METRICS=metrics, PATH=bin_dir + ":" + os.environ["PATH"])
        # system(3) starts /bin/sh; the scripts are bash's.
        prepare = 'mount --bind "$(command -v bash)" "$(readlink -f /bin/sh)" && ' \
                  'export LD_PRELOAD="$0" && exec "$@"'
        local, addresses = find_addresses(path)
        command = (
            [*args.unshare, "bash", "-c", prepare, args.library, args.packetdrill]
            + ["--so_filename=" + args.library, f"--so_flags={local},{metrics}"]
            + OPTIONS + addresses + (["-v"] if args.verbose else [])
            + [os.path.basename(path)]
        )
        with subprocess.Popen(command, cwd=os.path.dirname(path), env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            try:
                output = process.communicate(timeout=TIMEOUT_S)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                return f"took longer than {TIMEOUT_S} s"
            finally:
                # What set_sysctls.py leaves; the programs replace each other in one process.
                leftover = f"/tmp/sysctl_restore_{process.pid}.sh"
                if os.path.exists(leftover):
                    os.remove(leftover)
        output = output.decode(errors="replace").strip()
        if process.returncode == 0:
            if args.verbose:
                print(output)
            return None
        return output or f"ended with status {process.returncode}"


def find_unshare():
    """Return the command that makes namespaces of our own, or None."""
    for command in (["unshare", "-n", "-m"], ["unshare", "-r", "-n", "-m"]):
        try:
            if subprocess.run([*command, "true"], stderr=subprocess.DEVNULL,
                              check=False).returncode == 0:
                return command
        except FileNotFoundError:
            break
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packetdrill", default=os.environ.get("PACKETDRILL")
                        or shutil.which("packetdrill"),
                        help="the program; by default $PACKETDRILL, or that on PATH")
    parser.add_argument("--library", help="the shared object that was built",
                        default=os.path.join(HERE, "../../build/libtfo-packetdrill.so"))
    parser.add_argument("--exclude", default=os.path.join(HERE, "excluded.txt"),
                        help="file of scripts not to be run, each with the reason")
    parser.add_argument("--all", action="store_true", help="run those, too")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="print all that packetdrill prints")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("scripts", nargs="*", default=[os.path.join(HERE, "scripts")],
                        help="scripts, or directories of them; by default our own")
    args = parser.parse_args()

    if not args.packetdrill:
        print("SKIPPED: no packetdrill; set PACKETDRILL to one, or put it on PATH")
        return SKIPPED
    args.packetdrill = os.path.abspath(args.packetdrill)
    args.library = os.path.abspath(args.library)
    args.scripts = [os.path.abspath(path) for path in args.scripts]
    for path in [args.packetdrill, args.library, *args.scripts]:
        if not os.path.exists(path):
            print(f"run.py: there is no {path}", file=sys.stderr)
            return 2
    args.unshare = find_unshare()
    if not args.unshare:
        print("SKIPPED: unshare(1) cannot make a network namespace here; try as root")
        return SKIPPED

    excluded = {} if args.all else read_excluded(args.exclude)
    scripts = find_scripts(args.scripts)
    if not scripts:
        print("run.py: there are no scripts", file=sys.stderr)
        return 2
    counts = {"pass": 0, "fail": 0, "excluded": 0}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = []
        for name, path in scripts:
            # By the path's end: whatever directory of them was given
            reason = next((why for script, why in excluded.items() if path.endswith("/" + script)),
                          None)
            results.append((name, reason, None if reason else pool.submit(run, args, path)))
        for name, reason, result in results:
            problem = result.result() if result else None
            verdict = "excluded" if not result else "fail" if problem else "pass"
            counts[verdict] += 1
            print(f"{verdict:9}{name}" + (f": {reason}" if reason else ""), flush=True)
            if problem:
                print("    " + problem.replace("\n", "\n    "), flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["fail"] else 0


if __name__ == "__main__":
    sys.exit(main())
