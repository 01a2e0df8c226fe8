"""Shutting the process in that reads a stranger's file: limits first, then no way out.

After `shut` the process opens no file and no socket on any system (it may hold no further descriptor). On Linux for
x86-64 and ARM64 the kernel also refuses it every call but reading, writing, memory and its own end (seccomp).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from contextlib import suppress
from typing import Final

MEMORY: Final = 1_500_000_000
LARGEST_COPY: Final = 200_000_000

_ALLOWED: Final = {
    "x86_64": (0xC000003E, (0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 24, 25, 28, 39, 60, 72, 77,
                            96, 98, 99, 102, 104, 107, 108, 131, 186, 201, 202, 204, 228, 230, 231, 318, 334)),
    "aarch64": (0xC00000B7, (25, 46, 57, 62, 63, 64, 65, 66, 67, 68, 80, 93, 94, 98, 113, 115, 123, 124, 132,
                             134, 135, 139, 165, 169, 172, 174, 175, 176, 177, 178, 179, 214, 215, 216, 222, 226, 233,
                             278, 293)),
}
"""The kernel's name for the machine and the numbers of the calls that are left: read, write, seek, cut, stat of what is
open, memory, signals of its own, locks between its threads, clocks, randomness, its own ids and its end."""


def limit(seconds: int) -> None:
    """So much processor time, memory and file size; no core dump that would hold the file."""
    os.nice(10)
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_FSIZE, LARGEST_COPY)):
        with suppress(ValueError, OSError):  # a system that knows no such limit is held by the others
            resource.setrlimit(what, (most, most))


def shut() -> None:
    """From here on nothing new is opened, and on Linux nothing else is asked of the kernel."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if platform.system() == "Linux" and platform.machine() in _ALLOWED:
        _filter(*_ALLOWED[platform.machine()])


def _filter(machine: int, allowed: tuple[int, ...]) -> None:
    """Seccomp: a call that is not allowed fails with EPERM. A kernel without seccomp leaves it at the limits."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = _program(machine, allowed)
    program = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(program))
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS: asked for by the next
    libc.prctl(22, 2, ctypes.create_string_buffer(header, len(header)))  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


def _program(machine: int, allowed: tuple[int, ...]) -> bytes:
    """The filter in the kernel's little language: (code, jump if true, jump if false, value) each."""
    load, equal, give = 0x20, 0x15, 0x06
    kill, refuse, allow = 0x80000000, 0x00050001, 0x7FFF0000
    steps = [(load, 0, 0, 4), (equal, 1, 0, machine), (give, 0, 0, kill), (load, 0, 0, 0)]
    steps += [(equal, len(allowed) - at, 0, number) for at, number in enumerate(allowed)]
    steps += [(give, 0, 0, refuse), (give, 0, 0, allow)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
