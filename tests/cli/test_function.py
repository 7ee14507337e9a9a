"""`rvsim run FILE:symbol --proto ...`: arrays and scalars from a prototype, what comes back, and every way to get it wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rvsim.cli.arguments import build_arguments, describe
from rvsim.errors import UsageError
from rvsim.machine.abi import parse_prototype

from .conftest import Cli

PROTO = "void axpy(float y[n], const float x[n], float a, long n)"
BARE_POINTERS = "void axpy(float *y, const float *x, float a, long n)"


def test_result_is_what_numpy_says(cli: Cli, axpy: str, here: Path) -> None:
    rng = np.random.default_rng(5)
    x, y = rng.standard_normal(300).astype(np.float32), rng.standard_normal(300).astype(np.float32)
    np.save("x.npy", x)
    np.save("y.npy", y)
    done = cli("run", "axpy.S:axpy", "--proto", PROTO, "n=300", "a=0.5", "x=@x.npy", "y=@y.npy", "--save", "y=out.npy", "--json")
    assert done.status == 0
    got = np.load("out.npy")
    np.testing.assert_array_equal(got, y + np.float32(0.5) * x)
    assert np.array_equal(np.load("x.npy"), x)
    run = done.json
    assert run["correct"] is None and run["flop"] is None and run["cycles"] > 0
    assert run["target"] == "axpy.S:axpy"
    assert run["params"] == {"a": 0.5, "n": 300, "x": "@x.npy", "y": "@y.npy", "seed": 0}
    (array,) = run["arrays"]  # x is const
    assert array["name"] == "y" and array["shape"] == [300] and array["dtype"] == "float32"
    assert array["min"] == got.min() and array["max"] == got.max() and array["first"] == [float(v) for v in got[:6]]


def test_text_shows_the_arrays(cli: Cli, axpy: str) -> None:
    done = cli("run", f"{axpy}:axpy", "--proto", BARE_POINTERS, "n=100", "a=2")
    assert done.status == 0 and "y: float32[100]" in done.out and "not checked" in done.out


def test_seed_decides_the_random_arrays(cli: Cli, axpy: str) -> None:
    runs = [cli("run", f"{axpy}:axpy", "--proto", PROTO, "n=9", "a=1", "--seed", seed, "--json").json for seed in (3, 3, 4)]
    assert runs[0]["arrays"] == runs[1]["arrays"] != runs[2]["arrays"]


def test_value_of_a_function(cli: Cli, here: Path) -> None:
    (here / "sum.c").write_text("long sum(const int *x, long n) { long s = 0; for (long i = 0; i < n; i++) s += x[i]; return s; }\n")
    np.save("x.npy", np.arange(-3, 100, dtype=np.int32))
    run = cli("run", "sum.c:sum", "--proto", "long sum(const int x[n], long n)", "n=103", "x=@x.npy", "--json").json
    assert run["value"] == sum(range(-3, 100)) and run["arrays"] == []


def test_object_and_elf_files(cli: Cli, axpy: str, here: Path) -> None:
    import shutil

    from rvsim.toolchain import build

    shutil.copy(build(here / axpy), here / "axpy.elf")
    one, other = (cli("run", f"{file}:axpy", "--proto", PROTO, "n=50", "a=1", "--json").json for file in (axpy, "axpy.elf"))
    assert one["arrays"] == other["arrays"] and one["instructions"] == other["instructions"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--proto", PROTO, "n=10"], "a (float) has no value"),
        (["--proto", PROTO, "a=1"], "n (long) has no value; give n=NUMBER"),
        (["--proto", PROTO, "n=ten", "a=1"], "n=ten is no integer"),
        (["--proto", PROTO, "n=10", "a=x"], "a=x is no number"),
        (["--proto", PROTO, "n=-1", "a=1"], "cannot be negative"),
        (["--proto", PROTO, "n=10", "a=1", "z=3"], "no parameter 'z'"),
        (["--proto", PROTO, "n=10", "a=1", "y=7"], "y=7: it is an array"),
        (["--proto", PROTO, "n=10", "a=1", "x=@none.npy"], "none.npy: cannot be read"),
        (["--proto", PROTO, "n=10", "a=1", "x=@axpy.S"], "no usable .npy file"),
        (["--proto", PROTO, "n=10", "a=1", "x=@wide.npy"], "holds float64, the prototype says float"),
        (["--proto", PROTO, "n=10", "a=1", "x=@short.npy"], "has shape [4], the prototype says [10]"),
        (["--proto", PROTO, "n=10", "n=11", "a=1"], "n is given twice"),
        (["--proto", PROTO, "n=10", "a=1", "word"], "'word' is no parameter"),
        (["--proto", PROTO, "n=1000000000", "a=1"], "--memory"),
        (["--proto", "void axpy(float y[n*m], float a, long n)", "n=10", "a=1"], "needs a value for 'm'"),
        (["--proto", "void axpy(float *y, const float *x, float a, long n, long m)", "n=1", "m=2", "a=1"], "how many elements has y?"),
        (["--proto", "nonsense", "n=10"], "no C function prototype"),
        (["n=10", "a=1"], "needs its prototype"),
        (["--proto", PROTO, "n=10", "a=1", "--save", "q=q.npy"], "no array 'q'; there are: y, x"),
        (["--proto", PROTO, "n=10", "a=1", "--save", "y"], "write --save NAME=FILE.npy"),
        (["--proto", PROTO, "n=10", "a=1", "--save", "y=no/such/y.npy"], "no folder no/such"),
        (["--proto", PROTO, "n=10", "a=1", "--mode", "bare"], "--mode is for whole programs"),
    ],
)
def test_mistakes_are_named(cli: Cli, axpy: str, here: Path, words: list[str], says: str) -> None:
    np.save("wide.npy", np.zeros(10))
    np.save("short.npy", np.zeros(4, np.float32))
    done = cli("run", f"{axpy}:axpy", *words)
    assert done.status == 2 and says in done.error and done.out == ""


def test_unknown_symbol_names_the_file_of_the_user(cli: Cli, axpy: str) -> None:
    done = cli("run", f"{axpy}:saxpy", "--proto", PROTO, "n=10", "a=1")
    assert done.status == 2 and done.error.startswith("axpy.S has no symbol 'saxpy'; functions: axpy")


def test_extents_multiply_and_may_be_names_of_their_own() -> None:
    prototype = parse_prototype("void f(double c[m][n], const int8_t *a, const uint16_t b[k*(n+1)], long n)")
    made = build_arguments(prototype, {"n": "3", "m": "0x2", "k": "5"}, seed=0, most=1 << 20)
    assert [(a.shape, str(a.dtype)) for a in made.arrays.values()] == [((2, 3), "float64"), ((3,), "int8"), ((20,), "uint16")]
    assert made.written == ("c",) and made.params == {"n": 3, "m": 2, "k": 5}
    assert made.values[-1] == 3 and made.values[0] is made.arrays["c"]


def test_random_integers_stay_in_range_and_use_it() -> None:
    prototype = parse_prototype("void f(int8_t a[n], uint8_t b[n], int b2[n], uint64_t c[n], bool d[n], long n)")
    a, b, wide, unsigned, truth = build_arguments(prototype, {"n": "20000"}, seed=1, most=1 << 22).arrays.values()
    assert (a.min(), a.max(), b.min(), b.max()) == (-128, 127, 0, 255)
    assert (wide.min(), wide.max(), unsigned.min(), unsigned.max()) == (-1000, 1000, 0, 1000)
    assert truth.dtype == bool and 0.4 < truth.mean() < 0.6


def test_one_array_from_a_file_leaves_the_others_as_they_were(here: Path) -> None:
    prototype = parse_prototype("void f(float a[n], float b[n], long n)")
    np.save("a.npy", np.zeros(8, np.float32))
    plain = build_arguments(prototype, {"n": "8"}, seed=2, most=1 << 20).arrays["b"]
    mixed = build_arguments(prototype, {"n": "8", "a": "@a.npy"}, seed=2, most=1 << 20).arrays["b"]
    assert np.array_equal(plain, mixed)


def test_an_archive_of_arrays_is_refused(here: Path) -> None:
    np.savez("two.npz", a=np.zeros(2), b=np.zeros(2))
    prototype = parse_prototype("void f(double a[n], long n)")
    with pytest.raises(UsageError, match="holds several arrays"):
        build_arguments(prototype, {"n": "2", "a": "@two.npz"}, seed=0, most=1 << 20)


def test_descriptions_leave_out_what_is_not_finite() -> None:
    about = describe("y", np.array([1.0, np.nan, np.inf, 3.0], np.float32))
    assert (about["min"], about["max"], about["mean"], about["not_finite"]) == (1.0, 3.0, 2.0, 2)
    empty = describe("y", np.zeros((0, 3)))
    assert empty["min"] is None and empty["shape"] == [0, 3] and empty["first"] == []
