# A port that the kernel picks.   HOST PORT
import socket
import sys

host, _ = sys.argv[1:] or ("localhost", 8080)
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind((host, 0))  # 0: any port that is free
# Which one it is, only the socket knows.
print("port", sock.getsockname()[1], flush=True)
sys.stdin.read()  # until the input ends
