# Sends each datagram back.   python3 starter.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))

while True:
    data, sender = server.recvfrom(1024)
    if not data:
        break
    server.sendto(data, sender)
