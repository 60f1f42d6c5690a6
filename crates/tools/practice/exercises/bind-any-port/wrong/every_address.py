# Any port, and any address.   HOST PORT
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(("", 0))
print("port", sock.getsockname()[1], flush=True)
sys.stdin.read()
