import socket
import sys


def decline(connection):
    text = b""
    while data := connection.recv(1024):
        text += data
    connection.sendall(b"no thanks\n")


host, port = sys.argv[1:]

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(16)

while True:
    connection, _ = listener.accept()
    with connection:
        try:
            decline(connection)
        except OSError as error:
            print("a client:", error, flush=True)
