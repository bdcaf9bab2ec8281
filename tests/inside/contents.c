/*
 * Holds known contents of every kind for CRIU to dump, and says what it sees: `contents DIR`.
 *
 * contents DIR box: DIR becomes the root of a mount namespace with tmpfs and terminals, beside an
 * IPC namespace; DIR/contents must be this program, linked statically.
 *
 * DIR/expected/NAME: what is in each; DIR/places: addresses; DIR/ready: all is there. From then on
 * DIR/said has, again and again, the text at the address `text` and the variable TOLD.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

static const char *directory;
static const char *program;

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

static void mappedMemoryFile(void)
{
	int fd = memfd_create("mapped", 0);
	check(fd >= 0 && ftruncate(fd, 5 * 4096 + 7) == 0, "memfd");
	unsigned char *bytes = mmap(0, 6 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(bytes != MAP_FAILED, "mmap");
	close(fd);
	fill(bytes + 4096, 4096, 6);
	fill(bytes + 5 * 4096, 7, 7);
	writeFile("expected/mapped", bytes, 5 * 4096 + 7);
}

static unsigned char programBytes[4 << 20];

static ssize_t readProgram(void)
{
	int from = open(program, O_RDONLY);
	ssize_t length = read(from, programBytes, sizeof programBytes);
	check(length > 0 && length < (ssize_t)sizeof programBytes, program);
	close(from);
	return length;
}

static void programInMemory(void)
{
	ssize_t length = readProgram();
	int fd = memfd_create("program", 0);
	check(write(fd, programBytes, length) == length, "program");
	check(mmap(0, length, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED, "mmap");
	close(fd);
	writeFile("expected/program", programBytes, length);
}

/* A process whose program is deleted. */
static void deletedProgram(void)
{
	int fds[2];
	char byte;
	ssize_t length = readProgram();
	writeFile("gone", programBytes, length);
	check(chmod(path("gone"), 0700) == 0 && pipe2(fds, O_CLOEXEC) == 0, "gone");
	pid_t child = fork();
	check(child >= 0, "fork");
	if (child == 0) {
		execl(path("gone"), "gone", "--wait", NULL);
		_exit(1);
	}
	close(fds[1]);
	check(read(fds[0], &byte, 1) == 0, "exec");
	close(fds[0]);
	check(unlink(path("gone")) == 0, "unlink");
	writeFile("expected/gone", programBytes, length);
	char text[20];
	writeFile("gone.pid", text, sprintf(text, "%d", child));
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

static void streamQueue(void)
{
	int fds[2];
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "socketpair");
	check(write(fds[1], "in a ", 5) == 5 && write(fds[1], "stream", 6) == 6, "stream");
	writeFile("expected/stream", "in a stream", 11);
}

/* A connection whose reader does not read: what was sent is in the queues of both ends. */
static void fullConnection(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	check(bind(listener, (void *)&address, length) == 0 && listen(listener, 1) == 0, "listen");
	check(getsockname(listener, (void *)&address, &length) == 0, "getsockname");
	int client = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(client, (void *)&address, length) == 0, "connect");
	check(accept(listener, 0, 0) >= 0 && fcntl(client, F_SETFL, O_NONBLOCK) == 0, "accept");
	static unsigned char bytes[16 << 20];
	fill(bytes, sizeof bytes, 12);
	size_t sent = 0;
	for (int idle = 0; idle < 20 && sent < sizeof bytes; idle++) {
		ssize_t count = write(client, bytes + sent, sizeof bytes - sent);
		if (count > 0) {
			sent += count;
			idle = 0;
		}
		usleep(10000);
	}
	check(sent > 0 && sent < sizeof bytes, "the queues are not full");
	writeFile("expected/flood", bytes, sent);
}

