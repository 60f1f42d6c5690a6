# Lets the kernel end it at its next system call but read, write and exit (seccomp's strict mode).
import ctypes

PR_SET_SECCOMP = 22
ctypes.CDLL(None).prctl(PR_SET_SECCOMP, 1)
open("/dev/null", "rb")
