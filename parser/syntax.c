#include "parser/syntax.h"

Token parser_next_token(Parser *parser)
{
    Token token = layout_next(&parser->layout);

    parser->previous = parser->found;
    parser->found = token;
    return token;
}

void syntax_error(Parser *parser, const bool expected[TOKENS])
{
    (void)expected;
    if (parser->found.kind != TOKEN_BAD)
        parser_error(parser, KIND_SYNTAX, parser->found.span, NULL, "syntax error");
    layout_recover(&parser->layout);
}
