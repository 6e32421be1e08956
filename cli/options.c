/* SPDX-License-Identifier: GPL-3.0-or-later
   The table of options, and reading the command line. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elbo.h"


enum { RUN = 1u << COMMAND_RUN, FIT = 1u << COMMAND_FIT, FMT = 1u << COMMAND_FMT, BOTH = RUN | FIT, ALL = (1u << COMMANDS) - 1 };

const OptionRow options_table[OPTIONS] = {
    [OPTION_CHECK] = {"check", 0, TAKES_NOTHING, NULL, FMT, true, "changes nothing, names the files that are not formatted, and exits with 1 if there are any"},
    [OPTION_DATA] = {"data", 0, TAKES_TEXT, "[NAME=]FILE", FIT, true,
                     "gives the model's parameter NAME a column of a table (FILE.csv, FILE.csv:COLUMN), what FILE.json holds, or the value "
                     "of an Elbo expression (NAME=3.5); a FILE without NAME gives each parameter the column of its name"},
    [OPTION_ELBO] = {"elbo", 0, TAKES_TEXT, "EXPRESSION", FIT, false, "which ELBO to maximise, for instance 'RenyiELBO(alpha = 0.5)'"},
    [OPTION_EVAL] = {"eval", 'e', TAKES_TEXT, "CODE", RUN, false, "runs CODE instead of a file and prints the value of its last expression"},
    [OPTION_GUIDE] = {"guide", 0, TAKES_TEXT, "EXPRESSION", FIT, false, "the guide, where it is not the one of the model's name"},
    [OPTION_HELP] = {"help", 'h', TAKES_NOTHING, NULL, ALL, true, "shows this help, or with a command the help on it, and exits"},
    [OPTION_INTERACTIVE] = {"interactive", 'i', TAKES_NOTHING, NULL, RUN, true, "goes on at a prompt when the program has ended"},
    [OPTION_JSON] = {"json", 0, TAKES_NOTHING, NULL, BOTH, true,
                     "writes one JSON text to standard output: the value of the last expression, or the fit. Errors and warnings are JSON "
                     "objects on standard error, one a line, and what the program prints goes there too"},
    [OPTION_LR] = {"lr", 0, TAKES_TEXT, "NUMBER", FIT, false, "the learning rate: short for --optimizer='Adam(lr = NUMBER)'"},
    [OPTION_MODEL] = {"model", 0, TAKES_TEXT, "NAME", FIT, false, "which model to fit, where the program defines several"},
    [OPTION_OPTIMIZER] = {"optimizer", 0, TAKES_TEXT, "EXPRESSION", FIT, false, "how to take steps, for instance 'Adam(lr = 0.01)'"},
    [OPTION_PARTICLES] = {"particles", 0, TAKES_COUNT, "N", FIT, false, "draws from the guide in each step (default 1)"},
    [OPTION_PLOT] = {"plot", 0, TAKES_TEXT, "FILE", FIT, false, "draws the fit into FILE: .svg, .png, .pdf, .gp or .txt"},
    [OPTION_QUIET] = {"quiet", 'q', TAKES_NOTHING, NULL, BOTH, true, "shows no progress and no warnings; errors are shown"},
    [OPTION_REPORT] = {"report", 0, TAKES_TEXT, "FILE", FIT, false, "writes a page on the fit into FILE (.html)"},
    [OPTION_RESTARTS] = {"restarts", 0, TAKES_COUNT, "N", FIT, false, "fits from N starts, of which the best is kept"},
    [OPTION_RESUME] = {"resume", 0, TAKES_TEXT, "FILE", FIT, false, "goes on with a fit that was saved, for so many steps more"},
    [OPTION_SAVE] = {"save", 0, TAKES_TEXT, "FILE", FIT, false, "saves the fit in FILE, to go on with (.json)"},
    [OPTION_SEED] = {"seed", 0, TAKES_WHOLE, "N", BOTH, false,
                     "the seed of the random numbers, a whole number (default 0); equal seeds give equal results"},
    [OPTION_STEPS] = {"steps", 0, TAKES_COUNT, "N", FIT, false, "how many steps to take (default 10_000)"},
    [OPTION_SUBSAMPLE] = {"subsample", 0, TAKES_TEXT, "RECORD", FIT, false, "plates that run over random subsets, for instance '{data: 256}'"},
    [OPTION_THREADS] = {"threads", 0, TAKES_WHOLE, "N", BOTH, false,
                        "how many threads may compute (default 1; 0: one for each processor); results do not depend on it"},
    [OPTION_VERSION] = {"version", 0, TAKES_NOTHING, NULL, ALL, true, "shows the version and exits"},
};

bool options_number(const char *text, unsigned long long *out) {
    char digits[64];
    size_t n = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '_' && c > text && isdigit((unsigned char)c[-1]) && isdigit((unsigned char)c[1])) continue;
        if (!isdigit((unsigned char)*c) || n + 1 == sizeof digits) return false;
        digits[n++] = *c;
    }
    digits[n] = '\0';
    errno = 0;
    *out = strtoull(digits, NULL, 10);
    return n > 0 && !errno;
}

/* ---- What is wrong ---- */

