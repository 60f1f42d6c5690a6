# Sends back what comes, with a thread for each client.   python3 solution.py [IP PORT]
import socket
import sys
import threading


def serve(connection):
    with connection:
        try:
            while data := connection.recv(1024):  # waits, and keeps nobody else waiting
                connection.sendall(data)
        except OSError as error:
            print("a client:", error, flush=True)  # it ends this client alone


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
print("listening on", ip, port, flush=True)
while True:
    connection, _ = listener.accept()
    # The thread closes the connection; this one is back in accept at once, for the next client.
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
