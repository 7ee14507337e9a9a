"""The kernel registry: for every operator its contract, its numpy reference and its hand-written variants.

    base.py      the words of a contract: Param, Variant, Buffer, Call, Kernel
    compare.py   Tolerance, Check: how an output is judged
    <op>.py      one operator a file; to add one, write the file and name it in KERNELS below

Nothing here runs or assembles anything: a kernel says which file and symbol to call with which arguments, the machine
does so, and the kernel judges what came back. Imports numpy and `rvsim.errors`, nothing else of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rvsim.errors import UsageError

from .axpy import AXPY
from .base import Buffer, Call, Choice, Kernel, Param, Params, Variant, did_you_mean
from .compare import Array, Check, Expected, Tolerance
from .conv1d import CONV1D
from .conv2d import CONV2D
from .conv_transpose2d import CONV_TRANSPOSE2D
from .copy import COPY
from .dot import DOT
from .layernorm import LAYERNORM
from .matmul import MATMUL
from .qmatmul import QMATMUL
from .relu import RELU
from .softmax import SOFTMAX
from .transpose import TRANSPOSE

__all__ = [
    "KERNELS",
    "Array",
    "Buffer",
    "Call",
    "Check",
    "Choice",
    "Expected",
    "Kernel",
    "Param",
    "Params",
    "Tolerance",
    "Variant",
    "get",
]

_ALL = (MATMUL, QMATMUL, CONV2D, CONV1D, CONV_TRANSPOSE2D, AXPY, DOT, RELU, SOFTMAX, LAYERNORM, COPY, TRANSPOSE)
KERNELS: Mapping[str, Kernel] = MappingProxyType({kernel.name: kernel for kernel in _ALL})


def get(name: str) -> Kernel:
    """The kernel called `name`. Raises UsageError listing what exists."""
    try:
        return KERNELS[name]
    except KeyError:
        hint = did_you_mean(name, KERNELS)
        raise UsageError(f"unknown kernel {name!r}{hint}; there are: {', '.join(KERNELS)}") from None
