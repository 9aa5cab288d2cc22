#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only

"""The module's sockets against the operating system's, over a simulated link in real time.

    interop-test.py PROGRAM

PROGRAM is tfo-interop. Each check is named by the rules of doc/behaviour.md. It needs
Linux, root and /dev/net/tun; where it may not run it says so and exits with 77.
Times are real ones: what is measured may be off by a quarter of a round trip of 200 ms.
"""

import concurrent.futures
import socket
import sys
import time

import kernel
from kernel import CLIENT, SERVER, Kernel, Link

RTT = 200  # ms
KEY = "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4"
OTHER_KEY = "00112233-44556677-8899aabb-ccddeeff"
REQUEST, RESPONSE = 300, 5000
MEGABYTE = 1000000
JOBS = 8  # at a time: they wait most of the time


class Scenario:
    """A run of a scenario: its links, and its checks, which tell the IP version."""

    def __init__(self, program, ipv6):
        self.program = program
        self.ipv6 = ipv6
        self.passed = 0
        self.failed = []

    def link(self, *flags, key=KEY, request=REQUEST, response=RESPONSE, **kernels):
        """Start a link."""
        flags = [
            f"--ns3::TcpFastOpen::Key={key}",
            f"--request={request}",
            f"--response={response}",
            f"--ipv6={'true' if self.ipv6 else 'false'}",
            *([] if any(flag.startswith("--rtt=") for flag in flags) else [f"--rtt={RTT}ms"]),
            *flags,
        ]
        return Link(self.program, *flags, **kernels)

    def check(self, name, good, detail=""):
        """Make a check."""
        if good:
            self.passed += 1
        else:
            version = "IPv6" if self.ipv6 else "IPv4"
            self.failed.append(f"{name}, {version}{f' ({detail})' if detail != '' else ''}")

    def equal(self, name, got, expected):
        """Check that something is what it should be."""
        self.check(name, got == expected, f"{got}, not {expected}")

    def saved(self, name, plain, fast):
        """Check that one time is a round trip shorter than another one."""
        trips = (plain - fast) / RTT
        self.check(name, 0.75 < trips < 1.25, f"saved {trips:.2f} RTT")


def kernel_client(scenario):
    """A client of the kernel's and simulated servers: cookies, keys, and times."""
    client = Kernel(CLIENT, scenario.ipv6)
    with scenario.link(client=client) as link:
        plain = client.transfer(link.server, REQUEST, RESPONSE, fast_open=False)
        scenario.check("C1 the kernel's plain socket is served", plain.exact)
        scenario.equal("S3 and gets no cookie", client.cookie(), "")
        first = client.transfer(link.server, REQUEST, RESPONSE)
        scenario.check("S3 its first contact is served", first.exact and not first.syn_data)
        cookie = client.cookie()
        fast = client.transfer(link.server, REQUEST, RESPONSE)
        scenario.check("S5 its next SYN's data is acknowledged", fast.exact and fast.syn_data)
        scenario.saved("T1 the reply comes a round trip sooner", plain.first_ms, fast.first_ms)
        scenario.saved("T1 than at first contact, too", first.first_ms, fast.first_ms)
        link.close()
        scenario.equal("S3 it keeps the cookie", cookie, link.all("granted")[0]["cookie"])
        accepted = [event["bytes"] for event in link.all("syn data accepted")]
        scenario.equal("S5 the data is accepted in SYN-RCVD", accepted, [REQUEST])
        exact = [event["exact"] for event in link.all("request")]
        scenario.equal("A3 the server reads each request exactly", exact, [True] * 3)
        scenario.equal("N2 the kernel counts it", client.counters()["Active"], 1)
        scenario.equal("N2 so does the server", link.counters["Passive"], 1)
        scenario.equal("N2 and the request for a cookie", link.counters["CookieReqd"], 1)

    with scenario.link(key=OTHER_KEY, client=client) as link:
        fallen = client.transfer(link.server, REQUEST, RESPONSE)
        scenario.check("S4 with another key the data still arrives", fallen.exact)
        scenario.check("S4 but not in the SYN", not fallen.syn_data)
        lost = abs(fallen.first_ms - plain.first_ms) / RTT
        scenario.check("T2 in the plain time", lost < 0.25, f"{lost:.2f} RTT off")
        scenario.equal("S4 the kernel counts a failure", client.counters()["ActiveFail"], 1)
        scenario.check("S4 it keeps the right cookie", client.cookie() not in ("", cookie))
        again = client.transfer(link.server, REQUEST, RESPONSE)
        scenario.check("S4 which is good", again.exact and again.syn_data)
        link.close()
        scenario.equal("N2 the server counts the failure", link.counters["PassiveFail"], 1)
        cookie = client.cookie()

    with scenario.link(key=f"{KEY},{OTHER_KEY}", client=client) as link:
        old = client.transfer(link.server, REQUEST, RESPONSE)
        scenario.check("S13 a cookie of the backup key is good", old.exact and old.syn_data)
        scenario.check("S13 and replaced", client.cookie() != cookie)
        link.close()
        scenario.equal("S13 the server counts it", link.counters["PassiveAltKey"], 1)
        scenario.equal(
            "S13 the new one is granted", link.all("granted")[-1]["cookie"], client.cookie()
        )

    with scenario.link("--mode=3whs", client=client) as link:
        off = client.transfer(link.server, REQUEST, RESPONSE)
        scenario.check("S1 a server without Fast Open serves the kernel", off.exact)
        scenario.check("S1 and ignores the SYN's data", not off.syn_data)
    client.close()


