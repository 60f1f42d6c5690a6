# For the neighbours, too.   HOST PORT
import socket
import sys

_, port = sys.argv[1:] or ("localhost", 8080)
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# The empty string is 0.0.0.0: every IPv4 address of this machine, also those that it gets later.
sock.bind(("", int(port)))
print("bound to", sock.getsockname(), flush=True)
sys.stdin.read()  # until the input ends
