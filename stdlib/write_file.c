/* SPDX-License-Identifier: GPL-3.0-or-later
   Writing files: whole, or not at all. */
#include "stdlib/write_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/error.h"
#include "runtime/eval.h"

enum { LINKS = 40, TRIES = 1000, NAME_ROOM = 64, WAIT_MILLISECONDS = 50 };

/* ---- Bytes into a descriptor. What fails returns errno, 0 is success ---- */

/* Waits until it takes bytes; a wait ends when the user interrupts, a write need not. */
static int wait_ready(const State *S, int fd) {
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    for (;;) {
        int n = poll(&ready, 1, WAIT_MILLISECONDS);
        if (S->interrupted) return EINTR;
        if (n > 0) return 0;
        if (n < 0 && errno != EINTR) return errno;
    }
}

/* Pieces of PIPE_BUF bytes do not block once there is room. */
static int write_straight(const State *S, int fd, const char *bytes, size_t n) {
    while (n) {
        int error = wait_ready(S, fd);
        if (error) return error;
        ssize_t done = write(fd, bytes, n < PIPE_BUF ? n : PIPE_BUF);
        if (done < 0 && errno != EINTR && errno != EAGAIN) return errno;
        if (done > 0) bytes += done, n -= (size_t)done;
    }
    return 0;
}

static int write_all(int fd, const char *bytes, size_t n) {
    while (n) {
        ssize_t done = write(fd, bytes, n < INT_MAX ? n : INT_MAX);
        if (done < 0 && errno != EINTR) return errno;
        if (done > 0) bytes += done, n -= (size_t)done;
    }
    return 0;
}

/* Not all that can be written to can be flushed. */
static int flush(int fd) {
    int done;
    do done = fsync(fd);
    while (done != 0 && errno == EINTR);
    return done == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP ? 0 : errno;
}

static int close_after(int fd, int error) {
    return close(fd) != 0 && !error && errno != EINTR ? errno : error;
}

/* ---- What is no regular file ---- */

/* /dev/stdout and its like: the descriptor that is open already, so that what was written to it before stands before; -1: no
   such name. */
static int named_descriptor(const char *path) {
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0) return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0) return STDERR_FILENO;
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
        size_t length = strlen(folders[k]);
        char *end;
        if (strncmp(path, folders[k], length) != 0) continue;
        long fd = strtol(path + length, &end, 10);
        if (end != path + length && !*end && fd >= 0 && fd <= INT_MAX) return (int)fd;
    }
    return -1;
}

static int write_descriptor(const State *S, int fd, const char *bytes, size_t n) {
    fflush(stdout);
    return write_straight(S, fd, bytes, n);
}

/* A pipe with a name opens when somebody reads it. */
static int open_special(const State *S, const char *path, int *fd) {
    for (;;) {
        *fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (*fd >= 0) return 0;
        if (errno != ENXIO && errno != EINTR) return errno;
        struct stat status;
        if (errno == ENXIO && (stat(path, &status) != 0 || !S_ISFIFO(status.st_mode))) return ENXIO;
        if (S->interrupted) return EINTR;
        poll(NULL, 0, WAIT_MILLISECONDS);
    }
}

static int write_special(const State *S, const char *path, const char *bytes, size_t n) {
    int fd, error = open_special(S, path, &fd);
    return error ? error : close_after(fd, write_straight(S, fd, bytes, n));
}

/* ---- Regular files ---- */

/* Where symbolic links lead to, also where nothing is there yet. */
static int follow_links(const char *path, char target[PATH_MAX]) {
    char link[PATH_MAX];
    size_t length = strlen(path);
    if (length >= PATH_MAX) return ENAMETOOLONG;
    memcpy(target, path, length + 1);
    for (int k = 0; k < LINKS; k++) {
        struct stat status;
        if (lstat(target, &status) != 0 || !S_ISLNK(status.st_mode)) return 0;
        ssize_t n = readlink(target, link, sizeof link - 1);
        if (n < 0) return errno;
        const char *slash = strrchr(target, '/');
        size_t folder = link[0] == '/' || !slash ? 0 : (size_t)(slash - target) + 1;
        if (folder + (size_t)n >= PATH_MAX) return ENAMETOOLONG;
        memcpy(target + folder, link, (size_t)n);
        target[folder + (size_t)n] = '\0';
    }
    return ELOOP;
}

/* A new file in the folder of `target`. One that replaces another is nobody else's to read until it has the other's permissions. */
static int open_temporary(const char *target, bool exists, char temporary[PATH_MAX + NAME_ROOM], int *fd) {
    const char *slash = strrchr(target, '/');
    int folder = slash ? (int)(slash - target) + 1 : 0;
    for (int k = 0; k < TRIES; k++) {
        snprintf(temporary, PATH_MAX + NAME_ROOM, "%.*s.elbo-%ld-%d", folder, target, (long)getpid(), k);
        *fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, exists ? 0600 : 0666);
        if (*fd >= 0) return 0;
        if (errno != EEXIST && errno != EINTR) return errno;
    }
    return EEXIST;
}

