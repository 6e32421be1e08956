/* Errors as they are shown: the line, the caret, the cut. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lexer/diagnostic.h"
#include "lexer/kinds.h"

typedef struct Text {
    char bytes[4000];
    size_t length;
} Text;

static void append(void *user, const char *text, size_t length) {
    Text *t = user;
    ck_assert_uint_lt(t->length + length, sizeof t->bytes);
    memcpy(t->bytes + t->length, text, length);
    t->length += length;
    t->bytes[t->length] = '\0';
}

static const char *render(Text *t, const char *text, size_t length, Span span, const char *advice) {
    Source source = {"t.ppl", text, length};
    Diagnostic d = {SEVERITY_ERROR, "syntax", "wrong", advice, &source, span};
    t->length = 0;
    diagnostic_render(&d, append, t);
    return t->bytes;
}

typedef struct RenderCase {
    const char *text;
    Span span;
    const char *place, *line, *caret;
} RenderCase;

#define CARETS_5 "^^^^^"
static const RenderCase cases[] = {
    {"x = 1", {0, 1}, "1:1", "x = 1", "^"},
    {"x = 1", {4, 5}, "1:5", "x = 1", "    ^"},
    {"x = 1", {0, 5}, "1:1", "x = 1", CARETS_5},
    {"x = 1", {5, 5}, "1:6", "x = 1", "     ^"},
    {"x = 1", {9, 12}, "1:6", "x = 1", "     ^"},
    {"", {0, 0}, "1:1", "", "^"},
    {"a\n", {2, 2}, "2:1", "", "^"},
    {"a\nbc\nd", {2, 4}, "2:1", "bc", "^^"},
    {"ab\ncd", {1, 4}, "1:2", "ab", " ^"},         /* only the first line of a span */
    {"a\r\nbc\r\n", {4, 5}, "2:2", "bc", " ^"},
    {"a\rbc", {3, 4}, "2:2", "bc", " ^"},
    {"\tx", {1, 2}, "1:2", "    x", "    ^"},
    {"a\tx", {1, 2}, "1:2", "a    x", " ^^^^"},
    {"\xc3\xa4 = 1", {3, 4}, "1:3", "\xc3\xa4 = 1", "  ^"},
    {"\xe4\xb8\xad = 1", {4, 5}, "1:3", "\xe4\xb8\xad = 1", "   ^"}, /* two columns wide */
    {"e\xcc\x81 = 1", {4, 5}, "1:4", "e\xcc\x81 = 1", "  ^"},        /* a combining accent */
    {"a\x01" "b", {2, 3}, "1:3", "a\\x01b", "     ^"},
    {"a\xff" "b", {1, 2}, "1:2", "a\\xffb", " ^^^^"},
    {"a\x1b[31mb", {1, 2}, "1:2", "a\\x1b[31mb", " ^^^^"},
    {"a\xe2\x80\xae" "b", {1, 4}, "1:2", "a\\u{202e}b", " ^^^^^^^^"},
};

START_TEST(rendering) {
    const RenderCase *c = &cases[_i];
    Text t;
    char expected[400];
    unsigned line = (unsigned)atoi(c->place);
    snprintf(expected, sizeof expected, "t.ppl:%s: error: wrong [syntax]\n%5u | %s\n      | %s\n  do\n  that\n", c->place,
             line, c->line, c->caret);
    ck_assert_str_eq(render(&t, c->text, strlen(c->text), c->span, "do\nthat"), expected);
}
END_TEST

/* A line of any length is shown around the caret, and the caret stands under its place. */
START_TEST(long_lines) {
    static const size_t lengths[] = {90, 100, 101, 150, 1000, 100000000};
    size_t length = lengths[_i];
    char *text = malloc(length + 1);
    Text t;
    memset(text, 'a', length);
    text[length] = '\0';
    for (int k = 0; k <= 4; k++) {
        size_t at = k == 4 ? length : length / 4 * (size_t)k;
        text[at] = at < length ? 'B' : '\0';
        render(&t, text, length, (Span){(uint32_t)at, (uint32_t)at + 1}, NULL);
        char *line = strchr(t.bytes, '\n') + 1, *carets = strchr(line, '\n') + 1;
        ck_assert_int_lt(carets - line, 130);
        char *bar = strstr(line, "| ") + 2, *under = strstr(carets, "| ") + 2;
        size_t column = strcspn(under, "^");
        ck_assert_uint_le(column, 100);
        bool cut = (unsigned char)bar[0] == 0xe2; /* the ellipsis takes three bytes and one column */
        if (at < length) ck_assert_int_eq(bar[column + (cut ? 2 : 0)], 'B');
        if (at < length) text[at] = 'a';
    }
    free(text);
}
END_TEST

