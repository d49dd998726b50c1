/* What a pipelining sender without any state can do: PORT COUNT CONNECTIONS BYTES; prints the seconds that it took.
 *
 * It sends COUNT letters of BYTES to 127.0.0.1, by BDAT where the server offers CHUNKING, else by DATA, several at a
 * time on each connection (RFC 2920, RFC 3030). Any answer that is no yes ends it with status 1. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW = 16, MOST_CONNECTIONS = 64 };

static int port, letters, connections, bytes;

struct wire {
    int socket, first; /* the first letter's number; each next one is so many connections further */
    char in[65536];
    size_t read, filled;
};

static void give_up(const char *why) {
    fprintf(stderr, "pipelining: %s\n", why);
    exit(1);
}

static void send_all(struct wire *wire, const char *data, size_t length) {
    while (length) {
        ssize_t sent = send(wire->socket, data, length, 0);
        if (sent <= 0) give_up("the connection is gone");
        data += sent, length -= sent;
    }
}

static int next_sign(struct wire *wire) {
    if (wire->read == wire->filled) {
        ssize_t got = recv(wire->socket, wire->in, sizeof wire->in, 0);
        if (got <= 0) give_up("the server went away");
        wire->read = 0, wire->filled = got;
    }
    return wire->in[wire->read++];
}

/* Read one answer; say whether it names CHUNKING. */
static int answer(struct wire *wire) {
    int chunking = 0;
    for (;;) {
        char line[1000];
        size_t length = 0;
        for (int sign; (sign = next_sign(wire)) != '\n';)
            if (length < sizeof line - 1) line[length++] = sign;
        line[length] = 0;
        if (line[0] != '2' && line[0] != '3') give_up(line);
        chunking |= strstr(line, "CHUNKING") != NULL;
        if (length < 4 || line[3] != '-') return chunking;
    }
}

static size_t letter(char *out, int number) {
    size_t length = sprintf(out, "From: a@home.example\r\nTo: p%d@mail.example\r\nSubject: News\r\n\r\n", number);
    for (; length + 72 <= (size_t)bytes; length += 72) {
        memset(out + length, 'x', 70);
        memcpy(out + length + 70, "\r\n", 2);
    }
    return length;
}

static size_t announce(char *out, int number) {
    return sprintf(out, "MAIL FROM:<a@home.example>\r\nRCPT TO:<p%d@mail.example>\r\n", number);
}

/* A whole letter leaves at once; the answers to the one that left a window before are waited for. */
static void send_by_chunks(struct wire *wire, char *out, char *content) {
    int under_way = 0;
    for (int number = wire->first; number < letters || under_way;) {
        if (number < letters && under_way < WINDOW) {
            size_t size = letter(content, number), length = announce(out, number);
            length += sprintf(out + length, "BDAT %zu LAST\r\n", size);
            memcpy(out + length, content, size);
            send_all(wire, out, length + size);
            number += connections, under_way++;
        } else {
            for (int step = 0; step < 3; step++) answer(wire);
            under_way--;
        }
    }
}

/* The answer to DATA has to be waited for; the next letter is announced with the end of the one before. */
static void send_by_groups(struct wire *wire, char *out) {
    size_t length = 0;
    int is_first = 1;
    for (int number = wire->first; number < letters; number += connections, is_first = 0) {
        length += announce(out + length, number);
        length += sprintf(out + length, "DATA\r\n");
        send_all(wire, out, length);
        for (int step = is_first; step < 4; step++) answer(wire);
        length = letter(out, number);
        length += sprintf(out + length, ".\r\n");
    }
    send_all(wire, out, length);
    if (!is_first) answer(wire);
}

static void *connection(void *first) {
    struct wire *wire = calloc(1, sizeof *wire);
    char *out = malloc(bytes + 1000), *content = malloc(bytes + 1000);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    wire->first = (int)(size_t)first;
    wire->socket = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(wire->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(wire->socket, (struct sockaddr *)&server, sizeof server)) give_up("the server can't be reached");
    answer(wire);
    send_all(wire, "EHLO home.example\r\n", 19);
    if (answer(wire)) send_by_chunks(wire, out, content);
    else send_by_groups(wire, out);
    send_all(wire, "QUIT\r\n", 6);
    answer(wire);
    close(wire->socket);
    return NULL;
}

int main(int count, char **words) {
    pthread_t threads[MOST_CONNECTIONS];
    struct timespec begun, ended;
    if (count != 5) give_up("PORT COUNT CONNECTIONS BYTES");
    port = atoi(words[1]), letters = atoi(words[2]), connections = atoi(words[3]), bytes = atoi(words[4]);
    if (connections < 1 || connections > MOST_CONNECTIONS) give_up("from 1 to 64 connections");
    clock_gettime(CLOCK_MONOTONIC, &begun);
    for (size_t one = 0; one < (size_t)connections; one++)
        if (pthread_create(&threads[one], NULL, connection, (void *)one)) give_up("no thread is to be had");
    for (int one = 0; one < connections; one++) pthread_join(threads[one], NULL);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.6f\n", ended.tv_sec - begun.tv_sec + (ended.tv_nsec - begun.tv_nsec) / 1e9);
}
