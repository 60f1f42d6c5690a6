# What one recv returns is cut into lines; that it may end with half a line is forgotten.
import socket
import sys


def serve(connection):
    number = 0
    while data := connection.recv(1024):
        for line in data.decode(errors="replace").splitlines():
            number += 1
            connection.sendall(f"{number} {line}\n".encode())


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
print("listening on", ip, port, flush=True)
while True:
    connection, _ = listener.accept()
    with connection:
        try:
            serve(connection)
        except OSError as error:
            print("a client:", error, flush=True)  # it ends this client alone
