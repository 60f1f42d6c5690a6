# select says who has sent something, and an error of one client is an error of the program.
import select
import socket
import sys


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
print("listening on", ip, port, flush=True)
connections = []
while True:
    ready, _, _ = select.select([listener, *connections], [], [])
    for sock in ready:
        if sock is listener:
            connections.append(listener.accept()[0])
        elif data := sock.recv(1024):
            sock.sendall(data)
        else:
            connections.remove(sock)
            sock.close()
