import socket
import sys

host, port = sys.argv[1:]

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, int(port)))
client.sendall(sys.stdin.buffer.read())
client.shutdown(socket.SHUT_WR)

sys.stdout.buffer.write(client.recv(65536))
client.close()
