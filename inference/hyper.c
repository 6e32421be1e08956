/* Reading, checking and printing settings. */
#include "inference/hyper.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/operations.h"
#include "runtime/text.h"

typedef struct RangeRow {
    double low, high;
    bool takes_low, takes_high;
    const char *text;
} RangeRow;

static const RangeRow ranges[] = {
    [RANGE_REAL] = {-INFINITY, INFINITY, false, false, "finite"},
    [RANGE_NOT_NEGATIVE] = {0, INFINITY, true, false, "finite and at least 0"},
    [RANGE_POSITIVE] = {0, INFINITY, false, false, "finite and greater than 0"},
    [RANGE_LIMIT] = {0, INFINITY, false, true, "greater than 0"},
    [RANGE_BELOW_1] = {0, 1, true, false, "at least 0 and below 1"},
    [RANGE_TO_1] = {0, 1, true, true, "between 0 and 1"},
    [RANGE_FACTOR] = {0, 1, false, true, "greater than 0 and at most 1"},
    [RANGE_POWER] = {0.5, 1, false, true, "greater than 0.5 and at most 1"},
};

void hyper_signature(const Hyper *table, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (const Hyper *s = table; s->name && used < size; s++)
        used += (size_t)snprintf(text + used, size - used, "%s%s%s", s == table ? "" : ", ", s->name, isnan(s->initial) ? "" : "?");
}

static void check_range(State *S, const char *owner, const Hyper *setting, double x) {
    const RangeRow *range = &ranges[setting->range];
    if ((x > range->low || (range->takes_low && x == range->low)) && (x < range->high || (range->takes_high && x == range->high))) return;
    const char *advice = NULL;
    if (setting->range == RANGE_POWER)
        advice = "Then the steps add up to infinity, so that they reach any place, and their squares do not, so that the noise dies out.";
    if (setting->range == RANGE_FACTOR) advice = "It multiplies the learning rate: 0.99 takes a hundredth off each time.";
    error_raise(S, "bad-argument", advice, "%s of %s must be %s, but it is %.15g", setting->name, owner, range->text, x);
}

static void read_pair(State *S, const char *owner, const Hyper *setting, Value v, double numbers[]) {
    const Layout *l = v.tag == VALUE_ARRAY ? v.as.array->layout : NULL;
    if (!l || l->rank != 1 || l->dims[0] != 2 || l->n_axes)
        error_raise(S, "bad-argument", error_text(S, "For instance %s = [%g, %g].", setting->name, setting->initial, setting->second),
                    "%s of %s must be a vector of two numbers", setting->name, owner);
    for (unsigned k = 0; k < 2; k++) check_range(S, owner, setting, numbers[k] = v.as.array->data[k]);
}

void hyper_read(State *S, const char *owner, const Hyper *setting, Value v, double numbers[]) {
    switch (setting->kind) {
        case HYPER_PAIR: read_pair(S, owner, setting, v, numbers); break;
        case HYPER_FLAG: numbers[0] = value_to_truth(S, v, setting->name); break;
        case HYPER_WHOLE: numbers[0] = (double)value_to_integer(S, v, setting->name, 1, 1L << 40); break;
        case HYPER_OPTIONAL:
            if (v.tag == VALUE_NONE) {
                numbers[0] = NAN;
                break;
            } /* fallthrough */
        case HYPER_NUMBER:
        case HYPER_RATE: check_range(S, owner, setting, numbers[0] = value_to_number(S, v, setting->name)); break;
    }
}

void hyper_initial(const Hyper *setting, double numbers[]) {
    numbers[0] = setting->initial;
    if (setting->kind == HYPER_PAIR) numbers[1] = setting->second;
}

void hyper_read_all(State *S, const char *owner, const Hyper *table, const Value *arguments, double settings[]) {
    unsigned at = 0;
    for (const Hyper *s = table; s->name; at += hyper_places(s), s++) {
        if (arguments[s - table].tag == VALUE_UNASSIGNED) hyper_initial(s, settings + at);
        else hyper_read(S, owner, s, arguments[s - table], settings + at);
    }
}

void hyper_print(State *S, const Hyper *setting, const double numbers[], bool first) {
    if (setting->range == RANGE_LIMIT && isinf(numbers[0])) return;
    text_print(S, first ? "%s = " : ", %s = ", setting->name);
    if (setting->kind == HYPER_FLAG) {
        text_print(S, "%s", numbers[0] != 0 ? "true" : "false");
        return;
    }
    if (setting->kind == HYPER_OPTIONAL && isnan(numbers[0])) {
        text_print(S, "none");
        return;
    }
    if (setting->kind == HYPER_PAIR) text_print(S, "[");
    text_number(S, numbers[0], 6);
    if (setting->kind == HYPER_PAIR) {
        text_print(S, ", ");
        text_number(S, numbers[1], 6);
        text_print(S, "]");
    }
}
