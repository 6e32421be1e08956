#include "parser/parse.h"

#include <string.h>

#include "parser/report.h"
#include "parser/resolve.h"

static void *allocate_for_lexer(void *user, size_t size)
{
    Parser *parser = user;

    return arena_allocate(&parser->scratch, size);
}

static void report_from_lexer(void *user, Kind kind, Span span, const char *message, const char *advice)
{
    parser_error(user, kind, span, advice, "%s", message);
}

static void fail_from_lexer(void *user)
{
    parser_stop(user);
}

/* Everything that may leave by parser->escape. */
static bool run(Parser *parser)
{
    LexerHost host = { allocate_for_lexer, report_from_lexer, fail_from_lexer, parser };
    Chunk *chunk = arena_allocate(parser->keep, sizeof *chunk);

    parser->chunk = chunk;
    chunk->source = parser->source;
    chunk->arena = arena_allocate(parser->keep, sizeof *chunk->arena);
    if (parser->source->length > LEXER_MAX_LENGTH) {
        parser_error(parser, KIND_TEXT_TOO_LONG, (Span){ 0, 0 }, "Read data from a file: `read_csv(\"data.csv\")`.",
                     "this text is too long for a program");
        return false;
    }
    names_open(&parser->names, parser->keep, &parser->scratch);
    layout_open(&parser->layout, parser->source, &host);
    grammar_run(parser);
    /* What is wrong with names and jumps is worth knowing at once, as long as every block is where it was meant. */
    if (chunk->main == NULL || parser->unbalanced)
        return false;
    resolve_chunk(parser);
    if (parser->errors > 0)
        return false;
    used_chunk(parser);
    chunk->n_names = parser->names.count;
    chunk->names = arena_allocate(parser->keep, chunk->n_names * sizeof(Name *));
    if (chunk->n_names > 0)
        memcpy(chunk->names, parser->names.all, chunk->n_names * sizeof(Name *));
    return true;
}

/* The one place where a parse can be left from anywhere below. */
static ParseStatus run_protected(Parser *parser)
{
    int escape = setjmp(parser->escape);

    if (escape == 0 && run(parser))
        return PARSE_OK;
    if (escape == ESCAPE_NO_MEMORY || parser->errors == 0)
        return PARSE_NO_MEMORY;
    return parser->incomplete ? PARSE_INCOMPLETE : PARSE_ERRORS;
}

ParseStatus parse(const Source *source, const ParseOptions *options, Chunk **out)
{
    Parser parser = { .source = source, .options = options };
    Arena keep;
    ParseStatus status;

    *out = NULL;
    parser.keep = &keep;
    arena_open(&keep, options->allocate, options->user, &parser.escape);
    arena_open(&parser.scratch, options->allocate, options->user, &parser.escape);
    status = run_protected(&parser);
    if (status == PARSE_OK) {
        keep.escape = NULL;
        *parser.chunk->arena = keep;
        *out = parser.chunk;
    } else {
        arena_free(&keep);
    }
    arena_free(&parser.scratch);
    return status;
}

void chunk_free(Chunk *chunk)
{
    Arena arena;

    if (chunk == NULL)
        return;
    arena = *chunk->arena;
    arena_free(&arena);
}
