import socket
import sys

host, port = sys.argv[1:]

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto(b"question", (host, int(port)))

while True:
    data, (ip, _) = client.recvfrom(1024)
    if ip == host:
        print("answer", data.decode(), flush=True)
        break
