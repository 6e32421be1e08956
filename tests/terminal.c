/* SPDX-License-Identifier: GPL-3.0-or-later
   Somebody at a terminal, for tests: runs a program on a pseudoterminal and plays a scene from standard input.

     terminal [-s COLUMNSxROWS] PROGRAM ARGUMENT... <SCENE

   A scene has a command a line; texts may have \r, \t, \e, \n, \\ and \xHH:

     type TEXT      sends the text and Return
     send TEXT      sends the text
     wait TEXT      waits until the text appears behind what was waited for last; escape sequences are taken out before
     raw TEXT       the same, with escape sequences left in
     absent TEXT    the text has not appeared between the last two places that were waited for
     narrow N       between the same two places no line takes more than N columns, but the first, which was typed
     resize CxR     changes the size of the terminal
     signal NAME    sends the program a signal: INT, TERM, HUP, WINCH
     close          takes the terminal away
     exit N         waits until the program has ended, with this status
     ended          the same with any status but a crash's

   Every wait ends after TERMINAL_SECONDS (60). Exits with 0 if all went as the scene says, else with 1 and, as lines for TAP,
   what was expected and all that the program wrote. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 65536 };

typedef struct Terminal {
    int file;    /* our end; -1: closed */
    pid_t child;
    int status;  /* of waitpid, once it has ended */
    bool ended;
    char *raw, *plain; /* all that it wrote, and that without escape sequences */
    size_t *plain_of;  /* how much of the plain text stands before a byte of the raw one */
    size_t n_raw, n_plain, room;
    size_t raw_at, plain_at, plain_before; /* behind what was waited for last, and before that */
    int escape;  /* where in a sequence the text is: 0 outside, 1 behind ESC, '[' or ']' within */
} Terminal;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double patience(void) {
    const char *seconds = getenv("TERMINAL_SECONDS");
    return seconds ? atof(seconds) : 60;
}

/* ---- What it writes ---- */

static void keep(Terminal *t, char c) {
    if (t->n_raw + 1 >= t->room) {
        t->room = t->room ? 2 * t->room : 65536;
        t->raw = realloc(t->raw, t->room);
        t->plain = realloc(t->plain, t->room);
        t->plain_of = realloc(t->plain_of, t->room * sizeof *t->plain_of);
        if (!t->raw || !t->plain || !t->plain_of) exit(2);
    }
    t->plain_of[t->n_raw] = t->n_plain;
    t->raw[t->n_raw++] = c;
    switch (t->escape) {
        case 0:
            if (c == '\033') t->escape = 1;
            else if (c != '\r' && c != '\a' && c != '\0') t->plain[t->n_plain++] = c;
            break;
        case 1: t->escape = c == '[' || c == ']' ? c : c == '(' ? '(' : 0; break;
        case '[': if (c >= '@' && c <= '~') t->escape = 0; break;
        case ']': if (c == '\a' || c == '\\') t->escape = 0; break;
        default: t->escape = 0;
    }
    t->raw[t->n_raw] = t->plain[t->n_plain] = '\0';
}

/* Reads what there is, and waits for something until `until`; false: nothing more comes. */
static bool listen_until(Terminal *t, double until) {
    double left = until - now();
    struct pollfd p = {.fd = t->file, .events = POLLIN};
    if (t->file < 0 || left <= 0 || poll(&p, 1, (int)(1000 * left) + 1) <= 0) return false;
    char block[4096];
    ssize_t n = read(t->file, block, sizeof block);
    for (ssize_t k = 0; k < n; k++) keep(t, block[k]);
    if (n > 0) return true;
    close(t->file);
    t->file = -1;
    return false;
}

/* What was waited for ends before this byte of the raw text. */
static void go_to(Terminal *t, size_t raw_at) {
    t->raw_at = raw_at;
    t->plain_at = raw_at < t->n_raw ? t->plain_of[raw_at] : t->n_plain;
}

