# A name instead of an address.   HOST PORT
import socket
import sys

_, port = sys.argv[1:] or ("localhost", 8080)
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(("localhost", int(port)))
print("bound", flush=True)
sys.stdin.read()
