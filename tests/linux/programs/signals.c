/* Signals that a program raises by itself: sent, blocked and pending, faults that are caught, skipped and jumped out of, an
 * alternate stack. Prints the same on any Linux. With `vector`, also whether vector registers survive a handler; with `end`, it ends
 * itself by SIGTERM.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int count;
static char *stack;

static void counts(int signal)
{
    count += signal;
    __asm__ volatile(".insn 4, 0xcc027057\n" /* vsetivli zero, 4, e8, m1: another vtype */
                     ".insn 4, 0x5e03b2d7\n" /* vmv.v.i v5, 7: other contents */
                     ::: "memory");
}

static void jumps(int signal)
{
    siglongjmp(back, signal);
}

static void skips(int signal, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    uintptr_t pc = user->uc_mcontext.__gregs[0];
    printf("signal %d at the instruction: %d\n", signal, (uintptr_t)info->si_addr == pc);
    user->uc_mcontext.__gregs[0] = pc + 4;
}

static void says_where(int signal, siginfo_t *info, void *context)
{
    char here;
    printf("signal %d, address %p, on the other stack: %d\n", signal, info->si_addr, &here >= stack && &here < stack + (1 << 16));
    siglongjmp(back, 1);
}

static void set(int signal, void *handler, int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    if (sigaction(signal, &action, NULL))
        perror("sigaction");
}

static void vectors(void)
{
    uint64_t vl = 0, vtype = 0, sum = 0;
    static uint32_t data[8];
    __asm__ volatile(".insn 4, 0xcd0472d7\n"       /* vsetivli t0, 8, e32, m1, ta, ma */
                     ".insn 4, 0x5208a2d7\n"       /* vid.v v5 */
                     "mv a0, %3\n li a1, 10\n li a7, 130\n ecall\n" /* tkill(this thread, SIGUSR1) */
                     "csrr %0, 0xc20\n csrr %1, 0xc21\n"
                     "mv t1, %2\n .insn 4, 0x020362a7\n" /* vse32.v v5, (t1) */
                     : "=&r"(vl), "=&r"(vtype)
                     : "r"(data), "r"((long)gettid())
                     : "t0", "t1", "a0", "a1", "a7", "memory");
    for (int i = 0; i < 8; i++)
        sum += data[i];
    printf("vl %d, vtype %x, sum %d, handled: %d\n", (int)vl, (int)vtype, (int)sum, count);
}

int main(int argc, char **argv)
{
    sigset_t mask, pending;
    set(SIGUSR1, counts, 0);
    raise(SIGUSR1);
    printf("handled: %d\n", count);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    raise(SIGUSR1);
    sigpending(&pending);
    printf("blocked: %d, pending: %d\n", count, sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
    printf("unblocked: %d\n", count);

    set(SIGSEGV, jumps, 0);
    for (int i = 0; i < 2; i++) {
        int caught = sigsetjmp(back, 1);
        if (!caught)
            *(volatile int *)16 = 1;
        printf("caught: %d\n", caught);
    }
    set(SIGILL, skips, SA_SIGINFO);
    __asm__ volatile(".insn 4, 0x0000000b");
    printf("skipped\n");

    stack_t other = {.ss_sp = stack = malloc(1 << 16), .ss_size = 1 << 16};
    sigaltstack(&other, NULL);
    set(SIGSEGV, says_where, SA_SIGINFO | SA_ONSTACK | SA_NODEFER);
    if (!sigsetjmp(back, 1))
        *(volatile int *)0x20 = 1;

    if (argc > 1 && !strcmp(argv[1], "vector"))
        vectors();
    fflush(stdout);
    if (argc > 1 && !strcmp(argv[1], "end")) {
        set(SIGTERM, SIG_DFL, 0);
        raise(SIGTERM);
    }
    return 3;
}
