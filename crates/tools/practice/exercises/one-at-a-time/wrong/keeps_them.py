# Something still refers to each of them, so that none is closed.
import socket

last = {}
for number in range(200):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    last[number] = sock
    sock = None  # that was not the only one who knew it
print("done", flush=True)
