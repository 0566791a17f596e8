/* A cheap HTTP/1.1 server for measuring clients: answers each POST with a small inference that carries the id of its body, and each
   GET with what a client of V2 asks for first. A model m4 takes one tensor of 4 floats, m150528 one of 150528.
   cc -O2 -o http-echo http-echo.c && ./http-echo PORT [STALL_MS PERIOD_MS]; prints the port, and on SIGUSR1 how many it answered. */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_SOCKETS 8192
#define LONGEST_HEAD 8192
#define LONGEST_ID 64

struct connection {
  char head[LONGEST_HEAD]; /* The head of a request, and the begin of its body. */
  size_t have;
  long body_left; /* Bytes of the body that have not come; -1 while the head has not. */
};

static struct connection *connections[MOST_SOCKETS];

static void reply(int fd, const char *body, int length) {
  char text[2048];
  int size = snprintf(text, sizeof text,
                      "HTTP/1.1 200 OK\r\nServer: echo\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                      "Connection: keep-alive\r\n\r\n%s",
                      length, body);
  if (write(fd, text, size) != size) shutdown(fd, SHUT_RDWR);
}

/* Of the extensions, none: then no client asks for statistics in the middle of a measurement. */
static void describe(int fd, const char *head) {
  char body[1024], line[256] = "";
  sscanf(head, "GET %255s", line);
  const char *model = strstr(line, "/models/m");
  long floats = model ? atol(model + 9) : 0;
  int length;
  if (!model)
    length = snprintf(body, sizeof body, "{\"name\":\"echo\",\"version\":\"1\",\"extensions\":[]}");
  else if (strstr(model, "/config"))
    length = snprintf(body, sizeof body,
                      "{\"name\":\"m%ld\",\"platform\":\"echo\",\"backend\":\"echo\",\"max_batch_size\":0,"
                      "\"input\":[{\"name\":\"x\",\"data_type\":\"TYPE_FP32\",\"dims\":[1,%ld]}],"
                      "\"output\":[{\"name\":\"y\",\"data_type\":\"TYPE_FP32\",\"dims\":[1,4]}]}",
                      floats, floats);
  else
    length = snprintf(body, sizeof body,
                      "{\"name\":\"m%ld\",\"versions\":[\"1\"],\"platform\":\"echo\","
                      "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%ld]}],"
                      "\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[1,4]}]}",
                      floats, floats);
  reply(fd, body, length);
}

static void answer(int fd, const struct connection *c) {
  if (memcmp(c->head, "GET ", 4) == 0) return describe(fd, c->head);
  char body[512], id[LONGEST_ID] = "";
  const char *at = memmem(c->head, c->have, "\"id\":\"", 6);
  if (at) {
    at += 6;
    const char *end = memchr(at, '"', c->head + c->have - at);
    if (end && end - at < LONGEST_ID) memcpy(id, at, end - at);
  }
  int length = snprintf(body, sizeof body,
                        "{\"model_name\":\"m\",\"id\":\"%s\",\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[1,4],"
                        "\"data\":[1.5,2.25,3.0,4.125]}]}",
                        id);
  answered++;
  reply(fd, body, length);
}

static long length_in(const char *head, const char *end) {
  for (const char *at = head; at < end; at++)
    if (*at == '\n' && strncasecmp(at + 1, "content-length:", 15) == 0) return atol(at + 16);
  return 0;
}

/* False when the peer has ended the connection. */
static int serve(int fd) {
  struct connection *c = connections[fd];
  static char rest[1 << 18];
  if (c->body_left > 0) {
    ssize_t got = read(fd, rest, (size_t)c->body_left < sizeof rest ? (size_t)c->body_left : sizeof rest);
    if (got <= 0) return 0;
    c->body_left -= got;
  } else {
    ssize_t got = read(fd, c->head + c->have, sizeof c->head - c->have);
    if (got <= 0) return 0;
    c->have += got;
    const char *end = memmem(c->head, c->have, "\r\n\r\n", 4);
    if (!end) return c->have < sizeof c->head;
    c->body_left = length_in(c->head, end) - (c->head + c->have - (end + 4));
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (c->body_left > 0 && memmem(c->head, end - c->head, "100-continue", 12) && write(fd, go_on, sizeof go_on - 1) < 0)
      return 0;
  }
  if (c->body_left == 0) {
    answer(fd, c);
    c->have = 0;
    c->body_left = -1;
  }
  return 1;
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(common_arguments(argc, argv))};
  socklen_t size = sizeof address;
  int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) return perror("http-echo"), 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int count = epoll_pwait(epoll, events, 256, -1, &waiting);
    between_events();
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int client = accept(listener, NULL, NULL);
        if (client >= MOST_SOCKETS) close(client);
        if (client < 0 || client >= MOST_SOCKETS) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (!connections[client]) connections[client] = malloc(sizeof(struct connection));
        connections[client]->have = 0;
        connections[client]->body_left = -1;
        event.events = EPOLLIN;
        event.data.fd = client;
        epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
      } else if (!serve(fd))
        close(fd);
    }
  }
}