def kernel_server(scenario):
    """Simulated clients and a server of the kernel's: cookies, keys, and times."""
    # A kernel of its own: each link's client begins at the same port and sequence number,
    # with its clock at 0, and a kernel remembers the last connection from there.
    server = Kernel(SERVER, scenario.ipv6)
    server.serve(REQUEST, RESPONSE)
    with scenario.link("--mode=3whs", "--transfers=1", server=server) as link:
        plain = link.wait("transfer")
        scenario.check("C1 a plain client is served", plain["exact"])
    server.close()

    server = Kernel(SERVER, scenario.ipv6)
    server.set_key(KEY)
    served = server.serve(REQUEST, RESPONSE)
    with scenario.link("--transfers=5", "--gap=700ms", server=server) as link:
        first = link.wait("transfer")
        fast = link.wait("transfer")
        scenario.equal("C2 no SYN data without a cookie", first["syn_data"], 0)
        scenario.equal("C3 the kernel takes the SYN's data", fast["syn_data"], REQUEST)
        scenario.saved(
            "T1 the reply comes a round trip sooner", plain["first_ms"], fast["first_ms"]
        )
        scenario.equal("N2 the kernel counts it", server.counters()["Passive"], 1)
        scenario.equal("N2 and the request for a cookie", server.counters()["CookieReqd"], 1)
        server.set_key(OTHER_KEY)
        fallen = link.wait("transfer")
        scenario.check("C7 with another key the data still arrives", fallen["exact"])
        scenario.equal("C7 but not in the SYN", fallen["syn_data"], 0)
        lost = abs(fallen["first_ms"] - plain["first_ms"]) / RTT
        scenario.check("T2 in the plain time", lost < 0.25, f"{lost:.2f} RTT off")
        scenario.equal("N2 the kernel counts the failure", server.counters()["PassiveFail"], 1)
        again = link.wait("transfer")
        scenario.equal("C4 the new cookie is good", again["syn_data"], REQUEST)
        server.set_key(KEY, OTHER_KEY)
        old = link.wait("transfer")
        scenario.equal("C4 so is one of the kernel's backup key", old["syn_data"], REQUEST)
        scenario.equal("N2 the kernel counts that", server.counters()["PassiveAltKey"], 1)
        link.wait("done")
        link.close()
        scenario.equal("N2 the client counts three", link.counters["Active"], 3)
        scenario.equal("C7 and a failure", link.counters["ActiveFail"], 1)
        cookies = link.all("cookie")
        scenario.equal("S12 the kernel's cookie is ours", cookies[0]["got"], cookies[0]["made"])
        scenario.check("S12 and not with another key", cookies[1]["got"] != cookies[1]["made"])
        scenario.equal("C4 a cookie of the first key again", cookies[2]["got"], cookies[0]["got"])
        exact = [event["exact"] for event in link.all("transfer")]
        scenario.equal("A3 the client reads each response exactly", exact, [True] * 5)
        scenario.equal("A3 the kernel each request", [one.exact for one in served], [True] * 5)
    server.close()


def one_lost(scenario, server_is_kernel, number, segment):
    """One segment of a handshake is lost: at first contact, or of a connection with a cookie."""
    flags = ["--transfers=2", f"--drop={number}:{segment}", "--rtt=100ms"]
    name = f"A3 {number}:{segment} lost, {'server' if server_is_kernel else 'client'} of the kernel's"
    made = Kernel(SERVER if server_is_kernel else CLIENT, scenario.ipv6)
    if server_is_kernel:
        served = made.serve(REQUEST, RESPONSE)
        with scenario.link(*flags, server=made) as link:
            times = [link.wait("transfer")["last_ms"], link.wait("transfer")["last_ms"]]
            link.wait("done")
            link.close()
            exact = [event["exact"] for event in link.all("transfer")]
            exact += [one.exact for one in served]
    else:
        with scenario.link(*flags, client=made) as link:
            first = made.transfer(link.server, REQUEST, RESPONSE)
            second = made.transfer(link.server, REQUEST, RESPONSE)
            time.sleep(0.2)  # until the last ACK has crossed the link
            times = [first.last_ms, second.last_ms]
            link.close()
            exact = [first.exact, second.exact] + [event["exact"] for event in link.all("request")]
    scenario.equal(f"{name}: each byte once, in order", exact, [True] * 4)
    scenario.equal(f"{name}: it was lost", len(link.all("lost")), 1)
    if segment == "client:1":  # C6: the SYN is sent again after a second, as a plain one
        late = times[number - 1] - 1000
        scenario.check(f"C6 {name}: after a second", 150 < late < 350, f"{times} ms")
    if (number, segment) == (2, "client:2"):  # the server's next segments do without it
        scenario.check(f"T1 {name}: no later", times[1] < times[0], f"{times} ms")
    made.close()


