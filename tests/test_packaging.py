"""A wheel installs into a fresh environment and runs the main job there: elsewhere, and without any toolchain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--sdist", "--outdir", out, ROOT, cwd=out)
    return next(out.glob("rvsim_ml-*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, so that what that lacks is missed here."""
    out = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as archive:
        archive.extractall(out, filter="data")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", out, next(p for p in out.iterdir() if p.is_dir()), cwd=out)
    return next(out.glob("rvsim_ml-*.whl"))


def test_contents_of_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"rvsim"}
    sources = sorted(path.relative_to(ROOT / "asm") for path in (ROOT / "asm").glob("*/*.S"))
    assert sources
    for source in sources:
        assert f"rvsim/asm/{source}" in names
        assert f"rvsim/asm/{source.with_suffix('.elf')}" in names
    for include in (ROOT / "asm" / "include").glob("*.inc"):
        assert f"rvsim/asm/include/{include.name}" in names
    for preset in (ROOT / "rvsim").rglob("*.toml"):
        assert str(preset.relative_to(ROOT)) in names
    assert "rvsim/py.typed" in names
    for module in (ROOT / "rvsim").rglob("*.pyx"):
        built = str(module.relative_to(ROOT).with_suffix(""))
        assert any(name.startswith(f"{built}.") and name.endswith(".so") for name in names), built
    assert {Path(name).name for name in names if "/licenses/" in name} >= {"LICENSE", "NOTICE"}
    assert not [name for name in names if Path(name).name.startswith("test_") or name.endswith((".c", ".cpp"))]


def test_fresh_environment_without_a_toolchain(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    elsewhere = tmp_path / "another directory"
    elsewhere.mkdir()
    env = {key: value for key, value in os.environ.items() if not key.startswith(("RVSIM", "PYTHON"))}
    env |= {"PATH": str(python.parent), "RVSIM_CACHE_DIR": str(tmp_path / "cache")}  # no compiler to be found
    assert "ziglang" not in run(python, "-m", "pip", "list", "--disable-pip-version-check", cwd=elsewhere, env=env)
    command = (python.parent / "rvsim", "run", "matmul", "m=7", "n=9", "k=5", "--machine", "generic", "--json")
    result = json.loads(run(*command, cwd=elsewhere, env=env))
    assert result["correct"] is True
    assert result["cycles"] > 0
    assert not (tmp_path / "cache").exists()  # nothing had to be built
    assert run(python, "-m", "rvsim", "--version", cwd=elsewhere, env=env).strip().endswith("0.1.0")
    assert list(elsewhere.iterdir()) == []
