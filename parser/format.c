/* SPDX-License-Identifier: GPL-3.0-or-later
   Formatting a text: statements with their comments, and a look at whether the result says the same. */
#include "parser/format.h"

#include <string.h>

#include "lexer/lexer.h"
#include "lexer/utf8.h"
#include "parser/format_internal.h"

/* ---- The comments of a text ---- */

static void *allocate_for_lexer(void *user, size_t size)
{
    return arena_allocate(&((Formatter *)user)->arena, size);
}

static void ignore_report(void *user, Kind kind, Span span, const char *message, const char *advice)
{
    (void)user, (void)kind, (void)span, (void)message, (void)advice;
}

static void fail_from_lexer(void *user)
{
    longjmp(*((Formatter *)user)->arena.escape, 1);
}

static void add_comment(Formatter *f, uint32_t start)
{
    const char *text = f->source->text;
    uint32_t end = start, begin = start;
    Comment comment = { .own_line = true };

    while (end < f->source->length && text[end] != '\n' && text[end] != '\r')
        end++;
    while (end > start && (text[end - 1] == ' ' || text[end - 1] == '\t'))
        end--;
    while (begin > 0 && text[begin - 1] != '\n' && text[begin - 1] != '\r') {
        begin--;
        comment.own_line = comment.own_line && (text[begin] == ' ' || text[begin] == '\t');
    }
    comment.span = (Span){ start, end };
    comment.column = (unsigned)utf8_columns(text + begin, start - begin);
    vector_push(f->comments, &comment);
}

/* A `#` between two tokens begins a comment. */
static void scan_between(Formatter *f, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (f->source->text[i] != '#')
            continue;
        add_comment(f, i);
        while (i < to && f->source->text[i] != '\n' && f->source->text[i] != '\r')
            i++;
    }
}

static void find_comments(Formatter *f)
{
    LexerHost host = { allocate_for_lexer, ignore_report, fail_from_lexer, f };
    Lexer lexer;
    uint32_t at = 0;

    lexer_open(&lexer, f->source, &host);
    for (;;) {
        Token token = lexer_next(&lexer);

        scan_between(f, at, token.span.start);
        at = token.span.end > at ? token.span.end : at;
        if (token.kind == TOKEN_END)
            break;
    }
    scan_between(f, at, (uint32_t)f->source->length);
}

/* ---- Statements ---- */

/* The next statement or clause of a block, by its place. */
typedef struct Unit {
    const Node *statement; /* NULL: */
    const Clause *clause;
    Span span;
    unsigned padding;
} Unit;

static void write_source(Formatter *f, Span span)
{
    for (uint32_t i = span.start; i < span.end; i++)
        if (f->source->text[i] != '\r')
            format_write(f, f->source->text + i, 1);
        else if (source_ends_line(f->source, i))
            format_write(f, "\n", 1);
}

static void write_unit(Printer *printer, const Unit *unit)
{
    Formatter *f = printer->format;

    f->padding = unit->padding;
    if (unit->statement != NULL)
        print_statement(printer, unit->statement);
    else
        print_clause(printer, unit->clause);
    f->padding = 0;
}

/* A comment in a place where the printer knows none keeps the whole statement as it was written. */
static void write_whole(Printer *printer, const Unit *unit)
{
    Formatter *f = printer->format;
    const Formatter before = *f;
    uint32_t marks = f->marks->count;
    bool kept;

    f->misplaced = false;
    write_unit(printer, unit);
    kept = !f->misplaced && format_next_comment(f, unit->span.end) == NULL;
    f->misplaced = before.misplaced;
    if (f->measuring || kept)
        return;
    f->length = before.length;
    f->line = before.line;
    f->line_begin = before.line_begin;
    f->next = before.next;
    f->marks->count = marks;
    write_source(f, unit->span);
    while (format_next_comment(f, unit->span.end) != NULL)
        f->next++;
}

/* Begins a line, after an empty one where there was one between two things. */
static void begin_line(Printer *printer, uint32_t place, uint32_t start, bool first)
{
    if (!first && format_lines(printer->format, place, start) > 1)
        format_write(printer->format, "\n", 1);
    format_new_line(printer, printer->margin);
}

/* The comments before `to`: the first may stand behind what ends at `place`. Returns the end of the last one. */
static uint32_t write_comments(Printer *printer, uint32_t place, uint32_t to, bool *first)
{
    Formatter *f = printer->format;
    const Comment *comment;

    if (place > 0)
        format_trailing_of(printer, place, to);
    while (!f->measuring && (comment = format_next_comment(f, to)) != NULL) {
        Span span = comment->span;

        begin_line(printer, place, span.start, *first);
        format_write(f, f->source->text + span.start, span.end - span.start);
        f->misplaced = f->misplaced || span.start < place;
        f->next++;
        place = span.end;
        *first = false;
    }
    return place;
}

