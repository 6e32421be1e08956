#include "lexer/utf8.h"

typedef struct Range {
    uint32_t first;
    uint32_t last;
} Range;

/* Code points that are no letters, from 0x80. Blocks as a whole: what is missing here is at worst a strange name. */
static const Range symbols[] = {
    { 0x80, 0xa9 },     { 0xab, 0xb4 },     { 0xb6, 0xb9 },     { 0xbb, 0xbf },     { 0xd7, 0xd7 },
    { 0xf7, 0xf7 },     { 0x2c2, 0x2c5 },   { 0x2d2, 0x2df },   { 0x37e, 0x37e },   { 0x387, 0x387 },
    { 0x55a, 0x55f },   { 0x589, 0x58f },   { 0x5be, 0x5be },   { 0x600, 0x60f },   { 0x61b, 0x61f },
    { 0x66a, 0x66d },   { 0x6d4, 0x6d4 },   { 0x964, 0x965 },   { 0xe3f, 0xe3f },   { 0x1680, 0x1680 },
    { 0x180e, 0x180e }, { 0x2000, 0x207f }, { 0x208a, 0x208f }, { 0x20a0, 0x20cf }, { 0x2190, 0x2bff },
    { 0x2e00, 0x2fff }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 }, { 0x3030, 0x3030 }, { 0x303d, 0x303f },
    { 0x30fb, 0x30fb }, { 0xd800, 0xf8ff }, { 0xfd3e, 0xfd4f }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe1f },
    { 0xfe30, 0xfe6f }, { 0xfeff, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 },
    { 0xffe0, 0xffff }, { 0x1d100, 0x1d1ff }, { 0x1f000, 0x1faff }, { 0xe0000, 0x10ffff },
};

static const Range combining[] = {
    { 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x610, 0x61a },   { 0x64b, 0x65f },
    { 0x93c, 0x93c },   { 0x94d, 0x94d },   { 0xe31, 0xe31 },   { 0xe34, 0xe3a },   { 0x1ab0, 0x1aff },
    { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x2060, 0x2064 }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
    { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
};

static const Range wide[] = {
    { 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },
    { 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
    { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
    { 0x20000, 0x3fffd },
};

static bool in_ranges(uint32_t code, const Range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

#define IN_RANGES(code, table) in_ranges(code, table, sizeof(table) / sizeof((table)[0]))

Utf8 utf8_decode(const char *text, size_t left)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *bytes = (const unsigned char *)text;
    Utf8 bad = { left > 0 ? bytes[0] : 0, 1, false };
    uint32_t length, code;

    if (left == 0)
        return (Utf8){ 0, 1, false };
    if (bytes[0] < 0x80)
        return (Utf8){ bytes[0], 1, true };
    if (bytes[0] >= 0xc2 && bytes[0] < 0xe0)
        length = 2;
    else if (bytes[0] >= 0xe0 && bytes[0] < 0xf0)
        length = 3;
    else if (bytes[0] >= 0xf0 && bytes[0] < 0xf5)
        length = 4;
    else
        return bad;
    if (length > left)
        return bad;
    code = bytes[0] & (0xffu >> (length + 1));
    for (uint32_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return bad;
        code = code << 6 | (bytes[i] & 0x3fu);
    }
    if (code < smallest[length] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
        return bad;
    return (Utf8){ code, length, true };
}

size_t utf8_encode(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

bool utf8_is_letter(uint32_t code)
{
    return code >= 0x80 && !IN_RANGES(code, symbols);
}

unsigned utf8_width(uint32_t code)
{
    if (code < 0x300)
        return 1;
    if (IN_RANGES(code, combining))
        return 0;
    return IN_RANGES(code, wide) ? 2 : 1;
}

size_t utf8_columns(const char *text, size_t length)
{
    size_t columns = 0;

    for (size_t at = 0; at < length;) {
        Utf8 found = utf8_decode(text + at, length - at);

        columns += found.valid ? utf8_width(found.code) : 1;
        at += found.length;
    }
    return columns;
}

bool utf8_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || (code >= 0x200e && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

bool utf8_is_invisible(uint32_t code)
{
    return utf8_is_control(code) || code == 0xad || (code >= 0x200b && code <= 0x200d) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) || code >= 0xe0000;
}

bool utf8_is_noncharacter(uint32_t code)
{
    return (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
}

size_t utf8_whole(const char *text, size_t length)
{
    size_t start = length;

    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0 || (unsigned char)text[start - 1] < 0xc0)
        return length;
    start--;
    return utf8_decode(text + start, length - start).valid ? length : start;
}
