import socket
import sys

host, port = sys.argv[1:]

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto(b"question", (host, int(port)))

data, sender = client.recvfrom(1024)
client.connect(sender)
print("answer", data.decode(), flush=True)
