/* SPDX-License-Identifier: GPL-3.0-or-later
   Brackets, commas and signs: where a line may be broken. */
#include <string.h>

#include "parser/format_internal.h"

/* The printer is to look at the source. On one line nothing is broken. */
static bool formats(const Printer *printer)
{
    return printer->format != NULL && !printer->one_line;
}

static unsigned hang_of(const Printer *printer)
{
    return printer->hang != 0 ? printer->hang : printer->margin + PRINT_INDENT;
}

/* The comments before `to`, each the last of its line. Returns whether there were any. */
static bool write_comments(const Printer *printer, uint32_t from, uint32_t to)
{
    Formatter *f = printer->format;
    const Comment *comment;
    bool any = false;

    while ((comment = format_next_comment(f, to)) != NULL) {
        if (any || (comment->own_line && format_breaks(f, from, comment->span.start)))
            format_new_line(printer, hang_of(printer));
        any = true;
        if (f->measuring)
            return true;
        format_trailing(printer, from);
        from = comment->span.end;
    }
    return any;
}

static bool is_too_wide(const Printer *printer, size_t prefix, const Node *value)
{
    if (printer->format->measuring || value == NULL)
        return false;
    return format_column(printer->format) + 2 + prefix + format_measure(printer, value) > FORMAT_WIDTH;
}

/* ---- Brackets ---- */

void print_open(Printer *printer, Items *items, const char *open, uint32_t from)
{
    unsigned column;

    print_text(printer, open);
    *items = (Items){ .margin = printer->margin, .hang = printer->hang };
    if (!formats(printer))
        return;
    items->at = format_find(printer->format, from, open[0]) + 1;
    column = format_column(printer->format);
    printer->hang = column <= FORMAT_WIDTH * 3 / 5 ? column : printer->margin + 2 * PRINT_INDENT;
}

/* The first item on a line of its own: all of them are indented once. */
static void open_up(Printer *printer, Items *items)
{
    items->open = true;
    printer->margin += PRINT_INDENT;
    printer->hang = printer->margin;
}

void print_item(Printer *printer, Items *items, Span span, const Node *value, size_t prefix)
{
    bool first = items->count++ == 0, breaks;

    if (!formats(printer)) {
        print_text(printer, first ? "" : ", ");
        return;
    }
    print_text(printer, first ? "" : ",");
    breaks = format_breaks(printer->format, items->at, span.start);
    if (first && (breaks || format_next_comment(printer->format, span.start) != NULL))
        open_up(printer, items);
    if (write_comments(printer, items->at, span.start) || breaks || (!first && is_too_wide(printer, prefix, value))) {
        format_new_line(printer, printer->hang);
        printer->margin = printer->hang;
    } else {
        print_text(printer, first ? "" : " ");
    }
    items->at = span.end;
}

void print_close(Printer *printer, Items *items, const char *close, uint32_t end)
{
    bool breaks = false;

    if (formats(printer)) {
        breaks = items->open && format_breaks(printer->format, items->at, end - 1);
        breaks = write_comments(printer, items->at, end - 1) || breaks;
    }
    printer->margin = items->margin;
    printer->hang = items->hang;
    if (breaks)
        format_new_line(printer, printer->margin);
    print_text(printer, close);
}

/* ---- Signs ---- */

static bool is_of_statement(const char *sign)
{
    return strcmp(sign, " = ") == 0 || strcmp(sign, " ~ ") == 0;
}

/* Behind the sign, where a newline ends nothing. */
static void print_behind(const Printer *printer, const char *sign, uint32_t from, const Node *right)
{
    uint32_t start = right->span.start;
    bool breaks = format_breaks(printer->format, from, start);

    if (write_comments(printer, from, start) || breaks || (!is_of_statement(sign) && is_too_wide(printer, 0, right)))
        format_new_line(printer, hang_of(printer));
    else
        print_text(printer, " ");
}

void print_sign(Printer *printer, const char *sign, uint32_t from, const Node *right)
{
    Formatter *f = printer->format;
    size_t length = strlen(sign);
    uint32_t at;

    if (f != NULL && f->measures_left && is_of_statement(sign))
        f->measured_all = true;
    if (!formats(printer) || sign[0] != ' ') {
        print_text(printer, sign);
        return;
    }
    if (is_of_statement(sign)) {
        for (; f->padding > 0; f->padding--)
            print_text(printer, " ");
    }
    at = format_find(f, from, sign[1]) + (uint32_t)length - 2;
    printer->write(printer->user, sign, length - 1);
    print_behind(printer, sign, at, right);
}
