# Closes all descriptors, then leaves daemons that make others as they end, and ends.
import os
import signal
import time

os.closerange(0, 65_536)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        for _ in range(20):
            if os.fork() != 0:
                os._exit(0)
            time.sleep(0.01)
        time.sleep(600)
