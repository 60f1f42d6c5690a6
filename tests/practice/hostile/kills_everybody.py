# Ends every process that it may end, where it has process numbers of its own: elsewhere that would
# be all of this user's.
import os
import signal
import time

if sum(name.isdigit() for name in os.listdir("/proc")) < 10:
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass  # there is nobody else
time.sleep(600)
