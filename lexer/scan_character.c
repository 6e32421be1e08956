/* Names, and the characters that can be part of none. */
#include <stdio.h>
#include <string.h>

#include "lexer/scan.h"
#include "lexer/utf8.h"

typedef struct LookAlike {
    uint32_t code;
    const char *advice;
} LookAlike;

/* What text programs and web pages turn plain characters into, and what mathematicians write. */
static const LookAlike look_alikes[] = {
    { '\\', "A line that ends in an operator or a comma goes on in the next one by itself." },
    { 0xa0, "This is a no-break space: replace it by a plain space." },
    { 0x2009, "This is a thin space: replace it by a plain space." },
    { 0x3000, "This is a wide space: replace it by a plain space." },
    { 0x200b, "This is an invisible character: delete it." },
    { 0xfeff, "This is an invisible character: delete it." },
    { 0x201c, "Strings stand in plain double quotes: \"text\"." },
    { 0x201d, "Strings stand in plain double quotes: \"text\"." },
    { 0x201e, "Strings stand in plain double quotes: \"text\"." },
    { 0x2018, "Strings stand in plain double quotes: \"text\"." },
    { 0x2019, "Strings stand in plain double quotes: \"text\"." },
    { 0xab, "Strings stand in plain double quotes: \"text\"." },
    { 0xbb, "Strings stand in plain double quotes: \"text\"." },
    { 0x2212, "Write a plain minus: `-`." },
    { 0x2013, "Write a plain minus: `-`." },
    { 0x2014, "Write a plain minus: `-`." },
    { 0xd7, "A product is written `a * b`." },
    { 0xb7, "A product is written `a * b`." },
    { 0x22c5, "A product is written `a * b`." },
    { 0xf7, "A quotient is written `a / b`." },
    { 0x2264, "Write `<=`." },
    { 0x2265, "Write `>=`." },
    { 0x2260, "Write `!=`." },
    { 0x223c, "Write a plain `~`." },
    { 0x2190, "An assignment is written `x = 1`." },
    { 0x2026, "A range is written `0..n`." },
    { 0x2208, "Write `in`." },
    { 0x221a, "A root is written `sqrt(x)`." },
    { 0x221e, "Infinity is written `inf`." },
    { 0xb2, "A square is written `x ^ 2`." },
    { 0xb3, "A third power is written `x ^ 3`." },
};

static const char *advice_for(uint32_t code)
{
    for (size_t i = 0; i < sizeof look_alikes / sizeof look_alikes[0]; i++)
        if (look_alikes[i].code == code)
            return look_alikes[i].advice;
    return NULL;
}

static void report_character(Lexer *lexer, const char *text, Utf8 found)
{
    Span span = scan_span(lexer, text, found.length);
    char message[80];

    if (!found.valid) {
        snprintf(message, sizeof message, "the byte 0x%02x is not UTF-8 text", (unsigned)found.code);
        scan_report(lexer, KIND_BAD_UTF8, span, message, "Save the file as UTF-8.");
        return;
    }
    if (found.code < 0x20 || (found.code >= 0x7f && found.code < 0xa0))
        snprintf(message, sizeof message, "a control character (U+%04X) cannot stand in a program",
                 (unsigned)found.code);
    else
        snprintf(message, sizeof message, "the character `%.*s` (U+%04X) cannot stand in a program",
                 (int)found.length, text, (unsigned)found.code);
    scan_report(lexer, KIND_BAD_CHARACTER, span, message, advice_for(found.code));
}

TokenKind scan_bad_character(Lexer *lexer, const char *text, size_t length)
{
    scan_token(lexer, text, length, TOKEN_BAD);
    report_character(lexer, text, utf8_decode(text, length));
    return TOKEN_BAD;
}

TokenKind scan_name(Lexer *lexer, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        Utf8 found = utf8_decode(text + i, length - i);

        if (!found.valid || (found.code >= 0x80 && !utf8_is_letter(found.code))) {
            scan_token(lexer, text, length, TOKEN_BAD);
            report_character(lexer, text + i, found);
            return TOKEN_BAD;
        }
        i += found.length;
    }
    return scan_token(lexer, text, length, token_reserved_word(text, length));
}
