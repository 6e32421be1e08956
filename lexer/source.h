/* A piece of program text with a name, and places in it. */
#ifndef ELBO_LEXER_SOURCE_H
#define ELBO_LEXER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Half-open range of byte offsets into a source's text. */
typedef struct Span {
    uint32_t start;
    uint32_t end;
} Span;

/* A program text. `text` has `length` bytes and a NUL behind them (NULs inside are allowed in `length`).
   Whoever makes a Source owns both strings and keeps them while anything points to it. */
typedef struct Source {
    const char *name; /* as shown in messages: "normal.ppl", "<repl:3>" */
    const char *text;
    size_t length;
} Source;

/* Line and column of an offset, both from 1; columns count Unicode code points (a bad byte counts as one). */
typedef struct Position {
    uint32_t line;
    uint32_t column;
} Position;

Position source_position(const Source *source, uint32_t offset);

/* Whether the byte at `offset` is the last of a line's end: a line feed, or a carriage return without one. */
bool source_ends_line(const Source *source, size_t offset);

#endif
