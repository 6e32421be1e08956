/* SPDX-License-Identifier: GPL-3.0-or-later
   What the formatter writes, measures and finds in the source. */
#include <string.h>

#include "lexer/utf8.h"
#include "parser/format_internal.h"

/* ---- Writing ---- */

static void measure(Formatter *f, const char *text, size_t length)
{
    const char *line_end = memchr(text, '\n', length);

    if (f->measured_all)
        return;
    f->measured += utf8_columns(text, line_end != NULL ? (size_t)(line_end - text) : length);
    f->measured_all = line_end != NULL;
}

static void make_room(Formatter *f, size_t length)
{
    size_t capacity = f->capacity != 0 ? f->capacity : 1024;
    char *bigger;

    if (f->length + length <= f->capacity)
        return;
    while (capacity < f->length + length)
        capacity *= 2;
    bigger = arena_allocate(&f->arena, capacity);
    if (f->length > 0)
        memcpy(bigger, f->out, f->length);
    f->out = bigger;
    f->capacity = capacity;
}

void format_write(void *user, const char *text, size_t length)
{
    Formatter *f = user;

    if (f->measuring) {
        measure(f, text, length);
        return;
    }
    if (length == 0) /* there may be no room at all yet */
        return;
    make_room(f, length);
    memcpy(f->out + f->length, text, length);
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\n')
            continue;
        f->line++;
        f->line_begin = f->length + i + 1;
    }
    f->length += length;
}

void format_new_line(const Printer *printer, unsigned column)
{
    Formatter *f = printer->format;

    if (f->length > 0 || f->measuring)
        format_write(f, "\n", 1);
    while (column-- > 0)
        format_write(f, " ", 1);
}

unsigned format_column(const Formatter *f)
{
    return (unsigned)utf8_columns(f->out + f->line_begin, f->length - f->line_begin);
}

/* ---- Measuring ---- */

typedef struct Measured {
    bool measuring, measures_left, all;
    size_t columns;
    unsigned padding;
} Measured;

static Measured measure_begin(Formatter *f, bool left)
{
    Measured before = { f->measuring, f->measures_left, f->measured_all, f->measured, f->padding };

    f->measuring = true;
    f->measures_left = left;
    f->measured_all = false;
    f->measured = 0;
    f->padding = 0;
    return before;
}

static size_t measure_end(Formatter *f, const Measured *before)
{
    size_t columns = f->measured;

    f->measuring = before->measuring;
    f->measures_left = before->measures_left;
    f->measured_all = before->all;
    f->measured = before->columns;
    f->padding = before->padding;
    return columns;
}

size_t format_measure(const Printer *printer, const Node *node)
{
    Printer copy = *printer;
    Measured before = measure_begin(printer->format, false);

    print_expression(&copy, node, LEVEL_ANY);
    return measure_end(printer->format, &before);
}

bool format_fits(const Printer *printer, const Node *block, const Clause *clauses, uint32_t n_clauses)
{
    Formatter *f = printer->format;
    Printer copy = *printer;
    Measured before;

    if (format_breaks(f, block->span.start, block->span.end))
        return false;
    if (f->measuring)
        return true;
    before = measure_begin(f, false);
    copy.one_line = true;
    print_body(&copy, block, clauses, n_clauses);
    return format_column(f) + measure_end(f, &before) <= FORMAT_WIDTH;
}

/* ---- The source ---- */

uint32_t format_lines(const Formatter *f, uint32_t from, uint32_t to)
{
    uint32_t lines = 0;

    for (uint32_t i = from; i < to && i < f->source->length; i++)
        if (source_ends_line(f->source, i))
            lines++;
    return lines;
}

bool format_breaks(const Formatter *f, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to && i < f->source->length; i++)
        if (source_ends_line(f->source, i))
            return true;
    return false;
}

uint32_t format_find(const Formatter *f, uint32_t from, char sign)
{
    const char *text = f->source->text;
    uint32_t end = (uint32_t)f->source->length;

    for (; from < end && text[from] != sign; from++)
        if (text[from] == '#')
            while (from + 1 < end && !source_ends_line(f->source, from + 1))
                from++;
    return from < end ? from : end - 1;
}

/* ---- Comments ---- */

const Comment *format_next_comment(const Formatter *f, uint32_t to)
{
    const Comment *comment = f->next < f->comments->count ? vector_at(f->comments, f->next) : NULL;

    return comment != NULL && comment->span.start < to ? comment : NULL;
}

/* The indentation of the source line that the place is in. */
static unsigned indentation_at(const Formatter *f, uint32_t at)
{
    uint32_t begin = at, end;

    while (begin > 0 && !source_ends_line(f->source, begin - 1))
        begin--;
    for (end = begin; end < f->source->length && (f->source->text[end] == ' ' || f->source->text[end] == '\t'); end++)
        ;
    return end - begin;
}

