# Each datagram has a number of its own, and not each question.
import itertools
import socket
import sys

numbers = itertools.count(1)


def ask(text):
    for _ in range(4):
        number = next(numbers)
        sock.sendto(f"{number} {text}".encode(), server)
        try:
            answer = sock.recvfrom(65535)[0].decode()
            while not answer.startswith(f"{number} "):
                answer = sock.recvfrom(65535)[0].decode()
            return answer.split(" ", 1)[1]
        except socket.timeout:
            pass
    print("no answer", flush=True)
    sys.exit(1)


server = (sys.argv[1], int(sys.argv[2]))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.2)
for text in ("first", "second"):
    print("answer", ask(text), flush=True)
