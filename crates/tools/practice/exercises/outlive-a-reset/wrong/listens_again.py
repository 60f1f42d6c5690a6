import socket
import sys

host, port = sys.argv[1:]


def run():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        listener.listen(16)
        while True:
            connection, _ = listener.accept()
            with connection:
                while data := connection.recv(1024):
                    connection.sendall(data)


while True:
    try:
        run()
    except ConnectionError as error:
        print("starting again:", error, flush=True)
