/* everything DIR [sockets]: a tree of processes that have something of everything that CRIU dumps.
 * Writes `ready` into DIR when all is there; at SIGUSR2 the first process writes what it sees of
 * itself.
 *
 * everything --reap COMMAND…: runs a command and takes in the processes that lose their parents, so
 * that their numbers are free again. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MUST(call) do { if ((long)(call) == -1) { perror(#call); abort(); } } while (0)

struct item { int number; const char *text; struct item *next; };

static struct item items[] = {{1, "one", 0}, {2, "two", &items[0]}};
int g_number = 42;
static __thread int t_number;
static pthread_barrier_t barrier;
static int *shared;
static volatile sig_atomic_t asked;

static void ask(int signal) { asked = signal; }

static void *wait_for_end(void *argument) {
  t_number = 1000 + (int)(long)argument;
  prctl(PR_SET_NAME, argument ? "second" : "first");
  pthread_barrier_wait(&barrier);
  for (;;) pause();
  return 0;
}

/* A process that lives on; `depth` more below it. */
static void grow(int depth) {
  pid_t child = fork();
  MUST(child);
  if (child) return;
  signal(SIGUSR2, SIG_DFL);
  char name[16];
  snprintf(name, sizeof name, "level-%d", depth);
  prctl(PR_SET_NAME, name);
  setpriority(PRIO_PROCESS, 0, depth);
  if (depth > 0) grow(depth - 1);
  for (;;) pause();
}

/* A terminal whose number others will hardly have taken when it is restored: the kernel gives the
 * lowest that is free, and CRIU tries 32 of them. */
static int open_terminal(void) {
  int masters[32], count = 8 + getpid() % 20;
  for (int i = 0; i < count; i++) MUST(masters[i] = posix_openpt(O_RDWR | O_NOCTTY));
  for (int i = 0; i < count - 1; i++) close(masters[i]);
  int master = fcntl(masters[count - 1], F_DUPFD, 0);
  MUST(master);
  close(masters[count - 1]);
  return master;
}

static void make_files(void) {
  int fd = open("data", O_RDWR | O_CREAT | O_TRUNC, 0640);
  MUST(fd);
  MUST(write(fd, "0123456789", 10));
  MUST(lseek(fd, 3, SEEK_SET));
  MUST(flock(fd, LOCK_EX));
  fd = open("locked", O_RDWR | O_CREAT | O_TRUNC, 0600);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 10};
  MUST(fcntl(fd, F_SETLK, &lock));
  int ends[2];
  MUST(pipe2(ends, O_CLOEXEC));
  MUST(write(ends[1], "in the pipe", 11));
  int master = open_terminal();
  MUST(grantpt(master));
  MUST(unlockpt(master));
  MUST(open(ptsname(master), O_RDWR | O_NOCTTY));
}

static void make_sockets(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  MUST(bind(fd, (struct sockaddr *)&address, sizeof address));
  MUST(listen(fd, 7));
  fd = socket(AF_INET6, SOCK_DGRAM, 0);
  struct sockaddr_in6 wide = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  if (fd >= 0 && bind(fd, (struct sockaddr *)&wide, sizeof wide)) close(fd);
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
  unlink("socket");
  MUST(bind(fd, (struct sockaddr *)&name, sizeof name));
  MUST(listen(fd, 5));
  int ends[2];
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  MUST(write(ends[0], "in the queue", 12));
}

static void make_memory(void) {
  shared = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  *shared = 77;
  int fd = memfd_create("some memory", 0);
  MUST(ftruncate(fd, 1 << 16));
  char *memory = mmap(0, 1 << 15, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 1 << 14);
  memory[100] = 5;
  char *private = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(private + 5000, "a secret in private memory");
  MUST(mprotect(private + (1 << 19), 4096, PROT_NONE));
}

static void make_timers(void) {
  struct itimerval interval = {{500, 0}, {9000, 0}};
  MUST(setitimer(ITIMER_VIRTUAL, &interval, 0));
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1};
  timer_t timer;
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
  struct itimerspec spec = {{100, 0}, {8000, 0}};
  MUST(timer_settime(timer, 0, &spec, 0));
  int fd = timerfd_create(CLOCK_MONOTONIC, 0);
  MUST(timerfd_settime(fd, 0, &spec, 0));
}

static void tell(void) {
  char name[16], text[11] = "";
  prctl(PR_GET_NAME, name);
  int fd = open("data", O_RDONLY);
  if (read(fd, text, 10) < 0) abort();
  close(fd);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  FILE *file = fopen("seen.part", "w");
  fprintf(file, "%s\n%d\n%s\n%lu\n%d\n%s\n", name, *shared, text, (unsigned long)limit.rlim_cur,
          g_number, getenv("WORD"));
  fclose(file);
  rename("seen.part", "seen");
}

static int reap(char **command) {
  MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
  pid_t first = fork();
  if (!first) {
    execvp(command[0], command);
    _exit(127);
  }
  int status, code = 1;
  for (pid_t pid; (pid = wait(&status)) > 0;) {
    if (pid == first) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return code;
}

int main(int argc, char **argv) {
  // What a caller left open, such as a lock that it holds, would be dumped and waited for.
  for (int fd = 3; fd < 1024; fd++) close(fd);
  if (argc > 2 && !strcmp(argv[1], "--reap")) return reap(argv + 2);
  if (argc < 2 || chdir(argv[1])) return 1;
  setsid();
  prctl(PR_SET_NAME, "everything");
  signal(SIGPIPE, SIG_IGN);
  signal(SIGUSR2, ask);
  struct rlimit limit = {321, 654};
  MUST(setrlimit(RLIMIT_NOFILE, &limit));
  make_memory();
  make_files();
  if (argc > 2) make_sockets();
  grow(8);
  grow(0);
  if (!fork()) _exit(7);
  // In all threads: the signal is to stay pending.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, 0);
  pthread_t thread;
  pthread_barrier_init(&barrier, 0, 3);
  for (long i = 0; i < 2; i++) pthread_create(&thread, 0, wait_for_end, (void *)i);
  pthread_barrier_wait(&barrier);
  make_timers();
  kill(getpid(), SIGUSR1);
  *shared = 78;
  t_number = 7;
  usleep(200000);
  FILE *ready = fopen("ready.part", "w");
  fprintf(ready, "%d\n", getpid());
  fclose(ready);
  rename("ready.part", "ready");
  for (;;) {
    pause();
    if (asked) tell();
    asked = 0;
  }
}
