import socket
import struct
import sys

host, port = sys.argv[1:]

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((host, int(port)))
listener.listen(1)
print("listening", flush=True)

connection, _ = listener.accept()
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.sendall(b"bye\n")
connection.close()
listener.close()
