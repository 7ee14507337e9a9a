"""The stub by the protocol alone: registers, memory, breakpoints, watchpoints, interrupts, ends; and what is no debugger."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

import rvsim
from rvsim.gdb.packets import escape, unescape

from .conftest import COUNT, FAULT, SPIN, Client, Running

Debug = Callable[..., tuple[Running, Client]]


def symbols(running_path: Any) -> dict[str, int]:
    from rvsim.loader import load_elf

    return {name: symbol.address for name, symbol in load_elf(running_path).symbols.items()}


def description(client: Client) -> ElementTree.Element:
    text, offset = b"", 0
    while True:
        part = client(f"qXfer:features:read:target.xml:{offset:x},400")
        text += unescape(part[1:])
        offset = len(text)
        if part[:1] == b"l":
            return ElementTree.fromstring(text)


def numbers(client: Client) -> dict[str, int]:
    """Register name -> number."""
    return {reg.attrib["name"]: index for index, reg in enumerate(description(client).iter("reg"))}


def word(client: Client, number: int) -> int:
    return int.from_bytes(bytes.fromhex(client(f"p{number:x}").decode()), "little")


def test_hello(debug: Debug) -> None:
    _, client = debug(COUNT, functional=True)
    assert b"PacketSize=" in client("qSupported:multiprocess+;swbreak+;xmlRegisters=i386")
    assert client("QStartNoAckMode") == b"OK"
    assert client("?") == b"T05thread:1;" and client("qfThreadInfo") == b"m1" and client("Hg0") == b"OK"
    assert client("vMustReplyEmpty") == b"" and client("nonsense") == b"" and client("qFrob") == b"" and client("vFile:open:1") == b""


def test_registers(debug: Debug, linux: Callable[..., Any]) -> None:
    _, client = debug(COUNT, functional=True, vlen=256)
    number = numbers(client)
    tree = description(client)
    assert tree.find("osabi") is not None and "mstatus" not in number and {"vl", "fcsr", "cycle", "v31"} <= set(number)
    start = symbols(linux(COUNT))["_start"]
    assert word(client, number["pc"]) == start == word(client, 32)
    every = bytes.fromhex(client("g").decode())
    assert len(every) == 33 * 8 and int.from_bytes(every[32 * 8 :], "little") == start
    assert client(f"P{number['a0']:x}=efbeadde00000000") == b"OK" and word(client, number["a0"]) == 0xDEADBEEF
    assert client(f"P{number['v3']:x}=" + "01" * 32) == b"OK" and client(f"p{number['v3']:x}") == b"01" * 32
    assert client(f"P{number['fa0']:x}=000000000000f83f") == b"OK"
    assert client(f"P{number['frm']:x}=03000000") == b"OK" and word(client, number["fcsr"]) == 3 << 5
    assert client(f"P{number['vlenb']:x}=0300000000000000") == b"E01"  # read-only
    assert client("pfff") == b"E01" and client("P1") == b"E01" and client("P1=00") == b"E01"


def test_memory(debug: Debug, linux: Callable[..., Any]) -> None:
    _, client = debug(COUNT, functional=True)
    cell = symbols(linux(COUNT))["cell"]
    assert client(f"m{cell:x},8") == b"0a00000000000000"
    assert client(f"M{cell:x},2:0300") == b"OK" and client(f"m{cell:x},4") == b"03000000"
    assert client(b"X%x,3:" % cell + escape(b"}#$")) == b"OK" and client(f"m{cell:x},3") == b"7d2324"
    assert client("m0,8") == b"E01" and client("mffffffffffffffff,8") == b"E01" and client("m,") == b"E01"
    assert client("M0,1:00") == b"E01" and client(f"M{cell:x},5:00") == b"E01"


@pytest.mark.parametrize("functional", [True, False])
def test_breakpoints_and_steps(debug: Debug, linux: Callable[..., Any], functional: bool) -> None:
    running, client = debug(COUNT, functional=functional)
    names = symbols(linux(COUNT))
    work, code = names["work"], client(f"m{names['work']:x},4")
    assert client(f"Z0,{work:x},2") == b"OK"
    for left in (10, 9, 8):
        assert client("vCont;c") == b"T05swbreak:;thread:1;"
        assert word(client, 32) == work and client(f"m{work:x},4") == code  # the breakpoint is not seen
        assert client("vCont;s:1;c") == b"T05thread:1;" and word(client, 10) == left
    assert client(f"z0,{work:x},2") == b"OK" and client(f"Z1,{names['done']:x},4") == b"OK"
    assert client("c") == b"T05swbreak:;thread:1;" and word(client, 10) == 0
    assert client("vCont;c") == b"W05"
    done = running.result()
    assert (done.exit_code, done.stopped) == (5, "exit")
    without = rvsim.run_elf(linux(COUNT), mode="user", functional=functional)
    assert (without.instructions, without.cycles) == (done.instructions, done.cycles)  # the debugger takes no simulated time


@pytest.mark.parametrize("functional", [True, False])
def test_watchpoints(debug: Debug, linux: Callable[..., Any], functional: bool) -> None:
    running, client = debug(COUNT, functional=functional)
    cell = symbols(linux(COUNT))["cell"]
    assert client(f"Z2,{cell:x},8") == b"OK"
    for left in (9, 8, 7):
        assert client("c") == b"T05watch:%x;thread:1;" % cell and client(f"m{cell:x},1") == b"%02x" % left
    assert client(f"z2,{cell:x},8") == b"OK" and client(f"Z3,{cell + 4:x},1") == b"OK"
    assert client("c") == b"T05rwatch:%x;thread:1;" % (cell + 4) and word(client, 10) == 7
    assert client(f"z3,{cell + 4:x},1") == b"OK" and client(f"Z4,{cell:x},1") == b"OK"
    assert [client("c")[:9], client("c")[:9]] == [b"T05awatch", b"T05awatch"]
    assert client(f"z4,{cell:x},1") == b"OK" and client("c") == b"W05"
    assert running.result().exit_code == 5


LONG = """
        .globl _start, cell
