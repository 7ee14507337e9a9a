"""The golden cycle counts of the kernel library: the quick ones are measured again, the bars are held or their failing is explained."""

from __future__ import annotations

import pytest

from tests.bench.kernels import CASES, GOLDEN, JUDGED, PAGE, Case, golden, measure, selected


@pytest.mark.parametrize(("machine", "case"), selected("generic") + selected("ara-4l"), ids=lambda item: getattr(item, "name", item))
def test_quick_cycles_are_the_golden_ones(machine: str, case: Case) -> None:
    """A change of a kernel or of the model changes them: `make bench-kernels` writes them anew, and the commit says why."""
    figure = measure(machine, case)
    line = golden().get((machine, case.name))
    assert (figure.line if figure else None) == line


@pytest.mark.slow
def test_all_cycles_are_the_golden_ones() -> None:
    from tests.bench.kernels import main

    assert main(["--check"]) == 0


def test_every_case_runs_somewhere_and_every_line_has_its_case() -> None:
    assert {name for _, name in golden()} == {case.name for case in CASES}


def test_bars_are_reached_or_their_failing_is_explained() -> None:
    text = PAGE.read_text()
    for machine, name in golden():
        case = next(case for case in CASES if case.name == name)
        share = golden()[machine, name].split(" | ")[3]
        if case.bar is not None and machine in JUDGED and float(share.rstrip("%")) < 100 * case.bar:
            assert f"- `{name}` on {machine}: {share} of the peak" in text


@pytest.mark.parametrize("machine", JUDGED)
def test_no_tuned_matmul_is_slower_than_the_naive_one(machine: str) -> None:
    cycles = {name: int(line.split(" | ")[2]) for (where, name), line in golden().items() if where == machine}
    naive = {name: count for name, count in cycles.items() if "variant=naive" in name}
    assert naive
    for name, count in naive.items():
        words = name.split()
        tuned = [n for n in cycles if n.split()[0] == words[0] and n.split()[2:] == words[2:] and "naive" not in n]
        assert tuned and all(cycles[n] <= count for n in tuned), name


def test_golden_file_is_small() -> None:
    assert GOLDEN.stat().st_size < 100_000
