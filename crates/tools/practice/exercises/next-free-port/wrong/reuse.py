# An option that is said to help against "Address already in use".   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
sock.bind((host, int(port)))
print("port", port, flush=True)
sys.stdin.read()
