# Answers a line with the same line and closes, until SIGTERM; then whoever is here is still
# answered.   python3 solution.py [IP PORT]
import signal
import socket
import sys


def serve(connection):
    connection.sendall(connection.makefile("rb").readline())


# Runs in the middle of whatever the program does, which then goes on.
def stop(*_):
    # From now on accept hands out who is in the queue, and then fails instead of waiting.
    listener.setblocking(False)


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
listener.settimeout(0.2)  # an accept that waits already would wait on, after the signal
signal.signal(signal.SIGTERM, stop)
print("listening on", ip, port, flush=True)
while True:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        break  # SIGTERM, and nobody is left in the queue
    except socket.timeout:
        continue
    with connection:
        try:
            serve(connection)
        except OSError as error:
            print("a client:", error, flush=True)  # it ends this client alone
