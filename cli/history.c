/* SPDX-License-Identifier: GPL-3.0-or-later
   The file of what was typed. */
#include "cli/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

/* MOST entries are kept; the file may have MORE before it is rewritten. Longer entries than LONGEST bytes are not written. */
enum { MOST = 10000, MORE = MOST + MOST / 10, LONGEST = 1 << 20, FILE_MOST = 1 << 25, TRIES = 10 };

static void fail(History *h, const char *reason) {
    if (!h->failed) fprintf(stderr, "elbo: the history is not kept: %s: %s\n", h->path, reason);
    h->failed = true;
}

/* ---- The place ---- */

static char *joined(const char *folder, const char *rest) {
    size_t size = strlen(folder) + strlen(rest) + 1;
    char *path = malloc(size);
    if (path) snprintf(path, size, "%s%s", folder, rest);
    return path;
}

static char *find_path(void) {
    const char *own = getenv("ELBO_HISTORY"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (own) return *own ? strdup(own) : NULL;
    if (state && *state == '/') return joined(state, "/elbo/history");
    if (!home || *home != '/') return NULL;
#ifdef __APPLE__
    return joined(home, "/Library/Application Support/elbo/history");
#else
    return joined(home, "/.local/state/elbo/history");
#endif
}

/* The folders that the file is to stand in; whether that works shows when it is opened. */
static void make_folders(char *path) {
    for (char *c = path + 1; *c; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(path, 0700);
        *c = '/';
    }
}

/* ---- Opening ---- */

static bool is_current(int file, const char *path) {
    struct stat opened, there;
    return fstat(file, &opened) == 0 && stat(path, &there) == 0 && opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

/* Opens and locks the file; another session may be replacing it. -1: errno says why not, 0 that there is none. */
static int open_locked(const char *path, int flags, int lock) {
    for (int try = 0; try < TRIES; try++) {
        int file = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
        if (file < 0) {
            if (errno == ENOENT && !(flags & O_CREAT)) errno = 0;
            return -1;
        }
        struct stat status;
        if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
            close(file);
            errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
            return -1;
        }
        flock(file, lock); /* where there are no locks, entries may get lost but not the session */
        if (is_current(file, path)) return file;
        close(file);
    }
    errno = EBUSY;
    return -1;
}

static const char *reason(void) { return errno == EINVAL ? "it is no file" : strerror(errno); }

/* ---- Reading ---- */

/* The file's last FILE_MOST bytes, with a NUL behind them; NULL: errno says why. */
static char *read_whole(int file, size_t *length) {
    off_t size = lseek(file, 0, SEEK_END), from = size > FILE_MOST ? size - FILE_MOST : 0;
    char *text = size < 0 ? NULL : malloc((size_t)(size - from) + 1);
    if (!text) return NULL;
    *length = 0;
    for (ssize_t n; (n = pread(file, text + *length, (size_t)(size - from) - *length, from + (off_t)*length)) > 0;) *length += (size_t)n;
    text[*length] = '\0';
    if (!from) return text;
    char *line = memchr(text, '\n', *length); /* the first one is cut */
    size_t skip = line ? (size_t)(line - text) + 1 : *length;
    memmove(text, text + skip, *length - skip + 1);
    *length -= skip;
    return text;
}

/* In place. */
static void unescape(char *line) {
    char *to = line;
    for (const char *from = line; *from; from++) {
        if (*from == '\\' && strchr("\\nr", from[1]) && from[1]) {
            from++;
            *to++ = *from == 'n' ? '\n' : *from == 'r' ? '\r' : '\\';
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static size_t count_lines(const char *text, size_t length) {
    size_t n = 0;
    for (size_t k = 0; k < length; k++) n += text[k] == '\n';
    return n;
}

/* What of the text its last `keep` lines are. */
static char *last_lines(char *text, size_t length, size_t keep) {
    size_t n = count_lines(text, length);
    for (; n > keep; n--) text = strchr(text, '\n') + 1;
    return text;
}

static void remember(char *text) {
    for (char *end; *text; text = end) {
        end = text + strcspn(text, "\n");
        if (*end) *end++ = '\0';
        unescape(text);
        if (*text) add_history(text);
    }
}

static bool write_all(int file, const char *text, size_t length) {
    while (length) {
        ssize_t n = write(file, text, length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text += n;
        length -= (size_t)n;
    }
    return true;
}

/* Leaves only the last entries in the file, while nobody else may write. */
static void shorten(const char *link) {
    char *path = realpath(link, NULL);
    int file = path ? open_locked(path, O_RDWR, LOCK_EX) : -1;
    if (file < 0) {
        free(path);
        return;
    }
    size_t length;
    char *text = read_whole(file, &length), *beside = joined(path, ".new");
    int new = text && beside ? open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (new >= 0) {
        char *last = last_lines(text, length, MOST);
        bool good = write_all(new, last, length - (size_t)(last - text)) && fsync(new) == 0;
        good = close(new) == 0 && good;
        if (!good || rename(beside, path) != 0) unlink(beside);
    }
    free(beside);
    free(text);
    free(path);
    close(file);
}

static void load(History *h) {
    int file = open_locked(h->path, O_RDONLY, LOCK_SH);
    if (file < 0) {
        if (errno) fail(h, reason());
        return;
    }
    size_t length;
    char *text = read_whole(file, &length);
    close(file);
    if (!text) return;
    for (size_t k = 0; k < length; k++)
        if (!text[k]) text[k] = ' '; /* it is no text, but may have some */
    if (count_lines(text, length) > MORE) shorten(h->path);
    remember(last_lines(text, length, MOST));
    free(text);
}

void history_open(History *h) {
    *h = (History){.path = find_path()};
    using_history();
    stifle_history(MOST);
    if (!h->path) return;
    make_folders(h->path);
    load(h);
}

/* ---- Adding ---- */

/* The entry as a line, with a line feed in front of it for a line before it that was cut off. */
static char *escaped(const char *text) {
    char *line = malloc(2 * strlen(text) + 3), *to = line;
    if (!line) return NULL;
    *to++ = '\n';
    for (; *text; text++) {
        bool special = *text == '\\' || *text == '\n' || *text == '\r';
        if (special) *to++ = '\\';
        *to++ = *text == '\n' ? 'n' : *text == '\r' ? 'r' : *text;
    }
    *to++ = '\n';
    *to = '\0';
    return line;
}

static void append(History *h, const char *line) {
    int file = open_locked(h->path, O_RDWR | O_APPEND | O_CREAT, LOCK_EX);
    if (file < 0) {
        fail(h, reason());
        return;
    }
    char last = '\n';
    off_t size = lseek(file, 0, SEEK_END);
    if (size > 0 && pread(file, &last, 1, size - 1) != 1) last = '\n';
    if (last == '\n') line++;
    if (!write_all(file, line, strlen(line))) {
        fail(h, strerror(errno));
        if (ftruncate(file, size) != 0) errno = 0; /* an entry that is cut off is none the worse for it */
    }
    close(file);
}

void history_add(History *h, const char *text) {
    if (h->last && strcmp(h->last, text) == 0) return;
    free(h->last);
    h->last = strdup(text);
    add_history(text);
    if (!h->path || h->failed || strlen(text) > LONGEST) return;
    char *line = escaped(text);
    if (line) append(h, line);
    free(line);
}

void history_close(History *h) {
    free(h->path);
    free(h->last);
    *h = (History){0};
}