void format_statements(Printer *printer, const NodeList *statements, const Clause *clauses, uint32_t n_clauses, uint32_t from, uint32_t end)
{
    unsigned *paddings = printer->format->measuring ? NULL : format_paddings(printer, statements), hang = printer->hang;
    bool first = true;

    printer->hang = 0;
    for (uint32_t s = 0, c = 0; s < statements->count || c < n_clauses;) {
        bool clause = s == statements->count || (c < n_clauses && clauses[c].span.start < statements->items[s]->span.start);
        Unit unit = clause ? (Unit){ NULL, &clauses[c], clauses[c].span, 0 }
                           : (Unit){ statements->items[s], NULL, statements->items[s]->span, paddings != NULL ? paddings[s] : 0 };

        from = write_comments(printer, from, unit.span.start, &first);
        begin_line(printer, from, unit.span.start, first);
        write_whole(printer, &unit);
        from = unit.span.end;
        first = false;
        if (clause)
            c++;
        else
            s++;
    }
    write_comments(printer, from, end, &first);
    printer->hang = hang;
}

/* ---- A whole text ---- */

static void format_chunk(Formatter *f, const Chunk *chunk)
{
    Printer printer = { .write = format_write, .user = f, .format = f };

    format_statements(&printer, &chunk->main->body->as.list, NULL, 0, 0, (uint32_t)f->source->length);
    if (f->length > 0)
        format_write(f, "\n", 1);
}

static void collect(void *user, const char *text, size_t length)
{
    Formatter *f = user;

    format_write(f, text, length);
}

static bool same_comments(const Formatter *a, const Formatter *b)
{
    if (a->comments->count != b->comments->count)
        return false;
    for (uint32_t i = 0; i < a->comments->count; i++) {
        const Comment *x = vector_at(a->comments, i), *y = vector_at(b->comments, i);
        uint32_t length = x->span.end - x->span.start;

        if (length != y->span.end - y->span.start ||
            memcmp(a->source->text + x->span.start, b->source->text + y->span.start, length) != 0)
            return false;
    }
    return true;
}

static void formatter_open(Formatter *f, const Source *source, const ParseOptions *options, jmp_buf *escape)
{
    *f = (Formatter){ .source = source };
    arena_open(&f->arena, options->allocate, options->user, escape);
}

static void formatter_begin(Formatter *f)
{
    f->comments = vector_new(&f->arena, sizeof(Comment));
    f->marks = vector_new(&f->arena, sizeof(FormatMark));
}

/* Whether the result says the same as the text: nobody's program may be damaged by its layout. */
static bool says_the_same(const Chunk *chunk, const Formatter *f, const Formatter *result, const ParseOptions *options, Formatter *check)
{
    Source source = { f->source->name, result->out != NULL ? result->out : "", result->length - 1 };
    Chunk *again;
    bool same;
    ParseStatus status = parse(&source, options, &again);

    if (status == PARSE_NO_MEMORY)
        longjmp(*check->arena.escape, 1);
    if (status != PARSE_OK)
        return false;
    check->source = &source;
    find_comments(check);
    same = tree_equal_functions(chunk->main, again->main) && same_comments(f, check);
    chunk_free(again);
    return same;
}

static void silent(void *user, const Diagnostic *diagnostic)
{
    (void)user, (void)diagnostic;
}

ParseStatus format_text(const Source *source, const ParseOptions *options, DiagnosticWrite *write, void *user)
{
    ParseOptions quiet = *options;
    Formatter f, result, check;
    Chunk *chunk;
    jmp_buf escape;
    ParseStatus status = parse(source, options, &chunk);

    if (status != PARSE_OK)
        return status;
    quiet.report = silent;
    formatter_open(&f, source, options, &escape);
    formatter_open(&result, source, options, &escape);
    formatter_open(&check, source, options, &escape);
    if (setjmp(escape) != 0) {
        status = PARSE_NO_MEMORY;
    } else {
        formatter_begin(&f);
        formatter_begin(&result);
        formatter_begin(&check);
        find_comments(&f);
        format_chunk(&f, chunk);
        format_align(&f, collect, &result);
        format_write(&result, "", 1); /* texts that are parsed end in a NUL */
        if (says_the_same(chunk, &f, &result, &quiet, &check))
            write(user, result.out, result.length - 1);
        else
            write(user, source->text, source->length);
    }
    arena_free(&f.arena);
    arena_free(&result.arena);
    arena_free(&check.arena);
    chunk_free(chunk);
    return status;
}