_start: la      s0, cell
        li      s1, 300000
again:  sd      s1, (s0)
        addi    s1, s1, -1
        bnez    s1, again
        mv      a0, s1
        li      a7, 93
        ecall
        .data
        .balign 64
cell:   .dword  0
"""


@pytest.mark.parametrize("functional", [True, False])
def test_a_long_run_after_a_watchpoint(debug: Debug, linux: Callable[..., Any], functional: bool) -> None:
    """What the watched loop has seen of the program serves the quick loops afterwards."""
    running, client = debug(LONG, functional=functional)
    cell = symbols(linux(LONG))["cell"]
    assert client(f"Z2,{cell:x},8") == b"OK" and [client("c")[:8] for _ in range(20)] == [b"T05watch"] * 20
    assert client(f"z2,{cell:x},8") == b"OK" and client("c") == b"W00"
    done, without = running.result(), rvsim.run_elf(linux(LONG), mode="user", functional=functional)
    assert (done.instructions, done.cycles) == (without.instructions, without.cycles)


VECTOR = """
        .globl _start, cell, store
_start: la a0, cell
        vsetivli t0, 8, e32, m1, ta, ma
        vid.v v1
        vmsgeu.vi v0, v1, 5
        li t1, 8
store:  STORE
        li a0, 0
        li a7, 93
        ecall
        .data
        .balign 64
