# It prints the port that it asked for.   HOST PORT
import socket
import sys

host, _ = sys.argv[1:] or ("localhost", 8080)
port = 0
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind((host, port))
print("port", port, flush=True)
sys.stdin.read()
