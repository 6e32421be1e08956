/* SPDX-License-Identifier: GPL-3.0-or-later
   A child process that reads a script and writes a picture. Its standard input is a socket, so that a child that ends early
   raises no SIGPIPE; both directions are served in one loop, so that neither side waits for the other. */
#include "plot/gnuplot_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/text.h"

extern char **environ;

/* Milliseconds between looks at the child: while it has its outputs open, and when it only has to end. */
enum { POLL_OPEN = 50, POLL_CLOSED = 2, BLOCK = 65536 };

/* ---- Where it is ---- */

bool gnuplot_find(char path[GNUPLOT_PATH]) {
    static const char name[] = "/gnuplot";
    const char *folders = getenv("PATH");
    if (!folders) folders = "/usr/local/bin:/usr/bin:/bin";
    for (const char *at = folders, *end; *at; at = *end ? end + 1 : end) {
        size_t n = strcspn(at, ":");
        end = at + n;
        if (*at != '/' || n + sizeof name > GNUPLOT_PATH) continue;
        memcpy(path, at, n);
        memcpy(path + n, name, sizeof name);
        struct stat what;
        if (stat(path, &what) == 0 && S_ISREG(what.st_mode) && access(path, X_OK) == 0) return true;
    }
    return false;
}

/* ---- The child ---- */

typedef struct Child {
    pid_t pid;      /* 0: it has been waited for */
    int in, out, err; /* ours; -1: closed */
    int status;
    bool status_known;
} Child;

static void shut(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* Both ends are closed when another program is started; `ours` does not block. */
static bool pair(int *ours, int *theirs) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *ours = ends[0];
    *theirs = ends[1];
    return true;
}

/* What would let the user's settings change a picture stays behind. */
static bool is_private(const char *variable) {
    static const char *const names[] = {"GNUTERM=", "GNUPLOT_LIB=", "GNUPLOT_PS_DIR=", "GNUHELP=", "FIT_LOG=", "FIT_SCRIPT=", "LC_ALL=", "LC_NUMERIC="};
    for (unsigned k = 0; k < sizeof names / sizeof *names; k++)
        if (strncmp(variable, names[k], strlen(names[k])) == 0) return true;
    return false;
}

/* NULL: no memory. The strings are the process' own. */
static char **child_environment(void) {
    size_t n = 0, kept = 0;
    while (environ && environ[n]) n++;
    char **copy = malloc((n + 2) * sizeof *copy);
    if (!copy) return NULL;
    for (size_t k = 0; k < n; k++)
        if (!is_private(environ[k])) copy[kept++] = environ[k];
    copy[kept++] = (char *)"LC_NUMERIC=C";
    copy[kept] = NULL;
    return copy;
}

/* In a group of its own, so that Ctrl-C reaches this process alone, and what it started ends with it; with no signal blocked or ignored. */
static int spawn(Child *child, const char *path, bool window, const int theirs[3]) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    char *arguments[] = {(char *)"gnuplot", (char *)"-d", window ? (char *)"-persist" : NULL, NULL}, **environment = child_environment();
    if (!environment) return ENOMEM;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    int failed = 0;
    for (int k = 0; k < 3 && !failed; k++) failed = posix_spawn_file_actions_adddup2(&files, theirs[k], k);
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGQUIT);
    sigaddset(&usual, SIGCHLD);
    sigaddset(&usual, SIGTERM);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (!failed) failed = posix_spawn(&child->pid, path, &files, &how, arguments, environment);
    if (failed) child->pid = 0;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    free(environment);
    return failed;
}

