# Step 5 in Python: closing a connection and closing a listener are two things.
# python3 close.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(1)
address = listener.getsockname()

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(address)
connection, client_address = listener.accept()

connection.close()
print("the client reads the end:", len(client.recv(1024)), "bytes")
client.close()
listener.close()

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.bind(address)
except OSError as in_use:
    print("without SO_REUSEADDR:", in_use)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(address)
print("with SO_REUSEADDR: bound to", server.getsockname())
server.close()
