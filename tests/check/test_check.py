"""`rvsim check` as users meet it: registry kernels are clean, commands, JSON, exit status, errors, speed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from rvsim import UsageError, kernels
from rvsim.check import KernelSubject, Options, Rig, check
from rvsim.cli.check import command
from rvsim.isa import parse_isa
from rvsim.machine import Machine
from rvsim.testing import check as assert_clean

BROKEN = Path(__file__).parent / "broken"
ALL = [(kernel.name, variant) for kernel in kernels.KERNELS.values() for variant in kernel.variants]


@pytest.mark.parametrize(("name", "variant"), ALL, ids=lambda v: v if isinstance(v, str) else f"{v.name}-{v.dtype}")
def test_registry_kernel_is_clean(name: str, variant: kernels.Variant) -> None:
    rig = Rig(sets={"isa": "+zvdot4a8i_0p1"} if "zvdot4a8i_0p1" in variant.requires else {})
    subject = KernelSubject(kernels.get(name), variant, {}, parse_isa(rig.isa))
    report = check(subject, rig, Options(jobs=1, cases=12, vlens=(128, 512, 4096)))
    assert report.clean, report.text()
    assert report.runs >= 4 * report.cases > 0


def invoke(*words: str) -> Any:
    return CliRunner().invoke(command, list(words), standalone_mode=False)


def test_contract_is_checked_for_a_function_of_ones_own() -> None:
    result = invoke("matmul", f"variant={BROKEN / 'state.S'}:adds_to_c", "--cases", "20", "--jobs", "1")
    assert result.return_value == 1
    assert "undefined: relies on what C[" in result.output
    assert "vfmacc.vf" in result.output or "vle32.v" in result.output


def test_json_names_everything() -> None:
    result = invoke(
        f"{BROKEN / 'bounds.S'}:off_by_one", "--proto", "void f(float y[n], const float x[n], float a, long n)", "--json", "--jobs", "1"
    )
    assert result.return_value == 1
    data = json.loads(result.output)
    assert data["schema"] == 1
    assert data["clean"] is False
    (finding,) = data["findings"]
    assert finding["kind"] == "out-of-bounds"
    assert finding["array"] == "y"
    assert finding["element"] == 1
    assert finding["params"] == {"n": 1}
    assert finding["line"].startswith("bounds.S:")
    assert finding["symbol"].startswith("off_by_one+")
    assert finding["vl"] == 2
    assert finding["rerun"].startswith("rvsim check ")


def test_the_rerun_command_shows_the_bug_again() -> None:
    import shlex

    proto = "void f(float y[n], const float x[n], long n)"
    first = json.loads(invoke(f"{BROKEN / 'vectors.S'}:assumes_vlmax", "--proto", proto, "--json", "--jobs", "1").output)
    again = invoke(*shlex.split(first["findings"][0]["rerun"])[2:], "--json")
    assert again.return_value == 1
    assert json.loads(again.output)["findings"][0]["message"] == first["findings"][0]["message"]


def test_a_reference_file(tmp_path: Path) -> None:
    (tmp_path / "ref.py").write_text("def double(y, x, n):\n    return 2 * x\n")
    words = (f"{BROKEN / 'vectors.S'}:assumes_vlmax", "--proto", "void f(float y[n], const float x[n], long n)", "--jobs", "1")
    result = invoke(*words, "--reference", f"{tmp_path / 'ref.py'}:double", "--vl-choice", "max")
    assert "wrong-result: y[0] is" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "unknown kernel"),
        (["matmul", "q=1"], "has no parameter 'q'"),
        (["matmul", "dtype=f13"], "dtype"),
        (["matmul", "m=8..1"], "empty range"),
        (["matmul", "m=a"], "write a number, a list 1,2,8, or a range"),
        (["matmul", "--vlen", "100"], "powers of two"),
        (["matmul", "--proto", "void f(void)"], "FILE:symbol"),
        (["matmul", "--set", "vlen=256"], "--vlen"),
        (["matmul", "m=70000000..80000000"], "no sizes satisfy its contract"),
        ([f"{BROKEN / 'state.S'}:no_vset"], "needs its prototype"),
        ([f"{BROKEN / 'state.S'}:no_vset", "--proto", "void f(float *y, long n, long m)"], "how many elements has y"),
        ([f"{BROKEN / 'state.S'}:no_vset", "--proto", "void f(float y[n], long n, int mode)"], "give mode=NUMBER"),
        ([f"{BROKEN / 'state.S'}:no_vset", "--proto", "void f(float y[n], long n)", "k=3"], "no size or scalar 'k'"),
        (["missing.S:f", "--proto", "void f(float y[n], long n)"], "no such file"),
    ],
)
def test_wrong_requests_are_refused(words: list[str], message: str) -> None:
    result = invoke(*words, "--jobs", "1")
    assert isinstance(result.exception, UsageError), result.output
    assert message in str(result.exception)


def test_a_bare_pointer_beside_one_integer_has_that_many_elements() -> None:
    result = invoke(f"{BROKEN / 'bounds.S'}:off_by_one", "--proto", "void f(float *y, const float *x, float a, long n)", "--jobs", "1")
    assert "past the end of y[" in result.output


def test_unaligned_pointers_are_tried_on_request(tmp_path: Path) -> None:
    """Word loads of unaligned bytes: wrong for machines that trap, fine where the code may rely on misaligned access."""
    source = tmp_path / "bytes.c"
    source.write_text("void f(int *y, const int *x, long n) { for (long i = 0; i < n; i++) y[i] = x[i]; }\n")
    words = (f"{source}:f", "--proto", "void f(int y[n], const int x[n], long n)", "--jobs", "1", "--cases", "10")
    assert invoke(*words).return_value == 0
    assert invoke(*words, "--unaligned").return_value == 0


def test_the_testing_helper(tmp_path: Path) -> None:
    source = tmp_path / "scale.c"
    source.write_text("void f(float *y, const float *x, float a, long n) { for (long i = 0; i < n; i++) y[i] = a * x[i]; }\n")
    proto = "void f(float y[n], const float x[n], float a, long n)"
    (report,) = assert_clean(f"{source}:f", proto, reference=lambda y, x, a, n: np.float32(a) * x, jobs=1, cases=10)
    assert report.clean
    with pytest.raises(AssertionError, match="wrong-result"):
        assert_clean(f"{source}:f", proto, reference=lambda y, x, a, n: x + 1, jobs=1, cases=10, a="2.0")
    assert len(assert_clean("relu", jobs=1, cases=10)) == 2


def test_the_checked_loop_is_at_most_ten_times_slower() -> None:
    """CPU time of the same call, functional and checked: a matmul whose instructions are short, where checking costs most."""
    from rvsim.check.bench import Bench, Placement, Poison

    kernel = kernels.get("matmul")
    rig = Rig()
    variant = kernel.select("7x4", kernel.validate({}), vlen=128, isa=parse_isa(rig.isa)).variant
    subject = KernelSubject(kernel, variant, {}, parse_isa(rig.isa))
    case = subject.case({"m": 64, "n": 64, "k": 64}, 128)
    assert case is not None
    bench = Bench(subject, 128, rig, ones=False, half=False, unaligned=False)
    machine = Machine("generic", vlen=128, set={"lanes": 1}, functional=True)
    checked, plain = [], []
    for _ in range(7):
        began = time.process_time()
        bench.run(case, Placement(), Poison(), 10**9)
        checked.append(time.process_time() - began)
        plain.append(machine.run("matmul", variant="7x4", m=64, n=64, k=64).wall_seconds)
    assert min(checked) < 10 * min(plain)


START = "    .section .text\n    .globl _start\n_start:\n    li t0, 0x6600\n    csrs mstatus, t0\n"
EXIT = "    slli t0, a0, 1\n    ori t0, t0, 1\n    la t1, tohost\n    sd t0, (t1)\n9:  j 9b\n"
DATA = '    .section .tohost, "aw"\n    .balign 64\n    .globl tohost\ntohost: .dword 0\n'
PROGRAMS = {
    "status": ("    csrr a0, vlenb\n    srli a0, a0, 5\n", "crash", "it ends with status 1, but with 0 at VLEN 128"),
    "trap": ("    csrr t2, vlenb\n    li t3, 64\n    bltu t2, t3, 1f\n    .word 0\n1:  li a0, 0\n", "trap", "illegal instruction"),
    "endless": ("1:  csrr t2, vlenb\n    li t3, 256\n    bgeu t2, t3, 1b\n    li a0, 0\n", "no-return", "limit"),
    "agnostic": (
        "    vsetivli t0, 4, e8, m1, ta, ma\n    vmv.v.i v8, 0\n    vsetivli t0, 1, e8, m1, ta, ma\n    vadd.vi v8, v8, 0\n"
        "    vsetivli t0, 4, e8, m1, ta, ma\n    vslidedown.vi v8, v8, 2\n    vmv.x.s a0, v8\n    andi a0, a0, 1\n",
        "crash",
        "it ends with status 1, but with 0",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_compared_with_themselves(name: str, tmp_path: Path) -> None:
    from rvsim.toolchain import build

    body, kind, words = PROGRAMS[name]
    source = tmp_path / f"{name}.S"
    source.write_text(START + body + EXIT + DATA)
    path = tmp_path / f"{name}.elf"
    path.write_bytes(Path(build(source, link="bare")).read_bytes())
    result = invoke(str(path), "--json", "--max-instructions", "100000")
    assert result.return_value == 1, result.output
    found = json.loads(result.output)["findings"]
    assert any(f["kind"] == kind and words in f["message"] for f in found), found


# Ends with the number of its words, and of bytes that it could read, and the vl for so many elements.
ECHO = """
    .globl _start
