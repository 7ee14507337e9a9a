/* What a C library asks of Linux, in one program: arguments, environment, files, memory of many sizes, time, limits, errors.
 *
 * usage: report [FOLDER]     FOLDER must be granted for writing
 * Everything printed is the same on any Linux, so that emulators can be compared.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static __thread int counter = 41;

static void memory(void)
{
    unsigned sum = 0;
    char *block[64];
    for (int i = 0; i < 64; i++) {
        size_t size = (size_t)1 << (i % 22);
        block[i] = malloc(size);
        memset(block[i], i, size);
    }
    for (int i = 0; i < 64; i += 2)
        block[i] = realloc(block[i], (size_t)3 << (i % 22));
    for (int i = 0; i < 64; i++) {
        sum += (unsigned char)block[i][0];
        free(block[i]);
    }
    char *page = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[4096] = 7;
    printf("protect %d", mprotect(page, 4096, PROT_READ));
    printf(" discard %d", madvise(page + 4096, 4096, MADV_DONTNEED));
    printf(" zero %d", page[4096]);
    char *grown = mremap(page + 4096, 2 * 4096, 1 << 20, MREMAP_MAYMOVE);
    printf(" moved %d unmap %d\n", grown != MAP_FAILED, munmap(grown, 1 << 20));
    char *end = sbrk(0);
    printf("blocks sum to %u, break moves by %d\n", sum, sbrk(4096) == end ? (int)((char *)sbrk(0) - end) : -1);
}

static int files(const char *folder)
{
    struct stat about;
    char line[64], name[256];
    if (chdir(folder)) {
        perror("chdir");
        return 1;
    }
    int fd = open("table.txt", O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct iovec parts[3] = {{"one ", 4}, {"two ", 4}, {"three\n", 6}};
    printf("writev %zd", writev(fd, parts, 3));
    printf(" seek %ld", (long)lseek(fd, 4, SEEK_SET));
    printf(" read %zd", read(fd, line, sizeof line));
    printf(" pread %zd", pread(fd, line, 3, 0));
    printf(" %.3s size %d", line, fstat(fd, &about) ? -1 : (int)about.st_size);
    char *map = mmap(NULL, 14, PROT_READ, MAP_PRIVATE, fd, 0);
    printf(" mapped %.5s", map + 8);
    printf(" truncate %d close %d\n", ftruncate(fd, 8), close(fd));
    FILE *file = fopen("table.txt", "a+");
    fprintf(file, "%s\n", "more");
    rewind(file);
    while (fgets(line, sizeof line, file))
        printf("line: %s", line);
    fclose(file);
    printf("mkdir %d", mkdir("sub", 0700));
    printf(" rename %d", rename("table.txt", "sub/list.txt"));
    printf(" stat %d mode %o", stat("sub/list.txt", &about), about.st_mode & 0777);
    printf(" gone %d\n", access("table.txt", F_OK) == -1 && errno == ENOENT);
    int count = 0;
    DIR *dir = opendir("sub");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL; count++)
        ;
    closedir(dir);
    printf("entries %d unlink %d rmdir %d\n", count, unlink("sub/list.txt"), rmdir("sub"));
    printf("cwd %d\n", getcwd(name, sizeof name) != NULL);
    return 0;
}

int main(int argc, char **argv)
{
    struct timespec before, after, nap = {0, 2000000};
    struct rlimit limit;
    struct sigaction action;
    jmp_buf back;
    char data[16];
    printf("%d arguments, HOME %s, tls %d\n", argc, getenv("HOME") ? getenv("HOME") : "unset", ++counter);
    memory();
    clock_gettime(CLOCK_MONOTONIC, &before);
    printf("sleep %d", nanosleep(&nap, NULL));
    clock_gettime(CLOCK_MONOTONIC, &after);
    long passed = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
    printf(" long enough %d\n", passed >= 2000000);
    printf("random %zd", getrandom(data, sizeof data, 0));
    printf(" stack %d", getrlimit(RLIMIT_STACK, &limit));
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    printf(" sigaction %d raise %d", sigaction(SIGUSR1, &action, NULL), raise(SIGUSR1));
    printf(" pages of %ld tty %d\n", sysconf(_SC_PAGESIZE), isatty(1));
    if (setjmp(back) == 0)
        longjmp(back, 1);
    printf("open /nowhere/file: %d, write to 77: %d\n", open("/nowhere/file", O_RDONLY), (int)write(77, "x", 1));
    char word[32] = "";
    printf("input: %s\n", fgets(word, sizeof word, stdin) ? strtok(word, "\n") : "none");
    return argc > 1 ? files(argv[1]) : 0;
}
