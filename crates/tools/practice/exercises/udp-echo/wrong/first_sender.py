import socket
import sys

host, port = sys.argv[1:]

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))

data, client = server.recvfrom(65535)
while True:
    server.sendto(data, client)
    data, _ = server.recvfrom(65535)
