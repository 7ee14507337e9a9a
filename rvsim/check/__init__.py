"""Bugs that only other hardware would show, found by running a function where it must give the same result.

subject    what is checked: a registry kernel's variant, a function with a prototype
plan       sizes and configurations to try           bench     one machine: layout, poison, the checked loop
judge      two runs that must agree                  diagnose  which undefined thing mattered, and who read it first
runner     all of it, shrunk and in parallel         report    findings as data and text
program    whole programs, compared with themselves
"""

from __future__ import annotations

from .bench import Rig
from .plan import VLENS
from .report import KINDS, SCHEMA, Finding, Report
from .runner import Options, check
from .subject import FunctionSubject, KernelSubject, Subject, function_subject, kernel_subjects

__all__ = [
    "KINDS",
    "SCHEMA",
    "VLENS",
    "Finding",
    "FunctionSubject",
    "KernelSubject",
    "Options",
    "Report",
    "Rig",
    "Subject",
    "check",
    "function_subject",
    "kernel_subjects",
]
