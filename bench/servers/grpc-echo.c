// A cheap gRPC server for measuring clients: it answers each call at once with the call's own message, or with REPLY bytes.
//
//   cc -O2 -o grpc-echo grpc-echo.c && ./grpc-echo PORT [REPLY]
//
// One thread, epoll, HTTP/2 framed by hand. It reads no header block and ignores the client's windows, so clients must allow large ones.
// A call whose message does not stand in one DATA frame is answered with REPLY bytes of zeros (0 unless given).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DATA = 0, HEADERS = 1, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8 };
enum { HEADER = 9, PREFACE = 24, PREFIX = 5, FRAME = 16384, WINDOW = 1 << 30 };

struct buffer { uint8_t *bytes; size_t start, end, size; };
struct connection { int fd, greeted, writing; struct buffer in, out; size_t unreturned; };

// :status 200, content-type application/grpc; then grpc-status 0: literals that are not indexed.
static const uint8_t HEAD[] = "\x88\x0f\x10\x10" "application/grpc";
static const uint8_t TRAILERS[] = "\x00\x0bgrpc-status\x01" "0";
static long fixed = -1;
static int poll_fd;

static void need(struct buffer *b, size_t more) {
  if (b->start == b->end) b->start = b->end = 0;
  if (b->size - b->end >= more) return;
  memmove(b->bytes, b->bytes + b->start, b->end - b->start);
  b->end -= b->start;
  b->start = 0;
  while (b->size - b->end < more) b->bytes = realloc(b->bytes, b->size = b->size ? 2 * b->size : 65536);
}

static void frame(struct buffer *b, uint32_t length, int type, int flags, uint32_t id, const void *payload) {
  need(b, HEADER + length);
  uint8_t *at = b->bytes + b->end, head[HEADER] = {length >> 16, length >> 8, length, type, flags};
  id = htonl(id);
  memcpy(head + 5, &id, 4);
  memcpy(at, head, HEADER);
  if (payload) memcpy(at + HEADER, payload, length);
  else memset(at + HEADER, 0, length);
  b->end += HEADER + length;
}

static void window_update(struct buffer *b, uint32_t id, uint32_t bytes) {
  bytes = htonl(bytes);
  frame(b, 4, WINDOW_UPDATE, 0, id, &bytes);
}

static void answer(struct buffer *b, uint32_t id, const uint8_t *message, size_t length) {
  frame(b, sizeof HEAD - 1, HEADERS, 4, id, HEAD);
  if (message) frame(b, length, DATA, 0, id, message);
  else {
    size_t left = PREFIX + length;
    uint32_t n = htonl(length);
    for (int first = 1; left > 0; first = 0) {
      size_t part = left < FRAME ? left : FRAME;
      frame(b, part, DATA, 0, id, 0);
      if (first) memcpy(b->bytes + b->end - part + 1, &n, 4);
      left -= part;
    }
  }
  frame(b, sizeof TRAILERS - 1, HEADERS, 5, id, TRAILERS);
}

static void take(struct connection *c, const uint8_t *f, size_t length) {
  int type = f[3], flags = f[4];
  const uint8_t *payload = f + HEADER;
  uint32_t id;
  memcpy(&id, f + 5, 4);
  id = ntohl(id);
  if (type == SETTINGS && !(flags & 1)) frame(&c->out, 0, SETTINGS, 1, 0, "");
  if (type == PING && !(flags & 1)) frame(&c->out, 8, PING, 1, 0, payload);
  if (type != DATA) return;
  c->unreturned += length;
  if (c->unreturned >= WINDOW / 2) {
    window_update(&c->out, 0, c->unreturned);
    c->unreturned = 0;
  }
  if (!(flags & 1)) return;
  uint32_t message = 0;
  if (length >= PREFIX) memcpy(&message, payload + 1, 4);
  int whole = length >= PREFIX && payload[0] == 0 && ntohl(message) + PREFIX == length;
  answer(&c->out, id, whole && fixed < 0 ? payload : 0, whole && fixed < 0 ? length : fixed < 0 ? 0 : (size_t)fixed);
}

static int flush(struct connection *c) {
  while (c->out.end > c->out.start) {
    ssize_t n = write(c->fd, c->out.bytes + c->out.start, c->out.end - c->out.start);
    if (n < 0 && errno != EAGAIN) return -1;
    if (n < 0) break;
    c->out.start += n;
  }
  int writing = c->out.end > c->out.start;
  if (writing == c->writing) return 0;
  c->writing = writing;
  struct epoll_event event = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.ptr = c};
  return epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static int serve(struct connection *c) {
  need(&c->in, 262144);
  ssize_t n = read(c->fd, c->in.bytes + c->in.end, c->in.size - c->in.end);
  if (n < 0 && errno == EAGAIN) return flush(c);
  if (n <= 0) return -1;
  c->in.end += n;
  if (!c->greeted) {
    if (c->in.end - c->in.start < PREFACE) return 0;
    c->in.start += PREFACE;
    c->greeted = 1;
    // Initial windows of 1 GiB.
    frame(&c->out, 6, SETTINGS, 0, 0, "\x00\x04\x40\x00\x00\x00");
    window_update(&c->out, 0, WINDOW - 65535);
  }
  while (c->in.end - c->in.start >= HEADER) {
    const uint8_t *f = c->in.bytes + c->in.start;
    size_t length = (size_t)f[0] << 16 | f[1] << 8 | f[2];
    if (c->in.end - c->in.start < HEADER + length) break;
    take(c, f, length);
    c->in.start += HEADER + length;
  }
  return flush(c);
}

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: grpc-echo PORT [REPLY]\n"), 64;
  if (argc > 2) fixed = atol(argv[2]);
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 1024)) return perror("grpc-echo"), 1;
  getsockname(listener, (struct sockaddr *)&at, &size);
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  poll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = 0}, events[256];
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int n = epoll_wait(poll_fd, events, 256, -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (c) {
        if (serve(c) == 0) continue;
        close(c->fd);
        free(c->in.bytes);
        free(c->out.bytes);
        free(c);
        continue;
      }
      int fd = accept4(listener, 0, 0, SOCK_NONBLOCK);
      if (fd < 0) continue;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      c = calloc(1, sizeof *c);
      c->fd = fd;
      event.data.ptr = c;
      epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
    }
  }
}
