/* SPDX-License-Identifier: GPL-3.0-or-later
   What the files show*.c share: each kind of value appends itself to the text that is being built. Nothing that comes from a
   program's data reaches the text without text_make_visible. */
#ifndef ELBO_STDLIB_SHOW_PARTS_H
#define ELBO_STDLIB_SHOW_PARTS_H

#include "runtime/text.h"

typedef struct Show {
    size_t width; /* columns */
    bool colours;
} Show;

enum {
    SHOW_LINES = 30,   /* of one value, at most */
    SHOW_DIGITS = 6,   /* significant ones, of elements */
    SHOW_SUMMARY = 4   /* of means and the like */
};

/* What stands between begin and end is bold (names) or dim (remarks) where colours are wanted. */
void show_bold(State *S, const Show *show);
void show_dim(State *S, const Show *show);
void show_plain(State *S, const Show *show);
void show_spaces(State *S, size_t n);
void show_newline(State *S);
/* 10,000 */
void show_count(State *S, size_t n);
/* Cuts what stands from `start` on to so many columns, with … at its end, when it is longer. */
void show_cut(State *S, size_t start, size_t columns);
/* Breaks lines that are too long at spaces, from `start` on; what is broken off is indented. */
void show_wrapped_text(State *S, const Show *show, size_t start);

/* Any value in one line of at most so many columns. */
void show_brief(State *S, Value v, size_t columns);
/* The elements of a vector in one line: all, or those at both ends. Returns whether all are there. */
bool show_elements(State *S, const Array *a, size_t columns);

void show_array(State *S, const Show *show, const Array *a);
void show_list(State *S, const Show *show, const List *list);
void show_record(State *S, const Show *show, const Record *record);
/* A record whose fields are columns of one length. */
bool show_is_table(const Record *record);
void show_table(State *S, const Show *show, const Record *record);
void show_distribution(State *S, const Show *show, Distribution *d);
/* A function, built-in or not, bare or under handlers. */
void show_callable(State *S, const Show *show, Value f);

#endif
