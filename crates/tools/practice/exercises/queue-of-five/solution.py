# A queue of exactly five.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
# Linux finds the queue full when it is longer than the backlog: 4 + 1 fit.
listener.listen(4)
print("listening on", listener.getsockname(), flush=True)

sys.stdin.read()  # waits: the listener must not be closed
