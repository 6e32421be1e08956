/* Broken programs: whatever the text, one to ten clear errors, each with a place, and nothing left behind. */
#include <check.h>
#include <dirent.h>

#include "lexer/kinds.h"
#include "tests/parsing.h"

static Parsing *parsing;

static void set_up(void) {
    parsing = calloc(1, sizeof *parsing);
}

static void tear_down(void) {
    free(parsing);
    parsing = NULL;
}

/* Every kind that was reported has its row. */
static void kinds_are_known(const char *what) {
    char kinds[sizeof parsing->kinds];
    strcpy(kinds, parsing->kinds);
    for (char *kind = strtok(kinds, " "); kind; kind = strtok(NULL, " "))
        if (strlen(parsing->kinds) < sizeof kinds - 40) ck_assert_msg(kind_find(kind) != NULL, "%s: %s", what, kind);
}

/* Parses; whatever comes of it is in order. */
static void parse_safely(const char *what, const char *text, size_t length) {
    parsing_run(parsing, text, length);
    bool good = parsing->status == PARSE_OK;
    ck_assert_msg(parsing->status != PARSE_NO_MEMORY, "%s", what);
    ck_assert_msg(good == (parsing->errors == 0), "%s: %s", what, parsing->rendered);
    ck_assert_msg(good == (parsing->chunk != NULL), "%s", what);
    ck_assert_msg(parsing->errors <= 10, "%s: %u errors", what, parsing->errors);
    ck_assert_msg(!parsing->empty_message && !parsing->bad_place, "%s: %s", what, parsing->rendered);
    kinds_are_known(what);
    parsing_end(parsing);
    ck_assert_msg(parsing->blocks == 0, "%s leaks", what);
}

typedef void EachFile(const char *name, const char *text, size_t length);

static int for_each_file(const char *folder, EachFile *each) {
    char path[1000], file[1300];
    DIR *dir = opendir(parsing_path(path, sizeof path, folder));
    int count = 0;
    ck_assert_msg(dir != NULL, "%s", path);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t n = strlen(entry->d_name), length;
        if (n < 4 || strcmp(entry->d_name + n - 4, ".ppl") != 0) continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        char *text = parsing_read_path(file, &length);
        ck_assert_ptr_nonnull(text);
        each(entry->d_name, text, length);
        free(text);
        count++;
    }
    closedir(dir);
    return count;
}

/* Programs with a single mistake have a single error: it does not drag others along. */
static void one_mistake(const char *name, const char *text, size_t length) {
    bool many = strncmp(name, "noise", 5) == 0 || strncmp(name, "many", 4) == 0 || strncmp(name, "three", 5) == 0 ||
                strncmp(name, "latin1", 6) == 0;
    parse_safely(name, text, length);
    ck_assert_msg(parsing->status == PARSE_ERRORS || parsing->status == PARSE_INCOMPLETE, "%s is not broken", name);
    if (!many) ck_assert_msg(parsing->errors == 1, "%s: %s", name, parsing->rendered);
    if (strstr(name, "_truncated") && parsing->status == PARSE_ERRORS)
        ck_assert_msg(strstr(parsing->kinds, "syntax") || strstr(parsing->kinds, "bad-string"), "%s: %s", name, parsing->rendered);
}

START_TEST(broken) { ck_assert_int_ge(for_each_file("tests/data/broken/syntax", one_mistake), 150); }
END_TEST

/* Mistakes that only show when the program runs are none of the parser's. */
static void parses(const char *name, const char *text, size_t length) {
    parse_safely(name, text, length);
    ck_assert_msg(parsing->status == PARSE_OK, "%s: %s", name, parsing->rendered);
}

START_TEST(broken_later) { ck_assert_int_ge(for_each_file("tests/data/broken/runtime", parses), 120); }
END_TEST

/* Good programs, cut off anywhere. */
static void every_prefix(const char *name, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) parse_safely(name, text, i);
}

START_TEST(truncated) { for_each_file("tests/data/programs", every_prefix); }
END_TEST

static uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Good programs with bytes changed, left out, put in, doubled and swapped. */
static void mutations(const char *name, const char *text, size_t length) {
    static const char signs[] = "(){}[]\"'\\\n;,.:=~#+-*/^<>!&|@%$?_aifn0129 \t\r\xc3\xff\x00\x01";
    uint32_t state = 20260 + (uint32_t)length;
    char *copy = malloc(2 * length + 16);
    for (int round = 0; round < 600; round++) {
        size_t n = length;
        memcpy(copy, text, length);
        for (uint32_t k = next_random(&state) % 4 + 1; k > 0; k--) {
            size_t at = next_random(&state) % n, span = next_random(&state) % 20 % (n - at) + 1;
            char sign = signs[next_random(&state) % (sizeof signs - 1)];
            switch (next_random(&state) % 4) {
            case 0: copy[at] = sign; break;
            case 1: memmove(copy + at, copy + at + span, n - at - span); n -= span; break;
            case 2: memmove(copy + at + 1, copy + at, n - at); copy[at] = sign; n++; break;
            default: memmove(copy + at + span, copy + at, n - at); n += span; break;
            }
            if (n < 2 || n > 2 * length - 32) break;
        }
        parse_safely(name, copy, n);
    }
    free(copy);
}

START_TEST(mutated) { for_each_file("tests/data/programs", mutations); }
END_TEST

START_TEST(noise) {
    uint32_t state = 1 + (uint32_t)_i * 7919;
    char bytes[3000];
    for (int round = 0; round < 100; round++) {
        size_t n = next_random(&state) % sizeof bytes;
        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)(_i == 0 ? next_random(&state) : _i == 1 ? 32 + next_random(&state) % 95 : 10 + next_random(&state) % 118);
        parse_safely("noise", bytes, n);
    }
}
END_TEST

/* Tokens in any order. */
START_TEST(shuffled) {
    static const char *const tokens[] = {"fn", "if", "else", "for", "in", "while", "with", "and", "or", "not", "(", ")", "[", "]", "{", "}",
                                         ",", ":", ".", "=", "~", "..", "+", "-", "*", "^", "==", "<", "\"a\"", "\"b{", "}\"", "x", "y", "3",
                                         "model", "obs", "plate", "handler", "on", "param", "return", "break", "\n", "\n", "\n", ";", "#"};
    uint32_t state = 77;
    for (int round = 0; round < 1500; round++) {
        char text[2000];
        size_t used = 0;
        for (uint32_t k = next_random(&state) % 60; k > 0; k--)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s ", tokens[next_random(&state) % (sizeof tokens / sizeof *tokens)]);
        parse_safely(text, text, used);
    }
}
END_TEST

typedef struct LineCase {
    const char *part;
    size_t megabytes;
} LineCase;

static const LineCase lines[] = {
    {"a", 100}, {"1", 100}, {" ", 100}, {"(", 100}, {"#", 100}, {"\x01", 100}, {"\"", 10},   {"\xff", 10}, {"x = 1 + ", 10},
    {"a b ", 10}, {"f(x)", 10}, {"[", 10}, {"-", 10}, {"'", 10}, {"{", 10}, {"x.y ", 10}, {"\"{", 10}, {")", 10},
};

START_TEST(long_line) {
    const char *part = lines[_i].part;
    size_t n = strlen(part), length = lines[_i].megabytes * 1000000;
    char *text = malloc(length + 1);
    for (size_t i = 0; i < length; i++) text[i] = part[i % n];
    text[length - 1] = ')';
    parse_safely(part, text, length);
    ck_assert_msg(parsing->errors >= 1 || part[0] == '#', "%s", part);
    ck_assert_uint_lt(parsing->rendered_length, 10 * 700);
    free(text);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("broken");
    TCase *tcase = tcase_create("broken");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, broken);
    tcase_add_test(tcase, broken_later);
    tcase_add_test(tcase, truncated);
    tcase_add_test(tcase, mutated);
    tcase_add_loop_test(tcase, noise, 0, 3);
    tcase_add_test(tcase, shuffled);
    tcase_add_loop_test(tcase, long_line, 0, sizeof lines / sizeof *lines);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
