import socket
import sys

host, port = sys.argv[1:]

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, int(port)))
for line in sys.stdin.buffer:
    client.sendall(line)
client.send(b"")

while data := client.recv(1024):
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
client.close()
