"""Linux as a static riscv64 program sees it: a process with memory, files, a clock and system calls.

    process   Process: what one program has; `start` it, `serve` its system calls
    start     the first stack: arguments, environment, auxiliary vector
    space     brk, mmap and protections over guest memory      guest     copies between a call and the program's memory
    grants    which host folders it may reach, walked safely   files     open files and their descriptors
    calls_*   the system calls by subject                      signals   dispositions, and the frames of handlers
    clock     simulated or host time                           hwprobe   what riscv_hwprobe answers
    numbers   names of calls and signals

The host is reached through `grants` and `files` only. Nothing here runs instructions: the machine layer drives the hart and
calls `Process.serve` at each `ecall`.
"""

from rvsim.linux.process import Ended, OutputFailed, Process, Settings

__all__ = ["Ended", "OutputFailed", "Process", "Settings"]