static bool fail(Options *o, const char *format, const char *what) {
    snprintf(o->wrong, sizeof o->wrong, format, what);
    return false;
}

static void advise(Options *o, const char *format, const char *what) {
    if (what) snprintf(o->advice, sizeof o->advice, format, what);
}

static bool unknown_option(Options *o, const char *given, size_t length) {
    const char *names[OPTIONS];
    char name[64];
    for (int k = 0; k < OPTIONS; k++) names[k] = options_table[k].name;
    snprintf(name, sizeof name, "%.*s", (int)length, given);
    advise(o, "Did you mean '--%s'?", elbo_nearest(name, names, OPTIONS));
    return fail(o, "there is no option '--%s'", name);
}

/* ---- Options ---- */

static bool set_option(Options *o, OptionId id, const char *value) {
    const OptionRow *row = &options_table[id];
    unsigned long long *count = &o->counts[id];
    if (o->texts[id] && !row->many) return fail(o, "the option '--%s' is given twice", row->name);
    o->texts[id] = value;
    if (id == OPTION_DATA) o->data[o->n_data++] = value;
    if ((row->kind == TAKES_COUNT || row->kind == TAKES_WHOLE) && (!options_number(value, count) || *count < (row->kind == TAKES_COUNT))) {
        snprintf(o->wrong, sizeof o->wrong, "--%s takes a whole number%s, not '%.100s'", row->name,
                 row->kind == TAKES_COUNT ? " from 1 on" : "", value);
        return false;
    }
    if (id == OPTION_THREADS && *count > MOST_THREADS) {
        snprintf(o->wrong, sizeof o->wrong, "--threads takes a number up to %d, not '%.100s'", MOST_THREADS, value);
        return false;
    }
    return true;
}

/* The option of that name, or the only one that begins so; OPTIONS: there is none. */
static OptionId find_long(const char *name, size_t length) {
    OptionId found = OPTIONS;
    unsigned begin = 0;
    for (OptionId k = 0; k < OPTIONS; k++) {
        if (strncmp(options_table[k].name, name, length) != 0) continue;
        if (!options_table[k].name[length]) return k;
        found = k;
        begin++;
    }
    return begin == 1 && length > 1 ? found : OPTIONS;
}

typedef struct Reader {
    int argc, at;
    char **argv;
} Reader;

static bool read_long(Options *o, Reader *r) {
    const char *name = r->argv[r->at++] + 2;
    size_t length = strcspn(name, "=");
    OptionId id = find_long(name, length);
    if (id == OPTIONS) return unknown_option(o, name, length);
    const OptionRow *row = &options_table[id];
    if (row->kind == TAKES_NOTHING) {
        if (name[length]) return fail(o, "the option '--%s' takes no value", row->name);
        return set_option(o, id, "");
    }
    if (name[length]) return set_option(o, id, name + length + 1);
    if (r->at == r->argc) return fail(o, "'--%s' needs an argument", row->name);
    return set_option(o, id, r->argv[r->at++]);
}

