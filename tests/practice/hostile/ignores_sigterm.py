# A server that does not end when it is asked to.   HOST PORT
import signal
import socket
import sys

signal.signal(signal.SIGTERM, signal.SIG_IGN)
with socket.create_server((sys.argv[-2], int(sys.argv[-1]))) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(connection.makefile("rb").readline())
