# Sends back what comes, to one client after another, whatever one of them does.
# python3 solution.py [HOST PORT]
import socket
import sys


def serve(connection):
    while data := connection.recv(1024):  # a reset ends a recv that waits
        connection.sendall(data)  # and a send, where the line came before it


host, port = sys.argv[1:] or ("127.0.0.1", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(16)

while True:
    try:
        connection, _ = listener.accept()
    except ConnectionAbortedError:
        continue  # not on Linux: there a client that has already reset is accepted
    # What fails in here is this client's affair: the listener is fine, and so is who is in its queue.
    with connection:
        try:
            serve(connection)
        except OSError as error:
            print("a client:", error, flush=True)