static void terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	check(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "ptmx");
	int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	struct termios settings;
	check(slave >= 0 && tcgetattr(slave, &settings) == 0, "pts");
	cfmakeraw(&settings);
	check(tcsetattr(slave, TCSANOW, &settings) == 0, "raw");
	check(write(master, "typed in", 8) == 8, "typed");
	for (int count = 0; count < 8; usleep(1000)) check(ioctl(slave, FIONREAD, &count) == 0, "typed");
	writeFile("expected/tty", "typed in", 8);
}

/* What only a process in namespaces of its own can have in a dump. */
static void namespaceMemory(void)
{
	unsigned char *bytes;
	int id = shmget(0x1234, 3 * 4096 + 11, IPC_CREAT | 0640);
	check(id >= 0 && (bytes = shmat(id, 0, 0)) != (void *)-1, "shmget");
	fill(bytes + 4096, 2 * 4096 + 11, 8);
	writeFile("expected/sysv", bytes, 3 * 4096 + 11);
	int fd = shm_open("/posix", O_CREAT | O_RDWR, 0600);
	check(fd >= 0 && ftruncate(fd, 2 * 4096 + 5) == 0, "shm_open");
	bytes = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(bytes != MAP_FAILED, "mmap");
	fill(bytes, 2 * 4096 + 5, 9);
	writeFile("expected/posix", bytes, 2 * 4096 + 5);
	static unsigned char file[100000];
	fill(file, 50000, 10);
	fill(file + 90000, 10000, 11);
	check(mkdir("/scratch/sub", 0700) == 0, "mkdir");
	fd = open("/scratch/sub/a file", O_CREAT | O_WRONLY, 0600);
	check(fd >= 0 && write(fd, file, 50000) == 50000, "a file");
	check(pwrite(fd, file + 90000, 10000, 90000) == 10000 && close(fd) == 0, "a file");
	writeFile("expected/tmpfs", file, sizeof file);
	check(symlink("/etc/passwd", "/scratch/link") == 0, "symlink");
}

/* Goes on with DIR as the root of a mount namespace. */
static void box(void)
{
	check(unshare(CLONE_NEWNS | CLONE_NEWIPC) == 0, "unshare");
	check(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	check(mount(directory, directory, NULL, MS_BIND, NULL) == 0, directory);
	check(chdir(directory) == 0 && mkdir("old", 0700) == 0, directory);
	check(syscall(SYS_pivot_root, ".", "old") == 0, "pivot_root");
	check(chdir("/") == 0 && umount2("/old", MNT_DETACH) == 0, "umount");
	const char *names[] = { "/dev", "/dev/pts", "/dev/shm", "/scratch" };
	for (int i = 0; i < 4; i++) check(mkdir(names[i], 0755) == 0, names[i]);
	check(mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666") == 0, "devpts");
	check(symlink("pts/ptmx", "/dev/ptmx") == 0, "ptmx");
	check(mount("shm", "/dev/shm", "tmpfs", 0, NULL) == 0, "shm");
	check(mount("scratch", "/scratch", "tmpfs", 0, NULL) == 0, "scratch");
	for (int fd = 0; fd < 3; fd++) close(fd);
	execl("/contents", "/contents", "/", "boxed", NULL);
	exit(1);
}

int main(int count, char **arguments)
{
	check(count >= 2, "usage: contents DIR [box]");
	if (strcmp(arguments[1], "--wait") == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) pause();
	}
	/* What a caller left open, such as a lock that it holds, would be dumped. */
	close_range(3, ~0U, 0);
	program = arguments[0];
	directory = arguments[1];
	const char *mode = count > 2 ? arguments[2] : "";
	if (strcmp(mode, "box") == 0) box();
	if (strcmp(mode, "boxed") == 0) {
		check(open("/null", O_RDWR | O_CREAT, 0600) == 0 && dup(0) == 1 && dup(0) == 2, "/null");
	}
	check(mkdir(path("expected"), 0700) == 0, "mkdir");
	if (strcmp(mode, "boxed") == 0) {
		deletedProgram();
		namespaceMemory();
		terminal();
		streamQueue();
		fullConnection();
	}
	deletedFile();
	memoryFile();
	mappedMemoryFile();
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
