# Clients that a server has to outlive.   python3 hostile.py WHICH… [HOST PORT]
import socket
import sys
import time


def reset(server):
    server.sendall(b"hello\n")
    server.recv(1, socket.MSG_PEEK)  # the answer is there; it stays unread, so close resets
    time.sleep(0.1)  # the server waits for more
    server.close()
    time.sleep(0.1)  # the server knows
    print("reset: closed with an answer unread")


def half(server):
    server.sendall(b"half a li")
    server.shutdown(socket.SHUT_WR)
    print("half: received", everything(server))


def slow(server):
    for byte in b"slow\n":
        server.sendall(bytes([byte]))
        time.sleep(0.01)
    server.shutdown(socket.SHUT_WR)
    print("slow: received", everything(server))


def silent(server):
    print("silent: received", everything(server))


def endless(server):
    try:
        while True:
            server.sendall(bytes(1000))
    except OSError:
        print("endless: the server has ended it")


def everything(server):
    received = b""
    while data := server.recv(1024):
        received += data
    return received


clients = {client.__name__: client for client in (reset, half, slow, silent, endless)}
which = [word for word in sys.argv[1:] if word in clients]
address = [word for word in sys.argv[1:] if word not in clients] or ["localhost", "8080"]
if not which or len(address) != 2 or not address[1].isdigit():
    sys.exit(f"usage: python3 hostile.py WHICH… [HOST PORT], where WHICH is {', '.join(clients)}")
for name in which:
    clients[name](socket.create_connection((address[0], int(address[1]))))
