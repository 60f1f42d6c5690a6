# Asks two questions over UDP, and prints the answers.   python3 starter.py [IP PORT]
import socket
import sys


def ask(question):
    sock.sendto(question.encode(), server)
    answer, _ = sock.recvfrom(65535)
    return answer.decode()[2:]  # behind the number and the space


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
server = (ip, int(port))
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
for question in ("1 first", "2 second"):
    print("answer", ask(question), flush=True)
