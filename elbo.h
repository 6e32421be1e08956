/* libelbo: the Elbo interpreter as a library.

   A handle holds a whole interpreter; several may live in one process. Nothing here exits, aborts or prints by itself:
   output and messages go to the host's functions, errors come back as values. */
#ifndef ELBO_H
#define ELBO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct elbo_State elbo_State;

/* Resizes `block` from old_size to new_size bytes: block NULL asks for a new one, new_size 0 frees. NULL: no memory.
   Blocks must be aligned as by malloc. */
typedef void *elbo_Allocate(void *user, void *block, size_t old_size, size_t new_size);

/* Receives text: what the program prints, or rendered errors and warnings. */
typedef void elbo_Write(void *user, const char *text, size_t length);

/* How far something that takes long has come. */
typedef struct elbo_Progress {
    const char *what;     /* "fit of normal" */
    uint64_t done, total; /* steps; total 0: nobody knows */
    double seconds;       /* since it began */
    bool has_elbo;
    double elbo, noise;   /* mean over the last steps, and its standard error (NaN: not known) */
    bool ended;           /* it is over, whether or not it came to its end: take the bar away */
} elbo_Progress;

/* Receives it some ten times a second, from the first half second on. It must not call back. */
typedef void elbo_ShowProgress(void *user, const elbo_Progress *progress);

typedef struct elbo_Options {
    elbo_Allocate *allocate; /* NULL: the C library's */
    elbo_Write *print;       /* NULL: standard output */
    elbo_Write *report;      /* NULL: standard error */
    elbo_ShowProgress *progress; /* NULL: nobody looks */
    void *user;              /* handed to the four above */
    uint64_t seed;
    unsigned width;          /* columns that texts may take; 0: 80 */
    unsigned threads;        /* that may compute; results do not depend on it. 0: one */
    bool colours;            /* texts for people may have escape sequences for colours */
    bool json;               /* errors and warnings go to `report` as JSON objects, one a line */
    bool quiet;              /* warnings are not reported */
    bool no_pools;           /* ask the host for every block anew: slow, for finding memory errors */
} elbo_Options;

typedef enum elbo_Status {
    ELBO_OK = 0,
    ELBO_RUNTIME_ERROR,
    ELBO_PARSE_ERROR,
    ELBO_INCOMPLETE,  /* a parse error because the text ends too early */
    ELBO_NO_FILE,     /* it could not be read */
    ELBO_NO_MEMORY,
    ELBO_INTERRUPTED
} elbo_Status;

/* A new interpreter, or NULL when there is no memory. options may be NULL. */
elbo_State *elbo_open(const elbo_Options *options);
void elbo_close(elbo_State *state);

/* Runs a text; `name` stands for it in messages. Errors and warnings go to `report`. */
elbo_Status elbo_run(elbo_State *state, const char *name, const char *text, size_t length);
elbo_Status elbo_run_file(elbo_State *state, const char *path);
/* The same, and prints the value of the last statement if it is an expression with a value. With options.json nothing is printed:
   whatever is run, that value is kept in the variable `_`. */
elbo_Status elbo_evaluate(elbo_State *state, const char *name, const char *text, size_t length);

/* For sessions at a prompt. Like elbo_evaluate, but shows the value at length and keeps it in the variable `_`, and answers
   definitions with a line each. */
elbo_Status elbo_interact(elbo_State *state, const char *name, const char *text, size_t length);
/* Where the expression stands in the text of the last elbo_interact whose value was shown. false: none was. */
bool elbo_shown(const elbo_State *state, size_t *start, size_t *end);
/* The same as elbo_interact, and then prints how long it took, steps a second if its value is a fit, and memory in use. */
elbo_Status elbo_time(elbo_State *state, const char *name, const char *text, size_t length);
/* Whether the text is fine as far as it goes and wants more lines. Reports nothing. */
bool elbo_is_incomplete(elbo_State *state, const char *text, size_t length);
/* Prints all that is known of `name`: help, where the program defines it and how, what fields it has. */
elbo_Status elbo_doc(elbo_State *state, const char *name);
/* Prints the params of the fits that variables hold. */
elbo_Status elbo_params(elbo_State *state);

/* Options that may change between two texts. */
void elbo_set_width(elbo_State *state, unsigned columns);
void elbo_set_colours(elbo_State *state, bool colours);
/* How many threads may compute; 0 and 1: only the caller's own. */
void elbo_set_threads(elbo_State *state, unsigned threads);
unsigned elbo_threads(const elbo_State *state);
/* The random stream begins anew. */
void elbo_set_seed(elbo_State *state, uint64_t seed);

