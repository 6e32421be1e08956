/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the interpreter itself must read of a value: a number, a length, a condition. */
#include <math.h>

#include "runtime/error.h"
#include "runtime/mask.h"
#include "runtime/operations.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"

/* The number that v has in all lanes that are on. */
static double read_number(State *S, Value v, const char *what, const char *expected) {
    if (tape_in_score_mode(&S->tape)) score_read(S, v);
    if (v.tag == VALUE_NUMBER) return v.as.number;
    if (v.tag == VALUE_BOOLEAN) return (double)v.as.boolean;
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank > 0)
        error_raise(S, "wrong-type", NULL, "%s must be %s, not a %s", what, expected, value_type_name(v));
    double least, largest;
    value_extremes(S, v, &least, &largest);
    if (!(least == largest) && !(isnan(least) && isnan(largest)))
        error_raise(S, "lanes-differ", "What the interpreter itself must read has to be the same for all elements and particles.",
                    "%s differs between lanes: here it goes from %.6g to %.6g", what, least, largest);
    return least;
}

double value_to_number(State *S, Value v, const char *what) {
    if (value_has_lanes(v))
        error_raise(S, "lanes-differ", NULL, "%s must be one number, but it has a value for each lane", what);
    return read_number(S, v, what, "a number");
}

long value_to_integer(State *S, Value v, const char *what, long low, long high) {
    double x = read_number(S, v, what, "a whole number");
    if (x != floor(x) || isinf(x)) error_raise(S, "bad-argument", NULL, "%s must be a whole number, not %.15g", what, x);
    if (!(x >= (double)low && x <= (double)high)) {
        if (x < (double)low)
            error_raise(S, "bad-argument", NULL, "%s must be at least %ld, not %.15g", what, low, x);
        error_raise(S, "bad-argument", NULL, "%s must be at most %ld, not %.15g", what, high, x);
    }
    return (long)x;
}

bool value_to_truth(State *S, Value v, const char *what) {
    if (v.tag == VALUE_BOOLEAN && !v.node) return v.as.boolean;
    if (v.tag == VALUE_BOOLEAN) return read_number(S, v, what, "true or false") != 0;
    if (v.tag != VALUE_ARRAY || !v.as.array->boolean || v.as.array->layout->rank > 0)
        error_raise(S, "wrong-type", v.tag == VALUE_NUMBER ? "Compare it: x != 0." : NULL,
                    "%s must be true or false, not a %s", what, value_type_name(v));
    return read_number(S, v, what, "true or false") != 0;
}
