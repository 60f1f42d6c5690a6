# It looks for a free port, and then binds to it.   HOST PORT
import socket
import sys


def free_port(host):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.bind((host, 0))
        return sock.getsockname()[1]


host, _ = sys.argv[1:] or ("localhost", 8080)
port = free_port(host)
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind((host, port))
print("port", port, flush=True)
sys.stdin.read()
