"""Why a cycle was spent: the closed list of causes, and what each one means.

The order is the numbering of `enum Cause` in `state.pxd`; a test compares the two. Where two constraints end at the
same moment the later one of this list is named, so that memory outranks the core.
"""

from __future__ import annotations

CAUSES: dict[str, str] = {
    "issue": "issue slots and vector dispatch slots that do work (productive)",
    "execute": "vector units and the load/store path working, at their full rate (productive)",
    "frontend": "instructions were not there: instruction cache misses",
    "branch": "wrong path after a mispredicted branch or jump, and the bubble of a taken one",
    "operand": "waiting for the result of an earlier instruction that computes",
    "unit": "waiting for a unit that was busy with an earlier instruction",
    "queue": "waiting for room in a queue, or for one of the instructions in flight to retire",
    "order": "kept back by ordering rules: register reuse (WAR, WAW), fences, scalar against vector memory",
    "l1": "latency of data in the first-level cache",
    "l2": "latency of data in the second or third level (or the on-chip memory that vectors see)",
    "dram": "latency of main memory",
    "bandwidth": "transfers at the full rate of a cache level or of memory beyond the first level",
    "csr": "vset*, CSR accesses, and the drains they cause",
}

CAUSE_NAMES: tuple[str, ...] = tuple(CAUSES)
