#include "lexer/source.h"

#include "lexer/utf8.h"

Position source_position(const Source *source, uint32_t offset)
{
    Position position = { 1, 1 };
    size_t end = offset < source->length ? offset : source->length;
    size_t line_start = 0;

    for (size_t i = 0; i < end; i++) {
        if (source_ends_line(source, i)) {
            position.line++;
            line_start = i + 1;
        }
    }
    for (size_t i = line_start; i < end; position.column++) {
        bool plain = (unsigned char)source->text[i] < 0x80; /* most are, and lines may be very long */

        i += plain ? 1 : utf8_decode(source->text + i, source->length - i).length;
    }
    return position;
}

bool source_ends_line(const Source *source, size_t offset)
{
    char byte = source->text[offset];

    if (byte == '\n')
        return true;
    return byte == '\r' && (offset + 1 >= source->length || source->text[offset + 1] != '\n');
}
