import socket
import sys

host, port = sys.argv[1:]

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(16)

while True:
    connection, _ = listener.accept()
    while True:
        try:
            data = connection.recv(1024)
        except ConnectionResetError:
            break
        if not data:
            break
        connection.sendall(data)
    connection.close()
