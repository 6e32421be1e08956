/* Words of other languages, and misspelt ones. */
#include <string.h>

#include "parser/spelling.h"
#include "parser/syntax_internal.h"

typedef struct ForeignWord {
    const char *word;
    const char *advice;
} ForeignWord;

static const char function_advice[] = "A function is written `fn f(x) { x + 1 }`, and without a name `fn(x) { x + 1 }`.";
static const char variable_advice[] = "A variable is made by assigning to it: `x = 1`.";
static const char choice_advice[] = "A choice is written `if a { … } else if b { … } else { … }`.";
static const char block_advice[] = "Blocks stand in curly brackets: `if a { … }`, `for t in 0..n { … }`.";
static const char loop_advice[] = "Loops are written `for t in 0..n { … }` and `while c { … }`.";
static const char error_advice[] = "A program stops at an error; `assert(condition, \"message\")` makes one.";
static const char import_advice[] = "Another file is read by `import \"helpers.ppl\"`.";
static const char call_advice[] = "A call has round brackets: `print(x)`.";

static const ForeignWord foreign_words[] = {
    { "def", function_advice },     { "function", function_advice }, { "func", function_advice },
    { "fun", function_advice },     { "lambda", function_advice },   { "proc", function_advice },
    { "let", variable_advice },     { "var", variable_advice },      { "const", variable_advice },
    { "local", variable_advice },   { "global", variable_advice },   { "nonlocal", variable_advice },
    { "int", variable_advice },     { "float", variable_advice },    { "double", variable_advice },
    { "real", variable_advice },    { "vector", variable_advice },   { "auto", variable_advice },
    { "elif", choice_advice },      { "elsif", choice_advice },      { "elseif", choice_advice },
    { "unless", choice_advice },    { "switch", choice_advice },     { "match", choice_advice },
    { "case", choice_advice },      { "when", choice_advice },       { "then", block_advice },
    { "begin", block_advice },      { "end", block_advice },         { "do", block_advice },
    { "foreach", loop_advice },     { "repeat", loop_advice },       { "until", loop_advice },
    { "loop", loop_advice },        { "try", error_advice },         { "except", error_advice },
    { "catch", error_advice },      { "raise", error_advice },       { "throw", error_advice },
    { "from", import_advice },      { "include", import_advice },    { "require", import_advice },
    { "using", import_advice },     { "class", "Data is kept together in a record: `{mu: 42, sigma: 3}`." },
    { "struct", "Data is kept together in a record: `{mu: 42, sigma: 3}`." },
    { "print", call_advice },       { "assert", call_advice },
    { "pass", "An empty block is written `{ }`." },
    { "is", "Equality is written `a == b`." },
    { "xor", "For two booleans, write `a != b`." },
    { "mod", "A remainder is written `a % b`." },
    { "div", "A whole quotient is written `a // b`." },
    { "to", "A range is written `0..n`." },
    { "observe", "Data is observed by `obs x ~ Normal(0, 1)`." },
};

static const char *foreign_advice(const Token *token)
{
    if (token->kind != TOKEN_NAME)
        return NULL;
    for (size_t i = 0; i < sizeof foreign_words / sizeof foreign_words[0]; i++)
        if (syntax_is_word(token, foreign_words[i].word))
            return foreign_words[i].advice;
    return NULL;
}

static bool report_foreign(const Syntax *syntax, const Token *token)
{
    const char *advice = foreign_advice(token);

    if (advice == NULL || (advice == call_advice && token->span.start != syntax->previous.span.start))
        return false;
    if (advice == call_advice)
        parser_error(syntax->parser, KIND_SYNTAX, token->span, advice, "`%s` is called without brackets",
                     parser_quote(token->text, token->length).text);
    else
        parser_error(syntax->parser, KIND_FOREIGN_SYNTAX, token->span, advice, "`%s` is no word of Elbo",
                     parser_quote(token->text, token->length).text);
    return true;
}

/* Words that stand between values; all others stand before something. */
static bool is_infix(TokenKind kind)
{
    return kind == TOKEN_ELSE || kind == TOKEN_IN || kind == TOKEN_AND || kind == TOKEN_OR;
}

/* In the middle of a statement, only words that an expression may begin with. */
static bool begins_only_statements(TokenKind kind)
{
    return kind >= TOKEN_OBS ? kind != TOKEN_PLATE
                             : kind == TOKEN_RETURN || kind == TOKEN_BREAK || kind == TOKEN_CONTINUE || kind == TOKEN_IMPORT;
}