/* A window outlives the program: what it writes then must go nowhere, so its messages go into a file that has no name. */
static bool window_files(int theirs[3], int *messages) {
    FILE *file = tmpfile();
    if (!file) return false;
    theirs[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
    theirs[2] = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
    *messages = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
    fclose(file);
    return theirs[1] >= 0 && theirs[2] >= 0 && *messages >= 0;
}

/* A descriptor of ours that is 0, 1 or 2 (a host without these) would be in the way of the child's. */
static void move_up(int *fd) {
    if (*fd < 0 || *fd > 2) return;
    int higher = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    close(*fd);
    *fd = higher;
}

static bool start(Child *child, const char *path, GnuplotRun *run) {
    int theirs[3] = {-1, -1, -1};
    bool ready = pair(&child->in, &theirs[0]) &&
                 (run->window ? window_files(theirs, &child->err) : pair(&child->out, &theirs[1]) && pair(&child->err, &theirs[2]));
    run->reason = ready ? 0 : errno;
    for (int k = 0; k < 3 && ready; k++) {
        move_up(&theirs[k]);
        ready = theirs[k] >= 0;
        if (!ready) run->reason = errno;
    }
    if (ready) run->reason = spawn(child, path, run->window, theirs);
    for (int k = 0; k < 3; k++) shut(&theirs[k]);
    return run->reason == 0;
}

/* Whether it has ended. A host that ignores SIGCHLD has it waited for by the system. */
static bool ended(Child *child, bool wait) {
    if (!child->pid) return true;
    pid_t pid;
    do pid = waitpid(child->pid, &child->status, wait ? 0 : WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid == 0) return false;
    child->status_known = pid == child->pid;
    child->pid = 0;
    return true;
}

static void end_now(Child *child) {
    if (!child->pid) return;
    kill(-child->pid, SIGKILL);
    kill(child->pid, SIGKILL);
    ended(child, true);
}

/* ---- The loop ---- */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool is_later(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

static void feed(Child *child, const GnuplotRun *run, size_t *sent) {
    ssize_t n = send(child->in, run->script + *sent, run->length - *sent, MSG_NOSIGNAL);
    if (n > 0) *sent += (size_t)n;
    if ((n < 0 && !is_later()) || *sent == run->length) shut(&child->in);
}

static void keep_message(GnuplotRun *run, const char *text, size_t n) {
    size_t used = strlen(run->messages);
    for (size_t k = 0; k < n && used + 1 < sizeof run->messages; k++) run->messages[used++] = text[k] ? text[k] : ' ';
    run->messages[used] = '\0';
}

/* Reads what there is. What is over the size of `messages` is read, too, and forgotten. */
static void take_messages(Child *child, GnuplotRun *run) {
    char block[BLOCK];
    ssize_t n = read(child->err, block, sizeof block);
    if (n > 0) keep_message(run, block, (size_t)n);
    else if (n == 0 || !is_later()) shut(&child->err);
}

static void take_picture(State *S, Child *child, GnuplotRun *run, size_t start) {
    char block[BLOCK];
    ssize_t n = read(child->out, block, sizeof block);
    if (n > 0 && text_length(S, start) + (size_t)n > run->most) run->end = GNUPLOT_TOO_MUCH;
    else if (n > 0 && !text_room(S, (size_t)n)) run->end = GNUPLOT_NO_MEMORY;
    else if (n > 0) text_append(S, block, (size_t)n);
    else if (n == 0 || !is_later()) shut(&child->out);
}

/* Serves the child until it has closed its outputs or has ended. */
static void serve(State *S, Child *child, GnuplotRun *run, size_t start, double deadline) {
    size_t sent = 0;
    while (run->end == GNUPLOT_DONE) {
        bool over = ended(child, false);
        struct pollfd files[3] = {{child->in, POLLOUT, 0}, {child->out, POLLIN, 0}, {run->window ? -1 : child->err, POLLIN, 0}};
        int ready = poll(files, 3, over ? 0 : child->out < 0 && child->err < 0 ? POLL_CLOSED : POLL_OPEN);
        if (files[0].revents) feed(child, run, &sent);
        if (files[1].revents) take_picture(S, child, run, start);
        if (files[2].revents) take_messages(child, run);
        if (S->interrupted) run->end = GNUPLOT_INTERRUPTED;
        else if (now() > deadline) run->end = GNUPLOT_TOO_LONG;
        /* What it started may hold its outputs open: nothing more is to come from there. */
        if (over && ready <= 0) break;
    }
}

static void judge(const Child *child, GnuplotRun *run) {
    if (run->end != GNUPLOT_DONE || !child->status_known) return;
    if (WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0) return;
    run->end = GNUPLOT_FAILED;
    run->reason = WIFEXITED(child->status) ? WEXITSTATUS(child->status) : -WTERMSIG(child->status);
}

void gnuplot_run(State *S, const char *path, GnuplotRun *run) {
    Child child = {.in = -1, .out = -1, .err = -1};
    size_t begin = text_begin(S);
    run->end = GNUPLOT_DONE;
    run->messages[0] = '\0';
    if (!start(&child, path, run)) run->end = GNUPLOT_NOT_STARTED;
    else serve(S, &child, run, begin, now() + run->seconds);
    if (run->end != GNUPLOT_DONE) end_now(&child);
    if (run->window && child.err >= 0 && lseek(child.err, 0, SEEK_SET) == 0) take_messages(&child, run);
    shut(&child.in);
    shut(&child.out);
    shut(&child.err);
    judge(&child, run);
    if (run->end != GNUPLOT_DONE) text_drop(S, begin);
}
