"""The typed form of a machine file. Every quantity is in cycles, bytes, bits or instructions, as its line says.

Only shapes and defaults live here: reading files and `--set` is `machine.py`, meaning is given by `prices.py` and the
model. A default is the value that switches a mechanism off, so that a file lists only what its machine has.
"""

from __future__ import annotations

from typing import Literal

import msgspec

PerSew = float | tuple[float, float, float, float]
"""One number for every element width, or four: for 8, 16, 32 and 64 bit."""


class Law(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cycles as a sum of terms; each coefficient may depend on SEW.

    n is the number of elements the cost follows (vl, or VLMAX by `vector.cost_basis`), L the register group size.
    """

    add: PerSew = 0.0  # constant
    beat: PerSew = 0.0  # per beat: ceil(n * EEW / datapath bits); memory: ceil(bytes / memory width)
    element: PerSew = 0.0  # per element (segments: per segment)
    knee: PerSew = 0.0  # so many elements cost `element` each (the first ones of a window); 0: all of them
    element_late: PerSew = 0.0  # what each element beyond the knee costs more
    field: PerSew = 0.0  # per element and field of a segment access
    register: PerSew = 0.0  # per register of the group, at least one
    beat_exact: PerSew = 0.0  # per beat, where a last beat that is filled in part counts as that part
    beat_squared: PerSew = 0.0  # per pair of beats: every beat of the source meets every beat of the result
    beat_triangle: PerSew = 0.0  # per b (b + 1) / 2 of b beats
    group: PerSew = 0.0  # once, where the group has more than one register
    slice: PerSew = 0.0  # segments: per slice, one beat of each field's register group
    slice_field: PerSew = 0.0  # per slice and field
    slice_stage: PerSew = 0.0  # per slice and doubling of the fields (steps of a transposition); a slice partly filled counts as part
    log2_lmul: PerSew = 0.0  # per doubling of the group beyond one register
    log2_lanes: PerSew = 0.0  # per doubling of the lanes: exchange steps
    fold: tuple[float, ...] = ()  # added by ceil(log2(beats)); the last entry serves all longer ones
    floor: PerSew = 0.0  # at least this


class ScalarClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price of scalar units: `latency` until the result can be used, `interval` until the port takes the next one."""

    latency: float
    units: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()  # mnemonics priced here, whatever class their units are in
    interval: float = 0.0
    ports: int = 1  # so many of them take instructions side by side
    operands_late: float = 0.0  # branches, and the data of stores: needed only so long after issue, in a late stage
    port: str = ""  # classes that name the same port share it; empty: the class has its own


class Scalar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scalar core: takes `issue_width` instructions a cycle, in order; starts them in order, or when they can."""

    issue_width: int
    classes: dict[str, ScalarClass]
    out_of_order: bool = False  # instructions start when their operands are there; registers are renamed
    window: int = 0  # instructions between issue and in-order commit; 0: never a limit (out of order: entries, at least one)
    window_fold: int = 1  # out of order: consecutive instructions without memory access or branch that share an entry
    commit_width: int = 1  # instructions committed a cycle, where `window` or dispatch at commit needs it
    mispredict: float = 0.0  # cycles lost by a wrong prediction
    taken_branch: float = 0.0  # bubble of a correctly predicted taken branch or jump
    taken_interval: float = 0.0  # out of order: cycles between two taken branches, at least
    store_bytes: int = 0  # out of order: a store across a boundary of so many bytes takes its port twice; 0: none does
    history_bits: int = 0  # global history hashed into the table index; 0: bimodal
    table_bits: int = 10  # log2 of two-bit counters
    return_stack: int = 8  # entries


class Cache(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cache level; size 0: the machine has none."""

    size: int = 0  # bytes
    ways: int = 1
    line: int = 64  # bytes
    latency: float = 0.0  # from the miss above to data, beyond the first level (there the load class has it)
    bytes_per_cycle: float = 0.0  # refill rate out of this level (second level and beyond)
    misses: int = 0  # outstanding line misses of this level; 0: no limit
    prefetch: int = 0  # lines that a stream runs ahead (first-level data only); 0: no prefetcher
    write_bytes_per_cycle: float = 0.0  # write-backs into this level have a path of their own with this rate; 0: they share the refill rate
    whole_line_stores: bool = False  # a vector store that covers a line does not fetch it (first-level data only)
    write_through: bool = False  # stores go through and allocate nothing (first-level data only)


class Dram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Memory behind the last cache level."""

    latency: float
    bytes_per_cycle: float = 0.0
    bytes_per_lane: float = 0.0  # added for each lane, where memory grows with the vector unit


class VectorMemory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The path between vector registers and memory."""

    bits_per_lane: int  # width of the path, per lane
    level: Literal["l1", "memory"] = "l1"  # where vector accesses enter: the data cache, or the memory behind it
    shared_port: bool = False  # loads and stores take turns on one port
    load_to_store: float = 0.0  # cycles between the last beat of a load and the first of a store
    store_to_load: float = 0.0  # out-of-order core: from the start of a store to that of the next load
    misaligned: float = 1.0  # factor on unit-stride beats when the address is not aligned to the path
    accept: float = 0.0  # address generator: the next instruction is dispatched only so long after this one starts
    path_load: float = 0.0  # out-of-order core: loads and stores share a path to the cache; cycles a beat of a load takes
    path_store: float = 0.0  # the same for stores
    start_interval: float = 0.0  # out-of-order core: vector accesses start in program order, at least so far apart; 0: in any order
    misaligned_store_beats: float = 0.0  # out-of-order core: beats more of a unit-stride store that is not aligned to the path
    hold_loads: bool = False  # loads wait in the sequencer until nothing in flight reads or writes their destination
    scalar_load_after_stores: bool = False  # scalar loads wait for vector stores
    scalar_store_after_vector: bool = False  # scalar stores wait for vector loads and stores
    vector_after_scalar_stores: bool = False  # vector accesses wait until scalar stores have left the core
    scalar_store_drain: float = 0.0  # cycles a scalar store takes to leave the core
    store_invalidates: Literal["no", "line", "set"] = "no"  # what a vector store removes from the L1 data cache


class VectorQueue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit's instruction queue; it holds an instruction until the unit reports it done."""

    depth: int = 0  # 0: no limit
    streams: bool = False  # its instructions stream through the register banks (`vector.bank_conflict`)


class Slide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cycles a beat of a slide, by its amount modulo the elements of one datapath word."""

    aligned: float  # nothing left over: whole words move
    power: float  # a power of two is left over
    word: float = 0.0  # anything else: each word goes round once per set bit, `word` + set bits * `bit`
    bit: float = 0.0
    up: bool = False  # words below the amount are not written and cost nothing


class VectorClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price of vector units.

    An instruction starts at x, keeps its pipe until e = x + occupancy (later when a chained producer delivers
    late), its first result can be used at x + latency, its last at e + latency.
    """

    pipe: tuple[str, ...]  # one of these, or all of them at once (`all_pipes`)
    occupancy: Law = Law()
    latency: PerSew = 0.0
    units: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()  # mnemonics priced here, whatever class their units are in
    fields: tuple[int, int] = (1, 8)  # segment units: only accesses with so many fields; other classes price the rest
    settle: Law | None = None  # results usable only this long after the last operand, all at once, beside `latency`; the pipe goes on
    operands_late: float = 0.0  # operands are needed only so long after the start (the data of a store)
    drain: Law | None = None  # stores: how long its bytes (those of vl) take to leave, one store after another; loads share the
    # path, and their own `drain` is what they delay those bytes by
    dead: Law | None = None  # the pipe stays taken for so long after the work
    same_address: Law | None = None  # occupancy where the stride is 0
    full_mask: Law | None = None  # occupancy where the mask fills its register: a mask result then merges with nothing
    all_pipes: bool = False
    complete: float = 0.0  # from the last result to the report that the instruction is done
    chain_in: bool = True  # may start before its vector sources are complete
    tail: bool = False  # what the occupancy has beyond its beats comes after the last operand (folding a reduction)
    element0: bool = False  # reads element 0 only: waits for the first result of a chained producer, never for the last
    chain_out: bool = True  # consumers may start before it is complete
    wide: bool = False  # beats count the operand of 2 * SEW
    mask_bits: bool = False  # beats count one bit an element
    elements_of_beat: Literal["vl", "config", "register"] = "config"  # what n is; config: `vector.cost_basis`
    three_operand: PerSew = 1.0  # factor on beats when three vector registers are read (register-file banks)
    three_operand_bubble: float = 0.0  # `vector.chain_bubble` of such an instruction, when that is longer
    chained_rest: float = 0.0  # fraction of the beats still to do when a producer on another pipe ends (reductions)
    also: str = ""  # second queue that it occupies
    hold: Literal["no", "source", "readers", "all"] = "no"  # waits, before its unit, for sources, and readers or users of vd
    scalar_result_waits: bool = False  # starts only when the scalar register it writes is not on its way from before
    blocks_dispatch: bool = False  # the core waits for the scalar result before it dispatches on
    reads_destination: bool = True  # the old destination counts as a source where the machine has that rule
    masked_add: float = 0.0  # after a masked instruction: its pipe, or its place in `vector.mask_queue`, stays taken so long
    misaligned: float | None = None  # memory: this class's own `vector.memory.misaligned`
    misaligned_add: float = 0.0  # memory: cycles more where the address is not aligned to the path
    masked_latency: float = 0.0  # extra cycles until a masked instruction is done
    slide: Slide | None = None  # the amount of a slide multiplies its beats; none: all amounts cost the same
    in_lane: bool = True  # its vector sources must have the register layout of their element width (`vector.reshuffle`)
    return_latency: float = 0.0  # from the vector unit to the scalar register (scalar results)


class Vector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The vector unit."""

    classes: dict[str, VectorClass]
    memory: VectorMemory
    lane_bits: int = 64  # datapath width of a lane
    cost_basis: Literal["vl", "vlmax"] = "vl"
    dispatch: Literal["issue", "commit"] = "issue"
    dispatch_delay: float = 0.0  # from issue to the vector unit; dispatch at commit: from when it is at a commit port
    issue_delay: float = 0.0  # dispatch at commit: from issue to the commit port
    issue_slots: float = 1.0  # issue slots of the core that a vector instruction takes (dispatch at commit)
    dispatch_interval: float = 1.0  # cycles between two vector instructions
    sequencer_delay: float = 0.0
    queue: int = 0  # instructions between dispatch and start; 0: no limit
    in_flight: int = 0  # instructions in the vector unit; 0: no limit
    queues: dict[str, VectorQueue] = {}  # by pipe, or by a name that `also` uses
    reorder: float = 0.0  # out-of-order core: a pipe serves others up to so many cycles before one that waits starts; 0: in order
    scalar_operand: float = 0.0  # out-of-order core: cycles the path takes that brings an integer operand to vector arithmetic
    in_order_start: bool = False  # instructions start in program order, whatever their pipes
    chaining: bool = True
    chain_bubble: float = 0.0  # a consumer that follows an unfinished producer ends so much later
    reuse_follows: bool = False  # a writer follows the last reader of its destination as a consumer follows its producer
    bank_conflict: float = 0.0  # cycles lost when two arithmetic pipes stream side by side
    bank_conflict_chained: float = 0.0  # and, when one feeds the other, per cycle of occupancy
    mask_queue: str = ""  # masked instructions take a place of this queue too
    old_destination: bool = False  # the destination is a source even when nothing of it is kept
    reshuffle: float = 0.0  # cycles a beat of a hidden slide over each register used at another element width than it was written with
    config_result: float = 0.0  # vset*: cycles until the new vl is in its register
    config_dispatch: float = 0.0  # vector instructions are dispatched only so long after the vset* in front of them
    config_drains: bool = False  # vset* to a smaller LMUL waits until the vector unit is idle
    csr_drains: bool = False  # access to a vector CSR waits until the vector unit is idle
    drops_empty: bool = False  # instructions with vl = 0 are answered at dispatch and cost no more; those on whole registers are not


class MachineConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One machine, complete: what `machines/NAME.toml` holds after `--set`."""

    name: str
    summary: str
    source: str
    isa: str
    vlen: int  # bits of a vector register
    lanes: int
    scalar: Scalar
    vector: Vector
    dram: Dram
    l1i: Cache = Cache()
    l1d: Cache = Cache()
    l2: Cache = Cache()
    l3: Cache = Cache()
    isa_added: tuple[str, ...] = ()  # extensions that --set added: the run is hypothetical

    @property
    def datapath_bits(self) -> int:
        """Bits that one beat of a vector arithmetic unit covers."""
        return self.lanes * self.vector.lane_bits

    @property
    def dram_bytes_per_cycle(self) -> float:
        """Bandwidth of main memory, bytes a cycle."""
        return self.dram.bytes_per_cycle + self.dram.bytes_per_lane * self.lanes

    @property
    def memory_bytes(self) -> int:
        """Bytes a cycle of the vector memory path."""
        return self.lanes * self.vector.memory.bits_per_lane // 8
