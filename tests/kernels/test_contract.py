"""The registry and the words of a contract: what a user may ask for, and what he is told when he may not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rvsim
from rvsim import kernels
from rvsim.errors import UsageError
from rvsim.kernels import formats

MATMUL = kernels.get("matmul")
V = frozenset("imafdcv")
KERNELS = tuple(kernels.KERNELS.values())


ROWS = [(kernel, variant) for kernel in KERNELS for variant in kernel.variants]


def test_registry_is_keyed_by_the_kernels_own_names() -> None:
    assert kernels.KERNELS
    assert all(kernel.name == name for name, kernel in kernels.KERNELS.items())


def test_unknown_kernel_lists_what_exists_and_guesses() -> None:
    with pytest.raises(UsageError, match=r"unknown kernel 'matmull' \(did you mean 'matmul'\?\); there are: .*matmul"):
        kernels.get("matmull")


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_kernel_works_without_any_parameter(kernel: kernels.Kernel) -> None:
    params = kernel.validate({})
    assert set(params) == {param.name for param in kernel.params}
    call = kernel.prepare(params)
    assert set(call.outputs) <= set(call.arrays)
    assert {arg for arg in call.args if isinstance(arg, str)} == set(call.arrays)
    assert call.prototype.count(",") + 1 == len(call.args)


def test_variant_names_are_unique_for_a_dtype() -> None:
    names = [(kernel.name, variant.dtype, variant.name) for kernel, variant in ROWS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("kernel", "variant"), ROWS, ids=lambda item: item.name)
def test_variant_is_named_after_its_file(kernel: kernels.Kernel, variant: kernels.Variant) -> None:
    assert variant.source == f"{kernel.name}/{variant.dtype}_{variant.name}.S"
    assert variant.dtype in next(param for param in kernel.params if param.name == "dtype").choices


def test_numbers_come_as_numbers_or_text() -> None:
    params = MATMUL.validate({"m": "12", "n": np.int64(3), "k": "0x10", "dtype": "f64"})
    assert (params["m"], params["n"], params["k"], params["dtype"]) == (12, 3, 16, "f64")
    assert type(params["n"]) is int
    assert (params["lda"], params["seed"]) == (0, 0)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"m": -1}, r"m=-1 is out of range.*from 0 to"),
        ({"n": 1 << 40}, r"n=\d+ is out of range"),
        ({"k": "many"}, r"k=many is no integer"),
        ({"k": 2.5}, r"k=2.5 is no integer"),
        ({"m": None}, r"m=None is no integer"),
        ({"m": True}, r"m=True is out of range"),
        ({"m": ""}, r"m= is no integer"),
        ({"dtype": "f8"}, r"dtype=f8 is not available.*one of: f64, f32, f16, bf16, i8, u8"),
        ({"dtype": "f16", "acc": "f64"}, r"acc=f64 is not available for dtype=f16; take f32 or f16"),
        ({"dtype": "bf16", "out": "i8"}, r"out=i8 is not available for dtype=bf16 acc=f32; take f32"),
        ({"dtype": "f16", "acc": "f16", "out": "f32"}, r"out=f32 is not available for dtype=f16 acc=f16; take f16"),
        ({"dtype": "F32"}, r"did you mean 'f32'"),
        ({"M": 3}, r"no parameter 'M'.*it has: m, n, k, dtype, acc, out, lda, ldb, ldc, ta, tb, .*seed, and variant"),
        ({"k": 8, "lda": 7}, r"lda=7 is shorter than a row of 8 elements"),
        ({"n": 8, "ldb": 7}, r"ldb=7 is shorter"),
        ({"n": 8, "ldc": 1}, r"ldc=1 is shorter"),
        ({"m": 1 << 20, "n": 1 << 20}, r"GiB of arrays.*smaller"),
    ],
)
def test_bad_parameters_are_named_with_what_is_allowed(raw: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        MATMUL.validate(raw)
    assert "matmul" in str(caught.value)
    assert "\n" not in str(caught.value)


@given(
    st.dictionaries(st.sampled_from(["m", "n", "k", "dtype", "lda", "seed", "x"]), st.one_of(st.integers(), st.text(max_size=5), st.none()))
)
def test_validation_ends_in_parameters_or_a_usage_error(raw: dict[str, object]) -> None:
    try:
        params = MATMUL.validate(raw)
    except UsageError:
        return
    assert all(type(params[param.name]) is type(param.default) for param in MATMUL.params)


def test_validated_parameters_cannot_be_changed() -> None:
    params = MATMUL.validate({})
    with pytest.raises(TypeError):
        params["m"] = 3  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        MATMUL.name = "other"  # type: ignore[misc]


def select(variant: str, isa: frozenset[str] = V, vlen: int = 512, **raw: object) -> kernels.Choice:
    return MATMUL.select(variant, MATMUL.validate(raw), vlen=vlen, isa=isa)


@pytest.mark.parametrize("dtype", MATMUL.dtypes)
@pytest.mark.parametrize("m", [0, 1, 7, 64])
def test_auto_finds_a_variant_for_every_shape_and_says_why(dtype: str, m: int) -> None:
    isa = V | {"zvfh", "zvfbfwma"}
    variant, why = select("auto", isa=isa, dtype=dtype, m=m, n=5, k=3)
    assert variant.dtype == dtype
    assert variant.refusal(MATMUL.validate({"dtype": dtype, "m": m, "n": 5, "k": 3}), 512, isa) is None
    assert why.startswith(f"{variant.name}: ")


def test_auto_prefers_the_tuned_variant() -> None:
    assert select("auto").variant.name == "4x4"
    assert select("auto", vlen=4096).variant.name == "7x4"
    assert select("auto", dtype="f64", m=16, k=2, vlen=1024).variant.name == "7x4"


def test_auto_picks_by_machine_and_shape() -> None:
    assert select("auto", m=256, n=256, k=256).variant.name == "7x4_packed"
    assert "packing pays" in select("auto", m=256, n=256, k=256).why
    assert select("auto", m=256, n=256, k=256, vlen=4096).variant.name == "7x4"
    assert select("auto", m=16, n=256, k=256).variant.name == "7x4"
    assert "stays in a first-level cache" in select("auto").why and "packing would not pay" in select("auto").why
    assert select("auto", dtype="i8").variant.name == "7x4_packed"
    few = select("auto", dtype="i8", m=8)
    assert few.variant.name == "7x4" and "m=8 rows are too few" in few.why
    assert select("auto", dtype="u8", out="u8", tb=1).variant.name == "7x4_packed_requant"
    assert select("auto", isa=V | {"zvdot4a8i_0p1"}, dtype="i8").variant.name == "7x4_dot4"
    assert "lda=65 must be multiples of 4" in select("auto", isa=V | {"zvdot4a8i_0p1"}, dtype="i8", lda=65).why
    assert select("auto", m=1, n=1024, k=512, vlen=256).variant.name == "gevm"
    assert "stays in a second-level cache" in select("auto", m=1, n=1024, k=64, vlen=256).why
    assert select("auto", tb=1).variant.name == "7x4_packed"
    assert "not 7x4: it is for one C = A B" in select("auto", beta=1.0).why


def test_auto_passes_over_what_does_not_suit_and_tells() -> None:
    last = dataclasses.replace(MATMUL, variants=tuple(row for row in MATMUL.variants if row.name in ("ara", "naive"))[::-1])
    choice = last.select("auto", last.validate({"dtype": "f64", "m": 16, "k": 2}), vlen=512, isa=V)
    assert choice.variant.name == "naive"
    assert "not ara: " in choice.why
    only = dataclasses.replace(MATMUL, variants=tuple(row for row in MATMUL.variants if row.name == "ara"))
    choice = only.select("auto", only.validate({"dtype": "f64", "m": 16, "k": 2}), vlen=512, isa=V)
    assert choice.variant.name == "ara"


def test_a_machine_without_the_extension_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no variant can do this .*lacks zve64d"):
        select("auto", isa=frozenset({"zve32f"}), dtype="f64")
    with pytest.raises(UsageError, match=r"'7x4' .*lacks zve32f"):
        select("7x4", isa=frozenset("imafdc"))
    assert select("7x4", isa=frozenset({"zve32f"})).variant.dtype == "f32"


def test_a_refusal_says_what_would_do() -> None:
    with pytest.raises(UsageError, match=r"for acc=f16, not f32; these can: auto, 7x4_packed_acc32, 7x4_acc32, naive_acc32$"):
        select("naive", isa=V | {"zvfh"}, dtype="f16")
    with pytest.raises(UsageError, match=r"not 7x4_packed, 7x4, naive: the machine lacks zvfbfwma \(--set isa=\+zvfbfwma for what"):
        select("auto", dtype="bf16")
    with pytest.raises(UsageError, match=r"has no variant 'packed_acc32' \(did you mean '7x4_packed_acc32'"):
        select("packed_acc32", isa=V | {"zvfh"}, dtype="f16")
    qmatmul = kernels.get("qmatmul")
    with pytest.raises(UsageError, match=r"has no variant 'packed' \(did you mean 'q4_0_packed'"):
        qmatmul.select("packed", qmatmul.validate({}), vlen=512, isa=V)
    conv2d = kernels.get("conv2d")
    with pytest.raises(UsageError, match=r"layout=NHWC is not available \(did you mean 'nhwc'"):
        conv2d.validate({"layout": "NHWC"})


def test_a_variant_by_name_takes_the_dtype_of_the_problem() -> None:
    assert select("7x4", dtype="f64").variant.source == "matmul/f64_7x4.S"
    assert select("naive", dtype="f32").variant.source == "matmul/f32_naive.S"


@pytest.mark.parametrize(
    ("variant", "raw", "says"),
    [
        ("7x5", {}, r"no variant '7x5' \(did you mean '7x4'\?\); there are: auto, .*7x4, .*naive.*, or FILE.S:symbol"),
        ("", {}, r"no variant ''"),
        ("7x4:sgemm", {}, r"no variant '7x4:sgemm'"),
        ("ara", {"dtype": "f32"}, r"it is for f64, not f32"),
        ("ara", {"dtype": "f64", "m": 17}, r"multiple of 16"),
        ("ara", {"dtype": "f64", "m": 3}, r"multiple of 4"),
        ("ara", {"dtype": "f64", "m": 100}, r"multiple of 8"),
        ("ara", {"dtype": "f64", "m": 130}, r"multiple of 4"),
        ("ara", {"dtype": "f64", "k": 7}, r"k=7 must be even"),
        ("ara", {"dtype": "f64", "k": 0}, r"at least 2"),
    ],
)
def test_a_variant_that_cannot_is_refused_with_the_reason(variant: str, raw: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        select(variant, **raw)


@pytest.mark.parametrize("m", [0, 4, 8, 16, 64, 72, 128, 132])
def test_ara_takes_whole_tiles(m: int) -> None:
    assert select("ara", dtype="f64", m=m, k=2).variant.name == "ara"


def test_a_source_of_ones_own_keeps_the_contract() -> None:
    variant, _ = select("dir/my kernel.S:fast", dtype="f64")
    assert (variant.source, variant.symbol, variant.custom, variant.dtype) == ("dir/my kernel.S", "fast", True, "f64")
    model = select("7x4", dtype="f64").variant
    params = MATMUL.validate({"dtype": "f64"})
    assert variant.flop(params) == model.flop(params) == 2 * 64**3
    assert variant.macc == model.macc == ("f64", "f64")


def test_a_source_without_symbol_has_the_contracts_own() -> None:
    assert select("mine.c").variant.symbol == "sgemm"
    assert select("mine.c", dtype="f64").variant.symbol == "dgemm"
    assert MATMUL.with_source("mine.S").symbol == "sgemm"
    assert MATMUL.with_source("mine.S", params=MATMUL.validate({"dtype": "f64"})).symbol == "dgemm"


def limited() -> kernels.Kernel:
    """matmul with rows that are for lda=9 or lda=8 only; the one for 8 takes its arguments in another order and a scratch buffer."""

    def arrange(call: kernels.Call, vlen: int) -> kernels.Call:
        scratch = kernels.Buffer.packed("work", np.empty((2, vlen), np.float32), output=True)
        return call.arranged("void own(float *work, const float *A, float *C, const float *B)", ("work", "A", "C", "B"), scratch)

    first = MATMUL.variants[0]
    nine = dataclasses.replace(first, name="nine", only={"lda": (9,)})
    eight = dataclasses.replace(first, name="eight", only={"lda": (8,)}, symbol="own", arrange=arrange, slack=3)
    return dataclasses.replace(MATMUL, variants=(nine, eight))


def test_a_variant_for_other_parameters_is_passed_over_and_refused_with_the_reason() -> None:
    kernel = limited()
    params = kernel.validate({"k": 4, "lda": 8})
    assert kernel.select("auto", params, vlen=512, isa=V).variant.name == "eight"
    with pytest.raises(UsageError, match="'nine' of matmul cannot do this: it is for lda=9, not 8"):
        kernel.select("nine", params, vlen=512, isa=V)
    with pytest.raises(UsageError, match="there is none for dtype=f32, lda=7"):
        kernel.select("auto", kernel.validate({"k": 4, "lda": 7}), vlen=512, isa=V)
    with pytest.raises(UsageError, match="no variant of this kind"):
        kernel.select("mine.S", kernel.validate({"k": 4, "lda": 7}), vlen=512, isa=V)
    assert kernel.variants[1].describe()["only"] == {"lda": [8]}


def test_a_variant_may_have_arguments_of_its_own_for_the_same_problem() -> None:
    kernel = limited()
    params = kernel.validate({"m": 3, "n": 5, "k": 4, "lda": 8})
    own, plain = kernel.prepare(params, variant=kernel.variants[1], vlen=256), kernel.prepare(params)
    assert own.args == ("work", "A", "C", "B")
    assert own.buffers["work"].shape == (2, 256) and "work" in own.outputs
    assert all(np.array_equal(own.tensor(name), plain.tensor(name)) for name in "AB")
    memory = own.fresh()
    own.tensor("work", memory["work"])[...] = 1
    c = own.tensor("C", memory["C"])
    c[...] = own.tensor("A").astype(np.float64) @ own.tensor("B")
    scale = np.abs(own.tensor("A")).astype(np.float64) @ np.abs(own.tensor("B"))
    c[0, 0] += 2 * 6 * 2.0**-23 * scale[0, 0]  # twice the contract's tolerance, within three times
    assert kernel.check(own, memory).correct and kernel.check(own, memory).tolerance.startswith("3 x (")
    assert not kernel.check(plain, {name: memory[name] for name in "ABC"}).correct


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, -2.5, 3e38, 3.4e38, 1e-40, np.inf, -np.inf, np.nan, 1.00390625, 1.01171875])
def test_bfloat16_rounds_to_nearest_even(value: float) -> None:
    bits = formats.encode(np.array([value]), "bf16")
    back = formats.decode(bits, "bf16")
    assert bits.dtype == np.uint16 and back.dtype == np.float32
    if np.isfinite(value) and np.isfinite(back[0]):
        neighbours = (
            formats.decode(np.array([bits[0] - 1, bits[0] + 1], np.uint16), "bf16").astype(np.float64) if bits[0] & 0x7FFF else back
        )
        error = abs(float(back[0]) - float(np.float32(value)))
        assert all(error <= abs(float(n) - float(np.float32(value))) for n in neighbours)
    else:
        assert np.isnan(back[0]) if np.isnan(value) else back[0] == np.copysign(np.inf, value)


def test_bfloat16_ties_go_to_even() -> None:
    ties = np.array([0x3F808000, 0x3F818000], np.uint32).view(np.float32)
    assert formats.encode_bf16(ties).tolist() == [0x3F80, 0x3F82]
    assert np.isnan(formats.decode(formats.BF16_NAN, "bf16"))


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_description_is_plain_data(kernel: kernels.Kernel) -> None:
    import json

    text = kernel.describe()
    assert json.loads(json.dumps(text)) == text
    assert text["name"] == kernel.name


@pytest.mark.parametrize(("kernel", "variant"), ROWS, ids=lambda item: item.name)
def test_flop_counted_is_never_less_than_flop_claimed(kernel: kernels.Kernel, variant: kernels.Variant) -> None:
    """Utilization must not come from work that was not done."""
    machine = rvsim.Machine("generic", isa="+zvdot4a8i_0p1")
    result = machine.run(kernel.name, variant=variant.name, **variant.kind)
    assert result.correct and result.flop is not None
    assert machine.model.totals.flop >= result.flop
