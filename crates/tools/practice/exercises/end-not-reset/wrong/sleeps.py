import socket
import sys
import time


def decline(connection):
    line = b""
    while b"\n" not in line:
        data = connection.recv(1024)
        if not data:
            return
        line += data
    connection.sendall(b"no thanks\n")
    connection.shutdown(socket.SHUT_WR)
    time.sleep(0.5)


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