/* Reads a number or vector variable of the program. Number: *out. Vector: up to `capacity` elements go to out (may be NULL
   if 0); returns how many there are. -1: there is no such variable, or it is of another type. */
bool elbo_get_number(elbo_State *state, const char *variable, double *out);
long elbo_get_vector(elbo_State *state, const char *variable, double *out, size_t capacity);
/* Sets a variable. false: no memory. */
bool elbo_set_number(elbo_State *state, const char *variable, double value);
bool elbo_set_vector(elbo_State *state, const char *variable, const double *elements, size_t n);
bool elbo_set_strings(elbo_State *state, const char *variable, const char *const *strings, size_t n);

/* Looks at one run of a text such as `model(x)`: prints the trace of it as a table. */
elbo_Status elbo_sites(elbo_State *state, const char *name, const char *text, size_t length);
/* Runs a text such as `svi(model, x)`, in which every fit takes one step, and prints all that there is to see of it: messages, sites,
   the terms of the ELBO, params with their gradients and updates. Both keep the value in the variable `_`. */
elbo_Status elbo_step(elbo_State *state, const char *name, const char *text, size_t length);

/* The graph of what the text runs (`normal(x)`), printed as text, or drawn into a file (its end says how: .svg .png .pdf .dot .txt).
   file NULL: as text. */
elbo_Status elbo_graph(elbo_State *state, const char *name, const char *text, size_t length, const char *file);

/* Asks what runs to stop at the next safe point; may be called from a signal handler. */
void elbo_interrupt(elbo_State *state);

/* Brings the layout of a program in a file into its canonical form, with its comments; the file is replaced whole or not at all. "-": standard
   input, and the result is printed. Stores in *changed whether there was something to change; `only_check`: changes nothing. */
elbo_Status elbo_format(elbo_State *state, const char *path, bool only_check, bool *changed);

/* Prints what `name` is: a built-in function, a distribution, a variable, a statement word. NULL: all names, by kinds. An unknown
   name is an error. */
elbo_Status elbo_help(elbo_State *state, const char *name);

/* What elbo_fit is asked for. NULL and 0: as svi has it by itself. */
typedef struct elbo_FitRequest {
    const char *model;       /* its name; NULL: the only one, or the only one that has a guide */
    const char *const *data; /* n_data texts like "x=FILE.csv", "x=FILE.csv:COLUMN", "x=FILE.json", "x=[1, 2]", "FILE.csv" */
    size_t n_data;
    uint64_t steps, particles, restarts;
    double learning_rate;    /* of Adam, where no optimizer is given */
    const char *optimizer, *elbo, *guide, *subsample; /* Elbo expressions */
    const char *resume;      /* file of a fit that is to go on: it has its model and its data */
    const char *save, *plot, *report; /* files to write, as the built-ins of these names do */
    bool *has_fit;           /* if it is not NULL: set to whether there is a fit in `_`, also where a file could not be written */
} elbo_FitRequest;

/* Fits the model of the program that was run, prints the fit, unless options.json is set, and keeps it in the variable `_`.
   ELBO_INTERRUPTED: the user stopped the fit, which is printed and kept as far as it has come. A file that cannot be written is an
   error after which the others are written all the same. */
elbo_Status elbo_fit(elbo_State *state, const elbo_FitRequest *request);
/* Prints a variable's value as JSON on one line: a fit as an object of what it has found, other values as `write_json` writes
   them. An error if JSON cannot hold it. */
elbo_Status elbo_print_json(elbo_State *state, const char *variable);
/* Reports an error of the host's own, as those of programs are reported. advice may be NULL. */
void elbo_report(elbo_State *state, const char *kind, const char *message, const char *advice);
/* The one of some names that is nearest to `wrong`, for "did you mean"; NULL: none is near. */
const char *elbo_nearest(const char *wrong, const char *const *names, size_t n);

/* Receives what could be written at a place of a text. */
typedef void elbo_Candidate(void *user, const char *text);
/* Hands over what could replace text[start … point), each in full and in order, and returns start: names of variables, built-ins
   and statement words, fields behind a dot, arguments ("steps = ") inside of a call. Runs no part of the program. Strings and
   comments have no candidates: what file names may stand there is the host's to say. */
size_t elbo_complete(elbo_State *state, const char *text, size_t point, elbo_Candidate *candidate, void *user);

/* How often the host's allocator has been asked since elbo_open, and how many bytes are in use. */
uint64_t elbo_memory_requests(const elbo_State *state);
size_t elbo_memory_in_use(const elbo_State *state);

const char *elbo_version(void);

#ifdef __cplusplus
}
#endif

#endif
