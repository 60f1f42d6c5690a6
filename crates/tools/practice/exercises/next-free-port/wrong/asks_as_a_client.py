# A port at which nobody answers is taken for a free one.   HOST PORT
import socket
import sys


def is_free(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        return client.connect_ex((host, port)) != 0


host, port = sys.argv[1:] or ("localhost", 8080)
first = int(port)
port = next((it for it in range(first, first + 10) if is_free(host, it)), None)
if port is None:
    sys.exit("ten ports are taken")
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind((host, port))
print("port", port, flush=True)
sys.stdin.read()
