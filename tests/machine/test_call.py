"""Calling functions: arguments by the C ABI, arrays in and out, registers, steps, errors. Each assembly text is a user's."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import rvsim
from rvsim.toolchain import build

SAXPY = """
    .globl saxpy
saxpy:                          # void saxpy(float y[n], const float x[n], float a, long n)
1:  vsetvli t0, a2, e32, m8, ta, ma
    vle32.v v0, (a1)
    vle32.v v8, (a0)
    vfmacc.vf v8, fa0, v0
    vse32.v v8, (a0)
    slli t1, t0, 2
    add a0, a0, t1
    add a1, a1, t1
    sub a2, a2, t0
    bnez a2, 1b
    ret
"""
SAXPY_PROTO = "void saxpy(float y[n], const float x[n], float a, long n)"


@pytest.fixture(scope="module")
def machine() -> rvsim.Machine:
    return rvsim.Machine("generic")


def asm(body: str) -> str:
    return f"    .globl f\nf:\n{body}\n    ret\n"


def test_arrays_go_in_and_come_back(machine: rvsim.Machine) -> None:
    x, y = np.arange(1000, dtype=np.float32), np.ones(1000, np.float32)
    result = machine.load(SAXPY).call("saxpy", y, x, 2.0, 1000, proto=SAXPY_PROTO)
    np.testing.assert_array_equal(y, 1 + 2 * np.arange(1000, dtype=np.float32))
    assert result.cycles is not None and result.cycles > result.instructions // 2
    assert result.stalls is not None and sum(result.stalls.values()) == result.cycles
    assert result.vector_instructions == 5 * -(-1000 // 128)


def test_const_and_read_only_arrays_are_not_copied_back(machine: rvsim.Machine) -> None:
    program = machine.load(asm("    sw zero, (a0)\n    sw zero, (a1)"))
    a, b = np.ones(4, np.float32), np.ones(4, np.float32)
    b.flags.writeable = False
    program.call("f", a, b, proto="void f(const float *a, float *b)")
    assert a[0] == 1 and b[0] == 1


def test_machine_arrays_are_used_in_place(machine: rvsim.Machine) -> None:
    y = machine.array((8,), np.int32)
    machine.load(asm("    li t0, 7\n    sw t0, 4(a0)")).call("f", y)
    assert y.tolist() == [0, 7, 0, 0, 0, 0, 0, 0]
    machine.load(asm("    sw zero, 0(a0)")).call("f", y[1:])
    assert y[1] == 0


def test_the_same_array_twice_is_one_array(machine: rvsim.Machine) -> None:
    a = np.zeros(2, np.int64)
    machine.load(asm("    li t0, 5\n    sd t0, (a0)\n    ld t1, (a1)\n    sd t1, 8(a1)")).call("f", a, a)
    assert a.tolist() == [5, 5]


def test_non_contiguous_arrays(machine: rvsim.Machine) -> None:
    a = np.arange(10, dtype=np.int64)
    view = a[::2]
    machine.load(asm("    sd zero, 8(a0)")).call("f", view)
    assert a.tolist() == [0, 1, 0, 3, 4, 5, 6, 7, 8, 9]


def test_arguments_beyond_the_registers_go_to_the_stack(machine: rvsim.Machine) -> None:
    program = machine.load(asm("    ld a0, 0(sp)\n    ld t0, 8(sp)\n    sub a0, a0, t0"))
    assert program.call("f", *range(8), 100, 58).value == 42


def test_floats_beyond_the_registers_take_integer_ones(machine: rvsim.Machine) -> None:
    program = machine.load(asm("    fmv.d.x ft0, a0\n    fadd.d fa0, fa7, ft0"))
    values = [float(i) for i in range(9)]
    assert program.call("f", *values, proto=f"double f({', '.join(['double'] * 9)})").value == 15.0


@pytest.mark.parametrize(
    ("proto", "body", "args", "value"),
    [
        ("int f(int a)", "    neg a0, a0", (5,), -5),
        ("unsigned f(unsigned a)", "    not a0, a0", (0,), 0xFFFFFFFF),
        ("uint8_t f(void)", "    li a0, -1", (), 255),
        ("float f(float a)", "    fadd.s fa0, fa0, fa0", (1.25,), 2.5),
        ("double f(double a, float b)", "    fcvt.d.s fa1, fa1\n    fadd.d fa0, fa0, fa1", (1.0, 0.5), 1.5),
        ("void f(long a)", "    nop", (1,), None),
    ],
)
def test_results_by_prototype(machine: rvsim.Machine, proto: str, body: str, args: tuple[float, ...], value: float | None) -> None:
    assert machine.load(asm(body)).call("f", *args, proto=proto).value == value


def test_numpy_scalars_without_a_prototype(machine: rvsim.Machine) -> None:
    machine.load(asm("    nop")).call("f", np.float32(1.5), 2.5, np.int8(-3))
    assert machine.f.single(10) == 1.5 and machine.f.double(11) == 2.5 and machine.x[10] == 2**64 - 3


@pytest.mark.parametrize(
    ("args", "proto", "words"),
    [
        ((1,), "void f(float *x)", "argument 1"),
        ((np.zeros(2, np.float64),), "void f(float *x)", "float64"),
        ((1, 2), "void f(long n)", "2 arguments"),
        ((1 << 40,), "void f(int n)", "does not fit"),
        (("text",), None, "cannot pass a str"),
        ((np.zeros(2),), "void f(long n)", "got an array"),
        ((1,), "void f(struct s x)", "structures"),
        ((1,), "int", "no C function prototype"),
    ],
)
def test_wrong_arguments_name_what_is_wrong(machine: rvsim.Machine, args: tuple[object, ...], proto: str | None, words: str) -> None:
    if words == "argument 1":
        machine.load(asm("    nop")).call("f", *args, proto=proto)  # an int for a pointer is an address: allowed
        return
    with pytest.raises(rvsim.UsageError, match=words):
        machine.load(asm("    nop")).call("f", *args, proto=proto)


def test_unknown_symbol_lists_the_functions(machine: rvsim.Machine) -> None:
    with pytest.raises(rvsim.UsageError, match=r"no symbol 'g'; functions: f"):
        machine.load(asm("    nop")).call("g")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    .word 0xffffffff", r"illegal instruction at .*<f>.*0xffffffff"),
        ("    ld a0, (zero)", r"load outside memory at .*<f>.*ld\s+a0, 0\(zero\).*address 0x0"),
        ("    li t0, -8\n    sd a0, (t0)", r"store outside memory .*0xfffffffffffffff8"),
        ("    jr zero", r"jump to memory that cannot be executed at 0x0"),
        ("    vsetivli zero, 4, e32, m4\n    vadd.vv v1, v4, v8", r"vadd\.vv.*reserved under vtype e32, m4"),
        ("    vsetivli zero, 8, e32, m1\n    vle32.v v8, (zero)", r"vle32\.v.*address 0x0, element 0"),
        ("    ecall", r"environment call"),
    ],
)
def test_traps_name_place_instruction_and_reason(machine: rvsim.Machine, body: str, words: str) -> None:
    with pytest.raises(rvsim.SimulationError, match=words):
        machine.load(asm(body)).call("f", 0)
    assert machine.load(asm("    li a0, 3")).call("f").value == 3  # the machine is as good as before


def test_a_loop_without_end_meets_the_limit(machine: rvsim.Machine) -> None:
    with pytest.raises(rvsim.SimulationError, match=r"limit of 100000 instructions.*<f>"):
        machine.load("    .globl f\nf:  j f\n").call("f", max_instructions=100_000)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100, 4199, 4200, 24301, 250_001])
def test_the_limit_is_exact(limit: int) -> None:
    machine = rvsim.Machine("generic", functional=True)
    program = machine.load("    .globl f\nf:  addi a0, a0, 1\n    addi a0, a0, 1\n    addi a0, a0, 1\n    j f\n")
    with pytest.raises(rvsim.SimulationError):
        program.call("f", 0, max_instructions=limit)
    assert machine.x[10] == 3 * (limit // 4) + min(limit % 4, 3)
    assert machine.hart.instructions == limit


def test_step_by_step(machine: rvsim.Machine) -> None:
    program = machine.load(asm("    li a0, 1\n    addi a0, a0, 2\n    slli a0, a0, 4"))
    program.start("f", 0)
    assert machine.pc == program.symbols["f"]
    assert machine.step() == 1 and machine.x[10] == 1
    assert machine.step(2) == 2 and machine.x[10] == 48
    assert machine.step(5) == 1  # ret, and then the function has returned


def test_vector_registers_are_views(machine: rvsim.Machine) -> None:
    machine.load(asm("    vsetivli zero, 4, e32, m1, ta, ma\n    vmv.v.i v8, 3\n    vadd.vv v9, v8, v8")).call("f")
    assert machine.v(8, np.int32)[:4].tolist() == [3] * 4 and machine.v(9, np.int32)[:4].tolist() == [6] * 4
    assert machine.csr["vl"] == 4 and machine.csr["vlenb"] == machine.config.vlen // 8
    machine.v(10, np.int32)[:] = 11
    machine.load(asm("    vsetivli zero, 1, e32, m1, ta, ma\n    vmv.x.s a0, v10")).call("f")
    assert machine.x[10] == 11
    assert machine.v(8, np.float32, lmul=4).size == 4 * machine.config.vlen // 32
    with pytest.raises(rvsim.UsageError, match="no register group"):
        machine.v(9, np.float32, lmul=4)


def test_memory_is_bounded() -> None:
    machine = rvsim.Machine("generic", memory="8MiB")
    with pytest.raises(rvsim.UsageError, match="used up"):
        machine.array(3 << 20, np.float32)
    program = machine.load(asm("    nop"))
    for _ in range(20):  # what a call copies in is given back
        program.call("f", np.zeros(1 << 19, np.float64))


def test_two_runs_of_the_same_take_the_same_cycles() -> None:
    cycles = {rvsim.Machine("generic").run("matmul", m=33, n=17, k=9).cycles for _ in range(3)}
    assert len(cycles) == 1


def test_timed_and_functional_runs_leave_the_same_state() -> None:
    states = []
    for functional in (False, True):
        machine = rvsim.Machine("generic", functional=functional)
        result = machine.run("matmul", m=20, n=37, k=11)
        registers = [machine.x[i] for i in range(32)] + [machine.f[i] for i in range(32)]
        states.append((result.instructions, machine.hart.v_bytes().tobytes(), registers))
    assert states[0] == states[1]


def test_the_gil_is_released_and_a_second_thread_counts_on() -> None:
    machine = rvsim.Machine("generic", functional=True)
    program = machine.load("    .globl f\nf:  addi a0, a0, -1\n    bnez a0, f\n    ret\n")
    counted = 0
    done = threading.Event()

    def simulate() -> None:
        try:
            program.call("f", 150_000_000)
        finally:
            done.set()

    thread = threading.Thread(target=simulate)
    thread.start()
    while not done.is_set():
        counted += 1
        time.sleep(0.001)
    thread.join()
    assert machine.x[10] == 0 and counted > 20


def test_interrupting_leaves_the_machine_usable() -> None:
    import _thread

    machine = rvsim.Machine("generic", functional=True)
    program = machine.load("    .globl f\nf:  addi a0, a0, 1\n    j f\n    .globl g\ng:  ret\n")
    timer = threading.Timer(0.3, _thread.interrupt_main)
    timer.start()
    began = time.perf_counter()
    try:
        with pytest.raises(KeyboardInterrupt):
            program.call("f", 0)
    finally:
        timer.cancel()
    assert time.perf_counter() - began < 3
    assert machine.x[10] > 1000
    assert program.call("g", 9).value == 9


ADD = """    .globl add
add:                            # void add(int y[n], const int x[n], long n): y += x
1:  lw t0, 0(a0)
    lw t1, 0(a1)
    addw t0, t0, t1
    sw t0, 0(a0)
    addi a0, a0, 4
    addi a1, a1, 4
    addi a2, a2, -1
    bnez a2, 1b
    ret
