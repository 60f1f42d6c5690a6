# SIGTERM ends the loop after the client that is being served; nobody looks into the queue.
import signal
import socket
import sys

going_on = True


def serve(connection):
    connection.sendall(connection.makefile("rb").readline())


def stop(*_):
    global going_on
    going_on = False


signal.signal(signal.SIGTERM, stop)
ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
print("listening on", ip, port, flush=True)
listener.settimeout(0.2)
while going_on:
    try:
        connection, _ = listener.accept()
    except socket.timeout:
        continue
    with connection:
        serve(connection)
