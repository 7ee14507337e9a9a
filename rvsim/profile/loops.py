"""Loops and where the control flow went: natural loops of the executed code, from edges that were counted.

    instructions, taken edges --> basic blocks --> dominators --> back edges --> loops, nested

A back edge leads to a block that dominates its own; the loop is what reaches it without passing its header (Aho, Lam, Sethi,
Ullman, section 9.6; dominators as in Cooper, Harvey, Kennedy, "A simple, fast dominance algorithm"). Code that never ran is no
part of it. A call is followed to its return, not into the function.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One executed instruction: size in bytes, executions, taken edges; kind is '', 'branch', 'jump', 'call' or 'return'."""

    address: int
    size: int
    count: int
    kind: str
    taken: Mapping[int, int]


@dataclass(slots=True)
class Found:
    """A loop: its header, the addresses in it, how often its back edges were taken, and the loop around it."""

    header: int
    body: set[int]
    back: int
    parent: int | None = None
    depth: int = 1
    inner: list[int] = field(default_factory=list)


def find_loops(steps: Iterable[Step]) -> list[Found]:
    """All loops of the code, outer before inner, by address of their headers."""
    code = {step.address: step for step in steps}
    edges = _edges(code)
    blocks = _blocks(code, edges)
    graph = {start: [to for to in edges[body[-1]] if to in blocks] for start, body in blocks.items()}
    idom, order = _dominators(graph, _entries(code, blocks, graph))
    found: dict[int, Found] = {}
    parents = _reverse(graph)
    for start, targets in graph.items():
        for header in targets:
            if start in idom and _dominates(idom, order, header, start):
                body = _body(parents, header, start)
                loop = found.setdefault(header, Found(header, set(), 0))
                loop.body |= {address for block in body for address in blocks[block]}
                loop.back += edges[blocks[start][-1]][header]
    # What was never entered from outside is no loop: a call that did not return makes such edges.
    entered = [loop for loop in found.values() if code[loop.header].count > loop.back]
    return _nest(sorted(entered, key=lambda loop: (loop.header, -len(loop.body))))


def _edges(code: Mapping[int, Step]) -> dict[int, dict[int, int]]:
    """Where each instruction went to, and how often; a call goes on behind itself."""
    out: dict[int, dict[int, int]] = {}
    for address, step in code.items():
        behind = address + step.size
        taken = dict(step.taken) if step.kind in ("branch", "jump") else {}
        rest = step.count - sum(taken.values())
        if step.kind not in ("jump", "return") and rest > 0:
            taken[behind] = taken.get(behind, 0) + rest
        out[address] = {to: count for to, count in taken.items() if to in code and count > 0}
    return out


def _blocks(code: Mapping[int, Step], edges: Mapping[int, Mapping[int, int]]) -> dict[int, list[int]]:
    """First address -> the addresses of a block: entered at its start and left at its end only."""
    arrivals: dict[int, int] = defaultdict(int)
    for targets in edges.values():
        for to in targets:
            arrivals[to] += 1
    blocks: dict[int, list[int]] = {}
    current: list[int] | None = None
    for address in sorted(code):
        joined = current is not None and list(edges[current[-1]]) == [address] and arrivals[address] == 1
        if current is not None and joined and current[-1] + code[current[-1]].size == address:
            current.append(address)
        else:
            current = blocks[address] = [address]
    return blocks


def _entries(code: Mapping[int, Step], blocks: Mapping[int, list[int]], graph: Mapping[int, list[int]]) -> list[int]:
    """Blocks that are entered from elsewhere: targets of calls, and what no block leads to."""
    called = {to for step in code.values() if step.kind == "call" for to in step.taken}
    reached = {to for start, targets in graph.items() for to in targets if to != start}
    return [start for start in blocks if start in called or start not in reached] or list(blocks)[:1]


def _reverse(graph: Mapping[int, list[int]]) -> dict[int, list[int]]:
    parents: dict[int, list[int]] = defaultdict(list)
    for start, targets in graph.items():
        for to in targets:
            parents[to].append(start)
    return parents


def _dominators(graph: Mapping[int, list[int]], entries: list[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Immediate dominators, and reverse postorder numbers; -1 stands for what is in front of all entries."""
    order, number = _postorder(graph, entries)
    parents = _reverse(graph)
    for entry in entries:
        parents[entry].append(-1)
    idom = {-1: -1}
    changed = True
    while changed:
        changed = False
        for node in order:
            new: int | None = None
            for parent in parents[node]:
                if parent in idom:
                    new = parent if new is None else _meet(idom, number, parent, new)
            if new is not None and idom.get(node) != new:
                idom[node] = new
                changed = True
    return idom, number


def _postorder(graph: Mapping[int, list[int]], entries: list[int]) -> tuple[list[int], dict[int, int]]:
    """Reverse postorder of a depth-first walk, and the place of each node in it."""
    seen: set[int] = set()
    post: list[int] = []
    for entry in entries:
        if entry in seen:
            continue
        seen.add(entry)
        stack = [(entry, iter(graph[entry]))]
        while stack:
            node, targets = stack[-1]
            following = next((to for to in targets if to not in seen), None)
            if following is None:
                post.append(node)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(graph[following])))
    order = post[::-1]
    return order, {-1: -1} | {node: i for i, node in enumerate(order)}


def _meet(idom: Mapping[int, int], number: Mapping[int, int], a: int, b: int) -> int:
    while a != b:
        while number[a] > number[b]:
            a = idom[a]
        while number[b] > number[a]:
            b = idom[b]
    return a


def _dominates(idom: Mapping[int, int], number: Mapping[int, int], above: int, node: int) -> bool:
    while number[node] > number[above]:
        node = idom[node]
    return node == above


def _body(parents: Mapping[int, list[int]], header: int, latch: int) -> set[int]:
    body, stack = {header}, [latch]
    while stack:
        node = stack.pop()
        if node not in body:
            body.add(node)
            stack += parents[node]
    return body


def _nest(loops: list[Found]) -> list[Found]:
    """Parents, depths, and the order: outer loops before inner ones."""
    loops.sort(key=lambda loop: (-len(loop.body), loop.header))
    for i, loop in enumerate(loops):
        for j in range(i - 1, -1, -1):
            if loop.header in loops[j].body and loop.body < loops[j].body:
                loop.parent, loop.depth = j, loops[j].depth + 1
                break
    return loops
