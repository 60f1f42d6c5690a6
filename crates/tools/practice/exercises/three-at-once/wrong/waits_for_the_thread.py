# There is a thread for each client, and accept comes only when it has ended.
import socket
import sys
import threading


def serve(connection):
    with connection:
        while data := connection.recv(1024):
            connection.sendall(data)


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
print("listening on", ip, port, flush=True)
while True:
    connection, _ = listener.accept()
    thread = threading.Thread(target=serve, args=(connection,), daemon=True)
    thread.start()
    thread.join()
