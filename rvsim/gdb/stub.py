"""gdb's commands and their answers, for one debugger and one program.

The program runs in pieces; between them the stub looks whether gdb wants it to stop. Breakpoints are `ebreak`s that are in memory
only while it runs, so that neither gdb nor the program's own reads see them at rest. Chapter: "Remote Protocol", packets.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rvsim.errors import SimulationError, UsageError
from rvsim.gdb.packets import INTERRUPT, LONGEST, Connection, escape
from rvsim.gdb.registers import Register, description, registers_of
from rvsim.machine.session import Session, Stopped

_TRAP, _INT, _KILL = 5, 2, 9
_EBREAK = {2: b"\x02\x90", 4: b"\x73\x00\x10\x00"}
_WATCHES = {2: ("watch", 1), 3: ("rwatch", 2), 4: ("awatch", 3)}  # Z packet -> its name in a stop reply, what the engine watches
_MOST_WATCHES = 32
_SLICE = 20_000  # instructions of the first piece; later ones follow the clock
_SHORT, _LONG = 0.02, 0.08  # seconds a piece should take
_SIGNALS = {"exit": 0, "break": _TRAP, "watch": _TRAP}


@dataclass(frozen=True, slots=True)
class Over:
    """The session is over: how the program ended, or None: it runs on without a debugger."""

    stopped: Stopped | None


class Stub:
    """limit: instructions after which the program is ended, or None."""

    def __init__(self, session: Session, connection: Connection, limit: int | None) -> None:
        self._session, self._connection, self._limit = session, connection, limit
        self._machine = session.machine
        features = registers_of(self._machine, privileged=session.privileged)
        self._registers: list[Register] = [r for group in features.values() for r in group]
        self._general = len(features["cpu"])
        self._machine.hart.break_everywhere()
        self._xml = description(features, self._machine.config.vlen // 8, linux=not session.privileged)
        self._breakpoints: dict[int, int] = {}  # address -> bytes
        self._watches: dict[tuple[int, int, int], None] = {}  # (kind, address, bytes)
        self._ended: Stopped | None = None
        self._last = b"T05thread:1;"

    def run(self) -> Over:
        """Answer until the session is over."""
        while True:
            packet = self._connection.receive()
            if packet == INTERRUPT:
                continue
            answer = self._answer(packet)
            if isinstance(answer, Over):
                return answer
            self._connection.send(answer)
            if packet == b"QStartNoAckMode":
                self._connection.acknowledge = False

    def _answer(self, packet: bytes) -> bytes | Over:
        name, _, rest = packet.decode("latin-1").partition(":" if packet[:1] in b"vqQ" else "\0")
        try:
            if name in ("vCont?", "vMustReplyEmpty") or name[:1] in "qQ":
                return self._query(name, rest)
            if name.startswith("vCont;"):
                return self._resume_actions(packet.decode("latin-1"))
            if name.startswith("vKill") or name == "k":
                return self._kill(name)
            command = _COMMANDS.get(name[:1])
            return b"" if command is None else command(self, name[1:], packet[1:])
        except (ValueError, IndexError, UsageError, SimulationError):
            return b"E01"

    # ---- queries -------------------------------------------------------------------------------------------------

    def _query(self, name: str, rest: str) -> bytes:
        if name == "qSupported":
            return (
                b"PacketSize=%x;QStartNoAckMode+;swbreak+;hwbreak+;vContSupported+;qXfer:features:read+" % (LONGEST - 16)
            ) + (b";qXfer:auxv:read+" if self._session.auxiliary else b"")
        if name == "qXfer":
            return self._transfer(rest)
        if name.startswith("qRcmd,"):
            return self._monitor(bytes.fromhex(name.partition(",")[2]).decode("latin-1"))
        if name == "qOffsets" and self._session.privileged and self._session.image.base:
            return b"Text=%x;Data=%x;Bss=%x" % ((self._session.image.base,) * 3)
        return {
            "QStartNoAckMode": b"OK", "qC": b"QC1", "qfThreadInfo": b"m1", "qsThreadInfo": b"l", "qAttached": b"0", "qSymbol": b"OK",
            "vCont?": b"vCont;c;C;s;S",
        }.get(name, b"")  # fmt: skip

    def _transfer(self, rest: str) -> bytes:
        kind, operation, annex, span = rest.split(":")
        offset, size = (int(part, 16) for part in span.split(","))
        data = {("features", "target.xml"): self._xml, ("auxv", ""): self._session.auxiliary}.get((kind, annex))
        if not data or operation != "read":
            return b"E00"
        part = data[offset : offset + min(size, LONGEST // 4)]
        return (b"l" if offset + len(part) >= len(data) else b"m") + escape(part)

    def _monitor(self, words: str) -> bytes:
        """`monitor` commands: what a simulator knows and gdb has no command for."""
        if words.strip() != "cycles":
            text = "monitor cycles: simulated cycles and instructions so far\n"
        else:
            cycles = self._machine.cycles
            text = f"{'no' if cycles is None else cycles} cycles, {self._machine.hart.instructions} instructions\n"
        return text.encode().hex().encode()

    # ---- registers and memory --------------------------------------------------------------------------------------

    def _status(self, text: str, data: bytes) -> bytes:
        return self._last

    def _thread(self, text: str, data: bytes) -> bytes:
        return b"OK"

    def _read_all(self, text: str, data: bytes) -> bytes:
        return b"".join(_hex(r) for r in self._registers[: self._general])

    def _write_all(self, text: str, data: bytes) -> bytes:
        values = bytes.fromhex(text)
        for index, register in enumerate(self._registers[: len(values) // 8][: self._general]):
            register.write(values[8 * index : 8 * index + 8])
        return b"OK"

    def _read_one(self, text: str, data: bytes) -> bytes:
        return _hex(self._registers[int(text, 16)])

    def _write_one(self, text: str, data: bytes) -> bytes:
        number, _, value = text.partition("=")
        register = self._registers[int(number, 16)]
        content = bytes.fromhex(value)
        if len(content) != register.bits // 8:
            return b"E01"
        register.write(content)
        return b"OK"

    def _read_memory(self, text: str, data: bytes) -> bytes:
        address, size = (int(part, 16) for part in text.split(","))
        return self._machine.memory.read(address, min(size, LONGEST // 4)).hex().encode()

    def _write_memory(self, text: str, data: bytes) -> bytes:
        head, _, content = text.partition(":")
        return self._store(head, bytes.fromhex(content))

    def _write_binary(self, text: str, data: bytes) -> bytes:
        head, _, content = data.partition(b":")
        return self._store(head.decode(), content)

    def _store(self, head: str, content: bytes) -> bytes:
        address, size = (int(part, 16) for part in head.split(","))
        if size != len(content):
            return b"E01"
        if content:
            self._machine.memory.write(address, content)
            self._machine.hart.code_changed(address, size)
        return b"OK"

    # ---- breakpoints -----------------------------------------------------------------------------------------------

    def _insert(self, text: str, data: bytes) -> bytes:
        kind, address, size = (int(part, 16) for part in text.split(";")[0].split(","))
        if kind in (0, 1):
            if not self._machine.memory.allows(address, 2, 4) or size not in _EBREAK:
                return b"E01"
            self._breakpoints[address] = size if "c" in self._machine.extensions else 4
        elif kind in _WATCHES and len(self._watches) < _MOST_WATCHES:
            self._watches[kind, address, size] = None
        else:
            return b"E01" if kind in _WATCHES else b""
        return b"OK"

    def _remove(self, text: str, data: bytes) -> bytes:
        kind, address, size = (int(part, 16) for part in text.split(","))
        if kind in (0, 1):
            self._breakpoints.pop(address, None)
        else:
            self._watches.pop((kind, address, size), None)
        return b"OK"

    @contextmanager
    def _inserted(self) -> Iterator[None]:
        """With the breakpoints in memory."""
        memory, hart = self._machine.memory, self._machine.hart
        kept = []
        for address, size in self._breakpoints.items():
            if memory.allows(address, size, 4):
                kept.append((address, memory.read(address, size)))
                memory.write(address, _EBREAK[size])
                hart.code_changed(address, size)
        try:
            yield
        finally:
            for address, content in reversed(kept):
                if memory.allows(address, len(content), 4) and memory.read(address, len(content)) == _EBREAK[len(content)]:
                    memory.write(address, content)
                    hart.code_changed(address, len(content))

    # ---- running ---------------------------------------------------------------------------------------------------

    def _resume_actions(self, text: str) -> bytes | Over:
        for action in text.split(";")[1:]:
            what = action.partition(":")[0][:1]
            if what in ("c", "C", "s", "S"):
                return self._resume(step=what in ("s", "S"))
        return b"E01"

    def _continue(self, text: str, data: bytes) -> bytes | Over:
        if text:
            self._machine.hart.pc = int(text, 16)
        return self._resume(step=False)

    def _step(self, text: str, data: bytes) -> bytes | Over:
        if text:
            self._machine.hart.pc = int(text, 16)
        return self._resume(step=True)

    def _resume(self, *, step: bool) -> bytes | Over:
        """Run on; the stop reply. A program that has already ended is reported as gone."""
        if self._ended is not None:
            return self._gone(self._ended)
        stopped = self._one()
        if stopped is None and not step:
            stopped = self._go()
        self._last = self._reply(stopped)
        if stopped is not None and stopped.kind in ("exit", "trap", "limit"):
            self._ended = stopped
            if stopped.kind == "exit":
                return self._gone(stopped)
        return self._last

    def _one(self) -> Stopped | None:
        """One instruction, which an ebreak of the program's own is too."""
        hart = self._machine.hart
        hart.set_return(self._session.return_pc)
        stopped = self._session.run(1, watch=self._ranges())
        hart.break_everywhere()
        return stopped

    def _go(self) -> Stopped | None:
        """Until something stops the program; None when it was gdb."""
        most, ranges = _SLICE, self._ranges()
        with self._inserted():
            while not self._connection.interrupted():
                if self._limit is not None:
                    most = min(most, max(0, self._limit - self._session.executed))
                    if most == 0:
                        return self._session.limit(self._limit)
                began = time.perf_counter()
                stopped = self._session.run(most, watch=ranges)
                if stopped is not None:
                    return stopped
                took = time.perf_counter() - began
                most = 2 * most if took < _SHORT else max(most // 2, 1000) if took > _LONG else most
        return Stopped("interrupt", 0)

    def _ranges(self) -> list[tuple[int, int, int]]:
        return [(address, size, _WATCHES[kind][1]) for kind, address, size in self._watches]

    def _reply(self, stopped: Stopped | None) -> bytes:
        if stopped is None:
            return b"T05thread:1;"
        if stopped.kind == "watch":
            kind = list(self._watches)[stopped.code][0]
            return b"T05%s:%x;thread:1;" % (_WATCHES[kind][0].encode(), stopped.address)
        if stopped.kind == "break" and self._machine.pc in self._breakpoints:
            return b"T05swbreak:;thread:1;"
        signal = stopped.signal or {"interrupt": _INT, "break": _TRAP, "limit": _KILL}.get(stopped.kind, 4)
        return b"T%02xthread:1;" % signal

    def _gone(self, stopped: Stopped) -> bytes | Over:
        """Tell gdb that the program is no more; the session ends when gdb has heard it."""
        code = b"W%02x" % (stopped.code & 255) if stopped.kind == "exit" else b"X%02x" % (stopped.signal or _KILL)
        self._connection.send(code)
        return Over(stopped)

    def _kill(self, name: str) -> Over:
        if name.startswith("vKill"):
            self._connection.send(b"OK")
        return Over(Stopped("killed", 128 + _KILL, "ended by the debugger", _KILL))

    def _detach(self, text: str, data: bytes) -> Over:
        self._connection.send(b"OK")
        self._machine.hart.set_return(self._session.return_pc)
        return Over(self._ended)


def _hex(register: Register) -> bytes:
    value = register.read()
    return b"xx" * (register.bits // 8) if value is None else value.hex().encode()


_Command = Callable[[Stub, str, bytes], "bytes | Over"]
_COMMANDS: dict[str, _Command] = {
    "?": Stub._status, "H": Stub._thread, "T": Stub._thread, "g": Stub._read_all, "G": Stub._write_all, "p": Stub._read_one,
    "P": Stub._write_one, "m": Stub._read_memory, "M": Stub._write_memory, "X": Stub._write_binary, "Z": Stub._insert,
    "z": Stub._remove, "c": Stub._continue, "s": Stub._step, "D": Stub._detach,
}  # fmt: skip
