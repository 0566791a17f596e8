// Runs a command and writes what it and its children took to a file: user and system time in µs, the greatest resident memory in KiB.
//
//   cc -O2 -o rusage rusage.c && ./rusage FILE COMMAND [ARGUMENT...]
//
// Small itself, so that the memory of what starts it does not count as the command's.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: rusage FILE COMMAND [ARGUMENT...]\n"), 64;
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) < 0) return perror("rusage"), 1;
  FILE *file = fopen(argv[1], "w");
  if (!file) return perror(argv[1]), 1;
  fprintf(file, "%lld %lld %ld\n", used.ru_utime.tv_sec * 1000000LL + used.ru_utime.tv_usec,
          used.ru_stime.tv_sec * 1000000LL + used.ru_stime.tv_usec, used.ru_maxrss);
  fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
