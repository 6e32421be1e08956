/* Reading UTF-8, and the little about characters that names and carets need. */
#ifndef ELBO_LEXER_UTF8_H
#define ELBO_LEXER_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One code point of a text. A byte that begins no valid sequence is a code point of its own: length 1, not valid. */
typedef struct Utf8 {
    uint32_t code;
    uint32_t length; /* bytes; at least 1 while any are left */
    bool valid;
} Utf8;

/* Reads the code point at `text`; `left` bytes may be read. */
Utf8 utf8_decode(const char *text, size_t left);

/* Writes `code` (a valid code point) and returns the number of bytes, at most 4. */
size_t utf8_encode(uint32_t code, char *out);

/* Whether `code` (from 0x80) may stand in a name: letters, marks and lowered digits, no symbols, spaces or punctuation. */
bool utf8_is_letter(uint32_t code);

/* Columns a terminal gives to `code`: 0 for combining marks, 2 for wide scripts and pictures. */
unsigned utf8_width(uint32_t code);
/* Columns of a text; a byte that is no UTF-8 counts as one. */
size_t utf8_columns(const char *text, size_t length);

/* Whether `code` acts on what stands beside it: control characters, and marks that separate lines or turn the direction of writing. */
bool utf8_is_control(uint32_t code);
/* Whether nothing is seen of it by itself: control characters, and others that take no room but are no combining marks. */
bool utf8_is_invisible(uint32_t code);
/* Whether Unicode promises that it never stands for a character. */
bool utf8_is_noncharacter(uint32_t code);

/* The length of a text of at most `length` bytes, without a character of which only the first bytes are there. */
size_t utf8_whole(const char *text, size_t length);

#endif
