# Asks two questions over UDP, asks again when no answer comes, and prints the answers.
# python3 solution.py [IP PORT]
import socket
import sys
import time

TRIES = 4
WAIT = 0.2  # seconds


def ask(number, text):
    for _ in range(TRIES):
        # The same number in each try: an answer to any of them is an answer to this question.
        sock.sendto(number + text, server)
        end = time.monotonic() + WAIT
        # What is ignored must not make the wait longer, so each receive has only what is left.
        while (left := end - time.monotonic()) > 0:
            sock.settimeout(left)
            try:
                answer, sender = sock.recvfrom(65535)
            except socket.timeout:
                break
            # Anything else is a late answer to the question before, or a stranger's.
            if answer.startswith(number) and sender[:2] == server:
                return answer.removeprefix(number).decode(errors="replace")
    print("no answer", flush=True)
    sys.exit(1)


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
server = (ip, int(port))
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
# Not connected: a refusal is no error of this socket then, and whoever answers is compared above.
sock = socket.socket(family, socket.SOCK_DGRAM)
for number, text in ((b"1 ", b"first"), (b"2 ", b"second")):
    print("answer", ask(number, text), flush=True)
