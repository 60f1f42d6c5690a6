# Asks over UDP, a line each, and asks again.
# python3 client.py [IP PORT MILLISECONDS]
import socket
import sys
import time

TRIES = 8  # if one in 3 fails, all of them do once in 3 ** 8 = 6561


def ask(sock, number, text, first):
    mark = f"{number} ".encode()
    for wait in (first * 2**n for n in range(TRIES)):
        for _ in range(2):
            try:
                sock.send(mark + text.encode())
                why = ""
                break
            except OSError as error:  # of the try before? Nothing is sent
                why = f": {error}"
        end = time.monotonic() + wait / 1000
        while (left := end - time.monotonic()) > 0:
            sock.settimeout(left)  # never 0, which would mean not to wait
            try:
                data = sock.recv(65535)
            except socket.timeout:
                pass
            except OSError as error:  # refused: waits all the same
                why = f": {error}"
            else:
                if data.startswith(mark):
                    return data.removeprefix(mark).decode(errors="replace")
                print(f"  ignored {data}", file=sys.stderr)
        print(f"  no answer in {wait}ms{why}", file=sys.stderr)
    sys.exit(f"error: no answer to {text} in {TRIES} tries")


ip, port, milliseconds = sys.argv[1:] or ("127.0.0.1", 8080, 200)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.connect((ip, int(port)))  # from now on it hears nobody else
for number, line in enumerate(sys.stdin, 1):
    text = line.rstrip("\n")
    answer = ask(sock, number, text, int(milliseconds))
    print(f"asked {text}, got {answer}", flush=True)
