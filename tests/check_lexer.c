/* Characters to tokens: numbers, strings, newlines, words that are keywords only in their places. */
#include <check.h>
#include <setjmp.h>
#include <stdlib.h>

#include "lexer/layout.h"
#include "lexer/number.h"
#include "tests/parsing.h"

typedef struct Scan {
    void *blocks[64];
    size_t n_blocks;
    char out[4000]; /* the tokens' names */
    char kinds[400];
    jmp_buf stop;
} Scan;

static void *scan_allocate(void *user, size_t size) {
    Scan *scan = user;
    ck_assert_uint_lt(scan->n_blocks, 64);
    return scan->blocks[scan->n_blocks++] = malloc(size);
}

static void scan_report(void *user, Kind kind, Span span, const char *message, const char *advice) {
    Scan *scan = user;
    size_t used = strlen(scan->kinds);
    (void)span, (void)advice;
    ck_assert_uint_gt(strlen(message), 0);
    snprintf(scan->kinds + used, sizeof scan->kinds - used, "%s%s", used ? " " : "", kind_name(kind));
}

static void scan_fail(void *user) {
    Scan *scan = user;
    longjmp(scan->stop, 1);
}

/* NUMBER 1.5, NAME x, STRING "a", and the signs as they are; `|` for a newline. */
static void show(Scan *scan, const Token *token) {
    size_t used = strlen(scan->out);
    char *out = scan->out + used;
    size_t size = sizeof scan->out - used;
    const char *gap = used ? " " : "";
    bool quoted;
    switch (token->kind) {
    case TOKEN_NEWLINE: snprintf(out, size, "%s|", gap); break;
    case TOKEN_NUMBER: snprintf(out, size, "%s%g", gap, token->number); break;
    case TOKEN_NAME: snprintf(out, size, "%s%.*s", gap, (int)token->length, token->text); break;
    case TOKEN_STRING: snprintf(out, size, "%s\"%.*s\"", gap, (int)token->length, token->text); break;
    case TOKEN_TEXT_START: snprintf(out, size, "%s\"%.*s{", gap, (int)token->length, token->text); break;
    case TOKEN_TEXT_MIDDLE: snprintf(out, size, "%s}%.*s{", gap, (int)token->length, token->text); break;
    case TOKEN_TEXT_END: snprintf(out, size, "%s}%.*s\"", gap, (int)token->length, token->text); break;
    case TOKEN_BAD: snprintf(out, size, "%sBAD", gap); break;
    default:
        if (token_is_word(token->kind)) snprintf(out, size, "%s<%s>", gap, token_text(token->kind, &quoted));
        else snprintf(out, size, "%s%s", gap, token_text(token->kind, &quoted));
        break;
    }
}

static void scan_text(Scan *scan, const char *text, size_t length) {
    Source source = {"t", text, length};
    LexerHost host = {scan_allocate, scan_report, scan_fail, scan};
    Layout *layout = calloc(1, sizeof *layout);
    memset(scan, 0, sizeof *scan);
    if (setjmp(scan->stop) == 0) {
        layout_open(layout, &source, &host);
        for (Token token; (token = layout_next(layout)).kind != TOKEN_END;) {
            ck_assert_uint_le(token.span.start, token.span.end);
            ck_assert_uint_le(token.span.end, length);
            show(scan, &token);
        }
        ck_assert_int_eq(layout_next(layout).kind, TOKEN_END);
    }
    for (size_t i = 0; i < scan->n_blocks; i++) free(scan->blocks[i]);
    free(layout);
}

typedef struct ScanCase {
    const char *text, *tokens, *kinds;
} ScanCase;

