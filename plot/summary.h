/* SPDX-License-Identifier: GPL-3.0-or-later
   What pictures of numbers need to know of them: order, moments, where most of them lie, bins. */
#ifndef ELBO_PLOT_SUMMARY_H
#define ELBO_PLOT_SUMMARY_H

#include "plot/picture.h"

/* Numbers in their order, without those that are not finite. */
typedef struct Summary {
    size_t n;         /* how many are finite */
    size_t left_out;  /* missing, nan or infinite */
    const double *x;  /* ascending; lives until the collector runs */
    double mean, sd;  /* sd has the denominator n - 1, as `stddev` of a program; 0 for fewer than two. 0 where there are none */
    bool whole;       /* all are integers */
} Summary;

Summary summary_of(State *S, size_t n, const double *x);
/* Linear between the order statistics (type 7 of Hyndman and Fan 1996); NaN of none. */
double summary_quantile(const Summary *s, double p);
/* The ends between which they are drawn: all of them, or, where a few lie far out, as far from the quartiles as six times the
   distance of these. */
void summary_range(const Summary *s, double *low, double *high);
/* How many lie outside. */
size_t summary_outside(const Summary *s, double low, double high);

/* Bins of equal width that touch, from `low` on. */
typedef struct Bins {
    size_t n;
    double low, width;
} Bins;

enum { SUMMARY_BINS = 100, SUMMARY_COUNTS = 60 };

/* The width of the rule of Freedman and Diaconis (On the histogram as a density estimator, Z. Wahrscheinlichkeitstheorie 57,
   1981) over [low, high], at most SUMMARY_BINS bins. Integers: one bin, of width 1, around each; if they
   span more than SUMMARY_COUNTS, bins of a whole width by the same rule, and at most so many. */
Bins summary_bins(const Summary *s, double low, double high);
/* heights[k]: the share of all numbers in bin k over its width, or with `shares` the share itself. The last bin includes its end. */
void summary_heights(const Summary *s, const Bins *bins, bool shares, double *heights);

/* A layer of bars over the bins. */
Layer *summary_bars(State *S, Panel *panel, const char *label, const Summary *s, const Bins *bins, bool shares);
/* The note "3 of 100 lie outside, 2 are missing or not finite" of numbers called `what`; NULL: there is nothing to say. */
String *summary_note(State *S, const Summary *s, const char *what, double low, double high);

/* The correlation of the pairs whose both numbers are finite; NaN where one of the two does not vary. */
double summary_correlation(size_t n, const double *x, const double *y);

/* Appends "−0.524 ± 0.014" to the text that is being built: the error with two digits, the value with as many decimals. */
void summary_plus_minus(State *S, double value, double error);

/* A string by printf's rules. */
String *summary_text(State *S, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
