/*
 * The process whose memory is compared: it makes the calls it is told to on its standard input, one a line, and answers each.
 *
 * It is in C because these calls change the memory under the feet of the program that makes them, which no safe interface in
 * Rust offers; Lockstep itself has no unsafe code. It uses as little of the C library as it can: whatever that maps or locks
 * for itself is seen by the program as well.
 *
 * A line is the limit on locked memory in pages, a word, and numbers. The answer is 0, an error number, or -SIGNAL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
/* Far from everything the kernel places by itself, so that nothing ever becomes a neighbour. */
#define ARENA 0x200000000000UL
#define FILES 16
#define CHILDREN 8

static int files[FILES];
static pid_t children[CHILDREN];
static int n_children;
static int drainer_asked, drainer_done;
static sigjmp_buf touching;

static void on_signal(int signal)
{
	siglongjmp(touching, signal);
}

static char *address(long page)
{
	return (char *)(ARENA + (unsigned long)page * PAGE);
}

/*
 * Pages wait in batches of this processor before they are put on their lists. Locking and unlocking a page puts them there; a
 * second process does that, on the same processor and with a page of its own, since this one may have no right to.
 */
static void drainer(int asked, int done)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char byte;

	while (read(asked, &byte, 1) == 1) {
		mlock(page, PAGE);
		munlock(page, PAGE);
		if (write(done, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void drain(void)
{
	char byte = 0;

	if (write(drainer_asked, &byte, 1) != 1 || read(drainer_done, &byte, 1) != 1)
		exit(1);
}

/* A parent that was killed before it could be asked for sends no signal. */
static void die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

static void start_drainer(void)
{
	int asked[2], done[2];
	pid_t parent;

	if (pipe2(asked, O_CLOEXEC) || pipe2(done, O_CLOEXEC))
		exit(1);
	parent = getpid();
	if (fork() == 0) {
		die_with(parent);
		drainer(asked[0], done[1]);
	}
	drainer_asked = asked[1];
	drainer_done = done[0];
}

static int touch(long at, int is_write)
{
	volatile char *byte = address(at);
	int signal = sigsetjmp(touching, 1);

	if (signal)
		return -signal;
	if (is_write)
		*byte = 1;
	else
		(void)*byte;
	return 0;
}

static int map(const long *n)
{
	int prot = n[6] == 0 ? PROT_READ | PROT_WRITE : n[6] == 1 ? PROT_READ : PROT_NONE;
	int is_shared = n[2] == 1 || n[2] == 3;
	int is_file = n[2] >= 2;
	int flags = MAP_FIXED | (is_shared ? MAP_SHARED : MAP_PRIVATE) | (is_file ? 0 : MAP_ANONYMOUS) |
		    (n[5] ? MAP_LOCKED : 0);
	void *at = mmap(address(n[0]), n[1] * PAGE, prot, flags, is_file ? files[n[3]] : -1, n[4] * PAGE);

	return at == MAP_FAILED ? errno : 0;
}

static int drop_capability(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return errno;
	data[CAP_IPC_LOCK / 32].effective &= ~(1U << (CAP_IPC_LOCK % 32));
	return syscall(SYS_capset, &header, data) ? errno : 0;
}

static int fork_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child < 0)
		return errno;
	if (child == 0) {
		die_with(parent);
		for (;;)
			pause();
	}
	children[n_children++] = child;
	return 0;
}

static int exit_child(void)
{
	pid_t child = children[--n_children];

	kill(child, SIGKILL);
	return waitpid(child, NULL, 0) == child ? 0 : errno;
}

static int call(const char *name, const long *n)
{
#define IS(word) (!strcmp(name, word))
#define RESULT(expression) ((expression) ? errno : 0)
	if (IS("create")) {
		files[n[0]] = memfd_create("lockstep", MFD_CLOEXEC);
		return files[n[0]] < 0 ? errno : RESULT(ftruncate(files[n[0]], n[1] * PAGE));
	}
	if (IS("mmap"))
		return map(n);
	if (IS("munmap"))
		return RESULT(munmap(address(n[0]), n[1] * PAGE));
	if (IS("mlock"))
		return RESULT(mlock(address(n[0]), n[1] * PAGE));
	if (IS("mlock2"))
		return RESULT(syscall(SYS_mlock2, address(n[0]), n[1] * PAGE, n[2]));
	if (IS("munlock"))
		return RESULT(munlock(address(n[0]), n[1] * PAGE));
	if (IS("mlockall"))
		return RESULT(mlockall(n[0]));
	if (IS("munlockall"))
		return RESULT(munlockall());
	if (IS("read"))
		return touch(n[0], 0);
	if (IS("write"))
		return touch(n[0], 1);
	if (IS("truncate"))
		return RESULT(ftruncate(files[n[0]], n[1] * PAGE));
	if (IS("punch-hole"))
		return RESULT(fallocate(files[n[0]], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, n[1] * PAGE,
					n[2] * PAGE));
	if (IS("madvise-dontneed"))
		return RESULT(madvise(address(n[0]), n[1] * PAGE, MADV_DONTNEED));
	if (IS("fork"))
		return fork_child();
	if (IS("exit-child"))
		return exit_child();
	if (IS("drop-capability"))
		return drop_capability();
	if (IS("nothing"))
		return 0;
	return ENOSYS;
}

/* Everything happens on one processor, so that one processor's batches are all there are. */
static void stay_here(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	sched_setaffinity(0, sizeof(here), &here);
}

int main(void)
{
	static char in[4096], out[4096], line[256];
	struct sigaction action = { .sa_handler = on_signal };

	stay_here();
	setvbuf(stdin, in, _IOFBF, sizeof(in));
	setvbuf(stdout, out, _IOFBF, sizeof(out));
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	start_drainer();
	while (fgets(line, sizeof(line), stdin)) {
		long n[8] = { 0 };
		char *at = line, *name;
		struct rlimit limit;
		int i, result;

		getrlimit(RLIMIT_MEMLOCK, &limit);
		limit.rlim_cur = strtoul(at, &at, 10) * PAGE;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_max = limit.rlim_cur;
		setrlimit(RLIMIT_MEMLOCK, &limit);
		name = strtok(at, " \n");
		for (i = 0; i < 8 && (at = strtok(NULL, " \n")); i++)
			n[i] = strtol(at, NULL, 10);
		errno = 0;
		result = call(name, n);
		drain();
		printf("%d\n", result);
		fflush(stdout);
	}
	return 0;
}
