# Greet three clients, each by its address.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(128)

for _ in range(3):
    connection, _ = listener.accept()
    address, number = connection.getsockname()
    connection.sendall(f"hello {address}:{number}\n".encode())
    connection.close()
