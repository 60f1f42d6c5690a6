import socket
import sys

host, port = sys.argv[1:]

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))

while True:
    data, sender = server.recvfrom(2048)
    server.sendto(data, sender)
