/* Places in a text: lines, columns, UTF-8. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lexer/source.h"
#include "lexer/utf8.h"

typedef struct PlaceCase {
    const char *text;
    uint32_t offset, line, column;
} PlaceCase;

static const PlaceCase places[] = {
    {"", 0, 1, 1},         {"", 5, 1, 1},         {"abc", 0, 1, 1},      {"abc", 2, 1, 3},       {"abc", 3, 1, 4},
    {"abc", 99, 1, 4},     {"a\nb", 1, 1, 2},     {"a\nb", 2, 2, 1},     {"a\n", 2, 2, 1},       {"a\r\nb", 3, 2, 1},
    {"a\rb", 2, 2, 1},     {"a\r\nb", 2, 1, 3},   {"\n\n\n", 3, 4, 1},   {"\xc3\xa4x", 2, 1, 2}, {"\xe2\x82\xacx", 3, 1, 2},
    {"\xffx", 1, 1, 2},    {"\xe2\x82", 2, 1, 3}, {"\tx", 1, 1, 2},      {"a\n\xc3\xa4x", 4, 2, 2},
    {"\xf0\x9f\x98\x80x", 4, 1, 2},
};

START_TEST(place) {
    const PlaceCase *c = &places[_i];
    Source source = {"t", c->text, strlen(c->text)};
    Position p = source_position(&source, c->offset);
    ck_assert_uint_eq(p.line, c->line);
    ck_assert_uint_eq(p.column, c->column);
}
END_TEST

START_TEST(nul_inside) {
    Source source = {"t", "a\0b\nc", 5};
    Position p = source_position(&source, 4);
    ck_assert_uint_eq(p.line, 2);
    ck_assert_uint_eq(p.column, 1);
}
END_TEST

/* Every code point there and back, and nothing else. */
START_TEST(code_points) {
    char bytes[4];
    for (uint32_t code = 0; code < 0x110000; code++) {
        if (code >= 0xd800 && code < 0xe000) continue;
        size_t length = utf8_encode(code, bytes);
        Utf8 found = utf8_decode(bytes, length);
        ck_assert(found.valid && found.code == code && found.length == length);
        if (length > 1) ck_assert(!utf8_decode(bytes, length - 1).valid);
    }
}
END_TEST

static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                                  "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xc3(", "\xe2\x28\xa1", "\xe2\x82("};

START_TEST(bad_bytes) {
    Utf8 found = utf8_decode(bad[_i], strlen(bad[_i]));
    ck_assert(!found.valid);
    ck_assert_uint_eq(found.length, 1);
}
END_TEST

START_TEST(letters) {
    static const uint32_t yes[] = {0xe4, 0x3bc, 0x3c3, 0x416, 0x5d0, 0x4e2d, 0x3042, 0xac00, 0x2081, 0x301};
    static const uint32_t no[] = {0xa0, 0xb2, 0xd7, 0xf7, 0x201c, 0x2212, 0x2264, 0x3000, 0xfeff, 0x1f600, 0xe000, 0x85};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) ck_assert_msg(utf8_is_letter(yes[i]), "%x", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) ck_assert_msg(!utf8_is_letter(no[i]), "%x", no[i]);
}
END_TEST

static const struct {
    const char *text;
    size_t length, whole;
} cuts[] = {
    {"", 0, 0},
    {"abc", 2, 2},
    {"a\xc3\xa4", 3, 3},
    {"a\xc3\xa4", 2, 1},
    {"\xe2\x82\xac", 1, 0},
    {"\xe2\x82\xac", 2, 0},
    {"\xe2\x82\xac", 3, 3},
    {"a\xf0\x9f\x98\x80", 4, 1},
    {"a\xf0\x9f\x98\x80", 5, 5},
    {"\x80\x80\x80\x80\x80", 5, 5}, /* no character to begin with */
};

START_TEST(whole_characters) { ck_assert_uint_eq(utf8_whole(cuts[_i].text, cuts[_i].length), cuts[_i].whole); }
END_TEST

START_TEST(unseen) {
    static const uint32_t controls[] = {0, '\n', 0x1b, 0x7f, 0x9b, 0x61c, 0x200f, 0x2028, 0x202e, 0x2066};
    static const uint32_t hidden[] = {0xad, 0x200b, 0x200d, 0x2060, 0xfeff, 0xe0001};
    static const uint32_t seen[] = {' ', '~', 0xa0, 0xe4, 0x301, 0x200a, 0x2010, 0x2030, 0x4e2d, 0x1f600};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        ck_assert_msg(utf8_is_control(controls[i]) && utf8_is_invisible(controls[i]), "%x", controls[i]);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        ck_assert_msg(!utf8_is_control(hidden[i]) && utf8_is_invisible(hidden[i]), "%x", hidden[i]);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        ck_assert_msg(!utf8_is_invisible(seen[i]) && !utf8_is_noncharacter(seen[i]), "%x", seen[i]);
    ck_assert(utf8_is_noncharacter(0xfffe) && utf8_is_noncharacter(0x1ffff) && utf8_is_noncharacter(0xfdd0));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("source");
    TCase *tcase = tcase_create("source");
    tcase_add_loop_test(tcase, place, 0, sizeof places / sizeof *places);
    tcase_add_test(tcase, nul_inside);
    tcase_add_test(tcase, code_points);
    tcase_add_loop_test(tcase, bad_bytes, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tcase, letters);
    tcase_add_loop_test(tcase, whole_characters, 0, sizeof cuts / sizeof *cuts);
    tcase_add_test(tcase, unseen);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
