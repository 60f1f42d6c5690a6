# Prints which rights it has, and whether it comes to a user namespace, in which it has all of them.
import ctypes
import errno
import glob
import os
import platform
import signal
import time

NEW_USER = 0x10000000
libc = ctypes.CDLL(None, use_errno=True)


def outcome(call, *words):
    """In a process of its own: of those of a namespace this one would become the first."""
    read, write = os.pipe()
    if os.fork() == 0:
        made = call(*words)
        if made == 0 and call is libc.syscall:
            os._exit(0)  # it is the process that has been made
        said = errno.errorcode[ctypes.get_errno()] if made == -1 else "works"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    return os.read(read, 100).decode()


def has_secret(file):
    try:
        with open(file, "rb") as opened:
            return b"OF_THE_TEACHER" in opened.read()
    except OSError:
        return False


with open("/proc/self/status", encoding="ascii") as status:
    lines = [line.split() for line in status if line.startswith("Cap")]
# Those that it could have at most (the bounding set) it does not have.
capabilities = {int(number, 16) for name, number in lines if name != "CapBnd:"}
clone = 56 if platform.machine() == "x86_64" else 220
arguments = (ctypes.c_ulonglong * 8)(NEW_USER, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
ways = [
    outcome(libc.unshare, NEW_USER),
    outcome(libc.syscall, clone, NEW_USER | signal.SIGCHLD, 0, 0, 0, 0),
    outcome(libc.syscall, 435, arguments, ctypes.sizeof(arguments)),
]
print(
    f"user {os.getuid()},",
    f"capabilities {sorted(capabilities)},",
    f"secret {sum(map(has_secret, glob.glob('/proc/*/environ')))},",
    f"namespaces {' '.join(ways)}",
    flush=True,
)
time.sleep(600)
