/* SPDX-License-Identifier: GPL-3.0-or-later
   Lines and signals. */
#include "cli/repl_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <readline/readline.h>

static elbo_State *volatile interpreter; /* for the handlers of signals */
static volatile sig_atomic_t running;
static int wake[2] = {-1, -1};

static char *taken; /* the line that readline has read; NULL: the end of the input */
static bool is_taken, is_dropped;
static unsigned n_ended; /* keys that readline was given since the line is dropped */
static unsigned indentation;

/* ---- Signals ---- */

static void on_signal(int number) {
    int error = errno;
    if (number == SIGINT && running) {
        elbo_interrupt(interpreter);
    } else {
        unsigned char byte = (unsigned char)number;
        if (write(wake[1], &byte, 1) < 0) errno = error; /* a full pipe wakes as well */
    }
    errno = error;
}

static void handle(int number, void handler(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* Those that leave the terminal to others, or end the program: it must be put back first. */
static const int leaving[] = {SIGTSTP, SIGTERM, SIGHUP};

static void handle_leaving(void handler(int)) {
    for (unsigned k = 0; k < sizeof leaving / sizeof *leaving; k++) handle(leaving[k], handler);
}

static void leave_by(int number) {
    rl_deprep_terminal();
    handle(number, SIG_DFL);
    raise(number);
    /* Stopped, and going on again. */
    handle(number, on_signal);
    rl_prep_terminal(1);
    rl_forced_update_display();
}

/* Takes one signal from the pipe; whether it drops the line. */
static bool take_signal(void) {
    unsigned char byte;
    if (read(wake[0], &byte, 1) != 1) return false;
    if (byte == SIGWINCH) {
        rl_resize_terminal();
        return false;
    }
    if (byte == SIGINT) return true;
    leave_by(byte);
    return false;
}

/* readline's reader of keys. It also waits for some by itself (for an answer, for the end of what is pasted), which Ctrl-C ends:
   it reads the end of a paste and Ctrl-G then. (The end of the input would do, but readline 8.2 overruns its buffer there.) */
static int read_key(FILE *stream) {
    static const char ending[] = "\033[201~\a";
    if (is_dropped) {
        n_ended = n_ended + 1 < sizeof ending - 1 ? n_ended + 1 : sizeof ending - 2;
        return ending[n_ended];
    }
    for (;;) {
        struct pollfd both[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
        if (poll(both, 2, -1) < 0 && errno != EINTR) return EOF;
        if (both[0].revents) return rl_getc(stream);
        if (both[1].revents && take_signal()) {
            is_dropped = true;
            n_ended = 0;
            return ending[0];
        }
    }
}

void input_run_begin(void) { running = 1; }
void input_run_end(void) { running = 0; }

unsigned input_columns(void) {
    struct winsize size;
    for (int file = STDOUT_FILENO; file <= STDERR_FILENO; file++)
        if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col) return size.ws_col;
    return 0;
}

bool input_is_terminal(void) { return isatty(STDIN_FILENO) && (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO)); }

/* ---- Lines ---- */

static void take_line(char *line) {
    taken = line;
    is_taken = true;
    rl_callback_handler_remove();
}

static int indent(void) {
    for (unsigned k = 0; k < indentation; k++) rl_insert_text(" ");
    return 0;
}

/* Text that comes faster than it is typed has its own spaces. */
static bool is_waiting(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

static void drop_line(void) {
    rl_callback_sigcleanup();
    rl_point = rl_end;
    rl_redisplay();
    rl_echo_signal_char(SIGINT);
    rl_crlf();
    rl_callback_handler_remove();
}

InputEnd input_line(const char *prompt, const char *pending, char **line) {
    indentation = *pending && !is_waiting() ? keys_indentation(pending) : 0;
    complete_pending(pending);
    taken = NULL;
    is_taken = is_dropped = false;
    handle_leaving(on_signal);
    rl_callback_handler_install(prompt, take_line);
    while (!is_taken && !is_dropped) {
        struct pollfd both[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
        if (poll(both, 2, -1) < 0 && errno != EINTR) break;
        if (both[1].revents) is_dropped = take_signal();
        else if (both[0].revents) rl_callback_read_char();
    }
    if (is_dropped && !is_taken) drop_line();
    else if (!taken) rl_crlf();
    handle_leaving(SIG_DFL);
    *line = taken;
    if (is_dropped && !taken) return INPUT_INTERRUPTED;
    return taken ? INPUT_LINE : INPUT_END;
}

/* ---- Beginning and end ---- */

static void open_pipe(void) {
    if (pipe(wake) != 0) return; /* -1: polled in vain */
    for (int k = 0; k < 2; k++) {
        fcntl(wake[k], F_SETFD, FD_CLOEXEC);
        fcntl(wake[k], F_SETFL, O_NONBLOCK);
    }
}

void input_open(elbo_State *state) {
    interpreter = state;
    open_pipe();
    rl_readline_name = "elbo";
    rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_startup_hook = indent;
    rl_getc_function = read_key;
    keys_open();
    complete_open(state);
    rl_initialize();
    handle(SIGINT, on_signal);
    handle(SIGWINCH, on_signal);
}

void input_close(void) {
    handle(SIGINT, SIG_DFL);
    handle(SIGWINCH, SIG_DFL);
    running = 0;
    interpreter = NULL;
    for (int k = 0; k < 2; k++)
        if (wake[k] >= 0) close(wake[k]);
}
