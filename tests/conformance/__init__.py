"""Lockstep differential fuzzing of the core against the golden model, Spike.

    fuzz.py ---- generate.py ---- cells.py, operands.py      what runs: words from rvsim.isa, operands full of edge values
       |  \\----- shrink.py                                    a failure, made small and printed as assembly
       |
    lockstep.py ---- side.py ---- golden.py   Spike, from its Python binding
                            \\---- ours.py     rvsim's Hart and run loops
    layout.py, blocks.py                       memory map and stubs; an instruction with its operands, a block of them
    plants.py                                  faults put in on purpose, which the fuzzer has to find

`python -m tests.conformance.fuzz --seconds N --vlen V [--seed S] [--plant NAME]`, from the root of the repository. Everything
follows the instruction table: a new row is fuzzed without a change here, a new extension needs its name in `golden.SPIKE_NAMES`.
"""
