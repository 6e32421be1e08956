#include "lexer/layout_lines.h"

#include <stdio.h>

#include "lexer/layout_brackets.h"

static void report(Layout *layout, Kind kind, Span span, const char *message, const char *advice)
{
    LexerHost *host = &layout->lexer.host;

    if (!layout->recovering)
        host->report(host->user, kind, span, message, advice);
}

/* Whether the tokens ahead begin a statement and can be no part of an expression: an open bracket was forgotten. */
static bool statement_begins(Layout *layout)
{
    Token next = *layout_peek(layout, 0);
    TokenKind word;

    switch (next.kind) {
    case TOKEN_RETURN: case TOKEN_BREAK: case TOKEN_CONTINUE: case TOKEN_IMPORT:
        return true;
    case TOKEN_FN:
        return layout_peek(layout, 1)->kind == TOKEN_NAME;
    case TOKEN_NAME:
        if (layout_peek(layout, 1)->kind == TOKEN_TILDE)
            return true;
        word = token_statement_word(next.text, next.length);
        return word != TOKEN_NAME && word != TOKEN_PLATE && word != TOKEN_ON && word != TOKEN_AFTER &&
               layout_peek(layout, 1)->kind == TOKEN_NAME;
    default:
        return false;
    }
}

/* The next line goes on where this one should have: true if it was reported. */
static bool misplaced_newline(Layout *layout)
{
    Token next = *layout_peek(layout, 0);
    TokenKind previous = layout->previous.kind;
    const Token *head = &layout->open[layout->depth].head;
    char message[120];
    bool quoted;

    if (next.kind == TOKEN_ELSE && previous == TOKEN_CURLY_CLOSE) {
        report(layout, KIND_LINE_BREAK, next.span, "`else` must stand on the line of the `}`", "Write `} else {`.");
        return true;
    }
    if (next.kind == TOKEN_CURLY_OPEN && head->kind != TOKEN_END) {
        snprintf(message, sizeof message, "the `{` must stand on the line of the `%s`", token_text(head->kind, &quoted));
        report(layout, KIND_LINE_BREAK, next.span, message, "Move it to the end of the line above.");
        return true;
    }
    if (next.kind != TOKEN_FLOOR_SLASH && token_is_binary(next.kind) &&
        (token_ends_value(previous) || layout->recovering)) {
        snprintf(message, sizeof message, "a line cannot begin with `%s`", token_text(next.kind, &quoted));
        report(layout, KIND_LINE_BREAK, next.span, message,
               "If it goes on with the line above, move it to the end of that line, or put round brackets around both.");
        return true;
    }
    return false;
}

bool layout_newline_counts(Layout *layout, const Token *newline)
{
    TokenKind previous = layout->previous.kind;
    Bracket *top = &layout->open[layout->depth];

    while (layout_peek(layout, 0)->kind == TOKEN_NEWLINE)
        layout_fetch(layout);
    if (newline->text[0] != ';') {
        if (!top->block) {
            if (!statement_begins(layout))
                return false;
            layout->unclosed = *top;
            if (layout->skip_to != LAYOUT_NO_SKIP)
                layout_forgive(layout);
            return true;
        }
        if (token_continues(previous) || misplaced_newline(layout))
            return false;
    }
    return previous != TOKEN_NEWLINE && previous != TOKEN_CURLY_OPEN && (previous != TOKEN_END || layout->depth > 0);
}

void layout_skip_comment(Layout *layout, const Token *token)
{
    report(layout, KIND_FOREIGN_SYNTAX, token->span, "a comment does not begin with `//`", "It begins with `#`.");
    layout->lexer.muted = true;
    for (;;) {
        const Token *next = layout_peek(layout, 0);

        if ((next->kind == TOKEN_NEWLINE && next->text[0] != ';') || next->kind == TOKEN_END)
            break;
        layout_fetch(layout);
    }
    layout->lexer.muted = false;
}
