# Ends the process that has started it, and that one's parent where it can be found.
import os
import signal
import time

parent = os.getppid()
try:
    with open(f"/proc/{parent}/stat", encoding="ascii", errors="replace") as stat:
        grandparent = int(stat.read().rsplit(")", 1)[1].split()[1])
except (OSError, IndexError, ValueError):
    grandparent = 0
for process in (parent, grandparent):
    if process > 0:
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass
time.sleep(600)
