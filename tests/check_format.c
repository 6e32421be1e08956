/* SPDX-License-Identifier: GPL-3.0-or-later
   The formatter: what it makes of texts; that it says the same, keeps every comment, and changes nothing when it is asked again. */
#include <check.h>
#include <ctype.h>
#include <dirent.h>

#include "parser/format.h"
#include "tests/parsing.h"

/* To be freed. */
static ParsingText format(const char *text, size_t length, ParseStatus *status) {
    ParsingText out = {0};
    parsing_append(&out, "", 0);
    char *copy = malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    Parsing p = {0};
    Source source = {"test.ppl", copy, length};
    ParseOptions options = {.allocate = parsing_allocate, .report = NULL, .user = &p};
    p.source = source;
    options.report = parsing_report;
    *status = format_text(&source, &options, parsing_append, &out);
    ck_assert_int_eq(p.blocks, 0);
    free(copy);
    return out;
}

/* ---- Texts and what becomes of them ---- */

static const struct {
    const char *text, *formatted;
} cases[] = {
    {"", ""},
    {"\n\n  \n", ""},
    {"# only a comment", "# only a comment\n"},
    {"x=1", "x = 1\n"},
    {"x = 1;y=2", "x = 1\ny = 2\n"},
    {"x=20_000+.5e0", NULL},
    {"x=20_000+0.50e0", "x = 20_000 + 0.50e0\n"},
    {"s='a'", NULL},
    {"s=\"a\\u{41}{ b+1 }\"", "s = \"a\\u{41}{ b+1 }\"\n"},
    {"x=1#c", "x = 1  #c\n"},
    {"x=1   \n\n\n\n# c   \ny=2", "x = 1\n\n# c\ny = 2\n"},
    {"# a\n\n# b\nx=1\n# c\n\n# d", "# a\n\n# b\nx = 1\n# c\n\n# d\n"},
    {"model m( x,y=1 ){z~Normal( 0,1 )\nobs x~Normal(z,1)}", "model m(x, y = 1) {\n    z ~ Normal(0, 1)\n    obs x ~ Normal(z, 1)\n}\n"},
    {"fn f(x){x+1}", "fn f(x) { x + 1 }\n"},
    {"fn f(x){\nx+1}", "fn f(x) {\n    x + 1\n}\n"},
    {"fn f() {  }", "fn f() { }\n"},
    {"fn f() { # nothing\n}", "fn f() {  # nothing\n}\n"},
    {"fn f() {\n# a\n\n# b\n}", "fn f() {\n    # a\n\n    # b\n}\n"},
    {"if a {b()} # why\nc()", "if a { b() }  # why\nc()\n"},
    {"if a {\nb() # b\n} else { # else\nc()\n# end\n} # done", "if a {\n    b()  # b\n} else {  # else\n    c()\n    # end\n}  # done\n"},
    {"mu    ~ Normal(0,1)\nsigma ~ Normal(0,1)\nz ~ Normal(0,1)", "mu    ~ Normal(0, 1)\nsigma ~ Normal(0, 1)\nz ~ Normal(0, 1)\n"},
    {"mu~Normal(0,1)\nsigma~Normal(0,1)", "mu ~ Normal(0, 1)\nsigma ~ Normal(0, 1)\n"},
    {"a   = 1\nbcd = 2\n\nefghij = 3", "a   = 1\nbcd = 2\n\nefghij = 3\n"},
    {"a     = 1\nbcd   = 2", "a   = 1\nbcd = 2\n"},
    {"param a: positive = 1\nparam bcd         = 2", "param a: positive = 1\nparam bcd         = 2\n"},
    {"x = 1     # a\nyy = 22   # b\nz = 3 # c", "x = 1     # a\nyy = 22   # b\nz = 3  # c\n"},
    {"r = {a: 1,\n     b: 2}", "r = {a: 1,\n     b: 2}\n"},
    {"r = {\n  a: 1, # one\n  # two\n  b: 2\n}", "r = {\n    a: 1,  # one\n    # two\n    b: 2\n}\n"},
    {"f(a,\n  b # last\n)", "f(a,\n  b  # last\n)\n"},
    {"f( # first\n a)", "f(  # first\n    a)\n"},
    {"x = a +\nb", "x = a +\n    b\n"},
    {"x = a + # why\nb", "x = a +  # why\n    b\n"},
    {"x =\n  1", "x =\n    1\n"},
    {"y = a.\n# odd\nb", "y = a.\n# odd\nb\n"},
    {"f(fn(x){\ng(x)\nh(x)\n}, 2)", "f(fn(x) {\n    g(x)\n    h(x)\n}, 2)\n"},
    {"x = (1\n  + 2)", "x = (1 + 2)\n"},
    {"x = ((1))", "x = (1)\n"},
    {"handler h(p){\nn=0\n# c\non sample(s){n=1}\nk=2}", "handler h(p) {\n    n = 0\n    # c\n    on sample(s) { n = 1 }\n    k = 2\n}\n"},
    {"x = 1\r\n# c\r\ny = 2\r\n", "x = 1\n# c\ny = 2\n"},
    {"fit = svi(a_rather_long_name, another_long_name, steps = 20_000, particles = 100, optimizer = Adam(lr = 0.005))",
     "fit = svi(a_rather_long_name, another_long_name, steps = 20_000, particles = 100,\n          optimizer = Adam(lr = 0.005))\n"},
    {"x = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa * bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb + cccccccccccccccccccccccccccccccccc",
     "x = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa * bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb +\n    cccccccccccccccccccccccccccccccccc\n"},
    {"x = (", NULL},
};

