import socket
import sys

host, port = sys.argv[1:]

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(16)

try:
    while True:
        connection, _ = listener.accept()
        while data := connection.recv(1024):
            connection.sendall(data)
        connection.close()
except OSError as error:
    print("a client:", error, flush=True)
