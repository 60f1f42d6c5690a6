# Sends its input to a server, says that this was all, and prints the answer.
# python3 solution.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, int(port)))
client.sendall(sys.stdin.buffer.read())
# The end (FIN) goes behind the last byte. It ends this direction alone: the socket stays open, and
# what the server sends is still received.
client.shutdown(socket.SHUT_WR)

# A recv returns what is there, a piece of the answer; no bytes are the server's end.
while data := client.recv(1024):
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
client.close()