START_TEST(texts) {
    ParseStatus status;
    ParsingText out = format(cases[_i].text, strlen(cases[_i].text), &status);
    if (cases[_i].formatted) {
        ck_assert_int_eq(status, PARSE_OK);
        ck_assert_str_eq(out.bytes, cases[_i].formatted);
        ParsingText again = format(out.bytes, out.length, &status);
        ck_assert_str_eq(again.bytes, out.bytes);
        free(again.bytes);
    } else {
        ck_assert_int_ne(status, PARSE_OK);
        ck_assert_str_eq(out.bytes, "");
    }
    free(out.bytes);
}
END_TEST

/* ---- Programs ---- */

/* What a text says without its layout: no space, no commas and semicolons, no parentheses. */
static char *bare(const char *text, size_t length) {
    char *out = malloc(length + 1), *to = out;
    for (size_t k = 0; k < length; k++)
        if (!isspace((unsigned char)text[k]) && !strchr(",;()", text[k])) *to++ = text[k];
    *to = '\0';
    return out;
}

/* Formatting is done, keeps all that the text says, is done once and for all. Where a text does not parse, there is nothing to say. */
static bool check_one(const char *text, size_t length) {
    ParseStatus status;
    ParsingText once = format(text, length, &status);
    bool parses = status == PARSE_OK;
    if (parses) {
        char *before = bare(text, length), *after = bare(once.bytes, once.length);
        ck_assert_msg(strcmp(before, after) == 0, "%s\nbecomes\n%s", text, once.bytes);
        free(before);
        free(after);
        ck_assert_ptr_null(strstr(once.bytes, " \n"));
        ParsingText twice = format(once.bytes, once.length, &status);
        ck_assert_msg(strcmp(once.bytes, twice.bytes) == 0, "%s\nbecomes\n%s\nand then\n%s", text, once.bytes, twice.bytes);
        free(twice.bytes);
    }
    free(once.bytes);
    return parses;
}

typedef unsigned FileCheck(const char *text, size_t length);

static unsigned each_file(const char *folder, FileCheck *check) {
    char path[1000], file[1300];
    DIR *dir = opendir(parsing_path(path, sizeof path, folder));
    unsigned count = 0;
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t n = strlen(entry->d_name), length = 0;
        if (n < 4 || strcmp(entry->d_name + n - 4, ".ppl") != 0) continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        char *text = parsing_read_path(file, &length);
        count += check(text, length);
        free(text);
    }
    closedir(dir);
    return count;
}

static unsigned check_file(const char *text, size_t length) { return check_one(text, length); }

START_TEST(programs) { ck_assert_uint_ge(each_file("examples", check_file) + each_file("tests/scripts", check_file), 60); }
END_TEST

static unsigned is_formatted(const char *text, size_t length) {
    ParseStatus status;
    ParsingText out = format(text, length, &status);
    ck_assert_int_eq(status, PARSE_OK);
    ck_assert_str_eq(out.bytes, text);
    free(out.bytes);
    return 1;
}

START_TEST(the_examples_are_formatted) { ck_assert_uint_ge(each_file("examples", is_formatted), 10); }
END_TEST

/* Comments and line ends thrown in behind brackets, commas and operators, where they may stand. */
static unsigned check_disturbed(const char *text, size_t length) {
    static const char *const thrown[] = {"\n", " # c\n", "#x\n", "  ", "\n\n\n", " #1\n #2\n", "\r\n"};
    uint32_t random = (uint32_t)length;
    unsigned good = 0;
    if (length > 3000) return 0;
    for (int turn = 0; turn < 12; turn++) {
        ParsingText out = {0};
        parsing_append(&out, "", 0);
        for (size_t k = 0; k < length; k++) {
            parsing_append(&out, text + k, 1);
            random = random * 1664525 + 1013904223;
            if (strchr(",([{+*=~", text[k]) && (random >> 8) % 40 == 0) {
                const char *more = thrown[(random >> 20) % (sizeof thrown / sizeof *thrown)];
                parsing_append(&out, more, strlen(more));
            }
        }
        good += check_one(out.bytes, out.length);
        free(out.bytes);
    }
    return good;
}

START_TEST(disturbed_programs) { ck_assert_uint_ge(each_file("tests/scripts", check_disturbed), 80); }
END_TEST

START_TEST(memory_may_end) {
    static const char text[] = "model m(x) { # c\n  z   ~ Normal(0, 1)\n  abc ~ Normal(z, 1)  # d\n  obs x ~ Normal(f(a,\n b), 1) }\n";
    for (long at = 1;; at++) {
        Parsing p = {.fail_at = at};
        ParsingText out = {0};
        p.source = (Source){"test.ppl", text, sizeof text - 1};
        ParseOptions options = {.allocate = parsing_allocate, .report = parsing_report, .user = &p};
        ParseStatus status = format_text(&p.source, &options, parsing_append, &out);
        bool failed = p.allocations >= at;
        ck_assert_int_eq(p.blocks, 0);
        ck_assert_int_eq(status, failed ? PARSE_NO_MEMORY : PARSE_OK);
        ck_assert_int_eq(out.length == 0, failed);
        free(out.bytes);
        if (!failed) break;
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("format");
    TCase *t = tcase_create("format");
    tcase_add_loop_test(t, texts, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(t, programs);
    tcase_add_test(t, the_examples_are_formatted);
    tcase_add_test(t, disturbed_programs);
    tcase_add_test(t, memory_may_end);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