static bool wait_for(Terminal *t, const char *text, bool raw) {
    double until = now() + patience();
    for (;;) {
        const char *all = raw ? t->raw + t->raw_at : t->plain + t->plain_at, *at = t->raw ? strstr(all, text) : NULL;
        if (at) {
            t->plain_before = t->plain_at;
            size_t end = (size_t)(at - (raw ? t->raw : t->plain)) + strlen(text);
            while (!raw && t->raw_at < t->n_raw && t->plain_of[t->raw_at] < end) t->raw_at++;
            go_to(t, raw ? end : t->raw_at);
            return true;
        }
        if (!listen_until(t, until)) return false;
    }
}

/* status -1: any but a crash's. */
static bool wait_for_end(Terminal *t, int status) {
    double until = now() + patience();
    while (!t->ended && now() < until) {
        listen_until(t, now() + 0.02);
        if (t->file < 0) nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        t->ended = waitpid(t->child, &t->status, WNOHANG) == t->child;
    }
    if (!t->ended) return false;
    int code = WIFEXITED(t->status) ? WEXITSTATUS(t->status) : 128 + WTERMSIG(t->status);
    bool good = status >= 0 ? code == status : code < 128 || code == 128 + SIGHUP || code == 128 + SIGTERM || code == 128 + SIGPIPE;
    if (!good) printf("# it ends with %d\n", code);
    return good;
}

/* ---- What is typed ---- */

static void unescape(char *text) {
    char *to = text;
    for (const char *c = text; *c; c++) {
        unsigned code;
        if (*c != '\\' || !c[1]) {
            *to++ = *c;
        } else if (*++c == 'x' && sscanf(c + 1, "%2x", &code) == 1) {
            *to++ = (char)code;
            c += 2;
        } else {
            *to++ = *c == 'r' ? '\r' : *c == 't' ? '\t' : *c == 'e' ? '\033' : *c == 'n' ? '\n' : *c;
        }
    }
    *to = '\0';
}

/* Listens meanwhile: a program that waits for somebody to read reads nothing itself. */
static bool type(Terminal *t, const char *text, size_t length) {
    double until = now() + patience();
    while (length && now() < until) {
        struct pollfd p = {.fd = t->file, .events = POLLIN | POLLOUT};
        if (t->file < 0 || poll(&p, 1, 1000) < 0) return false;
        if (p.revents & POLLIN) listen_until(t, until);
        if (t->file < 0 || !(p.revents & POLLOUT)) continue;
        ssize_t n = write(t->file, text, length < 256 ? length : 256);
        if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (n > 0) text += n, length -= (size_t)n;
    }
    return length == 0;
}

/* ---- The scene ---- */

/* Wide characters have no place in these tests. */
static bool is_narrow(const Terminal *t, unsigned columns) {
    const char *end = t->plain + t->plain_at, *line = t->plain ? memchr(t->plain + t->plain_before, '\n', t->plain_at - t->plain_before) : NULL;
    while (line) {
        unsigned n = 0;
        const char *c = line + 1;
        for (; c < end && *c != '\n'; c++) n += ((unsigned char)*c & 0xC0) != 0x80;
        if (n > columns) {
            printf("# %u columns: %.*s\n", n, (int)(c - line - 1), line + 1);
            return false;
        }
        line = c < end ? c : NULL;
    }
    return true;
}

static bool resize(Terminal *t, const char *size) {
    struct winsize w = {0};
    if (sscanf(size, "%hux%hu", &w.ws_col, &w.ws_row) != 2) return false;
    return ioctl(t->file, TIOCSWINSZ, &w) == 0;
}

static bool send_signal(const Terminal *t, const char *name) {
    static const struct { const char *name; int number; } signals[] = {{"INT", SIGINT}, {"TERM", SIGTERM}, {"HUP", SIGHUP}, {"WINCH", SIGWINCH}};
    for (unsigned k = 0; k < sizeof signals / sizeof *signals; k++)
        if (strcmp(signals[k].name, name) == 0) return kill(t->child, signals[k].number) == 0;
    return false;
}