/* Owner and group as far as is allowed; the mode last, as changing the owner takes bits of it. */
static int copy_permissions(int fd, const struct stat *old) {
    if (fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0 && errno != EPERM && errno != EINVAL)
        return errno;
    return fchmod(fd, old->st_mode & 07777) != 0 ? errno : 0;
}

/* So that the new name survives a power cut; where folders cannot be flushed, the file is whole all the same. */
static void flush_folder(const char *target) {
    char folder[PATH_MAX];
    const char *slash = strrchr(target, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - target) + 1 : 1, slash ? target : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    flush(fd);
    close(fd);
}

static int replace_file(const char *target, const struct stat *old, const char *bytes, size_t n) {
    char temporary[PATH_MAX + NAME_ROOM];
    int fd, error = open_temporary(target, old != NULL, temporary, &fd);
    if (error) return error;
    error = write_all(fd, bytes, n);
    if (!error && old) error = copy_permissions(fd, old);
    if (!error) error = flush(fd);
    error = close_after(fd, error);
    if (!error && rename(temporary, target) != 0) error = errno;
    if (error) unlink(temporary);
    else flush_folder(target);
    return error;
}

static int write_path(const State *S, const char *path, const char *bytes, size_t n) {
    char target[PATH_MAX];
    struct stat old;
    size_t length = strlen(path);
    if (!length) return ENOENT;
    int fd = named_descriptor(path);
    if (fd >= 0) return write_descriptor(S, fd, bytes, n);
    int error = follow_links(path, target);
    if (error) return error;
    fd = named_descriptor(target);
    if (fd >= 0) return write_descriptor(S, fd, bytes, n);
    bool exists = stat(target, &old) == 0;
    if (!exists && errno != ENOENT) return errno;
    if (!exists) return path[length - 1] == '/' ? EISDIR : replace_file(target, NULL, bytes, n);
    if (S_ISDIR(old.st_mode)) return EISDIR;
    if (!S_ISREG(old.st_mode)) return write_special(S, target, bytes, n);
    /* The rights of the folder alone would allow to replace what must not be written. */
    if (faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0) return errno;
    return replace_file(target, &old, bytes, n);
}

/* ---- Signals ---- */

/* A pipe that nobody reads and a limit on the size of files are errors here, and no reason to die: the signals are held back
   and taken out of the queue. */
static int write_without_signals(const State *S, const char *path, const char *bytes, size_t n) {
    static const int numbers[] = {SIGPIPE, SIGXFSZ};
    const struct timespec at_once = {0, 0};
    sigset_t held, pending, before;
    sigemptyset(&held);
    sigpending(&pending);
    for (size_t k = 0; k < 2; k++)
        if (!sigismember(&pending, numbers[k])) sigaddset(&held, numbers[k]);
    pthread_sigmask(SIG_BLOCK, &held, &before);
    int error = write_path(S, path, bytes, n);
    while (sigtimedwait(&held, NULL, &at_once) < 0 && errno == EINTR) continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

/* ---- The door ---- */

typedef struct Advice {
    int error;
    const char *text;
} Advice;

static const Advice advices[] = {
    {ENOSPC, "The disk is full. A file that was there before is as it was."},
    {EDQUOT, "Your share of the disk is used up. A file that was there before is as it was."},
    {EFBIG, "The system allows no file of this size. A file that was there before is as it was."},
    {ENOENT, "Make its folder first."},
    {ENOTDIR, "A part of the path is a file and no folder."},
    {EACCES, "Take another folder, or change the permissions of the file and its folder."},
    {EPERM, "Take another folder, or change the permissions of the file and its folder."},
    {EROFS, "Take a folder that can be written to."},
    {EISDIR, "It is a folder: name a file in it."},
    {EPIPE, "Who was to read it has gone."},
};

static _Noreturn void raise_not_written(State *S, const char *path, int error) {
    const char *advice = NULL;
    for (size_t k = 0; k < sizeof advices / sizeof *advices; k++)
        if (advices[k].error == error) advice = advices[k].text;
    if (!*path) error_raise(S, "not-written", "Name the file.", "a file without a name cannot be written");
    error_raise(S, "not-written", advice, "the file '%s' could not be written: %s", path, strerror(error));
}

void write_file(State *S, const char *path, const char *bytes, size_t n) {
    int error = write_without_signals(S, path, bytes, n);
    if (!error) return;
    if (S->interrupted) eval_poll(S, S->node);
    raise_not_written(S, path, error);
}