static const ScanCase cases[] = {
    /* numbers */
    {"1 1.5 1e-3 1E3 10_000 0 1_0.2_5e+1_0", "1 1.5 0.001 1000 10000 0 1.025e+11", ""},
    {"0..n", "0 .. n", ""},
    {"0..1.5..2", "0 .. 1.5 .. 2", ""},
    {"x[1..2]", "x [ 1 .. 2 ]", ""},
    {"1. ", "1", "bad-number"},
    {".5", "1", "bad-number"},
    {"3x", "1", "bad-number"},
    {"1_", "1", "bad-number"},
    {"1__0", "1", "bad-number"},
    {"0xff", "1", "bad-number"},
    {"1e", "1", "bad-number"},
    {"1.x", "1", "bad-number"},
    {"1e999", "1", "bad-number"},
    {"1e-999", "0", ""},
    {"1.7976931348623157e308", "1.79769e+308", ""},
    /* strings */
    {"\"a\"", "\"a\"", ""},
    {"\"\"", "\"\"", ""},
    {"\"a\\n\\t\\\\\\\"\\{\\}b\"", "\"a\n\t\\\"{}b\"", ""},
    {"\"\\u{3b1}\\u{1F600}\\u{41}\"", "\"\xce\xb1\xf0\x9f\x98\x80" "A\"", ""},
    {"\"a}b\"", "\"a}b\"", ""},
    {"\"z{t}\"", "\"z{ t }\"", ""},
    {"\"a{b}c{d + 1}e\"", "\"a{ b }c{ d + 1 }e\"", ""},
    {"\"{a}{b}\"", "\"{ a }{ b }\"", ""},
    {"\"{{a: 1}.a}\"", "\"{ { a : 1 } . a }\"", ""},
    {"\"a{\"b{c}d\"}e\"", "\"a{ \"b{ c }d\" }e\"", ""},
    {"\"a{f(\"x\")}\"", "\"a{ f ( \"x\" ) }\"", ""},
    {"\"abc", "\"abc\"", "bad-string"},
    {"\"abc\nx", "\"abc\" | x", "bad-string"},
    {"f(\"abc\nx", "f ( BAD x", "bad-string"},
    {"\"a{b\nx", "\"a{ b BAD | x", "bad-string"},
    {"\"a{b}c\nx", "\"a{ b BAD | x", "bad-string"},
    {"\"a{\"b\nx", "\"a{ BAD | x", "bad-string"},
    {"\"a{", "\"a{ BAD", "bad-string"},
    {"\"\\q\"", "\"\"", "bad-string"},
    {"\"\\u{}\"", "\"\"", "bad-string"},
    {"\"\\u{110000}\"", "\"\"", "bad-string"},
    {"\"\\u{d800}\"", "\"\"", "bad-string"},
    {"\"\\u{41\"", "\"\"", "bad-string"},
    {"\"a\\", "\"a\"", "bad-string bad-string"},
    {"'abc'", "\"abc\"", "foreign-syntax"},
    {"'abc", "\"abc\"", "foreign-syntax"},
    {"\"\xff\"", "\"\xff\"", "bad-utf8"},
    /* newlines */
    {"a\nb", "a | b", ""},
    {"a\r\nb\rc", "a | b | c", ""},
    {"\n\n a \n\n\n b \n\n", "a | b |", ""},
    {"a;b;;c", "a | b | c", ""},
    {"a # comment\nb # comment", "a | b", ""},
    {"# \xff comment", "", ""},
    {"f(a,\nb\n)\nc", "f ( a , b ) | c", ""},
    {"[1,\n2\n]\n3", "[ 1 , 2 ] | 3", ""},
    {"if a {\nb\n}\nc", "<if> a { b | } | c", ""},
    {"f(fn(x) {\na\nb\n},\n3)\nc", "f ( <fn> ( x ) { a | b | } , 3 ) | c", ""},
    {"x = {\na: 1,\nb: 2\n}\ny", "x = { a : 1 , b : 2 } | y", ""},
    {"a +\nb", "a + b", ""},
    {"a + # why\n\n\nb", "a + b", ""},
    {"a and\nb or\nnot\nc in\nd", "a <and> b <or> <not> c <in> d", ""},
    {"x =\n1\ny ~\nD", "x = 1 | y ~ D", ""},
    {"a\n- b", "a | - b", ""},
    {"a\n(b)", "a | ( b )", ""},
    {"return\nx", "<return> | x", ""},
    {"a\n* b", "a * b", "line-break"},
    {"a\n.b", "a . b", "line-break"},
    {"a\nand b", "a <and> b", "line-break"},
    {"if a { b }\nelse { c }", "<if> a { b } <else> { c }", "line-break"},
    {"if a\n{ b }", "<if> a { b }", "line-break"},
    {"fn f(x)\n\n{ b }", "<fn> f ( x ) { b }", "line-break"},
    {"a = 1\n{b: 2}", "a = 1 | { b : 2 }", ""},
    {"f(1\nreturn 2", "f ( 1 | <return> 2", ""},   /* no expression goes on so: the bracket was forgotten */
    {"f(1\nmu ~ D", "f ( 1 | mu ~ D", ""},
    {"f(1\nobs y ~ D", "f ( 1 | <obs> y ~ D", ""},
    {"f(\nplate p(i in x) { i })", "f ( <plate> p ( i <in> x ) { i } )", ""},
    /* words */
    {"obs x", "<obs> x", ""},
    {"obs(x)", "obs ( x )", ""},
    {"obs = 3", "obs = 3", ""},
    {"for obs in x", "<for> obs <in> x", ""},
    {"model\nx", "model | x", ""},
    {"model f guide g param p plate q", "<model> f <guide> g <param> p <plate> q", ""},
    {"deterministic d handler h", "<deterministic> d <handler> h", ""},
    {"a.obs b.if c.model d", "a . obs b . if c . model d", ""},
    {"on x after y", "on x after y", ""},
    {"handler h() { on = 1\non sample(s) { on x }\nafter param(s) { } }",
     "<handler> h ( ) { on = 1 | <on> sample ( s ) { on x } | <after> param ( s ) { } }", ""},
    {"fn if else for in while break continue return with and or not true false none missing import",
     "<fn> <if> <else> <for> <in> <while> <break> <continue> <return> <with> <and> <or> <not> <true> <false> <none> "
     "<missing> <import>", ""},
    {"fnord iffy _x x1", "fnord iffy _x x1", ""},
    {"\xce\xb1 \xce\xb2\x31 x\xe2\x82\x81", "\xce\xb1 \xce\xb2\x31 x\xe2\x82\x81", ""},
    /* operators */
    {"+ - * / % @ ^ == != < <= > >= .. . : , = ~", "+ - * / % @ ^ == != < <= > >= .. . : , = ~", ""},
    {"a // b", "a // b", ""},
    {"a && b || !c ** 2", "a <and> b <or> <not> c ^ 2", "foreign-syntax foreign-syntax foreign-syntax foreign-syntax"},
    {"a === b", "a == b", "foreign-syntax"},
    {"a <> b", "a != b", "foreign-syntax"},
    {"a += 1", "a = 1", "foreign-syntax"},
    {"a := 1", "a = 1", "foreign-syntax"},
    {"a++", "a + ", "foreign-syntax"},
    {"a++\nb--\nc", "a | b | c", "foreign-syntax foreign-syntax"},
    {"a - -b", "a - - b", ""},
    {"// all of this\na", "a", "foreign-syntax"},
    {"x = // it's\na", "x = a", "foreign-syntax"},
    {"/* this */\na", "a", "foreign-syntax"},
    /* characters */
    {"a \x01 b", "a BAD b", "bad-character"},
    {"a \xff b", "a BAD b", "bad-utf8"},
    {"a \xc3", "a BAD", "bad-utf8"},
    {"x\xc2\xb2", "BAD", "bad-character"},
    {"\xe2\x80\x9cx\xe2\x80\x9d", "BAD", "bad-character"},
    {"a \\ b", "a BAD b", "bad-character"},
    {"\xef\xbb\xbf" "a = 1", "a = 1", ""},
    {"", "", ""},
    {" \t ", "", ""},
};

