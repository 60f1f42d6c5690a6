# Leaves a daemon that keeps stdout and the port, and ends.   HOST PORT
import os
import signal
import socket
import sys
import time

if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        listener = socket.socket()
        listener.bind((sys.argv[-2], int(sys.argv[-1])))
        listener.listen(1)
        time.sleep(600)