"""


@pytest.mark.parametrize("proto", [None, "void add(int *y, const int *x, long n)", "void add(const int *y, int *x, long n)"])
def test_two_views_of_the_same_elements_are_one_array(machine: rvsim.Machine, proto: str | None) -> None:
    a = np.ones(4, np.int32)
    machine.load(ADD).call("add", a[:], a[:], 4, proto=proto)
    assert a.tolist() == [2, 2, 2, 2]


def test_arguments_that_overlap_in_part_are_refused_unless_they_are_only_read(machine: rvsim.Machine) -> None:
    program, a = machine.load(ADD), np.ones(6, np.int32)
    with pytest.raises(rvsim.UsageError, match="argument 2 overlaps another argument"):
        program.call("add", a[:4], a[2:], 4)
    program.call("add", a[::2], a[1::2], 3)
    assert a.tolist() == [2, 1, 2, 1, 2, 1]


def test_the_other_byte_order_is_refused(machine: rvsim.Machine) -> None:
    with pytest.raises(rvsim.UsageError, match="byte order"):
        machine.load(ADD).call("add", np.ones(4, ">i4"), np.ones(4, np.int32), 4)


def test_a_constant_pointer_is_not_an_array_of_constants(machine: rvsim.Machine) -> None:
    y = np.ones(4, np.int32)
    machine.load(ADD).call("add", y, y.copy(), 4, proto="void add(int *const y, int const *x, long int n)")
    assert y.tolist() == [2, 2, 2, 2]


@pytest.mark.parametrize("parameter", ["float **x", "float *x[3]"])
def test_pointers_to_pointers_are_refused(machine: rvsim.Machine, parameter: str) -> None:
    with pytest.raises(rvsim.UsageError, match="pointers to pointers"):
        machine.load(asm("nop")).call("f", np.ones(3, np.float32), proto=f"void f({parameter})")


@pytest.mark.filterwarnings("error")
def test_numbers_beyond_a_format(machine: rvsim.Machine) -> None:
    program = machine.load(asm("nop"))
    assert program.call("f", 1e300, proto="float f(float a)").value == float("inf")
    with pytest.raises(rvsim.UsageError, match="too large for a double"):
        program.call("f", 10**400, proto="double f(double a)")


@pytest.mark.parametrize("limit", [-1, 1.5, "many"])
def test_limits_that_are_no_counts(machine: rvsim.Machine, limit: object) -> None:
    program = machine.load(asm("nop"))
    with pytest.raises(rvsim.UsageError, match="instructions"):
        program.call("f", max_instructions=limit)  # type: ignore[arg-type]
    assert program.call("f", max_instructions=1 << 80).instructions == 2


@pytest.mark.parametrize("size", [-1, 1 << 70, "99999999999999999999GiB", None])
def test_memory_sizes_that_no_guest_has(size: object) -> None:
    with pytest.raises(rvsim.UsageError, match="size"):
        rvsim.Machine(memory=size)  # type: ignore[arg-type]


def test_shapes_of_arrays(machine: rvsim.Machine) -> None:
    assert machine.array(np.int64(3)).shape == (3,)
    for shape, dtype in ((-1, np.float32), ((2, -3), np.float32), (3, object)):
        with pytest.raises(rvsim.UsageError, match="cannot be made"):
            machine.array(shape, dtype)


def test_one_thing_at_a_time_happens_on_a_machine() -> None:
    machine = rvsim.Machine("generic")
    program = machine.load(asm("1: addi a0, a0, -1\n bnez a0, 1b"))
    thread = threading.Thread(target=program.call, args=("f", 200_000_000))
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not machine._running.locked() and time.monotonic() < deadline:
            time.sleep(0.001)
        for use in (lambda: program.call("f", 1), lambda: machine.array(3), lambda: machine.step(), lambda: machine.load(ADD)):
            with pytest.raises(rvsim.UsageError, match="this machine is running a program"):
                use()
    finally:
        thread.join()
    assert program.call("f", 1).value == 0


def test_a_reserved_rounding_mode_is_named() -> None:
    machine = rvsim.Machine("generic")
    machine.csr["frm"] = 5
    with pytest.raises(rvsim.SimulationError, match="frm = 5 is reserved"):
        machine.load(asm("vsetvli t0, zero, e32, m1, ta, ma\n vfadd.vv v1, v1, v1")).call("f")


def test_a_program_that_is_linked_where_calls_need_memory_is_refused() -> None:
    for base in (0x1000, 0x6FFF_0000, 0x1_0000_0000):
        with pytest.raises(rvsim.UsageError, match="where calls need memory"):
            rvsim.Machine("generic").load(build("    .globl _start\n_start: ret\n", text=True, link="bare", base=base))


def test_what_python_prints_is_short_and_says_what_it_is() -> None:
    machine = rvsim.Machine("generic", vlen=512, functional=True)
    program = machine.load(".globl f\nf: li a0, 3\n   ret\n")
    assert repr(machine) == "Machine('generic', vlen=512, functional=True)"
    assert repr(program) == "Program('<string>', functions: f)"
    assert program.symbols.keys() == {"f"}  # none of the linker's own
    assert "rows" not in repr(rvsim.Machine("generic").load(".globl f\nf: ret\n").call("f"))


def test_what_cannot_be_loaded_is_refused() -> None:
    machine = rvsim.Machine("generic", functional=True)
    for source, words in ((5, "cannot load a int"), ("", "the string is empty"), (".", "no such file")):
        with pytest.raises(rvsim.UsageError, match=words):
            machine.load(source)  # type: ignore[arg-type]
    with pytest.raises(rvsim.UsageError, match=r"^ISA 'rv64gc_foo': unknown extension 'foo'"):
        rvsim.Machine("generic", isa="rv64gc_foo")
    with pytest.raises(rvsim.UsageError, match=r"write args=\['a b'\]"):
        rvsim.run_elf("x.elf", args="a b")