_start: ld      s0, (sp)
        addi    sp, sp, -64
        li      a0, 0
        mv      a1, sp
        li      a2, 64
        li      a7, 63
        ecall
        add     s0, s0, a0
        vsetvli t0, s0, e32, m1, ta, ma
        add     a0, s0, t0
        li      a7, 94
        ecall
"""


def test_a_program_gets_what_it_is_given_and_its_rerun_finds_the_same(tmp_path: Path) -> None:
    """Its words and standard input are those of every run; a single setting is compared with the first one."""
    import shlex

    from rvsim.toolchain import build

    source = tmp_path / "echo.S"
    source.write_text(ECHO)
    path = tmp_path / "echo.elf"
    path.write_bytes(Path(build(source, link="bare")).read_bytes())
    (tmp_path / "in.txt").write_text("abc")
    first = invoke(str(path), "--json", "--vlen", "128", "--stdin", str(tmp_path / "in.txt"), "--", "one", "two")
    (only,) = json.loads(first.output)["findings"]
    assert only["message"].startswith("it ends with status 9, but with 10 at VLEN 128")  # 3 words, 3 bytes, and vl: 3 or 4 of 6
    assert only["rerun"].endswith("-- one two")
    again = invoke(*shlex.split(only["rerun"])[2:])
    assert again.return_value == 1 and "status 9" in again.output


MISPLACED = (["matmul", "--env", "A=1"], ["matmul", "--", "x"], [__file__, "--env", "A"], [__file__, "--stdin", "no/such"])


@pytest.mark.parametrize("words", MISPLACED)
def test_what_only_programs_take_is_refused_elsewhere(words: list[str]) -> None:
    assert isinstance(invoke(*words).exception, UsageError)


def test_a_program_that_behaves_is_clean(tmp_path: Path) -> None:
    from rvsim.toolchain import build

    source = tmp_path / "good.S"
    source.write_text(START + "    li a0, 0\n" + EXIT + DATA)
    path = tmp_path / "good.elf"
    path.write_bytes(Path(build(source, link="bare")).read_bytes())
    assert "CLEAN" in invoke(str(path)).output


def test_an_interrupt_ends_a_check_and_its_processes() -> None:
    """As Ctrl-C does: the signal goes to all processes of the terminal's group."""
    import os
    import signal
    import subprocess
    import sys

    code = "import sys; from rvsim.cli import main; print('ready', flush=True); sys.exit(main())"
    words = [sys.executable, "-c", code, "check", "matmul", "variant=naive", "--cases", "5000", "--jobs", "2"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(2)
            os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert b"interrupted" in errors


def test_a_variant_whose_file_is_missing_is_told_as_that() -> None:
    with pytest.raises(UsageError, match=r"variant=no_such\.S: no such file; variants are FILE\.S:FUNCTION"):
        Machine("generic").run("matmul", variant="no_such.S:f", m=2, n=2, k=2)