def megabyte(scenario, server_is_kernel, drop):
    """A megabyte each way, at first contact and with a cookie."""
    name = f"A3 1 MB each way, {'server' if server_is_kernel else 'client'} of the kernel's"
    name += f", {drop} lost" if drop else ""
    flags = ["--transfers=2", "--rtt=20ms", "--rate=40Mbps"]
    flags += [f"--drop={drop}"] if drop else []
    made = Kernel(SERVER if server_is_kernel else CLIENT, scenario.ipv6)
    sizes = {"request": MEGABYTE, "response": MEGABYTE}
    if server_is_kernel:
        served = made.serve(MEGABYTE, MEGABYTE)
        with scenario.link(*flags, **sizes, server=made) as link:
            link.wait("done")
            link.close()
            exact = [event["exact"] for event in link.all("transfer")]
            exact += [one.exact for one in served]
            syn_data = [event["syn_data"] > 0 for event in link.all("transfer")]
    else:
        with scenario.link(*flags, **sizes, client=made) as link:
            transfers = [made.transfer(link.server, MEGABYTE, MEGABYTE) for _ in range(2)]
            link.close()
            exact = [one.exact for one in transfers]
            exact += [event["exact"] for event in link.all("request")]
            syn_data = [one.syn_data for one in transfers]
    scenario.equal(f"{name}: each byte once, in order", exact, [True] * 4)
    scenario.equal(f"{name}: the second with data in the SYN", syn_data, [False, True])
    scenario.equal(f"{name}: losses", len(link.all("lost")), drop.count(":") // 2)
    made.close()


def skewed(scenario):
    """A link takes longer in one direction than in the other, for the round trip it is to have."""
    client, server = (Kernel(side, scenario.ipv6) for side in (CLIENT, SERVER))
    with scenario.link("--forward=150ms", client=client, server=server) as link:
        with server.socket(socket.SOCK_DGRAM) as echo, client.socket(socket.SOCK_DGRAM) as made:
            echo.bind((server.address, kernel.PORT))
            made.connect((link.server, kernel.PORT))
            times = [time.monotonic()]
            made.send(b".")
            data, sender = echo.recvfrom(1)
            times.append(time.monotonic())
            echo.sendto(data, sender)
            made.recv(1)
            times.append(time.monotonic())
    forward, back = ((later - earlier) * 1e3 for earlier, later in zip(times, times[1:]))
    scenario.check("A skewed link: to the server", 145 < forward < 175, f"{forward:.0f} ms")
    scenario.check("A skewed link: back", 45 < back < 75, f"{back:.0f} ms")
    for one in (client, server):
        one.close()


def run(program, ipv6, function, *arguments):
    """Run a scenario, and once more where a check has failed, for time is real; return the last."""
    for attempt in (1, 2):
        scenario = Scenario(program, ipv6)
        try:
            function(scenario, *arguments)
        except Exception as error:  # pylint: disable=broad-except
            name = " ".join([function.__name__, *map(str, arguments)])
            scenario.check(name, False, f"{type(error).__name__}: {error}")
        if attempt == 1 and scenario.failed:
            print("\n".join(f"once more: {name}" for name in scenario.failed), flush=True)
        else:
            break
    return scenario


def main():
    """Run all scenarios."""
    if len(sys.argv) != 2:
        sys.exit("usage: interop-test.py PROGRAM")
    reason = kernel.why_not()
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(77)
    kernel.hurry()
    for side in (CLIENT, SERVER):
        kernel.pattern(side, MEGABYTE)  # takes long, and is kept
    jobs = []
    for ipv6 in (False, True):
        jobs += [(ipv6, function) for function in (kernel_client, kernel_server, skewed)]
        for server_is_kernel in (False, True):
            for segment in ("server:1", "client:1", "client:2"):
                for number in (1, 2):
                    jobs.append((ipv6, one_lost, server_is_kernel, number, segment))
            for drop in ("", "1:client:30+2:client:2+2:server:200+2:server:201"):
                jobs.append((ipv6, megabyte, server_is_kernel, drop))
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        done = list(pool.map(lambda job: run(sys.argv[1], *job), jobs))
    failed = [name for scenario in done for name in scenario.failed]
    for name in failed:
        print(f"FAILED: {name}")
    print(f"{sum(scenario.passed for scenario in done)} passed, {len(failed)} failed", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
