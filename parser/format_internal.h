/* SPDX-License-Identifier: GPL-3.0-or-later
   What the parts of the formatter share, and the hooks that the printer calls where a text may have breaks and comments. */
#ifndef ELBO_PARSER_FORMAT_INTERNAL_H
#define ELBO_PARSER_FORMAT_INTERNAL_H

#include "parser/arena.h"
#include "parser/format.h"
#include "parser/print_internal.h"
#include "parser/vector.h"

typedef struct Comment {
    Span span;       /* without white space at its end */
    unsigned column; /* from 0 */
    bool own_line;   /* nothing stands before it on its line */
} Comment;

/* A comment behind something else, in the result. */
typedef struct FormatMark {
    size_t begin, at;  /* where its line begins, and where the comment stands, with a space before */
    uint32_t line;     /* from 0 */
    unsigned column;   /* in the source, plus what the line's indentation has grown by */
} FormatMark;

typedef struct Formatter {
    const Source *source;
    Arena arena;
    Vector *comments;   /* of Comment, in order */
    uint32_t next;      /* the first one that is not written yet */
    char *out;
    size_t length, capacity;
    size_t line_begin;  /* where the last line of `out` begins */
    uint32_t line;
    Vector *marks;      /* of FormatMark, in order */
    bool misplaced;     /* a comment was written behind something that it stood before */
    unsigned padding;   /* spaces before the sign of the statement that is being written, to align it */
    bool measuring;     /* nothing is written: the columns of the first line are counted */
    bool measures_left; /* only those before the statement's sign */
    bool measured_all;  /* no more are counted */
    size_t measured;
} Formatter;

/* What the printer writes goes here. */
void format_write(void *user, const char *text, size_t length);
void format_new_line(const Printer *printer, unsigned column);
/* The column at which the next character will stand. */
unsigned format_column(const Formatter *f);
/* Columns of the node's first line, were it written here without further breaks. */
size_t format_measure(const Printer *printer, const Node *node);

/* Whether there is a line's end between two places of the source, which are no strings. */
bool format_breaks(const Formatter *f, uint32_t from, uint32_t to);
/* How many line ends there are. */
uint32_t format_lines(const Formatter *f, uint32_t from, uint32_t to);
/* The next comment, if it begins before `to`; else NULL. */
const Comment *format_next_comment(const Formatter *f, uint32_t to);
/* Writes the next comment behind what stands on the line. `from` is where the source goes on from what was written. */
void format_trailing(const Printer *printer, uint32_t from);
/* The same if it stands on the source line on which `end` is, before `to`. */
void format_trailing_of(const Printer *printer, uint32_t end, uint32_t to);

/* The place of `sign` in the source, from `from` on: only space, comments and closing brackets stand before it. */
uint32_t format_find(const Formatter *f, uint32_t from, char sign);
/* For each of the statements the spaces that align its sign with those of its neighbours, if they were aligned. */
unsigned *format_paddings(Printer *printer, const NodeList *statements);

/* Puts the text together, with its comments aligned, and writes it. */
void format_align(Formatter *f, DiagnosticWrite *write, void *user);

/* Statements and clauses, each on its line, with the comments between `from` and `end`. */
void format_statements(Printer *printer, const NodeList *statements, const Clause *clauses, uint32_t n_clauses, uint32_t from, uint32_t end);
/* Whether the block was written on one line and still has room there. */
bool format_fits(const Printer *printer, const Node *block, const Clause *clauses, uint32_t n_clauses);

#endif
