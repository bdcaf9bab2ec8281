/*
 * A tree of processes that has something of each kind whose values CRIU looks at when it restores.
 *
 * usage: values DIRECTORY [PORT]    prints "ready" once everything is there
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The descriptor on which "ready" goes out. */
#define READY 1000

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void inet_socket(int family, int type, int is_listener, int port)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(family, type, 0);
	must(fd >= 0, "socket");
	must((family == AF_INET ? bind(fd, (void *)&in, sizeof in) : bind(fd, (void *)&in6, sizeof in6)) == 0, "bind");
	if (is_listener)
		must(listen(fd, 5) == 0, "listen");
}

static int unix_socket(const char *directory, const char *name, int type)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);
	snprintf(un.sun_path, sizeof un.sun_path, "%s/%s", directory, name);
	unlink(un.sun_path);
	must(bind(fd, (void *)&un, sizeof un) == 0, un.sun_path);
	return fd;
}

static void sockets(const char *directory, int port)
{
	int pair[2];
	inet_socket(AF_INET, SOCK_STREAM, 1, port);
	inet_socket(AF_INET6, SOCK_STREAM, 1, 0);
	inet_socket(AF_INET, SOCK_DGRAM, 0, 0);
	must(listen(unix_socket(directory, "listener", SOCK_STREAM), 5) == 0, "listen");
	unix_socket(directory, "datagram", SOCK_DGRAM);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	must(send(pair[0], "queued", 6, 0) == 6, "send");

	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	must(bind(fd, (void *)&nl, sizeof nl) == 0, "netlink");
}

static int file(const char *directory, const char *name, int flags)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	int fd = open(path, flags | O_CREAT, 0644);
	must(fd >= 0, path);
	return fd;
}

static void files(const char *directory)
{
	int pipes[2], master, slave;
	char path[256];

	int owned = file(directory, "owned", O_RDWR), locked = file(directory, "locked", O_RDWR);
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 4 };
	must(write(owned, "text\n", 5) == 5, "write");
	must(flock(locked, LOCK_EX) == 0, "flock");
	must(fcntl(owned, F_SETLK, &range) == 0, "F_SETLK");
	must(pipe(pipes) == 0 && write(pipes[1], "queued", 6) == 6, "pipe");
	must(fcntl(pipes[0], F_SETOWN, getpid()) == 0 && fcntl(pipes[0], F_SETSIG, SIGUSR1) == 0, "F_SETOWN");

	int event = eventfd(3, 0), poll = epoll_create1(0);
	struct epoll_event interest = { .events = EPOLLIN, .data.u64 = 1 };
	must(epoll_ctl(poll, EPOLL_CTL_ADD, event, &interest) == 0, "epoll");
	must(epoll_ctl(poll, EPOLL_CTL_ADD, pipes[0], &interest) == 0, "epoll");

	struct itimerspec hour = { .it_value = { 3600, 5 }, .it_interval = { 60, 0 } };
	must(timerfd_settime(timerfd_create(CLOCK_MONOTONIC, 0), 0, &hour, NULL) == 0, "timerfd");

	must(inotify_add_watch(inotify_init(), directory, IN_CREATE) > 0, "inotify");

	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR2);
	must(signalfd(-1, &signals, 0) >= 0, "signalfd");

	int memory = memfd_create("values", MFD_ALLOW_SEALING);
	must(ftruncate(memory, 8192) == 0 && write(memory, "memory", 6) == 6, "memfd");
	must(fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK) == 0, "F_ADD_SEALS");

	int ghost = file(directory, "ghost", O_RDWR);
	must(write(ghost, "deleted\n", 8) == 8, "write");
	snprintf(path, sizeof path, "%s/ghost", directory);
	must(unlink(path) == 0, "unlink");

	struct winsize size = { 24, 80, 0, 0 };
	must(openpty(&master, &slave, NULL, NULL, &size) == 0, "openpty");
	must(ioctl(slave, TIOCSCTTY, 0) == 0, "TIOCSCTTY");
}

static void *wait_forever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void state(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec hour = { .it_value = { 3600, 5 }, .it_interval = { 60, 0 } };
	struct itimerval real = { .it_value = { 7200, 0 }, .it_interval = { 60, 0 } };
	timer_t timer;
	must(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer_create");
	must(timer_settime(timer, 0, &hour, NULL) == 0, "timer_settime");
	must(setitimer(ITIMER_REAL, &real, NULL) == 0, "setitimer");

	sigset_t pending;
	sigemptyset(&pending);
	sigaddset(&pending, SIGUSR1);
	sigprocmask(SIG_BLOCK, &pending, NULL);
	must(sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 7 }) == 0, "sigqueue");

	must(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0, "membarrier");
	void *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(shared != MAP_FAILED, "mmap");
	strcpy(shared, "shared");
}

/* Two filters that allow everything, the second upon the first. */
static void filters(void)
{
	struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { 1, allow };
	for (int i = 0; i < 2; i++)
		must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "seccomp");
}

/* A process with a session of its own, one with a group of its own, and one that has ended. */
static void children(void)
{
	pthread_t thread;
	int lines[2];
	char byte;
	must(pipe(lines) == 0, "pipe");
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();
		must(pid >= 0, "fork");
		if (pid != 0) {
			must(i == 2 || read(lines[0], &byte, 1) == 1, "a child");
			continue;
		}
		if (i == 2)
			_exit(3);
		close(lines[0]);
		close(READY);
		must((i == 0 ? setsid() : setpgid(0, 0)) >= 0, "group");
		if (i == 0) {
			filters();
			must(pthread_create(&thread, NULL, wait_forever, NULL) == 0, "thread");
		}
		must(write(lines[1], "x", 1) == 1, "write");
		close(lines[1]);
		wait_forever(NULL);
	}
	close(lines[1]);
	close(lines[0]);
	siginfo_t ended;
	must(waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT) == 0, "waitid");
}

int main(int argc, char **argv)
{
	must(argc >= 2 && chdir(argv[1]) == 0, "values DIRECTORY");
	close_range(3, ~0U, 0);
	must(fcntl(1, F_DUPFD, READY) == READY, "F_DUPFD");
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (getsid(0) != getpid())
		must(setsid() > 0, "setsid");
	children();
	sockets(argv[1], argc > 2 ? atoi(argv[2]) : 0);
	files(argv[1]);
	state();
	must(write(READY, "ready\n", 6) == 6, "ready");
	close(READY);
	wait_forever(NULL);
}
