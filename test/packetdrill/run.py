#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run packetdrill's scripts against the module's sockets; see README.md."""

import argparse
import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77  # CTest's SKIP_RETURN_CODE
TIMEOUT_S = 120

# What the scripts' own runners give them: to all, to those over IPv4, and to each variant.
OPTIONS = ["--send_omit_free", "-D", "CODE=host_unreachable"]
OVER_IPV4 = [
    "--gateway_ip=192.168.0.1",
    "--netmask_ip=255.255.0.0",
    "-D", "TFO_COOKIE=3021b9d889017eeb",
    "-D", "TFO_COOKIE_ZERO=b7c12350a90dc8f5",
]
IPV4_ADDRESSES = {"local_ip": "192.168.0.1", "remote_ip": "192.0.2.1"}
VARIANTS = {
    "ipv4": {
        "options": OVER_IPV4
        + ["-D", "CMSG_LEVEL_IP=SOL_IP", "-D", "CMSG_TYPE_RECVERR=IP_RECVERR"],
        "addresses": IPV4_ADDRESSES,
        "mtu": 1500,
    },
    "ipv4-mapped-ipv6": {
        "options": OVER_IPV4
        + ["-D", "CMSG_LEVEL_IP=SOL_IPV6", "-D", "CMSG_TYPE_RECVERR=IPV6_RECVERR"],
        "addresses": IPV4_ADDRESSES,
        "mtu": 1500,
    },
    "ipv6": {
        "options": [
            "--gateway_ip=fd3d:0a0b:17d6:8888::1",
            "-D", "TFO_COOKIE=c1d1e9742a47a9bc",
            "-D", "TFO_COOKIE_ZERO=82af1a8f9a205c34",
            "-D", "CMSG_LEVEL_IP=SOL_IPV6",
            "-D", "CMSG_TYPE_RECVERR=IPV6_RECVERR",
        ],
        "addresses": {"local_ip": "fd3d:0a0b:17d6::1", "remote_ip": "fd3d:fa7b:d17d::1"},
        "mtu": 1520,  # so that the MSS is IPv4's
    },
}

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


# What the shim is set to; with --kernel, the kernel's own may be other.
KERNEL_SETTINGS = [
    "net.ipv4.tcp_congestion_control=reno",
    "net.ipv4.tcp_ecn=0",
    "net.ipv4.tcp_rmem=4096 540000 15728640",
]


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
    """Return those that are not to be run: the script, its variants or None, the reason."""
    excluded = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, _, rest = line.strip().partition(" ")
            if not name or name.startswith("#"):
                continue
            variants, _, reason = rest.strip().partition(" ")
            excluded.append((name, None if variants == "*" else variants.split(","),
                             reason.strip()))
    return excluded


def find_reason(excluded, path, variant):
    """Return why a script is not to be run in a variant, or None."""
    for name, variants, reason in excluded:
        # By the path's end: whatever directory of them was given
        if path.endswith("/" + name) and (variants is None or variant in variants):
            return reason
    return None


def find_settings(path):
    """Return the options that the script sets itself, by name."""
    with open(path, encoding="utf-8", errors="replace") as script:
        return dict(re.findall(r"^--(ip_version|local_ip|remote_ip)=(\S+)", script.read(),
                               re.MULTILINE))


def is_for(path, variant):
    """Tell whether a script is meant for the variant, by its name and by what it sets."""
    settings = find_settings(path)
    if settings.get("ip_version", variant) != variant:
        return False
    ipv6 = variant == "ipv6"
    stem = os.path.splitext(path)[0]
    if stem.endswith("v4" if ipv6 else "v6"):  # packetdrill's own runner goes by this
        return False
    addresses = [settings[name] for name in ("local_ip", "remote_ip") if name in settings]
    return all((":" in address) == ipv6 for address in addresses)


def write_programs(work):
    """Write the programs that stand in for the system's; return their directory."""
    folder = os.path.join(work, "bin")
    os.mkdir(folder)
    for name, text in PROGRAMS.items():
        file = os.path.join(folder, name)
        with open(file, "w", encoding="utf-8") as program:
            program.write(text)
        os.chmod(file, 0o755)
    return folder


def run(args, path, variant):
    """Run a script in a variant; return None where it passed, or what went wrong."""
    with tempfile.TemporaryDirectory(prefix="tfo-packetdrill-") as work:
        defaults = VARIANTS[variant]
        settings = find_settings(path)
        addresses = dict(defaults["addresses"], **settings)
        metrics = os.path.join(work, "metrics")
        env = dict(os.environ, TFO_METRICS=metrics)
        # system(3) starts /bin/sh; the scripts are bash's.
        prepare = 'mount --bind "$(command -v bash)" "$(readlink -f /bin/sh)" && '
        if args.kernel:
            prepare += f"sysctl -q {shlex.join(KERNEL_SETTINGS)} && "
            stack = []
        else:
            env["PATH"] = write_programs(work) + ":" + env["PATH"]
            prepare += 'export LD_PRELOAD="$0" && '
            stack = ["--so_filename=" + args.library,
                     f"--so_flags={addresses['local_ip']},{metrics},{defaults['mtu']}"]
        command = (
            [*args.unshare, "bash", "-c", prepare + 'exec "$@"', args.library, args.packetdrill]
            + stack + ["--ip_version=" + variant, f"--mtu={defaults['mtu']}"]
            + OPTIONS + defaults["options"]
            + [f"--{name}={address}" for name, address in addresses.items()
               if name not in settings]
            + (["-v"] if args.verbose else [])
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
    parser.add_argument("--ip-version", choices=[*VARIANTS, "all"], default="all",
                        help="the variant; by default each of them")
    parser.add_argument("--all", action="store_true", help="run those, too")
    parser.add_argument("--kernel", action="store_true",
                        help="run against this machine's kernel, as root: what does Linux do?")
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
    needed = [] if args.kernel else [args.library]
    for path in [args.packetdrill, *needed, *args.scripts]:
        if not os.path.exists(path):
            print(f"run.py: there is no {path}", file=sys.stderr)
            return 2
    args.unshare = find_unshare()
    if not args.unshare:
        print("SKIPPED: unshare(1) cannot make a network namespace here; try as root")
        return SKIPPED

    excluded = [] if args.all or args.kernel else read_excluded(args.exclude)
    scripts = find_scripts(args.scripts)
    if not scripts:
        print("run.py: there are no scripts", file=sys.stderr)
        return 2
    variants = list(VARIANTS) if args.ip_version == "all" else [args.ip_version]
    failed = False
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = []
        for variant in variants:
            for name, path in scripts:
                if not is_for(path, variant):
                    continue
                reason = find_reason(excluded, path, variant)
                results.append((variant, name, reason,
                                None if reason else pool.submit(run, args, path, variant)))
        for variant in variants:
            counts = {"pass": 0, "fail": 0, "excluded": 0}
            for of, name, reason, result in results:
                if of != variant:
                    continue
                problem = result.result() if result else None
                verdict = "excluded" if not result else "fail" if problem else "pass"
                counts[verdict] += 1
                print(f"{verdict:9}{name}" + (f": {reason}" if reason else ""), flush=True)
                if problem:
                    print("    " + problem.replace("\n", "\n    "), flush=True)
            failed = failed or counts["fail"] > 0
            print(f"{variant}: " + ", ".join(f"{count} {verdict}"
                                             for verdict, count in counts.items())
                  + f", {len(scripts) - sum(counts.values())} of other variants", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
