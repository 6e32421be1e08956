#include "lexer/layout.h"

#include <stdio.h>

#include "lexer/layout_brackets.h"
#include "lexer/layout_lines.h"

void layout_open(Layout *layout, const Source *source, const LexerHost *host)
{
    layout->n_ahead = 0;
    layout->previous = (Token){ .kind = TOKEN_END };
    layout->open[0] = (Bracket){ .kind = TOKEN_CURLY_OPEN, .block = true, .head = { .kind = TOKEN_END } };
    layout->depth = 0;
    layout->unclosed = (Bracket){ .kind = TOKEN_END };
    layout->stray = false;
    layout->forgiven = 0;
    layout->recovering = layout->dropping = false;
    layout->skip_to = LAYOUT_NO_SKIP;
    lexer_open(&layout->lexer, source, host);
}

const Bracket *layout_innermost(const Layout *layout)
{
    const Bracket *top = &layout->open[layout->depth];

    return top->block ? NULL : top;
}

Token layout_fetch(Layout *layout)
{
    Token token;

    if (layout->n_ahead == 0)
        return lexer_next(&layout->lexer);
    token = layout->ahead[0];
    layout->n_ahead--;
    for (uint32_t i = 0; i < layout->n_ahead; i++)
        layout->ahead[i] = layout->ahead[i + 1];
    return token;
}

const Token *layout_peek(Layout *layout, uint32_t position)
{
    while (layout->n_ahead <= position) {
        layout->ahead[layout->n_ahead] = lexer_next(&layout->lexer);
        layout->n_ahead++;
    }
    return &layout->ahead[position];
}

/* on and after are words only at the beginning of a line of a handler's body. */
static bool clause_may_begin(const Layout *layout)
{
    return layout->open[layout->depth].handler &&
           (layout->previous.kind == TOKEN_NEWLINE || layout->previous.kind == TOKEN_CURLY_OPEN);
}

/* What a name or reserved word is where it stands. */
static TokenKind classify_word(Layout *layout, const Token *token)
{
    TokenKind kind;

    if (layout->previous.kind == TOKEN_DOT)
        return TOKEN_NAME;
    if (token->kind != TOKEN_NAME)
        return token->kind;
    kind = token_statement_word(token->text, token->length);
    if (kind == TOKEN_NAME || layout_peek(layout, 0)->kind != TOKEN_NAME)
        return TOKEN_NAME;
    if ((kind == TOKEN_ON || kind == TOKEN_AFTER) && !clause_may_begin(layout))
        return TOKEN_NAME;
    return kind;
}

static bool is_head(TokenKind kind)
{
    switch (kind) {
    case TOKEN_IF: case TOKEN_ELSE: case TOKEN_FOR: case TOKEN_WHILE: case TOKEN_WITH: case TOKEN_FN:
    case TOKEN_MODEL: case TOKEN_GUIDE: case TOKEN_HANDLER: case TOKEN_PLATE: case TOKEN_ON: case TOKEN_AFTER:
        return true;
    default:
        return false;
    }
}

/* Keeps the bracket stack; returns false for a token to leave out. */
static bool track(Layout *layout, Token *token)
{
    switch (token->kind) {
    case TOKEN_ROUND_OPEN: case TOKEN_SQUARE_OPEN: case TOKEN_CURLY_OPEN: case TOKEN_TEXT_START:
        layout_push(layout, token);
        return true;
    case TOKEN_ROUND_CLOSE: case TOKEN_SQUARE_CLOSE: case TOKEN_CURLY_CLOSE:
    case TOKEN_TEXT_MIDDLE: case TOKEN_TEXT_END:
        return layout_pop(layout, token);
    case TOKEN_TEXT_BROKEN:
        /* What should close the brackets and strings around it is lost in the string. */
        token->kind = layout->open[layout->depth].block ? TOKEN_STRING : TOKEN_BAD;
        layout_pop_strings(layout);
        token->first = true;
        return true;
    case TOKEN_NEWLINE:
        layout->open[layout->depth].head.kind = TOKEN_END;
        return true;
    case TOKEN_END:
        if (layout->depth > 0)
            layout->unclosed = layout->open[layout->depth];
        return true;
    default:
        if (is_head(token->kind))
            layout->open[layout->depth].head = *token;
        return true;
    }
}

static bool is_skipped(Layout *layout, const Token *token)
{
    if (layout->skip_to == LAYOUT_NO_SKIP)
        return false;
    if (token->kind != TOKEN_END && layout->depth > layout->skip_to)
        return true;
    if (token->kind == TOKEN_END || token->kind == TOKEN_NEWLINE) {
        layout->skip_to = LAYOUT_NO_SKIP;
        return false;
    }
    /* Either the skipped bracket has just been closed, or the block around it has, without it. */
    bool closes_block = layout->depth < layout->skip_to;
    layout->skip_to = LAYOUT_NO_SKIP;
    return !closes_block;
}

/* After a syntax error: records, and the rest of a line whose block the grammar has read. */
static bool is_left_out(Layout *layout, const Token *token, bool dropping)
{
    Bracket *top = &layout->open[layout->depth];

    if (token->kind == TOKEN_NEWLINE || token->kind == TOKEN_END || token->kind == TOKEN_CURLY_CLOSE) {
        layout->recovering = false;
        return false;
    }
    if (token->kind == TOKEN_CURLY_OPEN && (dropping || layout->recovering)) {
        if (dropping || layout_looks_like_record(layout, token)) {
            top->block = false;
            layout->skip_to = layout->depth - 1;
            return true;
        }
        layout->recovering = false;
        top->recovered = true;
        return false;
    }
    return dropping;
}

Token layout_next(Layout *layout)
{
    for (;;) {
        Token token;
        bool dropping;

        layout->lexer.muted = layout->recovering || layout->dropping;
        token = layout_fetch(layout);
        layout->unclosed.kind = TOKEN_END;
        layout->stray = false;
        if (token.kind == TOKEN_NEWLINE && !layout_newline_counts(layout, &token))
            continue;
        if (token.kind == TOKEN_FLOOR_SLASH && !token_ends_value(layout->previous.kind)) {
            layout_skip_comment(layout, &token);
            continue;
        }
        if (token_is_word(token.kind) || token.kind == TOKEN_NAME)
            token.kind = classify_word(layout, &token);
        dropping = layout->dropping;
        if (token.kind == TOKEN_NEWLINE || token.kind == TOKEN_END || token.kind == TOKEN_CURLY_CLOSE)
            layout->dropping = dropping = false;
        if (!track(layout, &token))
            continue;
        if (is_skipped(layout, &token)) {
            layout->previous = token;
            continue;
        }
        if (is_left_out(layout, &token, dropping)) {
            layout->previous = token;
            continue;
        }
        layout->previous = token;
        return token;
    }
}
