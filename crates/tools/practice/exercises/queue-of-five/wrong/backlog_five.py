# A queue of exactly five.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(5)  # five clients
print("listening on", listener.getsockname(), flush=True)

sys.stdin.read()  # waits: the listener must not be closed
