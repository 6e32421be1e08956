#include "lexer/layout_brackets.h"

/* A `{` behind something that ends a value, or behind else, begins a block; elsewhere a value is wanted: a record. */
static bool begins_block(const Layout *layout)
{
    return token_ends_value(layout->previous.kind) || layout->previous.kind == TOKEN_ELSE;
}

void layout_push(Layout *layout, const Token *token)
{
    Bracket *around = &layout->open[layout->depth];
    Bracket *bracket = around + 1;

    if (layout->depth == LAYOUT_MAX_DEPTH) {
        LexerHost *host = &layout->lexer.host;

        host->report(host->user, KIND_NESTING_TOO_DEEP, token->span, "brackets and blocks are nested too deeply",
                     "At most 200 may be open at once. Give the inner parts names, or make functions of them.");
        host->fail(host->user);
        return;
    }
    *bracket = (Bracket){ .kind = token->kind, .span = token->span, .head = { .kind = TOKEN_END } };
    if (token->kind == TOKEN_CURLY_OPEN && begins_block(layout)) {
        bracket->block = true;
        bracket->handler = around->head.kind == TOKEN_HANDLER;
        around->head.kind = TOKEN_END;
    }
    layout->depth++;
}

static TokenKind opening(TokenKind kind)
{
    switch (kind) {
    case TOKEN_ROUND_CLOSE: return TOKEN_ROUND_OPEN;
    case TOKEN_SQUARE_CLOSE: return TOKEN_SQUARE_OPEN;
    case TOKEN_CURLY_CLOSE: return TOKEN_CURLY_OPEN;
    default: return TOKEN_TEXT_START;
    }
}

/* The bracket that `kind` closes; 0: none. Round and square ones do not reach out of a block, curly ones reach through
   everything but a string. */
static uint32_t find_opening(const Layout *layout, TokenKind kind)
{
    TokenKind wanted = opening(kind);

    for (uint32_t i = layout->depth; i > 0; i--) {
        if (layout->open[i].kind == wanted)
            return i;
        if (wanted == TOKEN_CURLY_OPEN ? layout->open[i].kind == TOKEN_TEXT_START
                                       : wanted != TOKEN_TEXT_START && layout->open[i].block)
            return 0;
    }
    return 0;
}

void layout_pop_strings(Layout *layout)
{
    for (uint32_t i = 1; i <= layout->depth; i++)
        if (layout->open[i].kind == TOKEN_TEXT_START)
            layout->depth = i - 1;
}

bool layout_pop(Layout *layout, const Token *token)
{
    uint32_t found = find_opening(layout, token->kind);

    if (found == 0) {
        if (layout->forgiven > 0) {
            layout->forgiven--;
            return false;
        }
        layout->stray = true;
        if (layout->depth > 0)
            layout->unclosed = layout->open[layout->depth];
        return true;
    }
    layout->dropping = layout->open[found].recovered;
    if (found < layout->depth)
        layout->unclosed = layout->open[layout->depth];
    layout->depth = token->kind == TOKEN_TEXT_MIDDLE ? found : found - 1;
    return true;
}

void layout_forgive(Layout *layout)
{
    while (!layout->open[layout->depth].block) {
        layout->depth--;
        layout->forgiven++;
    }
}

static bool is_name_byte(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || (unsigned char)byte >= 0x80;
}

bool layout_looks_like_record(const Layout *layout, const Token *token)
{
    const Source *source = layout->lexer.source;
    const char *text = source->text;
    size_t i = token->span.end;

    while (i < source->length && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r'))
        i++;
    if (i < source->length && text[i] == '}')
        return true;
    if (i < source->length && text[i] == '"') {
        do
            i++;
        while (i < source->length && text[i] != '"' && text[i] != '\n');
        i++;
    } else {
        while (i < source->length && is_name_byte(text[i]))
            i++;
    }
    while (i < source->length && (text[i] == ' ' || text[i] == '\t'))
        i++;
    return i < source->length && text[i] == ':';
}

/* Whether the brackets that are open at an unexpected token were forgotten, not only filled in wrongly: nothing but
   a statement begins there. */
static bool is_evidence(const Token *token)
{
    switch (token->kind) {
    case TOKEN_END:
        return true;
    case TOKEN_NEWLINE:
        return token->text[0] != ';';
    case TOKEN_ROUND_CLOSE: case TOKEN_SQUARE_CLOSE: case TOKEN_CURLY_CLOSE:
        return false;
    default:
        return token->first;
    }
}

void layout_recover(Layout *layout)
{
    Bracket *top = &layout->open[layout->depth];
    const Token *token = &layout->previous;
    bool opens_block = token->kind == TOKEN_CURLY_OPEN && top->block && layout->depth > 0;

    layout->recovering =
        token->kind != TOKEN_NEWLINE && token->kind != TOKEN_CURLY_CLOSE && token->kind != TOKEN_END;
    if (opens_block && layout_looks_like_record(layout, token)) {
        top->block = opens_block = false;
    }
    if (opens_block) {
        /* The block belongs to a head with an open bracket: `fn f(x {`. */
        Bracket block = *top;

        block.recovered = true;
        layout->depth--;
        layout_forgive(layout);
        layout->open[++layout->depth] = block;
        return;
    }
    if (top->block)
        return;
    if (is_evidence(token)) {
        layout_forgive(layout);
        return;
    }
    layout->skip_to = layout->depth - 1;
    while (!layout->open[layout->skip_to].block)
        layout->skip_to--;
}
