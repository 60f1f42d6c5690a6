# The port is known, and given back.   HOST PORT
import socket
import sys

host, _ = sys.argv[1:] or ("localhost", 8080)
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
    sock.bind((host, 0))
    port = sock.getsockname()[1]
print("port", port, flush=True)
sys.stdin.read()
