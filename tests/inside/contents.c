/*
 * Holds known contents of every kind for CRIU to dump, and says what it sees: `contents DIR`.
 *
 * DIR/expected/NAME: what is in each; DIR/places: addresses; DIR/ready: all is there. From then on
 * DIR/said has, again and again, the text at the address `text` and the variable TOLD.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *directory;

static void check(int isFine, const char *what)
{
	if (isFine) return;
	perror(what);
	exit(1);
}

static char *path(const char *name)
{
	char *text;
	check(asprintf(&text, "%s/%s", directory, name) > 0, "asprintf");
	return text;
}

static void writeFile(const char *name, const void *bytes, size_t length)
{
	int fd = open(path(name), O_CREAT | O_WRONLY | O_TRUNC, 0600);
	check(fd >= 0 && write(fd, bytes, length) == (ssize_t)length, name);
	close(fd);
}

static void fill(unsigned char *bytes, size_t length, unsigned seed)
{
	for (size_t i = 0; i < length; i++) bytes[i] = (seed = seed * 1103515245 + 12345) >> 16;
}

static void deletedFile(void)
{
	static unsigned char bytes[10000];
	fill(bytes, sizeof bytes, 1);
	writeFile("deleted", bytes, sizeof bytes);
	check(open(path("deleted"), O_RDWR) >= 0, "deleted");
	check(unlink(path("deleted")) == 0, "unlink");
	writeFile("expected/ghost", bytes, sizeof bytes);
}

static void memoryFile(void)
{
	static unsigned char bytes[3 * 4096 + 100];
	fill(bytes, 5000, 2);
	fill(bytes + 2 * 4096, 100, 3);
	int fd = memfd_create("kept ../../x", 0);
	check(fd >= 0 && write(fd, bytes, sizeof bytes) == sizeof bytes, "memfd");
	writeFile("expected/memfd", bytes, sizeof bytes);
}

static void programInMemory(void)
{
	static unsigned char bytes[1 << 20];
	int from = open("/proc/self/exe", O_RDONLY);
	ssize_t length = read(from, bytes, sizeof bytes);
	int fd = memfd_create("program", 0);
	check(length > 0 && write(fd, bytes, length) == length, "program");
	check(mmap(0, length, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED, "mmap");
	close(from);
	close(fd);
	writeFile("expected/program", bytes, length);
}

static void sharedMemory(void)
{
	unsigned char *bytes =
		mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(bytes != MAP_FAILED, "mmap");
	fill(bytes + 4096, 4096, 4);
	writeFile("expected/shared", bytes, 4 * 4096);
}

static void queues(void)
{
	int fds[2];
	check(pipe(fds) == 0 && write(fds[1], "in the pipe", 11) == 11, "pipe");
	writeFile("expected/pipe", "in the pipe", 11);
	check(mkfifo(path("fifo"), 0600) == 0, "mkfifo");
	int fifo = open(path("fifo"), O_RDWR);
	check(fifo >= 0 && write(fifo, "in the fifo", 11) == 11, "fifo");
	writeFile("expected/fifo", "in the fifo", 11);
	check(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0, "socketpair");
	check(write(fds[1], "first", 5) == 5 && write(fds[1], "second one", 10) == 10, "datagrams");
	writeFile("expected/socket0", "first", 5);
	writeFile("expected/socket1", "second one", 10);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	check(bind(listener, (void *)&address, length) == 0 && listen(listener, 1) == 0, "listen");
	check(getsockname(listener, (void *)&address, &length) == 0, "getsockname");
	int client = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(client, (void *)&address, length) == 0, "connect");
	int server = accept(listener, 0, 0);
	check(server >= 0 && write(client, "over TCP", 8) == 8, "tcp");
	writeFile("expected/tcp", "over TCP", 8);
}

int main(int count, char **arguments)
{
	check(count == 2, "usage: contents DIR");
	directory = arguments[1];
	check(mkdir(path("expected"), 0700) == 0, "mkdir");
	deletedFile();
	memoryFile();
	programInMemory();
	sharedMemory();
	queues();
	char *text = mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(text != MAP_FAILED, "mmap");
	strcpy(text, "text as it was");
	strcpy(text + 4090, "key=over the border");
	char places[200];
	int length = sprintf(places, "text %lx\nenvironment %lx\n", (long)text, (long)getenv("TOLD"));
	writeFile("places", places, length);
	writeFile("ready", "", 0);
	for (;; usleep(50000)) {
		char said[300];
		length = snprintf(said, sizeof said, "%s|%s\n", text, getenv("TOLD"));
		writeFile("said.new", said, length);
		rename(path("said.new"), path("said"));
	}
}
