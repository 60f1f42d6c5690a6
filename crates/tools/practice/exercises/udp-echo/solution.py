# Sends each datagram back, whoever has sent it.   python3 solution.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))

while True:
    # No datagram is longer than that; what finds no room is cut off, and gone. Each one tells its
    # sender. No bytes are an empty datagram: UDP has no end.
    data, sender = server.recvfrom(65535)
    server.sendto(data, sender)