cell:   .zero 256
"""


@pytest.mark.parametrize(
    ("store", "offset", "hit"),
    [
        ("vse32.v v1, (a0)", 28, True), ("vse32.v v1, (a0)", 32, False), ("vse32.v v1, (a0), v0.t", 16, False),
        ("vse32.v v1, (a0), v0.t", 20, True), ("vsse32.v v1, (a0), t1", 52, False), ("vsse32.v v1, (a0), t1", 56, True),
        ("vsuxei32.v v1, (a0), v1", 10, True), ("vsuxei32.v v1, (a0), v1", 11, False), ("vsseg2e32.v v1, (a0)", 60, True),
        ("vs1r.v v1, (a0)", 31, True), ("vs1r.v v1, (a0)", 32, False), ("vle32.v v2, (a0)", 4, False),
    ],
)  # fmt: skip
def test_watchpoints_on_vector_stores(debug: Debug, linux: Callable[..., Any], store: str, offset: int, hit: bool) -> None:
    source = VECTOR.replace("STORE", store)
    _, client = debug(source, functional=True, vlen=256)
    cell = symbols(linux(source))["cell"]
    assert client(f"Z2,{cell + offset:x},1") == b"OK"
    assert client("c") == (b"T05watch:%x;thread:1;" % (cell + offset) if hit else b"W00")


def test_interrupt(debug: Debug) -> None:
    running, client = debug(SPIN, functional=True)
    client.send(b"c")
    time.sleep(0.3)
    client.raw(b"\x03")
    assert client.receive() == b"T02thread:1;"
    assert client("s") == b"T05thread:1;"
    client.send(b"k")
    ended = running.result()
    assert (ended.stopped, ended.error) == ("killed", "ended by the debugger")


def test_a_fault_can_be_looked_at(debug: Debug, linux: Callable[..., Any]) -> None:
    running, client = debug(FAULT, functional=True)
    assert client("c") == b"T0bthread:1;"
    assert word(client, 32) == symbols(linux(FAULT))["bad"] and word(client, 10) == 64
    assert client("c") == b"X0b"
    assert running.result().exit_code == 139


def test_an_ebreak_of_the_programs_own(debug: Debug) -> None:
    running, client = debug("    .globl _start\n_start: nop\n  ebreak\n", functional=True)
    assert client("c") == b"T05thread:1;" and client("c") == b"T05thread:1;" and client("c") == b"X05"
    assert running.result().exit_code == 133


def test_detach_lets_it_run(debug: Debug, linux: Callable[..., Any]) -> None:
    running, client = debug(COUNT, functional=True)
    assert client(f"Z0,{symbols(linux(COUNT))['work']:x},2") == b"OK" and client("c")[:3] == b"T05"
    assert client("D") == b"OK"
    assert running.result().exit_code == 5


def test_the_limit_holds(debug: Debug) -> None:
    running, client = debug(SPIN, functional=True, limit=1000)
    assert client("c") == b"T09thread:1;" and client("c") == b"X09"
    assert running.result().stopped == "limit"


def test_monitor(debug: Debug) -> None:
    _, client = debug(COUNT)
    for _ in range(3):
        client("s")
    said = bytes.fromhex(client("qRcmd," + b"cycles".hex()).decode()).decode()
    assert re.fullmatch(r"\d+ cycles, 3 instructions\n", said)
    assert b"cycles" in bytes.fromhex(client("qRcmd," + b"help".hex()).decode())


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n$g#67", b"$g#00", b"-", b"$" + b"x" * 200000, b"\0\0\0\0"])
def test_what_is_no_debugger_gets_nowhere(linux: Callable[..., Any], data: bytes) -> None:
    path = linux(SPIN)
    running = Running(lambda debugger: rvsim.run_elf(path, mode="user", functional=True, debugger=debugger))
    with socket.create_connection(("127.0.0.1", running.port)) as stream:
        stream.settimeout(20)
        try:
            stream.sendall(data)
            answer = stream.recv(1000)
        except ConnectionError:
            answer = b""
    assert answer == b"" and running.result().error == "the debugger went away"


def test_nonsense_is_an_error_and_not_the_end(debug: Debug) -> None:
    import random

    _, client = debug(COUNT, functional=True)
    choose = random.Random(5)
    for first in "pPmMXzZGqQvTH?":
        for _ in range(20):
            tail = bytes(choose.choice(b"0123456789abcdef,:;=-xyz ") for _ in range(choose.randrange(12)))
            answer = client(first.encode() + tail)
            assert answer == b"" or answer[:1] in b"EOTlm" or re.fullmatch(rb"[0-9a-fx]+|QC1|1", answer)
    assert client("?") == b"T05thread:1;"


def test_a_port_in_use_is_an_error(linux: Callable[..., Any]) -> None:
    from rvsim.gdb import serve

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(rvsim.UsageError, match="cannot listen"):
            rvsim.run_elf(linux(SPIN), mode="user", debugger=lambda session: serve(session, port=port))


def test_packets_survive_escaping() -> None:
    data = bytes(range(256)) * 2
    assert unescape(escape(data)) == data and not set(b"$#*") & set(escape(data))
