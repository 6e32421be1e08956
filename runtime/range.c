/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interval arithmetic (Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009), without rounding: it warns, and proves
   nothing. */
#include "runtime/range.h"

#include <math.h>
#include <string.h>

Range range_any(void) { return (Range){-INFINITY, INFINITY, true, true}; }
Range range_of_number(double x) { return x == x ? (Range){x, x, false, false} : range_any(); }

static Range between(double low, double high, bool open) { return (Range){low, high, open, open}; }

Range range_hull(Range a, Range b) {
    Range r;
    r.low = fmin(a.low, b.low);
    r.high = fmax(a.high, b.high);
    r.low_open = (a.low > r.low || a.low_open) && (b.low > r.low || b.low_open);
    r.high_open = (a.high < r.high || a.high_open) && (b.high < r.high || b.high_open);
    return r;
}

static Range negated(Range a) { return (Range){-a.high, -a.low, a.high_open, a.low_open}; }

static Range added(Range a, Range b) {
    return (Range){a.low + b.low, a.high + b.high, a.low_open || b.low_open, a.high_open || b.high_open};
}

/* An end of a product: 0 is met wherever one factor is 0. */
static Range corner(double x, bool x_open, double y, bool y_open) {
    if (x == 0 || y == 0) return between(0, 0, !((x == 0 && !x_open) || (y == 0 && !y_open)));
    return between(x * y, x * y, x_open || y_open);
}

static Range multiplied(Range a, Range b) {
    Range low = range_hull(corner(a.low, a.low_open, b.low, b.low_open), corner(a.low, a.low_open, b.high, b.high_open));
    Range high = range_hull(corner(a.high, a.high_open, b.low, b.low_open), corner(a.high, a.high_open, b.high, b.high_open));
    return range_hull(low, high);
}

static Range inverted(Range a) {
    if (a.low < 0 && a.high > 0) return range_any();
    if (a.low < 0) return negated(inverted(negated(a)));
    return (Range){1 / a.high, a.low == 0 ? INFINITY : 1 / a.low, a.high_open, a.low_open};
}

static Range divided(Range a, Range b, bool part) {
    Range r = multiplied(a, inverted(b));
    if (part && r.high > 1) r.high = 1;
    return r;
}

static Range absolute(Range a) {
    if (a.low >= 0) return a;
    if (a.high <= 0) return negated(a);
    return (Range){0, fmax(-a.low, a.high), true, a.low_open && a.high_open};
}

static Range squared(Range a) {
    a = absolute(a);
    return (Range){a.low * a.low, a.high * a.high, a.low_open, a.high_open};
}

static bool is_even(Range a) { return a.low == a.high && fmod(a.low, 2) == 0; }

static Range power(Range a, Range b) {
    if (a.low >= 0) {
        bool shrinks = a.high <= 1 && b.low >= 0;
        return (Range){0, shrinks ? 1 : INFINITY, a.low > 0 || a.low_open, true};
    }
    return is_even(b) ? between(0, INFINITY, true) : range_any();
}

static Range smaller(Range a, Range b) {
    Range r;
    r.low = fmin(a.low, b.low);
    r.low_open = (a.low > r.low || a.low_open) && (b.low > r.low || b.low_open);
    r.high = fmin(a.high, b.high);
    r.high_open = a.high < b.high ? a.high_open : b.high < a.high ? b.high_open : a.high_open && b.high_open;
    return r;
}

static Range larger(Range a, Range b) { return negated(smaller(negated(a), negated(b))); }

static Range remainder_of(Range a, Range b) {
    (void)a;
    return b.low > 0 ? (Range){0, b.high, false, true} : range_any();
}

/* ---- The rows ---- */

typedef enum Rule {
    RULE_ADD, RULE_SUBTRACT, RULE_MULTIPLY, RULE_DIVIDE, RULE_REMAINDER, RULE_POWER, RULE_SMALLER, RULE_LARGER, RULE_NEGATE,
    RULE_ABSOLUTE, RULE_SQUARE, RULE_RISING, RULE_FALLING, RULE_FIXED, RULE_INTERVAL
} Rule;

