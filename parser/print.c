#include "parser/print.h"

#include <stdio.h>
#include <string.h>

#include "lexer/number.h"
#include "lexer/token.h"
#include "parser/print_internal.h"

void print_text(const Printer *printer, const char *text)
{
    printer->write(printer->user, text, strlen(text));
}

void print_name(const Printer *printer, const Name *name)
{
    printer->write(printer->user, name->text, name->length);
}

void print_number(const Printer *printer, double number)
{
    char text[32];

    printer->write(printer->user, text, number_write(number, text));
}

void print_string_piece(const Printer *printer, const Name *string)
{
    static const char names[] = "nt\\\"{", values[] = "\n\t\\\"{";
    char escape[16];

    for (uint32_t i = 0; i < string->length; i++) {
        char byte = string->text[i];
        const char *known = byte != '\0' ? strchr(values, byte) : NULL;

        if (known != NULL) {
            escape[0] = '\\';
            escape[1] = names[known - values];
            printer->write(printer->user, escape, 2);
        } else if ((unsigned char)byte < 0x20 || byte == 0x7f) {
            snprintf(escape, sizeof escape, "\\u{%x}", (unsigned char)byte);
            print_text(printer, escape);
        } else {
            printer->write(printer->user, &byte, 1);
        }
    }
}

void print_string(const Printer *printer, const Name *string)
{
    print_text(printer, "\"");
    print_string_piece(printer, string);
    print_text(printer, "\"");
}

void tree_print(const Chunk *chunk, DiagnosticWrite *write, void *user)
{
    Printer printer = { .write = write, .user = user };
    const NodeList *statements = &chunk->main->body->as.list;

    for (uint32_t i = 0; i < statements->count; i++) {
        print_statement(&printer, statements->items[i]);
        print_text(&printer, "\n");
    }
}

void tree_print_node(const Node *node, DiagnosticWrite *write, void *user)
{
    Printer printer = { .write = write, .user = user, .one_line = true };

    print_statement(&printer, node);
}
