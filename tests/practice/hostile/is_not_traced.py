# Makes a process that no tracer follows, which makes a socket and stays.   HOST PORT
import ctypes
import errno
import os
import platform
import signal
import socket
import sys
import time

UNTRACED = 0x00800000
libc = ctypes.CDLL(None, use_errno=True)
clone = 56 if platform.machine() == "x86_64" else 220
if libc.syscall(clone, UNTRACED | signal.SIGCHLD, 0, 0, 0, 0) == 0:
    os.setsid()
    try:
        listener = socket.socket()
        listener.bind((sys.argv[-2], 0))
        listener.listen(1)
        print("port", listener.getsockname()[1], flush=True)
    except OSError as error:
        print("no socket:", errno.errorcode[error.errno], flush=True)
time.sleep(600)
