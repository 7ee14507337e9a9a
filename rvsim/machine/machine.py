"""Machine: one simulated machine with its memory, loaded programs, registers and clock. The object users hold.

Guest memory in calls: a landing page at 0x1000 where functions return to, programs from 0x1000_0000, the stack below
0x7000_0000, arrays from 0x1_0000_0000. Bare-metal programs bring their own addresses (bare.py).
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rvsim import engine, isa
from rvsim.engine import EXECUTE, READ, WRITE, Hart, Memory, TimingModel
from rvsim.errors import SimulationError, UsageError
from rvsim.loader import Program as Image
from rvsim.loader import is_elf, load_elf

from .abi import Registers
from .fault import place, trap_error
from .limits import commit_log, instruction_limit, integer, parse_size
from .program import Program, place_image
from .registers import Csrs, FloatRegisters, IntegerRegisters
from .result import Peak, Result

if TYPE_CHECKING:
    from rvsim.profile.recording import Window

    from .profiling import Evidence
    from .session import Session, Stopped

LANDING, CODE, STACK_TOP, STACK_SIZE, HEAP = 0x1000, 0x1000_0000, 0x7000_0000, 1 << 20, 0x1_0000_0000
_EBREAK = b"\x73\x00\x10\x00"


class Machine:
    """A simulated machine.

    machine: name of a preset (`rvsim list machines`) or path of a TOML file. vlen: bits of a vector register. isa: an ISA string,
    or '+zvfh' to add an extension. set: any fields of the machine by dotted key, as `--set` takes them. functional: run without a
    clock, as fast as possible. memory: bytes that the guest may use, a number or '2GiB'.
    What the specification leaves open (docs/reference/choices.md): agnostic: 'undisturbed' or 'ones'; misaligned: 'allow' or
    'trap'; vl_choice: vl for VLMAX < AVL < 2 VLMAX, 'max' = VLMAX or 'half' = ceil(AVL / 2).
    A machine does one thing at a time: threads that run at the same time need a machine each, or get a UsageError.
    Raises UsageError for an unknown machine, field or choice, and for an impossible machine.
    """

    def __init__(
        self, machine: str | Path = "generic", *, vlen: int | None = None, isa: str | None = None,
        set: Mapping[str, object] | None = None, functional: bool = False, memory: str | int = "2GiB",
        agnostic: str = "undisturbed", misaligned: str = "allow", vl_choice: str = "max",
    ) -> None:  # fmt: skip
        sets = {key: str(value) for key, value in (set or {}).items()}
        if vlen is not None:
            sets["vlen"] = str(vlen)
        if isa is not None:
            sets["isa"] = isa
        self.config = _preset(str(machine), tuple(sets.items())) if _is_preset(machine) else engine.load_machine(machine, sets)
        self.extensions = _extensions(self.config.isa)
        self.memory = Memory(parse_size(memory))
        self.hart = Hart(
            self.config.vlen, self.extensions, self.memory, ones=_choice("agnostic", agnostic, ("undisturbed", "ones")),
            strict=_choice("misaligned", misaligned, ("allow", "trap")), half=_choice("vl_choice", vl_choice, ("max", "half")),
        )  # fmt: skip
        self.model = None if functional else TimingModel(self.config, engine.timing_rows())
        self.images: list[Image] = []
        self.x, self.f, self.csr = IntegerRegisters(self.hart), FloatRegisters(self.hart), Csrs(self.hart)
        self.debugger: Callable[[Session], Stopped] | None = None  # runs calls instead of us, for instance rvsim.gdb.serve
        self._loaded: dict[Any, Program] = {}
        self._running = threading.Lock()
        self._sets = sets
        self.progress: Callable[[int], object] | None = None  # called with the instructions executed so far, tens of times a second
        self._code = CODE
        self._heap = HEAP if self.memory.size > HEAP else 0x9000_0000
        self._arrays = self._heap
        self._prepare()

    def _prepare(self) -> None:
        self.memory.map(LANDING, 4, READ | WRITE)
        self.memory.write(LANDING, _EBREAK)
        self.memory.map(LANDING, 4, READ | EXECUTE)
        self.memory.map(STACK_TOP - STACK_SIZE, STACK_SIZE, READ | WRITE)
        self.hart.set_return(LANDING)
        self.hart.enable()

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        """One thing at a time happens on a machine: runs release the GIL, and signal handlers run in their midst."""
        if not self._running.acquire(blocking=False):
            raise UsageError("this machine is running a program (in another thread, or below this signal handler); make another Machine")
        try:
            yield
        finally:
            self._running.release()

    def __repr__(self) -> str:
        words = [repr(self.config.name), *(f"{key}={value}" for key, value in self._sets.items())]
        return f"Machine({', '.join([*words, *([] if self.model else ['functional=True'])])})"

    # ---- loading -------------------------------------------------------------------------------------------------

    def load(self, source: str | Path | bytes, *, text: bool | None = None, apart: bool = False) -> Program:
        """Load a program: a path of a .S, .c, .o or ELF file, the bytes of an ELF, or assembly as a string.

        A string is assembly when it has a line break (or text=True), otherwise a path. Sources are built with the toolchain
        found on this host and cached. apart: C's static objects lie on pages of their own (`toolchain.build`), for checks of bounds.
        Raises ToolchainError with file and line, ElfError, or UsageError.
        """
        if isinstance(source, bytes):
            return self._install(load_elf(source))
        is_text = text if text is not None else isinstance(source, str) and "\n" in source
        if not is_text:
            if not isinstance(source, str | os.PathLike):
                raise UsageError(f"cannot load a {type(source).__name__}; give a path, the bytes of an ELF, or assembly as a string")
            if source == "":
                raise UsageError("there is nothing to load: the string is empty")
            path = Path(source)
            if not path.is_file():
                raise UsageError(f"{path}: no such file; a string with a line break is taken as assembly")
            if path.suffix not in (".S", ".s", ".c", ".o") and is_elf(path):
                return self._install(load_elf(path))
            if path.suffix not in (".S", ".s", ".c", ".o"):
                return self._install(load_elf(path))  # raises ElfError saying what it is
        from rvsim.toolchain import build

        image = load_elf(build(str(source) if is_text else Path(source), text=is_text, isa=self.config.isa, apart=apart))
        return self._install(dataclasses.replace(image, path="<string>" if is_text else str(source)))

    def _install(self, image: Image) -> Program:
        if image.kind == "rel":
            raise UsageError(f"{image.path} is not linked; name it .o, then it is linked when it is loaded")
        if image.kind == "pie":
            image = image.rebased(self._code)
            self._code = (max(s.end for s in image.segments) + 0x1FFF) & ~0xFFF
        for segment in image.segments:
            for low, high in ((LANDING, LANDING + 0x1000), (STACK_TOP - STACK_SIZE, STACK_TOP), (self._arrays, self.memory.size)):
                if segment.address < high and low < segment.end:
                    raise UsageError(
                        f"{image.path} is linked for {segment.address:#x}, where calls need memory of their own "
                        f"({low:#x}..{high:#x}); link it for another address, or run it as a whole program"
                    )
        program = Program(self, image)
        with self._exclusive():
            place_image(self, image)
        self.images.insert(0, image)
        return program

    # ---- arrays --------------------------------------------------------------------------------------------------

    def array(self, shape: int | tuple[int, ...], dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        """A zeroed numpy array in guest memory: passing it to `call` copies nothing. It stays until the machine goes."""
        dtype = _dtype(dtype)
        shape = tuple(integer(n, "an extent of an array") for n in (shape if isinstance(shape, tuple | list) else (shape,)))
        if dtype.hasobject or min(shape, default=0) < 0 or len(shape) > 32:
            raise UsageError(f"an array of shape {shape} and dtype {dtype} cannot be made in guest memory")
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        with self._exclusive():
            address = self._allocate(size)
        out = self.memory.array(address, shape, dtype)
        out[...] = np.zeros((), dtype)
        return out

    def address_of(self, array: npt.NDArray[Any]) -> int | None:
        """Guest address of an array that lies in this machine's memory and is C-contiguous; None for any other."""
        offset = array.__array_interface__["data"][0] - self.memory.host_address
        return offset if 0 <= offset < self.memory.size and array.flags.c_contiguous and array.size else None

    def _allocate(self, size: int) -> int:
        """A page-aligned block with an unmapped page behind it, so that running far off an array's end faults."""
        address = self._heap
        end = (address + max(size, 1) + 0xFFF) & ~0xFFF
        if end > self.memory.size:
            raise UsageError(f"{size} bytes do not fit the guest's address space of {self.memory.size:#x} bytes")
        self.memory.map(address, end - address, READ | WRITE)
        self._heap = end + 0x1000
        return address

    def _copy_in(self, array: npt.NDArray[Any]) -> int:
        address = self._allocate(array.nbytes)
        self.memory.write(address, np.ascontiguousarray(array))
        return address

    def _heap_mark(self) -> int:
        return self._heap

    def _heap_release(self, mark: int) -> None:
        self.memory.unmap(mark, self._heap - mark)
        self._heap = mark

    # ---- running -------------------------------------------------------------------------------------------------

    def run(
        self, kernel: str, *, variant: str = "auto", warm: bool = False, trace: str | Path | None = None,
        max_instructions: int | None = None, profile: bool = False, window: Window | None = None, **params: Any,
    ) -> Result:  # fmt: skip
        """Run a registry kernel on random inputs and check its outputs against numpy.

        params: the kernel's parameters (`rvsim list kernels`). variant: a name, 'auto', or 'FILE.S:symbol' for your own function
        under the same contract. profile, window: as for `Program.call`.
        Raises UsageError for bad parameters, SimulationError when the run fails.
        """
        from rvsim import kernels

        contract = kernels.get(kernel)
        checked = contract.validate(params)
        chosen, why = contract.select(variant, checked, vlen=self.config.vlen, isa=self.extensions)
        program = self.load_variant(chosen)
        call = contract.prepare(checked, variant=chosen, vlen=self.config.vlen)
        arrays = call.fresh()
        arguments = [arrays[a] if isinstance(a, str) else a for a in call.args]
        peak = self.peak_of(*chosen.macc)
        result = program.call(
            chosen.symbol, *arguments, proto=call.prototype, warm=warm, trace=trace, max_instructions=max_instructions,
            profile=profile, window=window,
            target=kernel, variant=chosen.name, why=why, params=dict(checked), flop=chosen.flop(checked), peak=peak,
        )  # fmt: skip
        verdict = contract.check(call, arrays)
        return dataclasses.replace(result, correct=verdict.correct, check=verdict.message, max_abs_error=verdict.max_abs_error, value=None)

    def load_variant(self, variant: Any, *, apart: bool = False) -> Program:
        """The program of a registry kernel's variant (`rvsim.kernels.Variant`), loaded once a machine. apart: as for `load`, your own."""
        key = (variant.source, variant.custom)
        if variant.custom or key not in self._loaded:
            from rvsim import asm
            from rvsim.prebuild import kernel_elf

            if variant.custom:
                if not Path(variant.source).is_file():
                    raise UsageError(f"variant={variant.source}: no such file; variants are FILE.S:FUNCTION or of `rvsim list kernels`")
                return self.load(Path(variant.source), apart=apart)
            self._loaded[key] = self._install(load_elf(kernel_elf(asm.path(variant.source), self.config.isa)))
        return self._loaded[key]

    def peak_of(self, dtype: str, accumulator: str) -> Peak | None:
        """The machine's roofs for multiply-accumulates of `dtype` into `accumulator`; None where it has no such unit."""
        found = engine.peaks(self.config)
        mac = found["mac"].get((dtype, accumulator))
        bandwidths = found["bytes_per_cycle"]
        beyond = next((bandwidths[level] for level in ("l2", "l3", "dram") if level in bandwidths), bandwidths["dram"])
        return None if mac is None else Peak(mac.flop_per_cycle, f"{mac.unit} e{mac.sew}", beyond)

    def step(self, count: int = 1) -> int:
        """Run `count` instructions from the current pc (see `Program.start`); returns how many were executed.

        Fewer means that the function returned. Raises SimulationError on a trap that nobody handles.
        """
        with self._exclusive():
            before = self.hart.instructions
            stop = engine.run(self.hart, self.model, instruction_limit(count))
            if stop == "trap":
                raise self._trap()
            return int(self.hart.instructions - before)

    @property
    def pc(self) -> int:
        """Address of the next instruction."""
        return int(self.hart.pc)

    @pc.setter
    def pc(self, value: int) -> None:
        with self._exclusive():
            self.hart.pc = integer(value, "an address") & 0xFFFFFFFF_FFFFFFFF

    @property
    def cycles(self) -> int | None:
        """Simulated cycles so far; None on a functional machine."""
        return None if self.model is None else int(self.model.cycles)

    def v(self, register: int, dtype: npt.DTypeLike = np.uint8, lmul: float = 1) -> npt.NDArray[Any]:
        """Vector register group as a numpy array, a writable view: `v(8, np.float32, lmul=4)` is v8..v11.

        lmul: 1/8 to 8. Raises UsageError for a group that does not exist.
        """
        register, element = integer(register, "the number of a vector register"), _dtype(dtype)
        known = isinstance(lmul, int | float | np.number) and lmul in (0.125, 0.25, 0.5, 1, 2, 4, 8)
        size = int(self.config.vlen // 8 * lmul) if known else 0
        count = max(1, size * 8 // self.config.vlen)
        if not size or not 0 <= register <= 32 - count or register % count:
            raise UsageError(f"v{register} with LMUL {lmul!r:.60} is no register group; the number must be a multiple of LMUL below 32")
        if element.hasobject or not element.itemsize or size % element.itemsize:
            raise UsageError(f"elements of {element} do not fill the {size} bytes of v{register} with LMUL {lmul}")
        view: npt.NDArray[Any] = self.hart.v_bytes()[register : register + count].reshape(-1)[:size].view(element)
        return view

    def _enter(self, address: int, registers: Registers) -> None:
        for i, bits in enumerate(registers.x):
            self.hart.set_x(10 + i, bits)
        for i, bits in enumerate(registers.f):
            self.hart.set_f(10 + i, bits)
        sp = (STACK_TOP - 8 * len(registers.stack)) & ~15
        for i, bits in enumerate(registers.stack):
            self.memory.write(sp + 8 * i, bits.to_bytes(8, "little"))
        self.hart.set_x(1, LANDING)
        self.hart.set_x(2, sp)
        self.hart.pc = address

    def _finish_call(
        self, warm: bool, max_instructions: int | None, trace: str | Path | None, profile: bool, window: Window | None
    ) -> tuple[int, engine.Profiler | None]:
        """Run until the function returns; the number of instructions it took, and who looked on."""
        before = self.hart.instructions
        if self.model is not None:
            self.model.reset(warm=warm)
        with commit_log(trace, self.hart) as log:
            profiler = self._profiler(profile, window)
            if self.debugger is not None:
                stop = self._debugged()
            else:
                stop = engine.run(self.hart, self.model, max_instructions, log, profiler, self.progress)
        if stop == "trap":
            raise self._trap()
        if stop != "return":
            raise SimulationError(
                f"{'the limit of ' + str(max_instructions) + ' instructions was reached' if stop == 'budget' else 'stopped by ' + stop}"
                f" at {place(self.images, self.pc)}; raise it (--max-instructions) if the function is not caught in a loop"
            )
        if self.model is not None:
            self.model.drain()
        return int(self.hart.instructions - before), profiler

    def _profiler(self, profile: bool, window: Window | None) -> engine.Profiler | None:
        """The probe for a run that is about to start."""
        if not profile and window is None:
            return None
        from .profiling import profiler_for

        return profiler_for(self.model, self.images, profile, window)

    def _evidence(self, profiler: engine.Profiler | None, window: Window | None) -> Evidence | None:
        """What the run that has just ended leaves for a report."""
        if self.model is None:
            return None
        from .profiling import collect

        return collect(self.model, self.images, profiler, window, self._sets)

    def _debugged(self) -> str:
        """A call under `debugger`; why it stopped, as `engine.run` says it."""
        from .session import CallSession

        assert self.debugger is not None
        image = next((i for i in self.images if any(s.address <= self.pc < s.end for s in i.segments)), self.images[0])
        try:
            ended = self.debugger(CallSession(self, image))
        finally:
            self.hart.set_return(LANDING)
        if ended.kind != "exit":
            raise SimulationError(ended.error or f"the call was {ended.kind}")
        return "return"

    def _trap(self) -> SimulationError:
        return trap_error(self.hart, self.images, self.extensions, self.config.name)

    def _result(
        self, symbol: str, instructions: int, wall: float, *, evidence: Evidence | None, target: str | None = None, **about: Any
    ) -> Result:
        timing: dict[str, Any] = {}
        if evidence is not None:
            timing = {
                "cycles": evidence.cycles, "stalls": evidence.stalls, "vector_instructions": evidence.vector_instructions,
                "bytes": evidence.bytes,
            }  # fmt: skip
        return Result(
            target=target or symbol, machine=self.config.name, instructions=instructions, wall_seconds=wall,
            hypothetical=tuple(self.config.isa_added), evidence=evidence, **timing, **about,
        )  # fmt: skip


def _dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    try:
        return np.dtype(dtype)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{dtype!r:.60} is no element type ({error})") from None


@functools.cache
def _is_preset(machine: str | Path) -> bool:
    return str(machine) in engine.machine_names()


@functools.lru_cache(maxsize=64)
def _preset(name: str, sets: tuple[tuple[str, str], ...]) -> engine.MachineConfig:
    """A packaged machine, read once: many programs run in one process."""
    return engine.load_machine(name, dict(sets))


def _choice(name: str, value: str, allowed: tuple[str, str]) -> bool:
    """Whether the second of two choices was made."""
    if value not in allowed:
        raise UsageError(f"{name}={value!r}: choose {allowed[0]!r} or {allowed[1]!r}")
    return value == allowed[1]


def _extensions(text: str) -> frozenset[str]:
    try:
        return isa.parse_isa(text)
    except ValueError as error:
        raise UsageError(str(error)) from None  # it quotes the text
