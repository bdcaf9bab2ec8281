/* A program of several threads that writes down its memory areas and where its processor puts the
 * components of an XSAVE area, and has the kernel write its core file. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct item { int number; const char *text; struct item *next; };

static struct item items[] = {{1, "one", 0}, {2, "two", &items[0]}};
int g_number = 42;
const char g_text[] = "read-only text";
static __thread int t_number;
static pthread_barrier_t barrier;
static char buffer[1 << 16];

static void tell_areas(const char *path) {
  int from = open("/proc/self/smaps", O_RDONLY);
  int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  for (ssize_t n; (n = read(from, buffer, sizeof buffer)) > 0;) {
    if (write(to, buffer, n) != n) abort();
  }
  close(from);
  close(to);
}

/* CPUID leaf 13: bit in XCR0, offset and size of each component; ECX bit 0 marks the supervisor's. */
static void tell_layout(const char *path) {
  FILE *file = fopen(path, "w");
  if (!file) abort();
  unsigned size, offset, flags, rest;
  for (unsigned bit = 2; bit < 63; bit++) {
    if (!__get_cpuid_count(13, bit, &size, &offset, &flags, &rest)) break;
    if (size && !(flags & 1)) fprintf(file, "%u %u %u\n", bit, offset, size);
  }
  fclose(file);
}

static void filter(void) {
  int fd = open("/proc/self/coredump_filter", O_WRONLY);
  if (write(fd, "0x33", 4) != 4) abort();
  close(fd);
}

static void *map(size_t size, int protection, int flags, int fd, off_t offset) {
  void *area = mmap(0, size, protection, flags, fd, offset);
  if (area == MAP_FAILED) abort();
  return area;
}

static void map_areas(const char *data) {
  char *some = map(1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  some[5000] = 1;
  some[900000] = 2;
  map(1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *secret = map(1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(secret, 1 << 16, MADV_DONTDUMP);
  secret[0] = 3;
  char *shared = map(1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared[9000] = 4;
  int memfd = memfd_create("some memory", 0);
  if (ftruncate(memfd, 1 << 16)) abort();
  char *memory = map(1 << 15, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 1 << 14);
  memory[100] = 5;
  int file = open(data, O_RDONLY);
  map(1 << 14, PROT_READ, MAP_PRIVATE, file, 0);
  char *changed = map(1 << 14, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 4096);
  changed[4096] = 6;
}

static void *wait_for_end(void *argument) {
  t_number = 1000 + (int)(long)argument;
  static const float floats[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  if (__builtin_cpu_supports("avx")) {
    __asm__ volatile("vmovups %0, %%ymm9" : : "m"(floats) : "xmm9");
  }
  pthread_barrier_wait(&barrier);
  for (;;) pause();
}

static void stop_here(struct item *item) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, 0);
  pthread_kill(pthread_self(), SIGUSR1);
  __asm__ volatile("ud2" : : "r"(item));
}

int main(int argc, char **argv) {
  if (argc != 4) return 1;
  pthread_t thread;
  tell_layout(argv[3]);
  filter();
  map_areas(argv[2]);
  pthread_barrier_init(&barrier, 0, 3);
  for (long i = 0; i < 2; i++) pthread_create(&thread, 0, wait_for_end, (void *)i);
  t_number = 7;
  pthread_barrier_wait(&barrier);
  usleep(200000);
  tell_areas(argv[1]);
  stop_here(&items[1]);
}