static const char *trim(char *text) {
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == ' ') text[--n] = '\0';
    return text;
}

START_TEST(tokens) {
    const ScanCase *c = &cases[_i];
    Scan *scan = malloc(sizeof *scan);
    char expected[1000];
    scan_text(scan, c->text, strlen(c->text));
    snprintf(expected, sizeof expected, "%s", c->tokens);
    ck_assert_str_eq(trim(scan->out), trim(expected));
    ck_assert_str_eq(scan->kinds, c->kinds);
    free(scan);
}
END_TEST

START_TEST(nul_bytes) {
    Scan *scan = malloc(sizeof *scan);
    scan_text(scan, "a \0\0 b", 6);
    ck_assert_str_eq(scan->out, "a BAD b");
    scan_text(scan, "\"a\0b\"", 5);
    ck_assert_str_eq(scan->kinds, "");
    free(scan);
}
END_TEST

/* Every token of tokens.def is given out for its own text, and no text has two. */
START_TEST(all_words) {
    bool quoted;
    for (TokenKind kind = TOKEN_FN; kind <= TOKEN_IMPORT; kind++) {
        const char *text = token_text(kind, &quoted);
        ck_assert(quoted);
        ck_assert_int_eq(token_reserved_word(text, strlen(text)), kind);
        ck_assert_int_eq(token_statement_word(text, strlen(text)), TOKEN_NAME);
    }
    for (TokenKind kind = TOKEN_OBS; kind <= TOKEN_AFTER; kind++) {
        const char *text = token_text(kind, &quoted);
        ck_assert_int_eq(token_reserved_word(text, strlen(text)), TOKEN_NAME);
        ck_assert_int_eq(token_statement_word(text, strlen(text)), kind);
    }
}
END_TEST

START_TEST(depth) {
    Scan *scan = malloc(sizeof *scan);
    char text[1000];
    memset(text, '(', 201);
    scan_text(scan, text, 200);
    ck_assert_str_eq(scan->kinds, "");
    scan_text(scan, text, 201);
    ck_assert_str_eq(scan->kinds, "nesting-too-deep");
    size_t used = 0;
    for (int i = 0; i < 33; i++) used += (size_t)snprintf(text + used, sizeof text - used, "\"{");
    scan_text(scan, text, used);
    ck_assert_str_eq(scan->kinds, "nesting-too-deep");
    free(scan);
}
END_TEST

START_TEST(number_text) {
    static const double values[] = {0, 1, -1, 0.1, 1.0 / 3, 1e300, 1e-300, 5e-324, 1.7976931348623157e308, 123456789.125, 1e15, 1e16,
                                    1e17, 2.5e-7, 3.141592653589793};
    char text[32];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double back;
        size_t length = number_write(values[i], text);
        ck_assert_uint_eq(length, strlen(text));
        ck_assert(number_read(text, length, &back));
        ck_assert(back == values[i]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lexer");
    TCase *tcase = tcase_create("lexer");
    tcase_add_loop_test(tcase, tokens, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tcase, nul_bytes);
    tcase_add_test(tcase, all_words);
    tcase_add_test(tcase, depth);
    tcase_add_test(tcase, number_text);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
