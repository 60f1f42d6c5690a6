# Two addresses, both of the loopback interface.   HOST PORT
import socket
import sys

_, port = sys.argv[1:] or ("localhost", 8080)
sockets = []
for host in ("127.0.0.1", "127.0.0.2"):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.bind((host, int(port)))
    sockets.append(sock)
print("bound", flush=True)
sys.stdin.read()