static bool play(Terminal *t, const char *what, char *text) {
    unescape(text);
    if (strcmp(what, "type") == 0) return strcat(text, "\r"), type(t, text, strlen(text));
    if (strcmp(what, "send") == 0) return type(t, text, strlen(text));
    if (strcmp(what, "wait") == 0) return wait_for(t, text, false);
    if (strcmp(what, "raw") == 0) return wait_for(t, text, true);
    if (strcmp(what, "narrow") == 0) return is_narrow(t, (unsigned)atoi(text));
    if (strcmp(what, "resize") == 0) return resize(t, text);
    if (strcmp(what, "signal") == 0) return send_signal(t, text);
    if (strcmp(what, "exit") == 0) return wait_for_end(t, atoi(text));
    if (strcmp(what, "ended") == 0) return wait_for_end(t, -1);
    if (strcmp(what, "close") == 0) return t->file >= 0 && close(t->file) == 0 && ((t->file = -1), true);
    if (strcmp(what, "absent") == 0) {
        const char *at = t->plain ? strstr(t->plain + t->plain_before, text) : NULL;
        return !at || at >= t->plain + t->plain_at;
    }
    printf("# no such command: %s\n", what);
    return false;
}

static void tell(const Terminal *t) {
    printf("# what it wrote:\n#   ");
    for (size_t k = 0; k < t->n_plain; k++) {
        if (t->plain[k] == '\n') printf("\n#   ");
        else if ((unsigned char)t->plain[k] >= ' ') putchar(t->plain[k]);
        else printf("\\x%02x", (unsigned char)t->plain[k]);
    }
    putchar('\n');
}

static bool open_terminal(Terminal *t, const char *size, char **argv) {
    t->file = posix_openpt(O_RDWR | O_NOCTTY);
    if (t->file < 0 || grantpt(t->file) != 0 || unlockpt(t->file) != 0) return false;
    fcntl(t->file, F_SETFD, FD_CLOEXEC);
    resize(t, size);
    fflush(stdout);
    t->child = fork();
    if (t->child != 0) return t->child > 0 && fcntl(t->file, F_SETFL, O_NONBLOCK) == 0;
    setsid();
    int own = open(ptsname(t->file), O_RDWR);
    ioctl(own, TIOCSCTTY, 0);
    resize(&(Terminal){.file = own}, size);
    /* A program whose output goes elsewhere is run by a shell. */
    for (int k = 0; k < 3; k++) dup2(own, k);
    if (own > 2) close(own);
    signal(SIGPIPE, SIG_DFL);
    execvp(argv[0], argv);
    _exit(127);
}

int main(int argc, char **argv) {
    static char line[LINE];
    Terminal t = {.file = -1};
    const char *size = "80x24";
    int at = 1;
    if (at + 1 < argc && strcmp(argv[at], "-s") == 0) size = argv[at + 1], at += 2;
    if (at < argc && strcmp(argv[at], "--") == 0) at++;
    if (at >= argc || !open_terminal(&t, size, argv + at)) {
        printf("# there is no terminal: %s\n", strerror(errno));
        return 2;
    }
    bool good = true;
    for (unsigned number = 1; good && fgets(line, sizeof line - 2, stdin); number++) {
        line[strcspn(line, "\n")] = '\0';
        if (!*line || *line == '#') continue;
        char *text = line + strcspn(line, " ");
        if (*text) *text++ = '\0';
        good = play(&t, line, text);
        if (!good) printf("# line %u of the scene: %s %s\n", number, line, text);
    }
    if (!good) tell(&t);
    if (!t.ended) {
        kill(t.child, SIGKILL);
        waitpid(t.child, NULL, 0);
    }
    free(t.raw);
    free(t.plain);
    free(t.plain_of);
    return good ? 0 : 1;
}
