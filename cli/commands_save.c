/* SPDX-License-Identifier: GPL-3.0-or-later
   :save: the session as a script. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"

/* ---- The script ---- */

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }

/* Whether a text may name the last value. */
static bool names_last(const char *text) {
    for (const char *c = text; (c = strchr(c, '_')); c++)
        if ((c == text || !is_word(c[-1])) && !is_word(c[1])) return true;
    return false;
}

/* A value that was shown is printed; where any text names the last value, it must be kept as well. */
static void write_kept(FILE *file, const Kept *kept, bool with_last) {
    const char *t = kept->text;
    size_t length = strlen(t);
    if (kept->start == kept->end) {
        fprintf(file, "%s\n", t);
        return;
    }
    fwrite(t, 1, kept->start, file);
    fputs(with_last ? "_ = " : "print(", file);
    fwrite(t + kept->start, 1, kept->end - kept->start, file);
    if (!with_last) fputc(')', file);
    fprintf(file, "%s\n", kept->end < length ? t + kept->end : "");
    if (with_last) fputs("print(_)\n", file);
}

static void write_script(FILE *file, const Session *session) {
    bool with_last = false;
    for (size_t k = 0; k < session->n_kept; k++) with_last |= names_last(session->kept[k].text);
    fputs("# A session of Elbo.\n", file);
    for (size_t k = 0; k < session->n_kept; k++) write_kept(file, &session->kept[k], with_last);
}

/* ---- The file ---- */

/* Writes the script beside `path` and closes it; false: errno says why not. */
static bool write_beside(const char *beside, mode_t mode, const Session *session) {
    int descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (!file) return false;
    write_script(file, session);
    bool good = fflush(file) == 0 && !ferror(file) && fsync(descriptor) == 0;
    int error = errno;
    good = fclose(file) == 0 && good;
    if (!good) {
        unlink(beside);
        errno = error ? error : EIO;
    }
    return good;
}

/* The new file takes the name whole or not at all, and never that of a file that has come meanwhile. */
static bool put_in_place(const char *beside, const char *path, bool replace) {
    bool good = !replace && link(beside, path) == 0;
    /* Some file systems have no links. */
    if (!good && (replace || (errno != EEXIST && access(path, F_OK) != 0))) good = rename(beside, path) == 0;
    int error = errno;
    unlink(beside);
    errno = error;
    return good;
}

static bool save(const char *path, bool replace, const Session *session) {
    char *target = replace ? realpath(path, NULL) : strdup(path); /* what a link leads to */
    if (!target && errno == ENOENT) {
        target = strdup(path);
        replace = false;
    }
    size_t size = target ? strlen(target) + 32 : 0;
    char *beside = malloc(size + 1);
    struct stat old;
    mode_t mode = target && stat(target, &old) == 0 ? old.st_mode & 0777 : 0666;
    bool good = target && beside;
    if (good) {
        snprintf(beside, size, "%s.%ld.new", target, (long)getpid());
        good = write_beside(beside, mode, session) && put_in_place(beside, target, replace);
    }
    int error = errno;
    free(beside);
    free(target);
    errno = error;
    return good;
}

/* Without quotes around it, and blanks behind it. */
static char *file_name(const char *argument) {
    size_t n = strlen(argument);
    while (n && isspace((unsigned char)argument[n - 1])) n--;
    bool quoted = n > 1 && argument[0] == '"' && argument[n - 1] == '"';
    return strndup(argument + quoted, n - 2 * quoted);
}

void command_save(Session *session, const char *argument) {
    char *path = file_name(argument), row[512];
    bool replace = session->forced || (session->file && strcmp(session->file, argument) == 0);
    struct stat old;
    if (!path) {
        repl_complain(session, "there is not enough memory");
    } else if (stat(path, &old) == 0 && !S_ISREG(old.st_mode)) {
        repl_complain(session, "'%s' is no file that could be replaced", path);
    } else if (save(path, replace, session)) {
        snprintf(row, sizeof row, "%zu statement%s saved to %.400s\n", session->n_kept, session->n_kept == 1 ? "" : "s", path);
        output_print(&session->cli->output, row, strlen(row));
        free(session->file);
        session->file = strdup(argument);
    } else if (errno == EEXIST) {
        repl_complain(session, "'%s' is there already. :save! %s replaces it.", path, argument);
    } else {
        repl_complain(session, "'%s' could not be written: %s", path, strerror(errno));
    }
    free(path);
}
