# A server in Python that answers lines, with a thread for each client.   [HOST PORT]
import signal
import socket
import sys
import threading
import time

PATIENCE = 5  # seconds, with a silent client
LONGEST = 1024  # bytes of a line


def serve(connection, peer):
    with connection:
        try:
            answer_lines(connection)
        except (OSError, ValueError) as error:
            log(peer, error)


def answer_lines(connection):
    connection.settimeout(PATIENCE)
    received = connection.makefile("rb")  # keeps what follows a line
    number = 0
    while line := next_line(received):
        number += 1
        connection.sendall(b"%d %s" % (number, line))


def next_line(received):
    line = received.readline(LONGEST + 1)
    if line and not line.endswith(b"\n"):
        too_long = len(line) > LONGEST
        raise ValueError("too long a line" if too_long else "the end in the middle of a line")
    line.decode()  # fails unless it is UTF-8
    return line


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
    try:
        threading.Thread(target=serve, args=client).start()
    except RuntimeError as error:  # no thread is left
        log(client[1], error)
        client[0].close()
# Python waits for the threads before it ends.
