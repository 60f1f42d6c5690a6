# Solves bind-any-port, and in the meantime asks two sockets in turn, without waiting.   HOST PORT
import socket
import sys

with socket.create_server((sys.argv[-2], 0)) as listener:
    listener.setblocking(False)
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.bind(("127.0.0.1", 0))
    other.setblocking(False)
    asked = 0
    while asked < 2000:
        for call in (listener.accept, lambda: other.recv(1)):
            try:
                call()
            except BlockingIOError:
                asked += 1
    other.close()
    print("port", listener.getsockname()[1], flush=True)
    sys.stdin.read()
