// A cheap gRPC server for measuring clients: it answers each call at once with a small inference that carries the id of the call's message.
//
//   cc -O2 -o grpc-echo grpc-echo.c && ./grpc-echo PORT [STALL_MS PERIOD_MS]; prints the port, and on SIGUSR1 how many it answered.
//
// One thread, epoll, HTTP/2 framed by hand. It decodes no header block and ignores the client's windows, which its small answers do not fill.
// What a client of V2 asks before it infers is known by the path where that stands in the block as plain text, as it does in the first call of
// a gRPC core client; a model m4 takes one tensor of 4 floats, m150528 one of 150528.
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DATA = 0, HEADERS = 1, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8 };
enum { HEADER = 9, PREFACE = 24, PREFIX = 5, WINDOW = 1 << 30, LONGEST_ID = 64, CALLS = 1024 };
enum question { INFER, READY, SERVER, MODEL, CONFIG };

struct buffer { uint8_t *bytes; size_t start, end, size; };
// What is known of a call before its message has come: what it asks and, of a message of several frames, the begin.
struct call { uint8_t asks, begun, length, id[LONGEST_ID]; long floats; };
struct connection { int fd, greeted, writing; struct buffer in, out; size_t unreturned; struct call calls[CALLS]; };

// :status 200, content-type application/grpc; then grpc-status 0: literals that are not indexed.
static const uint8_t HEAD[] = "\x88\x0f\x10\x10" "application/grpc";
static const uint8_t TRAILERS[] = "\x00\x0bgrpc-status\x01" "0";
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

static size_t field(uint8_t *at, int number, const void *bytes, size_t length) {
  at[0] = number << 3 | 2;
  at[1] = length;
  memcpy(at + 2, bytes, length);
  return 2 + length;
}

static size_t varint(uint8_t *at, int number, uint32_t value) {
  size_t n = 0;
  at[n++] = number << 3;
  for (; value >= 128; value >>= 7) at[n++] = value | 128;
  at[n++] = value;
  return n;
}

static size_t text(uint8_t *at, int number, const char *value) { return field(at, number, value, strlen(value)); }

// ModelInferResponse: model_name 1, id 3, outputs 5 {name 1, datatype 2, shape 3}, raw_output_contents 6.
static size_t inference(uint8_t *at, const struct call *call) {
  static const float values[4] = {1.5, 2.25, 3, 4.125};
  uint8_t tensor[32];
  size_t n = text(at, 1, "m"), t = text(tensor, 1, "y");
  t += text(tensor + t, 2, "FP32");
  t += field(tensor + t, 3, "\x01\x04", 2);
  n += field(at + n, 3, call->id, call->length);
  n += field(at + n, 5, tensor, t);
  return n + field(at + n, 6, values, sizeof values);
}

// ModelMetadataResponse: name 1, versions 2, platform 3, inputs 4, outputs 5 {name 1, datatype 2, shape 3}.
// ModelConfigResponse: config 1 {name 1, platform 2, input 5, output 6 {name 1, data_type 2 (FP32 is 11), dims}}; dims are 4 of an input, 3 of an output.
static size_t description(uint8_t *at, const struct call *call) {
  char name[24];
  uint8_t x[48], y[48], shape[12], config[160];
  snprintf(name, sizeof name, "m%ld", call->floats);
  size_t s = varint(shape + 1, 0, call->floats), nx = text(x, 1, "x"), ny = text(y, 1, "y");
  shape[1] = 1;
  if (call->asks == MODEL) {
    nx += text(x + nx, 2, "FP32");
    ny += text(y + ny, 2, "FP32");
    nx += field(x + nx, 3, shape + 1, s);
    ny += field(y + ny, 3, "\x01\x04", 2);
    size_t n = text(at, 1, name);
    n += text(at + n, 2, "1");
    n += text(at + n, 3, "echo");
    n += field(at + n, 4, x, nx);
    return n + field(at + n, 5, y, ny);
  }
  nx += varint(x + nx, 2, 11);
  ny += varint(y + ny, 2, 11);
  nx += field(x + nx, 4, shape + 1, s);
  ny += field(y + ny, 3, "\x01\x04", 2);
  size_t n = text(config, 1, name);
  n += text(config + n, 2, "echo");
  n += field(config + n, 5, x, nx);
  n += field(config + n, 6, y, ny);
  return field(at, 1, config, n);
}

static void answer(struct connection *c, uint32_t id, const struct call *call) {
  uint8_t message[512] = {0};
  size_t length = 0;
  if (call->asks == INFER) length = inference(message + PREFIX, call), answered++;
  if (call->asks == READY) length = varint(message + PREFIX, 1, 1);
  if (call->asks == SERVER) length = text(message + PREFIX, 1, "echo");
  if (call->asks >= MODEL) length = description(message + PREFIX, call);
  uint32_t n = htonl(length);
  memcpy(message + 1, &n, 4);
  frame(&c->out, sizeof HEAD - 1, HEADERS, 4, id, HEAD);
  frame(&c->out, PREFIX + length, DATA, 0, id, message);
  frame(&c->out, sizeof TRAILERS - 1, HEADERS, 5, id, TRAILERS);
}

static void begin(struct call *call, const uint8_t *block, size_t length) {
  static const struct { const char *path; enum question asks; } paths[] = {
      {"/ModelConfig", CONFIG}, {"/ModelMetadata", MODEL}, {"/ServerMetadata", SERVER},
      {"/ServerLive", READY},   {"/ServerReady", READY},   {"/ModelReady", READY}};
  call->asks = INFER;
  call->begun = 0;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    if (memmem(block, length, paths[i].path, strlen(paths[i].path))) call->asks = paths[i].asks;
}

// The id of a request to infer is field 3, after the model's name and version; of the other requests only the model's name is read.
static void read_begin(struct call *call, const uint8_t *message, size_t length) {
  call->begun = 1;
  call->length = 0;
  for (size_t at = PREFIX; at + 2 < length && at + 2 + message[at + 1] <= length; at += 2 + message[at + 1]) {
    const uint8_t *value = message + at + 2;
    if (message[at] == (1 << 3 | 2) && value[0] == 'm') call->floats = atol((const char *)value + 1);
    if (message[at] == (3 << 3 | 2) && message[at + 1] <= LONGEST_ID)
      memcpy(call->id, value, call->length = message[at + 1]);
    if (message[at] >> 3 >= 3) break;
  }
}

static void take(struct connection *c, const uint8_t *f, size_t length) {
  int type = f[3], flags = f[4];
  const uint8_t *payload = f + HEADER;
  uint32_t id;
  memcpy(&id, f + 5, 4);
  id = ntohl(id);
  if (type == SETTINGS && !(flags & 1)) frame(&c->out, 0, SETTINGS, 1, 0, "");
  if (type == PING && !(flags & 1)) frame(&c->out, 8, PING, 1, 0, payload);
  struct call *call = &c->calls[(id >> 1) % CALLS];
  if (type == HEADERS) begin(call, payload, length);
  if (type != DATA) return;
  c->unreturned += length;
  if (c->unreturned >= WINDOW / 2) {
    window_update(&c->out, 0, c->unreturned);
    c->unreturned = 0;
  }
  if (!call->begun && length > PREFIX) read_begin(call, payload, length);
  if (flags & 1) answer(c, id, call);
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
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(common_arguments(argc, argv)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
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
    int n = epoll_pwait(poll_fd, events, 256, -1, &waiting);
    between_events();
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
