/* Hyperparameters, or settings: the numbers that an optimizer, a schedule or an estimator is made with, by name. Signature,
   reading, checking and printing all come from one table. */
#ifndef ELBO_INFERENCE_HYPER_H
#define ELBO_INFERENCE_HYPER_H

#include "runtime/state.h"

typedef enum HyperKind {
    HYPER_NUMBER,
    HYPER_WHOLE, /* a whole number */
    HYPER_FLAG,  /* true or false; kept as 1 or 0 */
    HYPER_OPTIONAL, /* a number, or `none`, kept as NaN */
    HYPER_PAIR,  /* a vector of two numbers; takes two places */
    HYPER_RATE   /* a learning rate: a number, a schedule or a function of the step (inference/schedule.h) */
} HyperKind;

/* Which numbers a setting takes. */
typedef enum HyperRange {
    RANGE_REAL,         /* finite */
    RANGE_NOT_NEGATIVE, /* at least 0 */
    RANGE_POSITIVE,     /* above 0 */
    RANGE_LIMIT,        /* above 0, or inf: no limit; printed only if there is one */
    RANGE_BELOW_1,      /* at least 0 and below 1 */
    RANGE_TO_1,         /* at least 0 and at most 1 */
    RANGE_FACTOR,       /* above 0 and at most 1 */
    RANGE_POWER         /* above 0.5 and at most 1 */
} HyperRange;

/* A row of a table of settings, which ends with a row without a name. */
typedef struct Hyper {
    const char *name;
    HyperKind kind;
    HyperRange range;
    double initial; /* NAN: it must be given */
    double second;  /* of a pair: the initial value of its second number */
} Hyper;

/* How many numbers the setting takes in settings[]. */
static inline unsigned hyper_places(const Hyper *setting) { return setting->kind == HYPER_PAIR ? 2 : 1; }

/* Writes the signature of a built-in (runtime/native.h) that takes these settings. */
void hyper_signature(const Hyper *table, char *text, size_t size);
/* Reads v as that setting of `owner` into numbers[]; not for a rate that is no number. Raises wrong-type or bad-argument. */
void hyper_read(State *S, const char *owner, const Hyper *setting, Value v, double numbers[]);
void hyper_initial(const Hyper *setting, double numbers[]);
/* Reads arguments, one for each row, into settings[]; those that were left out get their initial values. */
void hyper_read_all(State *S, const char *owner, const Hyper *table, const Value *arguments, double settings[]);
/* Appends ", name = value" ("name = value" if it is the first), or nothing for a limit that is none. */
void hyper_print(State *S, const Hyper *setting, const double numbers[], bool first);

#endif
