# It makes sixty, and closes them when the limit is near.
import socket

for _ in range(4):
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(60)]
    for sock in sockets:
        sock.close()
print("done", flush=True)
