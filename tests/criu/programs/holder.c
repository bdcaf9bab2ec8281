/*
 * A process that holds one thing that needs an option of `criu restore`.
 *
 * usage: holder WHAT [PATH]    prints "ready" once it is there
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
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

/* A connection to itself. */
static void tcp(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof in;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	must(bind(listener, (void *)&in, sizeof in) == 0 && listen(listener, 1) == 0, "listen");
	must(getsockname(listener, (void *)&in, &size) == 0, "getsockname");
	must(connect(client, (void *)&in, sizeof in) == 0, "connect");
	must(accept(listener, NULL, NULL) >= 0, "accept");
	close(listener);
}

/* A datagram socket that is connected to one outside. */
static void datagram(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	strncpy(un.sun_path, path, sizeof un.sun_path - 1);
	must(connect(socket(AF_UNIX, SOCK_DGRAM, 0), (void *)&un, sizeof un) == 0, path);
}

/* A file that was deleted and has a second name. */
static void linked(const char *path)
{
	char other[4096];
	snprintf(other, sizeof other, "%s.other", path);
	int fd = open(path, O_RDWR | O_CREAT, 0644);
	must(fd >= 0 && write(fd, "text\n", 5) == 5, path);
	must(link(path, other) == 0 && unlink(path) == 0, other);
}

/* The socket of datagrams that another holder connects to. */
static void server(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	strncpy(un.sun_path, path, sizeof un.sun_path - 1);
	unlink(path);
	must(bind(socket(AF_UNIX, SOCK_DGRAM, 0), (void *)&un, sizeof un) == 0, path);
}

/* A mount namespace whose root is PATH, with a tmpfs on /data and PATH.outside on /outside. */
static void box(const char *path)
{
	char outside[4096], inside[4096];
	must(unshare(CLONE_NEWNS) == 0, "unshare");
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	must(mount(path, path, NULL, MS_BIND, NULL) == 0, path);
	snprintf(outside, sizeof outside, "%s.outside", path);
	snprintf(inside, sizeof inside, "%s/outside", path);
	must(mount(outside, inside, NULL, MS_BIND, NULL) == 0, inside);
	must(chdir(path) == 0 && syscall(SYS_pivot_root, ".", "old") == 0, "pivot_root");
	must(chdir("/") == 0 && umount2("/old", MNT_DETACH) == 0, "umount");
	must(mount("data", "/data", "tmpfs", 0, NULL) == 0, "tmpfs");
	int kept = open("/data/kept", O_RDWR | O_CREAT, 0644);
	must(write(kept, "kept\n", 5) == 5 && close(kept) == 0, "/data/kept");
	close(0), close(1), close(2);
	execl("/holder", "holder", "boxed", NULL);
	exit(1);
}

int main(int argc, char **argv)
{
	const char *what = argv[1], *path = argc > 2 ? argv[2] : "";
	if (strcmp(what, "boxed") == 0) {
		/* Started once more by box(): its program is in its own root now. */
		must(open("/null", O_RDWR | O_CREAT, 0644) == 0 && dup(0) == 1 && dup(0) == 2, "/null");
	} else {
		close_range(3, ~0U, 0);
		must(fcntl(1, F_DUPFD, READY) == READY, "F_DUPFD");
		if (strcmp(what, "box") == 0)
			box(path);
		int null = open("/dev/null", O_RDWR);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		close(null);
	}
	if (strcmp(what, "job") != 0)
		setsid();
	else if (fork() == 0)
		for (;;)
			pause();
	if (strcmp(what, "tcp") == 0)
		tcp();
	else if (strcmp(what, "datagram") == 0)
		datagram(path);
	else if (strcmp(what, "server") == 0)
		server(path);
	else if (strcmp(what, "linked") == 0)
		linked(path);
	else if (strcmp(what, "open") == 0)
		must(open(path, O_RDONLY) >= 0, path);
	else if (strcmp(what, "lock") == 0)
		must(flock(open(path, O_RDWR | O_CREAT, 0644), LOCK_EX) == 0, path);
	must(write(READY, "ready\n", 6) == 6, "ready");
	close(READY);
	for (;;)
		pause();
}
