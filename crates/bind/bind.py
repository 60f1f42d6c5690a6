# Step 2 in Python: bind gives a socket its address.   python3 bind.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((host, int(port)))
print("bound to", server.getsockname())

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    client.connect(server.getsockname())
except ConnectionRefusedError as refused:
    print("bound is not reachable:", refused)
client.close()
server.close()
