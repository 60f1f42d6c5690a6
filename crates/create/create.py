# Step 1 in Python: a socket is a descriptor with a family and a type.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("descriptor", sock.fileno(), sock.family.name, sock.type.name)
sock.close()

again = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("descriptor", again.fileno())
again.close()
