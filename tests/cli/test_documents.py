"""What README and the how-to pages show works: their commands are run, their Python is executed, their links lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from .conftest import Cli

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/howto/run-a-kernel.md", "docs/howto/your-own-kernel.md", "docs/howto/profile-a-kernel.md")
ALL_PAGES = (
    *PAGES, "docs/index.md", "docs/howto/run-a-program.md",
    "docs/reference/cli.md", "docs/reference/json.md", "docs/reference/report.md", "CHANGELOG.md", "CONTRIBUTING.md",
)  # fmt: skip


def blocks(page: str, language: str) -> list[tuple[str, str]]:
    """(rest of the opening line, content) of the fenced blocks in a language."""
    text = (ROOT / page).read_text()
    return [(rest.strip(), body) for rest, body in re.findall(rf"^```{language}\b([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def commands(page: str) -> list[str]:
    return [line for _, body in blocks(page, "sh") for line in body.splitlines() if line.strip()]


@pytest.fixture
def files(here: Path) -> Path:
    """The sources that pages show, in the current directory."""
    for page in PAGES:
        for name, body in blocks(page, "asm"):
            (here / name).write_text(body)
    return here


@pytest.mark.parametrize(("page", "line"), [(page, line) for page in PAGES for line in commands(page)])
def test_command(cli: Cli, files: Path, page: str, line: str) -> None:
    program, *words = shlex.split(line)
    if program == "rvsim":
        done = cli(*words)
        assert done.status == 0, done.err
    elif program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    else:
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        assert line == "pip install '.[toolchain]'" and "toolchain" in extras


@pytest.mark.parametrize("page", PAGES)
def test_python(files: Path, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = [body for _, body in blocks(page, "python")]
    assert code
    exec(compile("\n".join(code), page, "exec"), {})
    assert capsys.readouterr().out


def test_readme_shows_the_result_that_its_command_gives(cli: Cli) -> None:
    """Word for word but for cycles and host time, which follow the model and the host."""
    (_, shown), *_ = blocks("README.md", "text")
    words = shlex.split(next(line for line in commands("README.md") if "ara-4l" in line))[1:]
    got = cli(*words).out
    stable = [line for line in got.splitlines() if line.strip().startswith(("matmul", "m=", "result", "where", "total"))]
    figures = [line.split(",")[0] for line in got.splitlines() if line.strip().startswith("instructions")]
    assert len(stable) == 5 and len(figures) == 1
    for line in stable[:-1] + figures:
        assert line in shown
    labels = [line.split()[0] for line in shown.splitlines()[3:9]]
    assert labels == ["result", "cycles", "instructions", "FLOP/cycle", "roofline", "traffic"]


@pytest.mark.parametrize("page", ALL_PAGES)
def test_links_lead_to_files_and_headings(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text()):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / page).parent / file
        assert path.is_file(), target
        titles = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
        headings = [re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles]
        assert not anchor or anchor in headings, target


def test_reference_names_every_option(cli: Cli) -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text()
    for verb in ("run", "profile", "diff", "plot", "check"):
        for option in re.findall(r"^  (?:-\w, )?(--[a-z-]+)", cli(verb, "--help").out, re.MULTILINE):
            assert option in page, (verb, option)


def test_json_reference_names_every_cause() -> None:
    from rvsim.timing import CAUSES

    page = (ROOT / "docs" / "reference" / "json.md").read_text()
    assert all(f"| {cause} |" in page for cause in CAUSES)
