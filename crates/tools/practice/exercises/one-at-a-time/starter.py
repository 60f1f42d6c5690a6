# Two hundred sockets.
import socket

sockets = []
for _ in range(200):
    sockets.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
print("done", flush=True)