static bool read_letters(Options *o, Reader *r) {
    for (const char *c = r->argv[r->at++] + 1; *c; c++) {
        OptionId id = 0;
        while (id < OPTIONS && options_table[id].letter != *c) id++;
        if (id == OPTIONS) return fail(o, "there is no option '-%s'", (char[2]){*c, '\0'});
        if (options_table[id].kind == TAKES_NOTHING) {
            if (!set_option(o, id, "")) return false;
            continue;
        }
        if (c[1]) return set_option(o, id, c + 1);
        if (r->at == r->argc) return fail(o, "'-%s' needs an argument", (char[2]){*c, '\0'});
        return set_option(o, id, r->argv[r->at++]);
    }
    return true;
}

/* ---- Everything ---- */

static bool find_command(Options *o, const char *word) {
    for (CommandId k = 0; k < COMMANDS; k++) {
        if (strcmp(commands[k].name, word) != 0) continue;
        o->command = k;
        o->named = true;
        return true;
    }
    return false;
}

/* Arguments stay in order; whether options may still follow. */
static bool take_argument(Options *o, Reader *r) {
    const Command *command = &commands[o->command];
    o->arguments[o->n_arguments++] = r->argv[r->at++];
    return !command->passes_on;
}

/* Options stand before and behind a command's name and among its arguments; but what stands behind a program belongs to it. */
static bool read_words(Options *o, Reader *r) {
    bool goes_on = true;
    while (r->at < r->argc && goes_on) {
        const char *word = r->argv[r->at];
        if (strcmp(word, "--") == 0) {
            r->at++;
            break;
        }
        if (word[0] == '-' && word[1] == '-') {
            if (!read_long(o, r)) return false;
        } else if (word[0] == '-' && word[1]) {
            if (!read_letters(o, r)) return false;
        } else if (!o->named && !o->n_arguments && !options_has(o, OPTION_EVAL) && find_command(o, word)) {
            r->at++;
        } else {
            goes_on = take_argument(o, r);
        }
    }
    while (r->at < r->argc) o->arguments[o->n_arguments++] = r->argv[r->at++];
    return true;
}

static bool check_options(Options *o) {
    const Command *command = &commands[o->command];
    for (OptionId k = 0; k < OPTIONS; k++) {
        if (!o->texts[k] || options_table[k].commands >> o->command & 1) continue;
        CommandId other = 0;
        while (other < COMMANDS && !(options_table[k].commands >> other & 1)) other++;
        snprintf(o->wrong, sizeof o->wrong, "the option '--%s' belongs to `elbo %s`", options_table[k].name, commands[other].name);
        return false;
    }
    if (options_has(o, OPTION_HELP) || options_has(o, OPTION_VERSION)) return true;
    bool prompts = options_has(o, OPTION_INTERACTIVE) || (!o->n_arguments && !options_has(o, OPTION_EVAL));
    if (o->command == COMMAND_RUN && prompts && options_has(o, OPTION_JSON)) return fail(o, "%s", "--json needs a program: name a file, or give code with -e");
    if (command->passes_on) return true;
    if (o->n_arguments < command->least) return fail(o, "`elbo %s` needs a file", command->name);
    if (o->n_arguments > command->most) {
        const char *more = o->arguments[command->most], *end = strrchr(more, '.');
        bool data = o->command == COMMAND_FIT && end && (strcmp(end, ".csv") == 0 || strcmp(end, ".json") == 0);
        snprintf(o->wrong, sizeof o->wrong, "%s takes one %s, and '%.100s' is one more%s", command->name,
                 o->command == COMMAND_HELP ? "name" : "file", more, data ? "; data are given by --data" : "");
        return false;
    }
    return true;
}

bool options_read(Options *o, int argc, char **argv) {
    size_t n = argc > 0 ? (size_t)argc : 1;
    *o = (Options){.command = COMMAND_RUN};
    o->data = calloc(n, sizeof *o->data);
    o->arguments = calloc(n, sizeof *o->arguments);
    if (!o->data || !o->arguments) return fail(o, "%s", "there is not enough memory");
    Reader reader = {argc, argc > 0 ? 1 : 0, argv};
    bool good = read_words(o, &reader) && check_options(o);
    /* A mistake may stand before --json, and is told as is asked for. */
    for (int k = reader.at; !good && k < argc; k++)
        if (strcmp(argv[k], "--json") == 0) o->texts[OPTION_JSON] = "";
    return good;
}

void options_free(Options *o) {
    free(o->data);
    free(o->arguments);
}
