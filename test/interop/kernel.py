# SPDX-License-Identifier: GPL-2.0-only

"""The operating system at an end of a simulated link, and the link.

A kernel has a network namespace of its own, without a name: it is gone, with its TAP
device and its routes, when the process that made it ends, however that ends.
"""

import contextlib
import ctypes
import fcntl
import functools
import json
import os
import queue
import re
import socket
import struct
import subprocess
import threading
import time

PORT = 80
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x1002
TCP_CONGESTION = 13
TCP_FASTOPEN = 23
TCPI_OPT_SYN_DATA = 0x20
MSG_FASTOPEN = 0x20000000
CLIENT, SERVER = 0, 1
PATIENCE = 60  # seconds

LIBC = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """Something that a test needs did not come; in one line."""


def call(function, *arguments):
    """Call a function of the C library that returns 0."""
    if function(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def why_not():
    """Tell what keeps kernels from being attached here; nothing where they can be."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/net/tun"):
        return "needs /dev/net/tun"
    try:
        Kernel(CLIENT, False).close()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no TAP device in a network namespace of its own: {error}"
    return ""


def hurry(process="self"):
    """Let a process run before ordinary ones, where that is allowed: waiting takes time."""
    for task in os.listdir(f"/proc/{process}/task"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(int(task), os.SCHED_RR, os.sched_param(1))


@functools.lru_cache(maxsize=None)
def pattern(side, size):
    """Return the bytes that a side writes; each tells its place, as PatternExchange's do."""
    return bytes(((i ^ (i >> 8) ^ (i >> 16)) * 167 + side) & 0xFF for i in range(size))


class Transfer:
    """What a kernel saw of one connection; times in ms from the call to open."""

    def __init__(self, received, expected, syn_data, first_ms=None, last_ms=None):
        self.exact = received == expected
        self.syn_data = syn_data
        self.first_ms = first_ms
        self.last_ms = last_ms


class Kernel:
    """A network namespace with a TAP device, behind one end of a link.

    Its methods enter the namespace for the thread that calls them.
    """

    def __init__(self, side, ipv6):
        self.side = side
        self.ipv6 = ipv6
        network = f"fd00:10:2:{side + 1}::" if ipv6 else f"10.2.{side + 1}."
        self.address = network + "2"
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        call(LIBC.unshare, CLONE_NEWNET)
        self.namespace = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            self.tap = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(self.tap, TUNSETIFF, struct.pack("16sH22x", b"tap", IFF_TAP_NO_PI))
            # Nothing but what connections send is to cross the link.
            self.set("ipv6/conf/tap/accept_ra", 0)
            self.set("ipv6/conf/tap/accept_dad", 0)
            n = side + 1
            prefix = "/64 dev tap nodad" if ipv6 else "/24 dev tap"
            self.run(
                "ip",
                "-batch",
                "-",
                given=f"""
                link set tap addrgenmode none
                link set tap address 02:00:00:00:02:0{n}
                link set tap up
                neighbour add {network}1 lladdr 02:00:00:00:01:0{n} dev tap nud permanent
                address add {self.address}{prefix}
                route add default via {network}1
            """,
            )
            self.set("ipv4/tcp_fastopen", 3)
        finally:
            call(LIBC.setns, before, CLONE_NEWNET)
            os.close(before)

    def close(self):
        """Let go of the namespace."""
        os.close(self.tap)
        os.close(self.namespace)

    @contextlib.contextmanager
    def entered(self):
        """Be in the namespace."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        call(LIBC.setns, self.namespace, CLONE_NEWNET)
        try:
            yield
        finally:
            call(LIBC.setns, before, CLONE_NEWNET)
            os.close(before)

    @staticmethod
    def run(*command, given=""):
        """Run a command in the current namespace and return what it prints."""
        done = subprocess.run(command, check=True, input=given, capture_output=True, text=True)
        return done.stdout

    @staticmethod
    def set(name, value):
        """Set a value of /proc/sys/net in the current namespace."""
        with open("/proc/sys/net/" + name, "w", encoding="ascii") as file:
            file.write(str(value))

    def set_key(self, *keys):
        """Set the server's key, and a backup."""
        with self.entered():
            self.set("ipv4/tcp_fastopen_key", ",".join(keys))

    def counters(self):
        """Return what the kernel has counted of Fast Open, by the names without TCPFastOpen."""
        with self.entered():
            return read_counters(self.run("nstat", "-asz").splitlines())

    def cookie(self):
        """Return the cookie that the kernel keeps for the server, in hexadecimal; or nothing."""
        with self.entered():
            match = re.search(r"fo_cookie (\w+)", self.run("ip", "tcp_metrics", "show"))
        return match[1] if match else ""

    def socket(self, kind=socket.SOCK_STREAM):
        """Make a socket in the namespace; TCP with the congestion control of simulated ends."""
        with self.entered():
            made = socket.socket(socket.AF_INET6 if self.ipv6 else socket.AF_INET, kind)
        if kind == socket.SOCK_STREAM:
            made.setsockopt(socket.IPPROTO_TCP, TCP_CONGESTION, b"cubic")
        be_patient(made)
        return made

    def transfer(self, server, request, response, fast_open=True):
        """Make a transfer to a server and return what came of it."""
        data = pattern(CLIENT, request)
        expected = pattern(SERVER, response)
        received = bytearray()
        first = last = None
        with self.socket() as made:
            opened = time.monotonic()
            if fast_open:
                taken = made.sendto(data, MSG_FASTOPEN, (server, PORT))
                made.sendall(data[taken:])
            else:
                made.connect((server, PORT))
                made.sendall(data)
            while part := made.recv(1 << 20):
                last = time.monotonic()
                first = first or last
                received += part
            syn_data = had_syn_data(made)
        times = [(when - opened) * 1e3 if when else None for when in (first, last)]
        return Transfer(received, expected, syn_data, *times)

    def serve(self, request, response):
        """Serve requests in the background; return the list that each one is put into."""
        served = []
        listener = self.socket()
        listener.bind((self.address, PORT))
        listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
        listener.listen(16)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 0))
        answer = pattern(SERVER, response)
        expected = pattern(CLIENT, request)

        def work():
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    be_patient(connection)
                    received = bytearray()
                    while len(received) < request and (part := connection.recv(1 << 20)):
                        received += part
                    connection.sendall(answer)
                    served.append(Transfer(received, expected, had_syn_data(connection)))

        threading.Thread(target=work, daemon=True).start()
        return served


