"""Reading measured figures: what counts, what is dropped as noise, and errors that name file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rvsim.errors import UsageError
from rvsim.validate import packaged, read, validate

Folder = Callable[[dict[str, str]], Path]

THROUGHPUT = "core,vlen,insn,operands,sew,lmul,tail,mask,cycles,source\n"
KERNELS = "core,vlen,kernel,variant,n_bytes,cycles,source\n"


def test_policies_that_disagree_are_noise(folder: Folder) -> None:
    lines = [
        'spacemit-x60,256,vadd.vv,"v8,v16,v24",8,m1,a,a,1.00,s', 'spacemit-x60,256,vadd.vv,"v8,v16,v24",8,m1,u,a,1.04,s',
        'spacemit-x60,256,vle8.v,"v8,(t0)",8,m1,a,a,1.00,s', 'spacemit-x60,256,vle8.v,"v8,(t0)",8,m1,u,a,1.06,s',
    ]  # fmt: skip
    rows = read(folder({"instruction-throughput.csv": THROUGHPUT + "\n".join(lines)}))
    assert [(row.name, row.measured, row.kind, row.machine, row.source) for row in rows] == [
        ("vadd.vv", 1.00, "instruction", "spacemit-x60", "s"), ("vadd.vv", 1.04, "instruction", "spacemit-x60", "s"),
    ]  # fmt: skip


def test_slopes_between_neighbours(folder: Folder) -> None:
    """Sizes outside 1 KiB .. 16 KiB do not count, nor does a pair whose larger size took no longer."""
    sizes = [(512, 10), (1024, 100), (2048, 1124), (4096, 1124), (16384, 25700), (20000, 99999)]
    text = KERNELS + "\n".join(f"saturn-shuttle-v256d128-rtl,256,memcpy,rvv_m1,{n},{cycles},s" for n, cycles in sizes)
    rows = read(folder({"kernel-cycles.csv": text}))
    assert [(row.measured, row.params["n"], row.params["n_next"]) for row in rows] == [(1.0, 1024, 2048), (2.0, 4096, 16384)]
    assert {row.machine for row in rows} == {"saturn-v256d128"}


def test_series_that_begin_late_count_further(folder: Folder) -> None:
    text = KERNELS + "\n".join(f"sifive-x280,512,memcpy,rvv_m1,{n},{n},s" for n in (20663, 30994, 60000, 90000))
    assert [row.params["n_next"] for row in read(folder({"kernel-cycles.csv": text}))] == [30994, 60000]


def test_ara_rows(folder: Folder) -> None:
    text = (
        "source,config,kernel,parameters,cycles,incremental_cycles_per_rep,raw_totals\n"
        "ara-rtl,lanes=4 vlen=4096,micro:vadd.vv,SEW=64 LMUL=2 vl=128,332,16.00,T(1)=28 T(4)=76 T(20)=332\n"
        "ara-rtl,lanes=2 vlen=2048,app:fmatmul,4 x 4 x 4 (MxNxP float64),209,,\n"
    )
    total, each, app = read(folder({"ara-rtl-cycles.csv": text}))
    assert (total.measured, total.params, total.unit) == (332, {"sew": 64, "lmul": "m2", "vl": "VLMAX", "counts": "20"}, "cycles")
    assert (each.measured, each.params["counts"], each.unit) == (16, "4..20", "cycles/repetition")
    assert (app.machine, app.kind, app.params, app.vlen) == ("ara-2l", "kernel", {"size": "4 x 4 x 4"}, 2048)


def test_packaged_figures_are_small_and_cited() -> None:
    for path in packaged().glob("*.csv"):
        assert path.stat().st_size <= 400 << 10, path
    rows = read()
    assert all(row.source and row.measured > 0 for row in rows)
    assert {(row.machine, row.kind) for row in rows} >= {
        ("spacemit-x60", "latency"), ("spacemit-x60", "kernel"), ("spacemit-x100", "kernel"), ("saturn-v256d128", "kernel"),
        ("ara-4l", "kernel"), ("ara-2l", "instruction"), ("sifive-x280", "instruction"), ("spacemit-x100", "instruction"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "none of the files"),
        ({"instruction-throughput.csv": "core,vlen\nx,1\n"}, r"instruction-throughput.csv: no column insn, operands"),
        ({"instruction-throughput.csv": THROUGHPUT + 'spacemit-x60,256,vadd.vv,"v8,v16,v24",8,m1,a,a,fast,s\n'}, "line 2: 'fast' is not"),
        ({"instruction-throughput.csv": THROUGHPUT + "spacemit-x60,256,vadd.vv\n"}, "line 2: too few cells"),
        ({"instruction-throughput.csv": THROUGHPUT + 'spacemit-x60,256,vadd.vv,"v8,v16,v24",8,m3,a,a,1,s\n'}, "line 2: LMUL 'm3'"),
        ({"instruction-throughput.csv": THROUGHPUT + 'spacemit-x60,256,vadd.vv,"v8,v16,v24",12,m1,a,a,1,s\n'}, "line 2: SEW 12"),
        ({"kernel-cycles.csv": KERNELS + "spacemit-x60,256,memcpy,rvv_m1,1024,-5,s\n"}, "line 2: '-5' is not"),
        ({"ara-rtl-cycles.csv": "source,config,kernel,parameters,cycles,incremental_cycles_per_rep,raw_totals\na,b,c,d,1,,\n"}, "line 2"),
    ],
)
def test_mistakes_in_files(folder: Folder, files: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(folder(files))


def test_mistakes_in_requests(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no measured figures for generic; machines with figures: ara-2l, ara-4l"):
        validate(["generic"])
    with pytest.raises(UsageError, match="unknown machine 'ara-5l'"):
        validate(["ara-5l"])
    with pytest.raises(UsageError, match="no regular expression"):
        validate(["ara-4l"], pattern="(")
    with pytest.raises(UsageError, match="no row is left"):
        validate(["ara-4l"], pattern="nothing like it")
    other = folder({"instruction-throughput.csv": THROUGHPUT + 'acme-v9,256,vadd.vv,"v8,v16,v24",8,m1,a,a,1,s\n'})
    with pytest.raises(UsageError, match="no preset stands for acme-v9"):
        validate(data=other)
