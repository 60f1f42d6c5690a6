# Solves bind-any-port, and then makes calls, when nobody waits for them any more.   HOST PORT
import socket
import sys

with socket.create_server((sys.argv[-2], 0)) as listener:
    print("port", listener.getsockname()[1], flush=True)
    sys.stdin.read()
for _ in range(2000):
    socket.socket().close()
