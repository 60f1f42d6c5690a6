import socket
import sys

host, port = sys.argv[1:]

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))

data, sender = server.recvfrom(65535)
server.connect(sender)
while True:
    server.send(data)
    data = server.recv(65535)
