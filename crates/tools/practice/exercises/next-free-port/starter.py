# The next port that is free.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind((host, int(port)))
print("port", port, flush=True)
sys.stdin.read()  # until the input ends
