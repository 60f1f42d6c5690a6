# Sends back what comes, to one client after another.   python3 starter.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(16)

while True:
    connection, _ = listener.accept()
    while data := connection.recv(1024):
        connection.sendall(data)
    connection.close()
