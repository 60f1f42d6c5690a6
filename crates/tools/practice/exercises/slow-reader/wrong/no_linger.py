# Megabytes to a slow reader.   HOST PORT
import socket
import struct
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(128)

data = bytes(range(251)) * 40_000
while True:
    connection, _ = listener.accept()
    # Nobody shall wait in close.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if connection.recv(1024) == b"go\n":
        connection.sendall(data)
    connection.close()
