"""Builds the extension modules. Everything declarative is in pyproject.toml.

A build is for this host's own SIMD units (-march=native). RVSIM_LEVELS=all: for every x86-64 processor, with the element loops built for
three levels of which the best is chosen at import. RVSIM_DEBUG=1: bounds checks and asserts, -O0, no tail threading.
RVSIM_SANITIZE=1: bounds checks, and the compiler's address and undefined-behaviour sanitizers; `python -m tests.sanitize` builds and runs
that. What the modules need of a processor is written to rvsim/_built.py, which rvsim/host.py reads before any of them is loaded.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SANITIZE = os.environ.get("RVSIM_SANITIZE") == "1"
DEBUG = os.environ.get("RVSIM_DEBUG") == "1" or SANITIZE
X86 = platform.machine() in ("x86_64", "AMD64")
ALL_LEVELS = os.environ.get("RVSIM_LEVELS") == "all" and X86
# Levels of the element loops under RVSIM_LEVELS=all, the best first; "" is every x86-64 processor.
LEVELS = {"avx512": "x86-64-v4", "avx2": "x86-64-v3", "": "x86-64"} if ALL_LEVELS else {"": "native"}
# Macros of the compiler -> words of /proc/cpuinfo, where they are not the same in lower case.
WORDS = {
    "SSE3": "pni", "BMI": "bmi1", "LZCNT": "abm", "SHA": "sha_ni", "AVX512IFMA": "avx512ifma", "AVX512VBMI2": "avx512_vbmi2",
    "AVX512VNNI": "avx512_vnni", "AVX512BITALG": "avx512_bitalg", "AVX512VPOPCNTDQ": "avx512_vpopcntdq", "AVX512FP16": "avx512_fp16",
    "AVX512BF16": "avx512_bf16", "AVXVNNI": "avx_vnni",
}  # fmt: skip
SAME = (
    "SSSE3", "SSE4_1", "SSE4_2", "POPCNT", "AVX", "AVX2", "FMA", "BMI2", "F16C", "MOVBE", "ADX", "GFNI", "VAES", "VPCLMULQDQ", "AVX512F",
    "AVX512BW", "AVX512CD", "AVX512DQ", "AVX512VL", "AVX512VBMI",
)  # fmt: skip
ARM = {"__ARM_FEATURE_SVE": "sve", "__ARM_FEATURE_SVE2": "sve2", "__ARM_FEATURE_DOTPROD": "asimddp", "__ARM_FEATURE_ATOMICS": "atomics"}
sys.path.insert(0, str(ROOT))


def load(path: str):
    """A module of ours, without importing the package that is being built."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def needs(march: str) -> tuple[str, ...]:
    """Words of /proc/cpuinfo that code for this -march needs, by the compiler's own macros; empty where it cannot be asked."""
    command = [*shlex.split(os.environ.get("CC") or "cc"), f"-march={march}", "-dM", "-E", "-x", "c", os.devnull]
    try:
        text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    defined = {line.split()[1] for line in text.splitlines() if line.startswith("#define ")}
    words = ARM | {f"__{name}__": word for name, word in WORDS.items()} | {f"__{name}__": name.lower() for name in SAME}
    return tuple(sorted(word for macro, word in words.items() if macro in defined))


def write_built() -> None:
    """rvsim/_built.py: what every module needs, and what the loops of each level need."""
    everywhere = () if DEBUG else needs(LEVELS[""])
    levels = tuple((level, () if DEBUG or not level else needs(march)) for level, march in LEVELS.items())
    text = '"""Written by setup.py."""\n\nREQUIRES: tuple[str, ...] = {!r}\nLEVELS: tuple[tuple[str, tuple[str, ...]], ...] = {!r}\n'
    text = text.format(everywhere, levels)
    path = ROOT / "rvsim/_built.py"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def flags(module: str) -> list[str]:
    """Compiler flags. Why each is there: docs/decisions/0002-host-floating-point.md."""
    common = ["-fno-strict-aliasing", "-fwrapv", "-ffp-contract=off", "-ftrapping-math", "-fno-math-errno"]
    if not module.startswith("loops_"):  # with it gcc 12 vectorises no fma; the loops have no constant operands to fold
        common.append("-frounding-math")
    common += ["-Wno-unused-function", "-Wno-unreachable-code", "-Wno-unused-variable"]
    if SANITIZE:
        # Optimised just enough for tail calls, so that the threaded loops are what is tested.
        return ["-O1", "-g1", "-foptimize-sibling-calls", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", *common]
    if DEBUG:
        return ["-O0", "-g", *common]
    level = module.rpartition("_")[2] if module.startswith("loops_") else ""
    march = LEVELS.get(level, LEVELS[""])
    native = [f"-march={march}"] if X86 or platform.machine() in ("aarch64", "arm64") else []
    if X86 and march in ("native", "x86-64-v4"):
        native.append("-mprefer-vector-width=512")
    return ["-O3", "-g0", *native, *common]


def level_copies() -> list[Path]:
    """The element loops once more for each level above the lowest; copies of other builds are removed."""
    core = ROOT / "rvsim/core"
    sources = [p for p in core.glob("loops_*.pyx") if p.stem.count("_") == 1]
    copies = {p.with_stem(f"{p.stem}_{level}"): p.read_text() for p in sources for level in LEVELS if level}
    for stale in set(core.glob("loops_*_*.pyx")) - set(copies):
        for path in (stale, stale.with_suffix(".c"), *core.glob(f"{stale.stem}.*.so")):
            path.unlink(missing_ok=True)
    for path, text in copies.items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    return list(copies)


def extensions() -> list[Extension]:
    load("rvsim/core/wire.py").write(ROOT / "rvsim/core")
    load("rvsim/engine/wire.py").write(ROOT / "rvsim")
    level_copies()
    write_built()
    found = sorted(ROOT.glob("rvsim/**/*.pyx"))
    return [
        Extension(
            ".".join(p.relative_to(ROOT).with_suffix("").parts),
            [str(p.relative_to(ROOT))],
            extra_compile_args=flags(p.stem),
            libraries=["m"],  # fma of processors without the instruction
            extra_link_args=["-fsanitize=address,undefined"] if SANITIZE else [],
            define_macros=[("CYTHON_CLINE_IN_TRACEBACK", "0")],
        )
        for p in found
    ]


class BuildExt(build_ext):
    """Builds on every core unless told otherwise."""

    def finalize_options(self) -> None:
        super().finalize_options()
        if not self.parallel:
            self.parallel = os.cpu_count() or 1


class BuildPy(build_py):
    """Builds the registry's kernels, so that a plain install runs them without a toolchain."""

    def run(self) -> None:
        load("rvsim/prebuild.py").prebuild(ROOT / "asm", ROOT / "asm")
        super().run()


def cythonized() -> list[Extension]:
    from Cython.Build import cythonize

    directives = {
        "language_level": 3, "boundscheck": DEBUG, "wraparound": False, "cdivision": True, "initializedcheck": False,
        "embedsignature": True, "freethreading_compatible": False,
    }  # fmt: skip
    return cythonize(extensions(), compiler_directives=directives, nthreads=os.cpu_count() or 1, quiet=True)


setup(
    ext_modules=cythonized() if not {"egg_info", "sdist", "--version"} & set(sys.argv[1:2]) else extensions(),
    cmdclass={"build_ext": BuildExt, "build_py": BuildPy},
    packages=[*find_packages(include=["rvsim", "rvsim.*"]), "rvsim.kernels", "rvsim.asm"],
    package_dir={"rvsim.kernels": "kernels", "rvsim.asm": "asm"},
)
