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

#endif
