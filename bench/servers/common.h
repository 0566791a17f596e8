// What the cheap servers share: the requests that they answered are told on SIGUSR1, and they can stop for a while in each period.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned long answered;
static volatile sig_atomic_t asked;
static long long begun_ns, stall_ns, period_ns;

static long long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static sigset_t waiting; // The signals that are blocked while the server waits for events: not SIGUSR1, which so is never missed.

static void on_usr1(int signal) { asked = signal; }

// PORT [STALL_MS PERIOD_MS]: the last STALL_MS of each period from now on nothing is read and nothing is answered.
static int common_arguments(int argc, char **argv) {
  struct sigaction tell = {.sa_handler = on_usr1};
  sigset_t told;
  sigaction(SIGUSR1, &tell, 0);
  sigemptyset(&told);
  sigaddset(&told, SIGUSR1);
  sigprocmask(SIG_BLOCK, &told, &waiting);
  signal(SIGPIPE, SIG_IGN);
  begun_ns = now_ns();
  if (argc > 3) {
    stall_ns = atol(argv[2]) * 1000000LL;
    period_ns = atol(argv[3]) * 1000000LL;
  }
  return argc > 1 ? atoi(argv[1]) : 0;
}

// Called when the wait for events has ended: tells the count where it was asked for, and waits for the end of a stall.
static void between_events(void) {
  if (asked) {
    asked = 0;
    printf("%lu\n", answered);
    fflush(stdout);
  }
  if (!period_ns) return;
  long long end = now_ns(), phase = (end - begun_ns) % period_ns;
  if (phase < period_ns - stall_ns) return;
  end += period_ns - phase;
  struct timespec until = {.tv_sec = end / 1000000000LL, .tv_nsec = end % 1000000000LL};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0) == EINTR);
}
