#include "lexer/token.h"

#include <string.h>

enum { VALUE = 1, CONTINUES = 2, BINARY = 4, WORD = 8 };

typedef struct TokenRow {
    const char *text;
    unsigned flags;
} TokenRow;

static const TokenRow rows[TOKENS] = {
#define TOKEN(identifier, text, flags) [TOKEN_##identifier] = { text, flags },
#include "lexer/tokens.def"
#undef TOKEN
};

const char *token_text(TokenKind kind, bool *quoted)
{
    *quoted = kind >= TOKEN_FN;
    return rows[kind].text;
}

bool token_ends_value(TokenKind kind)
{
    return (rows[kind].flags & VALUE) != 0;
}

bool token_continues(TokenKind kind)
{
    return (rows[kind].flags & CONTINUES) != 0;
}

bool token_is_binary(TokenKind kind)
{
    return (rows[kind].flags & BINARY) != 0;
}

bool token_is_word(TokenKind kind)
{
    return (rows[kind].flags & WORD) != 0;
}

static TokenKind find_word(TokenKind first, TokenKind last, const char *text, size_t length)
{
    for (TokenKind kind = first; kind <= last; kind++)
        if (strlen(rows[kind].text) == length && memcmp(rows[kind].text, text, length) == 0)
            return kind;
    return TOKEN_NAME;
}

TokenKind token_reserved_word(const char *text, size_t length)
{
    return find_word(TOKEN_FN, TOKEN_IMPORT, text, length);
}

TokenKind token_statement_word(const char *text, size_t length)
{
    return find_word(TOKEN_OBS, TOKEN_AFTER, text, length);
}
