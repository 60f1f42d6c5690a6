import socket
import sys

host, port = sys.argv[1:]

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, int(port)))
client.sendall(sys.stdin.buffer.read())
client.close()

try:
    while data := client.recv(1024):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
except OSError as error:
    sys.exit(f"no answer: {error}")
