/* What tests/data/families/NAME.txt says of a family, for tests that go through all rows of the registry; the files are written by
   tests/reference/families.py. A line is either a directive, a word and then fields (`example Gamma(2, 1)`), or a reference value:
   `quantity ; expression ; value ; size`. Fields are split by ` ; `, and `#` begins a comment. */
#ifndef ELBO_TESTS_FAMILY_DATA_H
#define ELBO_TESTS_FAMILY_DATA_H

#include "runtime/distribution.h"
#include "tests/session.h"

enum { FAMILY_FIELDS = 5 };

typedef struct FamilyLine {
    const char *word;                 /* the directive, or the quantity of a reference value */
    bool reference;
    const char *field[FAMILY_FIELDS]; /* what follows; "" where there is none */
    unsigned n, number;               /* how many fields there are, and of the line in the file */
} FamilyLine;

typedef struct FamilyData {
    const DistributionRow *row;
    FamilyLine *lines; /* NULL: there is no such file */
    unsigned n_lines;
    char *text;
} FamilyData;

/* How many rows the registry has: for loop tests. */
int family_count(void);

/* Whether a family without a file fails the tests. */
enum { FAMILY_FILES_DEMANDED = 1 };

/* Reads the file of row k of the registry. To be freed. */
FamilyData family_read(int k);
void family_free(FamilyData *f);

/* The next line with this directive, or of reference values if it is NULL, behind `after` (NULL: the first); NULL: no more. */
const FamilyLine *family_next(const FamilyData *f, const char *word, const FamilyLine *after);

/* The only line with this directive; its first field, or NULL. */
const char *family_field(const FamilyData *f, const char *word);
unsigned family_lines(const FamilyData *f, const char *word);

/* A number as it stands in the files: 0.1, -inf, nan. */
double family_number(const char *text);

/* Runs a program of printf's format that must succeed. */
void family_run(Session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The example of a row, in a model; what it observes is missing. */
void family_run_example(Session *s, const char *example);

/* The value of a variable that a program has set; it must exist. */
Value family_value(Session *s, const char *variable);
/* The distribution of an expression, kept in the variable `d`. */
Distribution *family_distribution(Session *s, const char *expression);


/* ---- Examples with one number moved ---- */

enum { FAMILY_PARTS = 32, FAMILY_TEXT = 1024 };

/* An expression over `v`, which stands for one number of an example (or for all that are equal to it, where it cannot move alone: a
   matrix stays symmetric), and what the example has there. */
typedef struct FamilyPart {
    char text[FAMILY_TEXT];
    double at;
} FamilyPart;

/* The parts of an expression whose numbers can move both ways. */
unsigned family_parts(Session *s, const char *expression, FamilyPart parts[]);
/* How many numbers it has: at least as many as parts. */
unsigned family_literals(const char *expression);

/* Whether a program runs without an error. */
bool family_runs(Session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The `values`: draws of the first example, in the variable `x`; they are counted. A vector is theirs, or a matrix of vectors, or a
   list of matrices. */
unsigned family_values(Session *s, const FamilyData *f);
/* Whether they may be draws of the example on this line: those of joint families have the first one's shape. */
bool family_values_fit(Session *s, const FamilyData *f, const FamilyLine *example);

#endif
