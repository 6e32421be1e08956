/* SPDX-License-Identifier: GPL-3.0-or-later
   Lines and signals. */
#include "cli/repl_input.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <readline/readline.h>

static elbo_State *volatile interpreter; /* for the handlers of signals */
static volatile sig_atomic_t running;
static int wake[2] = {-1, -1};

static bool is_dropped;     /* Ctrl-C: readline is on its way out of the line */
static unsigned n_ended;    /* keys that it was given since */
static unsigned paste;      /* how much of the mark that begins or ends a paste was read last, */
static bool paste_begins;   /* which of the two it is, */
static bool is_pasting;     /* and whether one is open */
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
    rl_prep_term_function(1);
    rl_forced_update_display();
}

/* With fewer columns readline divides by zero. */
enum { COLUMNS_LEAST = 4, COLUMNS_USUAL = 80 };

/* Takes one signal from the pipe; whether it drops the line. */
static bool take_signal(void) {
    unsigned char byte;
    if (read(wake[0], &byte, 1) != 1) return false;
    if (byte == SIGWINCH) {
        struct winsize size;
        bool narrow = ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_col < COLUMNS_LEAST;
        if (!narrow) rl_resize_terminal();
        return false;
    }
    if (byte == SIGINT) return true;
    leave_by(byte);
    return false;
}

/* Terminals put what is pasted between \033[200~ and \033[201~. */
static void watch_paste(int key) {
    static const char mark[] = "\033[20?~";
    bool goes_on = paste == 4 ? key == '0' || key == '1' : key == mark[paste];
    if (paste == 4) paste_begins = key == '0';
    paste = goes_on ? paste + 1 : key == mark[0];
    if (paste + 1 < sizeof mark) return;
    paste = 0;
    is_pasting = paste_begins;
}

/* What readline is given instead of keys, over and over, until it gives the line up: the end of a paste, what ends searches and
   questions, what ends lines. Its own states unwind this way (rl_callback_sigcleanup exists for its callback interface only, which
   readline 8.2 crashes in: a search by Ctrl-R and a key of several bytes are enough). */
static int next_ending_key(void) {
    static const char ending[] = "\033[201~\a\a\n";
    if (RL_ISSTATE(RL_STATE_COMPLETING)) return 'n'; /* whether to list them all: to be jumped out of there, readline leaks */
    unsigned begin = is_pasting ? 0 : 6;
    if (n_ended == 0 || n_ended + 1 >= sizeof ending) n_ended = begin;
    int key = ending[n_ended++];
    if (n_ended == 6) is_pasting = false;
    return key;
}

/* The keys that interrupt and stop. While a line is read they are keys like all others: as signals they would throw away what was
   typed before them, which poll may have promised already, and readline would wait for it. */
static cc_t interrupt_key = _POSIX_VDISABLE, stop_key = _POSIX_VDISABLE;

static void prepare_terminal(int meta) {
    struct termios terminal;
    rl_prep_terminal(meta);
    interrupt_key = stop_key = _POSIX_VDISABLE;
    if (tcgetattr(STDIN_FILENO, &terminal) != 0) return;
    interrupt_key = terminal.c_cc[VINTR];
    stop_key = terminal.c_cc[VSUSP];
    terminal.c_cc[VINTR] = terminal.c_cc[VSUSP] = _POSIX_VDISABLE;
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
}

static bool is_key(int key, cc_t special) { return special != _POSIX_VDISABLE && key == special; }

static void begin_drop(void) {
    is_dropped = true;
    n_ended = 0;
    rl_echo_signal_char(SIGINT);
}

/* readline's reader of keys. */
static int read_key(FILE *stream) {
    while (!is_dropped) {
        struct pollfd both[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
        if (poll(both, 2, -1) < 0 && errno != EINTR) return EOF;
        if (both[1].revents) {
            if (take_signal()) begin_drop();
        } else if (both[0].revents) {
            int key = rl_getc(stream);
            watch_paste(key);
            if (is_key(key, interrupt_key)) begin_drop();
            else if (is_key(key, stop_key)) leave_by(SIGTSTP);
            else return key;
        }
    }
    return next_ending_key();
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

static int indent(void) {
    for (unsigned k = 0; k < indentation; k++) rl_insert_text(" ");
    return 0;
}

/* Text that comes faster than it is typed has its own spaces. */
static bool is_waiting(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

InputEnd input_line(const char *prompt, const char *pending, char **line) {
    indentation = *pending && !is_waiting() ? keys_indentation(pending) : 0;
    complete_pending(pending);
    is_dropped = is_pasting = false;
    paste = 0;
    handle_leaving(on_signal);
    *line = readline(prompt);
    handle_leaving(SIG_DFL);
    if (is_dropped) {
        free(*line);
        *line = NULL;
        return INPUT_INTERRUPTED;
    }
    if (!*line) rl_crlf();
    return *line ? INPUT_LINE : INPUT_END;
}

/* ---- Beginning and end ---- */

static void open_pipe(void) {
    if (pipe(wake) != 0) return; /* -1: polled in vain */
    for (int k = 0; k < 2; k++) {
        fcntl(wake[k], F_SETFD, FD_CLOEXEC);
        fcntl(wake[k], F_SETFL, O_NONBLOCK);
    }
}

static bool is_set(const char *variable) {
    const char *value = getenv(variable);
    return value && *value;
}

/* Programs are UTF-8. Where the environment says nothing of it, as on fresh machines, readline would show bytes. */
static void open_locale(void) {
    if (!is_set("LC_ALL") && !is_set("LC_CTYPE") && !is_set("LANG")) setlocale(LC_CTYPE, "C.UTF-8");
}

void input_open(elbo_State *state) {
    interpreter = state;
    open_locale();
    open_pipe();
    rl_readline_name = "elbo";
    rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_startup_hook = indent;
    rl_getc_function = read_key;
    rl_prep_term_function = prepare_terminal;
    keys_open();
    complete_open(state);
    rl_initialize();
    int rows, columns;
    rl_get_screen_size(&rows, &columns);
    if (columns < COLUMNS_LEAST) rl_set_screen_size(rows, COLUMNS_USUAL);
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