/* What is known of each elementwise function; others give any number. */
static const struct {
    const char *name;
    unsigned arity;
    Rule rule;
    double low, high; /* of FIXED */
} rules[] = {
    {"+", 2, RULE_ADD, 0, 0},        {"-", 2, RULE_SUBTRACT, 0, 0},  {"*", 2, RULE_MULTIPLY, 0, 0},
    {"/", 2, RULE_DIVIDE, 0, 0},     {"%", 2, RULE_REMAINDER, 0, 0}, {"^", 2, RULE_POWER, 0, 0},
    {"pow", 2, RULE_POWER, 0, 0},    {"min", 2, RULE_SMALLER, 0, 0}, {"max", 2, RULE_LARGER, 0, 0},
    {"-", 1, RULE_NEGATE, 0, 0},     {"abs", 1, RULE_ABSOLUTE, 0, 0}, {"^", 1, RULE_SQUARE, 0, 0},
    {"sqrt", 1, RULE_RISING, 0, 0},  {"exp", 1, RULE_RISING, 0, 0},  {"expm1", 1, RULE_RISING, 0, 0},
    {"log", 1, RULE_RISING, 0, 0},   {"log1p", 1, RULE_RISING, 0, 0}, {"log2", 1, RULE_RISING, 0, 0},
    {"log10", 1, RULE_RISING, 0, 0}, {"asin", 1, RULE_RISING, 0, 0}, {"acos", 1, RULE_FALLING, 0, 0},
    {"atan", 1, RULE_RISING, 0, 0},  {"sinh", 1, RULE_RISING, 0, 0}, {"tanh", 1, RULE_RISING, 0, 0},
    {"sigmoid", 1, RULE_RISING, 0, 0}, {"logit", 1, RULE_RISING, 0, 0}, {"softplus", 1, RULE_RISING, 0, 0},
    {"erf", 1, RULE_RISING, 0, 0},   {"erfc", 1, RULE_FALLING, 0, 0}, {"normal_cdf", 1, RULE_RISING, 0, 0},
    {"normal_quantile", 1, RULE_RISING, 0, 0}, {"log_normal_cdf", 1, RULE_RISING, 0, 0},
    {"normal_quantile_log", 1, RULE_RISING, 0, 0}, {"log1m_exp", 1, RULE_FALLING, 0, 0},
    {"sin", 1, RULE_FIXED, -1, 1},   {"cos", 1, RULE_FIXED, -1, 1},  {"cosh", 1, RULE_FIXED, 1, INFINITY},
    {"trigamma", 1, RULE_FIXED, 0, INFINITY},
    {"positive", 1, RULE_FIXED, 0, INFINITY}, {"interval", 3, RULE_INTERVAL, 0, 0}, /* transforms of constraints */
};

enum { RANGE_LANES = 8 }; /* a kernel runs over multiples of 8 */

static double at(const Elementwise *row, double x) {
    double in[RANGE_LANES], out[RANGE_LANES];
    const double *pointer = in;
    for (int i = 0; i < RANGE_LANES; i++) in[i] = x;
    row->value(RANGE_LANES, out, &pointer);
    return out[0];
}

static Range monotone(const Elementwise *row, Range a, bool falls) {
    Range r = {at(row, a.low), at(row, a.high), a.low_open, a.high_open};
    if (falls) r = (Range){r.high, r.low, r.high_open, r.low_open};
    if (r.low != r.low || r.high != r.high) return strcmp(row->name, "sqrt") == 0 ? between(0, INFINITY, true) : range_any();
    return r;
}

Range range_elementwise(const Elementwise *row, const Range a[], bool same, bool part) {
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
        if (rules[k].arity != row->arity || strcmp(rules[k].name, row->name) != 0) continue;
        switch (rules[k].rule) {
            case RULE_ADD: return added(a[0], a[1]);
            case RULE_SUBTRACT: return same ? range_of_number(0) : added(a[0], negated(a[1]));
            case RULE_MULTIPLY: return same ? squared(a[0]) : multiplied(a[0], a[1]);
            case RULE_DIVIDE: return same ? range_of_number(1) : divided(a[0], a[1], part);
            case RULE_REMAINDER: return remainder_of(a[0], a[1]);
            case RULE_POWER: return power(a[0], a[1]);
            case RULE_SMALLER: return smaller(a[0], a[1]);
            case RULE_LARGER: return larger(a[0], a[1]);
            case RULE_NEGATE: return negated(a[0]);
            case RULE_ABSOLUTE: return absolute(a[0]);
            case RULE_SQUARE: return squared(a[0]);
            case RULE_RISING: return monotone(row, a[0], false);
            case RULE_FALLING: return monotone(row, a[0], true);
            case RULE_FIXED: return between(rules[k].low, rules[k].high, true);
            case RULE_INTERVAL: return (Range){a[1].low, a[2].high, true, true};
        }
    }
    return range_any();
}

Range range_scaled(Range a, double factor) { return multiplied(a, range_of_number(factor)); }

bool range_is_nonnegative(Range a, bool open) { return a.low > 0 || (a.low == 0 && (!open || a.low_open)); }
bool range_within(Range a, double low, double high) { return a.low >= low && a.high <= high; }
