"""Tries what leads out of a sandbox that is made of namespaces."""

import ctypes
import errno
import os
import socket


def outcome(call):
    try:
        call()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "works"


def terminal():
    os.write(os.open("/dev/tty", os.O_RDWR), b"FORGED")


def io_uring():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) == -1:
        raise OSError(ctypes.get_errno(), "io_uring_setup")


left = [number for number in range(3, 256) if outcome(lambda: os.fstat(number)) == "works"]
print(
    f"tty {outcome(terminal)},",
    f"Unix {outcome(lambda: socket.socket(socket.AF_UNIX))},",
    f"VSOCK {outcome(lambda: socket.socket(40, socket.SOCK_STREAM))},",
    f"io_uring {outcome(io_uring)},",
    f"open {left}",
    flush=True,
)
