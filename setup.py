"""Builds the extension modules. Everything declarative is in pyproject.toml.

A build is for this host's own SIMD units (-march=native). RVSIM_DEBUG=1: bounds checks and asserts, -O0, no tail threading.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
DEBUG = os.environ.get("RVSIM_DEBUG") == "1"
sys.path.insert(0, str(ROOT))


def load(path: str):
    """A module of ours, without importing the package that is being built."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def flags(module: str) -> list[str]:
    """Compiler flags. Why each is there: docs/decisions/0002-host-floating-point.md."""
    common = ["-fno-strict-aliasing", "-fwrapv", "-ffp-contract=off", "-ftrapping-math", "-fno-math-errno"]
    if not module.startswith("loops_"):  # with it gcc 12 vectorises no fma; the loops have no constant operands to fold
        common.append("-frounding-math")
    common += ["-Wno-unused-function", "-Wno-unreachable-code", "-Wno-unused-variable"]
    if DEBUG:
        return ["-O0", "-g", *common]
    native = ["-march=native"] if platform.machine() in ("x86_64", "AMD64", "aarch64", "arm64") else []
    if platform.machine() in ("x86_64", "AMD64"):
        native.append("-mprefer-vector-width=512")
    return ["-O3", "-g0", *native, *common]


def extensions() -> list[Extension]:
    load("rvsim/core/wire.py").write(ROOT / "rvsim/core")
    load("rvsim/engine/wire.py").write(ROOT / "rvsim")
    found = sorted(ROOT.glob("rvsim/**/*.pyx"))
    return [
        Extension(
            ".".join(p.relative_to(ROOT).with_suffix("").parts),
            [str(p.relative_to(ROOT))],
            extra_compile_args=flags(p.stem),
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