def be_patient(connection):
    """Let a socket's calls wait, but not for ever. Python's own timeouts make it non-blocking."""
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connection.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", PATIENCE, 0))


def had_syn_data(connection):
    """Tell whether data in the SYN was sent, or accepted, and acknowledged by the SYN-ACK."""
    return bool(
        connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[5] & TCPI_OPT_SYN_DATA
    )


def read_counters(lines):
    """Return the counters in what nstat prints."""
    found = (re.match(r"TcpExtTCPFastOpen(\w+)\s+(\d+)", line) for line in lines)
    return {match[1]: int(match[2]) for match in found if match}


class Link:
    """The simulated link; flags are those of tfo-interop."""

    def __init__(self, program, *flags, client=None, server=None):
        kernels = [kernel for kernel in (client, server) if kernel]
        command = [program, *flags]
        for name, kernel in (("client", client), ("server", server)):
            command += [f"--{name}-tap={kernel.tap}"] if kernel else []
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[kernel.tap for kernel in kernels],
        )
        self.events = []  # all that it has told
        self.counters = {}
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.server = self.wait("ready")["server"]
        hurry(self.process.pid)

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def wait(self, name):
        """Wait until the link tells something, and return that."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                line = ""
            if not line:
                self.process.kill()
                raise Failed(f"the link does not tell {name!r}")
            if line.startswith("{"):
                event = json.loads(line)
                self.events.append(event)
                if event["event"] == name:
                    return event
            else:
                self.counters.update(read_counters([line]))

    def all(self, name):
        """Return what it has told of one kind; call it after close()."""
        return [event for event in self.events if event["event"] == name]

    def close(self):
        """End it and return what it tells at the end; counters has what it counted."""
        self.process.stdin.close()
        end = self.wait("end")
        if self.process.wait() != 0:
            raise Failed(f"the link ended with {self.process.returncode}")
        return end

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind:
            self.process.kill()
            self.process.wait()
        elif self.process.returncode is None:
            self.close()
