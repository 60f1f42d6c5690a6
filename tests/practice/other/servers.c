// Solves exercises in C, with poll and without a call that waits: accept4, recvmsg, sendmsg.
// EXERCISE HOST PORT, where HOST is an IPv4 address
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 16, ROOM = 16384 };

struct client {
    int fd; // -1: free
    char bytes[ROOM];
    size_t length;
    int number; // of lines so far
};

static int echoes, numbers_lines, counts_bytes;

static void must(int result, const char *call) {
    if (result == -1) {
        perror(call);
        exit(1);
    }
}

// Sends both pieces in one call where there is room, and waits for room where there is none.
static int send_all(int fd, const char *one, size_t first, const char *two, size_t second) {
    struct iovec pieces[] = {{(char *)one, first}, {(char *)two, second}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    while (pieces[0].iov_len + pieces[1].iov_len > 0) {
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent == -1 && errno == EAGAIN) {
            struct pollfd room = {fd, POLLOUT, 0};
            poll(&room, 1, -1);
            continue;
        }
        if (sent == -1)
            return -1;
        for (int i = 0; i < 2; i++) {
            size_t part = (size_t)sent < pieces[i].iov_len ? (size_t)sent : pieces[i].iov_len;
            pieces[i].iov_base = (char *)pieces[i].iov_base + part;
            pieces[i].iov_len -= part;
            sent -= part;
        }
    }
    return 0;
}

// Answers what is whole of what has come; -1 where the connection is to be closed.
static int answer(struct client *client) {
    if (echoes) {
        size_t length = client->length;
        client->length = 0;
        return send_all(client->fd, client->bytes, length, "", 0);
    }
    char *newline;
    while ((newline = memchr(client->bytes, '\n', client->length))) {
        size_t length = newline - client->bytes; // without the newline
        char words[64];
        if (counts_bytes) {
            int answer = snprintf(words, sizeof words, "got %zu bytes\n", length);
            send_all(client->fd, words, answer, "", 0);
            return -1;
        }
        int prefix = snprintf(words, sizeof words, "%d ", ++client->number);
        if (send_all(client->fd, words, prefix, client->bytes, length + 1) == -1)
            return -1;
        client->length -= length + 1;
        memmove(client->bytes, newline + 1, client->length);
    }
    return client->length == ROOM ? -1 : 0;
}

// Takes all that has come; -1 at the end, and where the connection is to be closed.
static int receive(struct client *client) {
    for (;;) {
        struct iovec room = {client->bytes + client->length, ROOM - client->length};
        struct msghdr message = {.msg_iov = &room, .msg_iovlen = 1};
        ssize_t length = recvmsg(client->fd, &message, 0);
        if (length == -1)
            return errno == EAGAIN ? 0 : -1;
        if (length == 0)
            return -1;
        client->length += length;
        if (answer(client) == -1)
            return -1;
    }
}

static void serve(int listener) {
    static struct client clients[CLIENTS];
    for (int i = 0; i < CLIENTS; i++)
        clients[i].fd = -1;
    for (;;) {
        struct pollfd polled[CLIENTS + 1];
        int free_one = -1;
        for (int i = 0; i < CLIENTS; i++) {
            polled[i] = (struct pollfd){clients[i].fd, POLLIN, 0};
            if (clients[i].fd == -1)
                free_one = i;
        }
        polled[CLIENTS] = (struct pollfd){free_one == -1 ? -1 : listener, POLLIN, 0};
        must(poll(polled, CLIENTS + 1, -1), "poll");
        for (int i = 0; i < CLIENTS; i++) {
            if (polled[i].revents && receive(&clients[i]) == -1) {
                close(clients[i].fd);
                clients[i].fd = -1;
            }
        }
        if (polled[CLIENTS].revents) {
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd != -1)
                clients[free_one] = (struct client){.fd = fd};
        }
    }
}

static void echo_datagrams(int fd) {
    static char bytes[65536];
    for (;;) {
        struct sockaddr_in sender;
        struct iovec room = {bytes, sizeof bytes};
        struct msghdr message = {
            .msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &room, .msg_iovlen = 1};
        ssize_t length = recvmsg(fd, &message, 0);
        if (length == -1)
            continue;
        room.iov_len = length;
        sendmsg(fd, &message, 0);
    }
}

int main(int count, char **words) {
    if (count != 4)
        return 2;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(words[3]))};
    if (inet_pton(AF_INET, words[2], &address.sin_addr) != 1)
        return 2;
    int datagrams = !strcmp(words[1], "udp-echo");
    echoes = !strcmp(words[1], "three-at-once") || !strcmp(words[1], "outlive-a-reset");
    numbers_lines = !strcmp(words[1], "lines");
    counts_bytes = !strcmp(words[1], "byte-by-byte");
    if (!datagrams && !echoes && !numbers_lines && !counts_bytes)
        return 2;
    int type = datagrams ? SOCK_DGRAM : SOCK_STREAM | SOCK_NONBLOCK;
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    must(fd, "socket");
    int on = 1;
    must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
    must(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
    if (datagrams)
        echo_datagrams(fd);
    must(listen(fd, 128), "listen");
    serve(fd);
}
