/* SPDX-License-Identifier: GPL-3.0-or-later
   Files that are read, in a way that the user can interrupt: a pipe may have nobody who writes. */
#include "runtime/read_file.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "runtime/error.h"
#include "runtime/eval.h"

/* While we wait for a file, Ctrl-C must end the call and not have the system begin it anew, which is what hosts mostly ask for. */
static void let_interrupt(struct sigaction *before) {
    sigaction(SIGINT, NULL, before);
    struct sigaction during = *before;
    during.sa_flags &= ~SA_RESTART;
    sigaction(SIGINT, &during, NULL);
}

static void restore(const struct sigaction *before) {
    int reason = errno;
    sigaction(SIGINT, before, NULL);
    errno = reason;
}

FILE *read_file_open(State *S, const char *path) {
    if (strcmp(path, "-") == 0) return stdin;
    struct sigaction before;
    FILE *file;
    let_interrupt(&before);
    do file = fopen(path, "rbe");
    while (!file && errno == EINTR && !S->interrupted);
    restore(&before);
    if (!file && errno == EINTR) eval_poll(S, S->node);
    if (!file) error_raise(S, "no-file", NULL, "the file '%s' cannot be opened: %s", path, strerror(errno));
    return file;
}

size_t read_file_block(const State *S, FILE *file, void *block, size_t size) {
    struct sigaction before;
    size_t n = 0;
    let_interrupt(&before);
    do {
        errno = S->interrupted ? EINTR : 0;
        if (errno) break;
        n = fread(block, 1, size, file);
        if (ferror(file)) clearerr(file);
    } while (!n && errno == EINTR);
    restore(&before);
    return n;
}

void read_file_close(FILE *file) {
    if (file != stdin) fclose(file);
}
