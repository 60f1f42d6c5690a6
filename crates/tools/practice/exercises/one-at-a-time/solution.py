# Two hundred sockets, one at a time.
import socket

for _ in range(200):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.close()  # gives the descriptor back: the next socket gets the same number again
print("done", flush=True)