static void mark_comment(const Formatter *f, const Comment *comment)
{
    size_t indentation = f->line_begin;
    unsigned before = indentation_at(f, comment->span.start), now;
    FormatMark mark = { .begin = f->line_begin, .at = f->length, .line = f->line };

    while (indentation < f->length && f->out[indentation] == ' ')
        indentation++;
    now = (unsigned)(indentation - f->line_begin);
    mark.column = comment->own_line || comment->column + now < before ? 0 : comment->column + now - before;
    if (mark.column > FORMAT_WIDTH) /* it stood behind a line that is broken now */
        mark.column = 0;
    vector_push(f->marks, &mark);
}

void format_trailing(const Printer *printer, uint32_t from)
{
    Formatter *f = printer->format;
    const Comment *comment = vector_at(f->comments, f->next);
    bool alone = f->length == f->line_begin || f->out[f->length - 1] == ' ';

    if (!alone) {
        mark_comment(f, comment);
        format_write(f, " ", 1);
    }
    format_write(f, f->source->text + comment->span.start, comment->span.end - comment->span.start);
    f->misplaced = f->misplaced || comment->span.start < from;
    f->next++;
}

void format_trailing_of(const Printer *printer, uint32_t end, uint32_t to)
{
    const Comment *comment = format_next_comment(printer->format, to);

    if (comment != NULL && !printer->format->measuring && !format_breaks(printer->format, end, comment->span.start))
        format_trailing(printer, end);
}

/* ---- Aligning comments ---- */

static unsigned natural_column(const Formatter *f, const FormatMark *mark)
{
    return (unsigned)utf8_columns(f->out + mark->begin, mark->at - mark->begin) + 2;
}

/* Neighbours whose comments began in one column. Returns where they end, and where their comments go. */
static uint32_t group_end(const Formatter *f, uint32_t first, unsigned *column)
{
    const FormatMark *mark = vector_at(f->marks, first);
    uint32_t end = first;

    *column = mark->column;
    for (; end < f->marks->count; end++) {
        const FormatMark *other = vector_at(f->marks, end);

        if (other->line != mark->line + (end - first) || other->column != mark->column)
            break;
        if (natural_column(f, other) > *column)
            *column = natural_column(f, other);
    }
    return end;
}

void format_align(Formatter *f, DiagnosticWrite *write, void *user)
{
    size_t written = 0;

    for (uint32_t i = 0, end; i < f->marks->count; i = end) {
        unsigned column;

        end = group_end(f, i, &column);
        for (uint32_t k = i; k < end; k++) {
            const FormatMark *mark = vector_at(f->marks, k);

            write(user, f->out + written, mark->at - written);
            written = mark->at + 1;
            for (unsigned space = natural_column(f, mark) - 2; space < column; space++)
                write(user, " ", 1);
        }
    }
    write(user, f->out + written, f->length - written);
}

/* ---- Aligned signs ---- */

typedef struct Left {
    char sign; /* 0: it has none */
    uint32_t at, from;
    unsigned column; /* in the source, from the statement's beginning */
} Left;

static Left left_of(const Formatter *f, const Node *node)
{
    Left left = { '=', 0, 0, 0 };

    switch ((NodeKind)node->kind) {
    case NODE_ASSIGN: left.from = node->as.assign.target->span.end; break;
    case NODE_DETERMINISTIC: left.from = node->as.site.target->span.end; break;
    case NODE_PARAM:
        left.from = (node->as.param.constraint != NULL ? node->as.param.constraint : node->as.param.target)->span.end;
        break;
    case NODE_SAMPLE: case NODE_OBS:
        left.sign = '~';
        left.from = node->as.site.target->span.end;
        break;
    default: left.sign = 0; return left;
    }
    left.at = format_find(f, left.from, left.sign);
    left.column = (unsigned)utf8_columns(f->source->text + node->span.start, left.at - node->span.start);
    if (format_breaks(f, node->span.start, left.at))
        left.sign = 0;
    return left;
}

static unsigned natural_left(const Printer *printer, const Node *node)
{
    Printer copy = *printer;
    Measured before = measure_begin(printer->format, true);

    print_statement(&copy, node);
    return (unsigned)measure_end(printer->format, &before);
}

unsigned *format_paddings(Printer *printer, const NodeList *statements)
{
    const Formatter *f = printer->format;
    unsigned *paddings = arena_allocate(&printer->format->arena, statements->count * sizeof *paddings);

    for (uint32_t i = 0, end; i < statements->count; i = end) {
        Left first = left_of(f, statements->items[i]);
        unsigned widest = 0;

        for (end = i + 1; first.sign != 0 && end < statements->count; end++) {
            Left left = left_of(f, statements->items[end]);

            if (left.sign != first.sign || left.column != first.column ||
                format_lines(f, statements->items[end - 1]->span.end, statements->items[end]->span.start) != 1)
                break;
        }
        for (uint32_t k = i; end - i > 1 && k < end; k++) {
            paddings[k] = natural_left(printer, statements->items[k]);
            widest = paddings[k] > widest ? paddings[k] : widest;
        }
        for (uint32_t k = i; k < end; k++)
            paddings[k] = end - i > 1 ? widest - paddings[k] : 0;
    }
    return paddings;
}
