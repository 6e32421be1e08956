/* SPDX-License-Identifier: GPL-3.0-or-later
   What the files of reports share: pieces of a page, appended to the text that is being built (runtime/text.h). */
#ifndef ELBO_PLOT_REPORT_PARTS_H
#define ELBO_PLOT_REPORT_PARTS_H

#include "inference/fit.h"
#include "plot/picture.h"

/* Appends a text as it stands, escaped for HTML; bytes that are no UTF-8, and control characters, become U+FFFD. */
void html_text(State *S, const char *text, size_t length);
/* The same for what has been appended since `start`: it is replaced. */
void html_escape_from(State *S, size_t start);
/* Appends a value as `print` shows it, escaped. */
void html_value(State *S, Value v);
/* Appends a number with so many significant digits, escaped. */
void html_number(State *S, double x, int digits);
/* Appends all that stands before the body's first heading, and what ends the page. */
void html_begin(State *S, const String *title);
void html_end(State *S);
/* Appends the source of a model or guide with its line numbers; of what has none, its printed form. */
void html_source(State *S, Value f);
/* Appends a picture: as SVG by gnuplot, else as text. `alternative` says what it shows. */
void html_picture(State *S, Picture *picture, const char *alternative);

/* How a fit went. */
typedef enum ReportMark { REPORT_GOOD, REPORT_BAD, REPORT_OPEN } ReportMark;

/* Means of the last tenth of a record and of the tenth before, and the standard error of their difference, from means of batches. */
typedef struct ReportDrift {
    double before, last, error;
    bool known; /* there are steps enough to tell */
} ReportDrift;

/* `stride` numbers lie between two of the record's. */
ReportDrift report_drift(const double *record, size_t n, size_t stride);
/* Appends the list of verdicts: the warnings of the fit with their advice, and what its record says. */
void report_verdicts(State *S, const Fit *fit);

#endif
