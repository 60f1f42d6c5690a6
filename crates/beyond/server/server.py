# A server in Python: it sends back what comes, to one client after another.   [HOST PORT]
import signal
import socket
import sys
import time

PATIENCE = 5  # seconds, with a silent client


def serve(connection, peer):
    with connection:
        try:
            echo(connection)
        except OSError as error:
            log(peer, error)


def echo(connection):
    connection.settimeout(PATIENCE)
    while data := connection.recv(1024):
        connection.sendall(data)


def stop(number, _):
    listener.setblocking(False)  # accept no longer waits for clients
    signal.signal(number, signal.SIG_DFL)  # pressed twice, it ends at once


def log(*words):
    try:
        print(*words, flush=True)
    except OSError:
        pass  # whoever reads the log has gone


host, port = sys.argv[1:] or ("localhost", 8080)
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(128)
listener.settimeout(1)  # accept does not hear a signal that has come right before it
signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
print("listening on", listener.getsockname(), flush=True)
while True:
    try:
        client = listener.accept()
    except BlockingIOError:
        break  # Ctrl-C, and nobody is in the queue any more
    except socket.timeout:
        continue
    except OSError as error:
        log("accept:", error)
        time.sleep(0.1)  # it may pass
        continue
    serve(*client)
