# Sends its input to a server, and prints the answer.   python3 starter.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, int(port)))
client.sendall(sys.stdin.buffer.read())

while data := client.recv(1024):
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
client.close()