START_TEST(no_source) {
    Diagnostic d = {SEVERITY_WARNING, "unused-value", "something", NULL, NULL, {0, 0}};
    Text t = {.length = 0};
    diagnostic_render(&d, append, &t);
    ck_assert_str_eq(t.bytes, "warning: something [unused-value]\n");
}
END_TEST

/* Names of files and texts of data stand in messages: a terminal must not obey them. */
START_TEST(hostile_texts) {
    Source source = {"a\x1b[2J.ppl", "x", 1};
    Diagnostic d = {SEVERITY_ERROR, "bad-cell", "\"\x1b]0;t\x07\xff\xc2\x9b\u202e\u00e9\" is\nno\tnumber", "in \x1b[8m\r\nor so", &source, {0, 1}};
    Text t = {.length = 0};
    diagnostic_render(&d, append, &t);
    ck_assert_str_eq(t.bytes, "a\\x1b[2J.ppl:1:1: error: \"\\x1b]0;t\\x07\\xff\\u{9b}\\u{202e}\u00e9\" is\nno    number [bad-cell]\n    1 | x\n      | ^\n"
                              "  in \\x1b[8m\\x0d\n  or so\n");
    t.length = 0;
    diagnostic_text("  in f, called at \x1b.ppl:1:1\n", append, &t);
    ck_assert_str_eq(t.bytes, "  in f, called at \\x1b.ppl:1:1\n");
}
END_TEST

/* For programs: every byte is either plain or escaped, and bad UTF-8 is replaced. */
START_TEST(json) {
    Source source = {"a \"b\".ppl", "x = 1\ny = )", 11};
    Diagnostic d = {SEVERITY_WARNING, "syntax", "a \\ and a\ttab\n\x01\xff\u00e9\u2028", "say \"so\"", &source, {10, 11}};
    Text t = {.length = 0};
    diagnostic_json(&d, "  in f\n  in g, called\n", append, &t);
    ck_assert_str_eq(t.bytes, "{\"severity\": \"warning\", \"kind\": \"syntax\", "
                              "\"message\": \"a \\\\ and a\\u0009tab\\n\\u0001\uFFFD\u00e9\\u2028\", \"advice\": \"say \\\"so\\\"\", "
                              "\"file\": \"a \\\"b\\\".ppl\", \"line\": 2, \"column\": 5, \"end_line\": 2, \"end_column\": 6, "
                              "\"calls\": [\"in f\", \"in g, called\"]}\n");
    d = (Diagnostic){.severity = SEVERITY_ERROR, .kind = "no-file", .message = ""};
    t.length = 0;
    diagnostic_json(&d, NULL, append, &t);
    ck_assert_str_eq(t.bytes, "{\"severity\": \"error\", \"kind\": \"no-file\", \"message\": \"\", \"advice\": null}\n");
}
END_TEST

START_TEST(kinds) {
    for (int i = 0; i < KINDS; i++) {
        const char *name = kind_name((Kind)i);
        ck_assert_uint_gt(strlen(kind_rows[i].description), 10);
        ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        ck_assert_ptr_eq(kind_find(name), &kind_rows[i]);
    }
    ck_assert_ptr_null(kind_find("no-such-kind"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("diagnostic");
    TCase *tcase = tcase_create("diagnostic");
    tcase_add_loop_test(tcase, rendering, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tcase, long_lines, 0, 6);
    tcase_add_test(tcase, no_source);
    tcase_add_test(tcase, hostile_texts);
    tcase_add_test(tcase, json);
    tcase_add_test(tcase, kinds);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
