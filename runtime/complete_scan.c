/* SPDX-License-Identifier: GPL-3.0-or-later
   The text left of the point as tokens, as far as it can be read. */
#include <setjmp.h>
#include <string.h>

#include "lexer/lexer.h"
#include "parser/arena.h"
#include "runtime/complete.h"

typedef struct Scanning {
    State *S;
    Arena arena;
    jmp_buf escape;
    bool whole, closed; /* all was read; it ends in a string */
} Scanning;

static void *allocate_block(void *user, void *block, size_t old_size, size_t new_size) {
    State *S = user;
    if (new_size == 0) {
        memory_free(S, block, old_size);
        return NULL;
    }
    return memory_try(S, new_size);
}

static void *allocate(void *user, size_t size) { return arena_allocate(&((Scanning *)user)->arena, size); }

static void report(void *user, Kind kind, Span span, const char *message, const char *advice) {
    (void)user, (void)kind, (void)span, (void)message, (void)advice;
}

static void fail(void *user) { longjmp(((Scanning *)user)->escape, 1); }

static bool keep_token(State *S, CompleteText *text, const Token *token) {
    if (text->n == text->capacity) {
        size_t capacity = text->capacity ? 2 * text->capacity : 256;
        Token *tokens = memory_try(S, capacity * sizeof *tokens);
        if (!tokens) return false;
        if (text->n) memcpy(tokens, text->tokens, text->n * sizeof *tokens);
        memory_free(S, text->tokens, text->capacity * sizeof *tokens);
        text->tokens = tokens;
        text->capacity = capacity;
    }
    text->tokens[text->n] = *token;
    text->tokens[text->n++].text = text->text + token->span.start; /* the decoded text goes with the scanner's memory */
    return true;
}

static bool scan_all(State *S, CompleteText *text, Scanning *scanning) {
    Source source = {.name = "", .text = text->text, .length = text->point};
    LexerHost host = {.allocate = allocate, .report = report, .fail = fail, .user = scanning};
    Lexer *lexer = arena_allocate(&scanning->arena, sizeof *lexer);
    lexer_open(lexer, &source, &host);
    lexer->muted = true;
    for (;;) {
        uint32_t depth = lexer->depth, piece = lexer->string_start;
        Token token = lexer_next(lexer);
        if (token.kind == TOKEN_END) return true;
        if (token.kind == TOKEN_TEXT_BROKEN && token.span.end >= text->point) {
            /* No piece was begun since the last token: it is the code in a `{…}` that ends here. */
            scanning->closed = !(depth > 0 && lexer->string_start == piece);
            return true;
        }
        if (!keep_token(S, text, &token)) return false;
    }
}

/* 'abc, which the scanner reads as a string with an error. */
static bool is_open_quote(const CompleteText *text) {
    if (!text->n) return false;
    const Token *last = &text->tokens[text->n - 1];
    const char *start = text->text + last->span.start;
    size_t length = last->span.end - last->span.start;
    return last->span.end == text->point && length && *start == '\'' && (length == 1 || start[length - 1] != '\'');
}

static bool in_comment(const CompleteText *text) {
    size_t from = text->n ? text->tokens[text->n - 1].span.end : 0;
    for (size_t k = text->point; k-- > from;) {
        if (text->text[k] == '\n' || text->text[k] == '\r') return false;
        if (text->text[k] == '#') return true;
    }
    return false;
}

bool complete_scan(State *S, CompleteText *text) {
    if (text->point > LEXER_MAX_LENGTH) return false;
    Scanning scanning = {.S = S};
    arena_open(&scanning.arena, allocate_block, S, &scanning.escape);
    if (!setjmp(scanning.escape)) scanning.whole = scan_all(S, text, &scanning);
    arena_free(&scanning.arena);
    if (!scanning.whole) return false;
    text->closed = scanning.closed || is_open_quote(text) || in_comment(text);
    text->word = text->point;
    text->before = text->n;
    if (!text->n) return true;
    const Token *last = &text->tokens[text->n - 1];
    if ((last->kind == TOKEN_NAME || token_is_word(last->kind)) && last->span.end == text->point) {
        text->word = last->span.start;
        text->before = text->n - 1;
    } else if ((last->kind == TOKEN_NUMBER || last->kind == TOKEN_BAD) && last->span.end == text->point) {
        text->closed = true; /* in the middle of a number, or of something that is nothing */
    }
    return true;
}

void complete_scan_free(State *S, CompleteText *text) { memory_free(S, text->tokens, text->capacity * sizeof *text->tokens); }

int complete_bracket(TokenKind kind) {
    switch (kind) {
        case TOKEN_ROUND_OPEN:
        case TOKEN_SQUARE_OPEN:
        case TOKEN_CURLY_OPEN: return 1;
        case TOKEN_ROUND_CLOSE:
        case TOKEN_SQUARE_CLOSE:
        case TOKEN_CURLY_CLOSE: return -1;
        default: return 0;
    }
}

size_t complete_innermost(const CompleteText *text, size_t from, size_t least) {
    size_t closed = 0;
    for (size_t k = from; k-- > least;) {
        int bracket = complete_bracket(text->tokens[k].kind);
        if (bracket > 0 && !closed) return k;
        closed -= (size_t)bracket;
    }
    return text->n;
}
