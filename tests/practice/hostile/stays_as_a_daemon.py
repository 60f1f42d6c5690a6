# Leaves a daemon of another name, and stays, too.
import os
import signal
import sys
import time

if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        sleeper = "import time; time.sleep(600)"
        os.execv(sys.executable, ["daemon", "-c", sleeper, *sys.argv[1:]])
    sys.exit()
time.sleep(600)