static bool report_misspelt(const Syntax *syntax, const Token *token, bool infix)
{
    bool first = token->span.start == syntax->parser->first.span.start;
    bool quoted;

    if (token->kind != TOKEN_NAME)
        return false;
    for (TokenKind kind = TOKEN_FN; kind <= TOKEN_AFTER; kind++) {
        const char *word = token_text(kind, &quoted);

        if (is_infix(kind) != infix || !spelling_is_close(token->text, token->length, word, strlen(word)) ||
            syntax_is_word(token, word) || (!first && begins_only_statements(kind)))
            continue;
        parser_error(syntax->parser, KIND_SYNTAX, token->span, NULL, "`%s` cannot stand here: did you mean `%s`?",
                     parser_quote(token->text, token->length).text, word);
        return true;
    }
    return false;
}

/* A statement word that is read as a name, because no name follows it. */
static bool report_bare_word(const Syntax *syntax)
{
    const Token *first = &syntax->parser->first;
    const char *advice;

    if (first->kind != TOKEN_NAME)
        return false;
    switch (token_statement_word(first->text, first->length)) {
    case TOKEN_MODEL: case TOKEN_GUIDE: case TOKEN_HANDLER:
        advice = "It has a name: `model f(x) { … }`.";
        break;
    case TOKEN_PLATE:
        advice = "It has a name, and one for its index: `plate data(i in 0..n) { … }`.";
        break;
    case TOKEN_OBS: case TOKEN_PARAM: case TOKEN_DETERMINISTIC:
        advice = "A variable follows it: `obs x ~ Normal(0, 1)`, `param m = 0`, `deterministic s = abs(z)`.";
        break;
    case TOKEN_ON: case TOKEN_AFTER:
        advice = "It stands in the body of a handler: `handler h() { on sample(site) { … } }`.";
        break;
    default:
        return false;
    }
    parser_error(syntax->parser, KIND_SYNTAX, first->span, advice, "`%s` begins no statement here",
                 parser_quote(first->text, first->length).text);
    return true;
}

static bool report_earlier_word(const Syntax *syntax)
{
    const Parser *parser = syntax->parser;
    uint32_t kept = parser->n_names_seen < PARSER_RECENT_NAMES ? parser->n_names_seen : PARSER_RECENT_NAMES;

    for (uint32_t i = 1; i <= kept; i++) {
        const Token *token = &parser->names_seen[(parser->n_names_seen - i) % PARSER_RECENT_NAMES];

        if (report_foreign(syntax, token))
            return true;
    }
    return false;
}

bool syntax_words(const Syntax *syntax)
{
    const Parser *parser = syntax->parser;
    bool opens = syntax->found.kind == TOKEN_CURLY_OPEN || syntax->found.kind == TOKEN_COLON;
    bool joined = syntax->previous.kind == TOKEN_NAME &&
                  (token_ends_value(syntax->found.kind) || syntax->found.kind == TOKEN_TEXT_START) &&
                  syntax->found.kind != TOKEN_ROUND_CLOSE && syntax->found.kind != TOKEN_SQUARE_CLOSE &&
                  syntax->found.kind != TOKEN_CURLY_CLOSE;

    if (!opens && !joined && syntax->found.kind != TOKEN_NAME &&
        !(syntax->previous.kind == TOKEN_NAME && parser->first.span.start == syntax->previous.span.start))
        return false;
    if (joined && parser->slashes.kind == TOKEN_FLOOR_SLASH) {
        parser_error(syntax->parser, KIND_FOREIGN_SYNTAX, parser->slashes.span,
                     "It begins with `#`. `a // b` is the whole part of a quotient.",
                     "a comment does not begin with `//`");
        return true;
    }
    if (report_foreign(syntax, &syntax->found) || report_misspelt(syntax, &syntax->found, true) ||
        report_foreign(syntax, &syntax->previous) || report_bare_word(syntax))
        return true;
    if (joined && report_misspelt(syntax, &syntax->previous, false))
        return true;
    if ((opens || joined) && parser->first.kind == TOKEN_NAME &&
        (report_foreign(syntax, &parser->first) || report_misspelt(syntax, &parser->first, false)))
        return true;
    return opens && report_earlier_word(syntax);
}
