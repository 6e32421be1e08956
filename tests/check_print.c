/* The printer: what it prints parses to the same tree, and prints the same again. */
#include <check.h>
#include <dirent.h>

#include "parser/print.h"
#include "tests/parsing.h"

static Parsing *parse_bytes(const char *text, size_t length) {
    Parsing *p = calloc(1, sizeof *p);
    parsing_run(p, text, length);
    ck_assert_msg(p->status == PARSE_OK, "%.*s\n%s", (int)length, text, p->rendered);
    return p;
}

static void round_trip(const char *text, size_t length) {
    ParsingText once = {NULL, 0, 0}, twice = {NULL, 0, 0};
    parsing_append(&once, "", 0);
    parsing_append(&twice, "", 0);
    Parsing *p = parse_bytes(text, length);
    tree_print(p->chunk, parsing_append, &once);
    Parsing *q = parse_bytes(once.bytes, once.length);
    ck_assert_msg(tree_equal_functions(p->chunk->main, q->chunk->main), "%s", once.bytes);
    tree_print(q->chunk, parsing_append, &twice);
    ck_assert_str_eq(once.bytes, twice.bytes);
    /* On one line it says the same too. */
    for (uint32_t i = 0; i < p->chunk->main->body->as.list.count; i++) {
        ParsingText line = {NULL, 0, 0};
        tree_print_node(p->chunk->main->body->as.list.items[i], parsing_append, &line);
        ck_assert_ptr_null(memchr(line.bytes, '\n', line.length));
        bool jump = p->chunk->main->body->as.list.items[i]->kind == NODE_RETURN;
        Parsing *r = jump ? NULL : parse_bytes(line.bytes, line.length);
        if (r) ck_assert(tree_equal(p->chunk->main->body->as.list.items[i], r->chunk->main->body->as.list.items[0]));
        if (r) parsing_free(r);
        free(line.bytes);
    }
    parsing_free(p);
    parsing_free(q);
    free(once.bytes);
    free(twice.bytes);
}

static int all_files(const char *folder) {
    char path[1000], file[1300];
    DIR *dir = opendir(parsing_path(path, sizeof path, folder));
    int count = 0;
    if (!dir) return 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t n = strlen(entry->d_name), length;
        if (n < 4 || strcmp(entry->d_name + n - 4, ".ppl") || strncmp(entry->d_name, "error", 5) == 0) continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        char *text = parsing_read_path(file, &length);
        ck_assert_ptr_nonnull(text);
        round_trip(text, length);
        free(text);
        count++;
    }
    closedir(dir);
    return count;
}

START_TEST(programs) { ck_assert_int_ge(all_files("tests/data/programs"), 4); }
END_TEST

START_TEST(examples) { all_files("examples"); }
END_TEST

START_TEST(scripts) { all_files("tests/scripts"); }
END_TEST

typedef struct PrintCase {
    const char *text, *printed;
} PrintCase;

static const PrintCase cases[] = {
    {"x=1", "x = 1\n"},
    {"x  =  ( 1+2 )*3", "x = (1 + 2) * 3\n"},
    {"x=-2^2;y=(-2)^2;z=2^-1", "x = -2 ^ 2\ny = (-2) ^ 2\nz = 2 ^ -1\n"},
    {"x=not(a and b)or c", "x = not (a and b) or c\n"},
    {"x[0..n,1]=f(a,k=b)", "x[0..n, 1] = f(a, k = b)\n"},
    {"obs d.y[i]~D", "obs d.y[i] ~ D\n"},
    {"param s:positive=.1e1", NULL},
    {"param s :positive=1_000", "param s: positive = 1000\n"},
    {"if a{b()}else if c{d()}else{ }", "if a {\n    b()\n} else if c {\n    d()\n} else { }\n"},
    {"fn f(x,y=1){return x;break}", NULL},
    {"fn f(x,y=1){g();return x}", "fn f(x, y = 1) {\n    g()\n    return x\n}\n"},
    {"r={a:1,\"log b\":2,\"if\":3}", "r = {a: 1, \"log b\": 2, \"if\": 3}\n"},
    {"s=\"a\\n\\{\\u{1}{b+1}\\\"\"", "s = \"a\\n\\{\\u{1}{b + 1}\\\"\"\n"},
    {"s=\"{fn(x){a();b()}}\"", "s = \"{fn(x) { a(); b() }}\"\n"},
    {"handler h(p){n=0;on sample(s){n=1};after param(s){};k=2}",
     "handler h(p) {\n    n = 0\n    k = 2\n    on sample(s) {\n        n = 1\n    }\n    after param(s) { }\n}\n"},
    {"plate d(i in 0..n){obs y[i]~D}", "plate d(i in 0..n) {\n    obs y[i] ~ D\n}\n"},
    {"x=[1,[2,3],]", "x = [1, [2, 3]]\n"},
    {"import\"a.ppl\"", "import \"a.ppl\"\n"},
    {"x=(3).y", "x = (3).y\n"},
    {"x=0.1+1e100+1e-7+123456789", "x = 0.1 + 1e+100 + 1e-07 + 123456789\n"},
    {"", ""},
};

START_TEST(canonical) {
    const PrintCase *c = &cases[_i];
    ParsingText out = {NULL, 0, 0};
    parsing_append(&out, "", 0);
    Parsing *p = parsing_new(c->text);
    if (c->printed) {
        ck_assert_msg(p->status == PARSE_OK, "%s", p->rendered);
        tree_print(p->chunk, parsing_append, &out);
        ck_assert_str_eq(out.bytes, c->printed);
        round_trip(c->text, strlen(c->text));
    } else {
        ck_assert_int_eq(p->status, PARSE_ERRORS);
    }
    free(out.bytes);
    parsing_free(p);
}
END_TEST

/* Every pair of operators, each way round: with the parentheses forgotten, the printer puts in those that are needed. */
static const char *const operators[] = {"or", "and", "==", "<", "in", "..", "+", "-", "*", "/", "//", "%", "@", "^"};
enum { OPERATORS_USED = sizeof operators / sizeof *operators };

static void ungroup(Node *node) {
    node->grouped = false;
    if (node->kind == NODE_BINARY || node->kind == NODE_AND || node->kind == NODE_OR || node->kind == NODE_RANGE) {
        ungroup(node->as.binary.left);
        ungroup(node->as.binary.right);
    } else if (node->kind == NODE_UNARY) {
        ungroup(node->as.unary.operand);
    } else if (node->kind == NODE_CALL) {
        ungroup(node->as.call.callee);
    } else if (node->kind == NODE_FIELD) {
        ungroup(node->as.field.object);
    } else if (node->kind == NODE_INDEX) {
        ungroup(node->as.index.object);
    }
}

static void needs_parentheses(const char *text) {
    ParsingText out = {NULL, 0, 0};
    Parsing *p = parse_bytes(text, strlen(text));
    ungroup(p->chunk->main->body->as.list.items[0]->as.assign.value);
    tree_print(p->chunk, parsing_append, &out);
    Parsing *q = parse_bytes(out.bytes, out.length);
    ck_assert_msg(tree_equal_functions(p->chunk->main, q->chunk->main), "%s -> %s", text, out.bytes);
    parsing_free(p);
    parsing_free(q);
    free(out.bytes);
}

START_TEST(parentheses) {
    const char *a = operators[_i / OPERATORS_USED], *b = operators[_i % OPERATORS_USED];
    char text[200];
    snprintf(text, sizeof text, "r = (x %s y) %s z", a, b);
    needs_parentheses(text);
    snprintf(text, sizeof text, "r = x %s (y %s z)", a, b);
    needs_parentheses(text);
    snprintf(text, sizeof text, "r = -(x %s y)", a);
    needs_parentheses(text);
    snprintf(text, sizeof text, "r = (-x) %s (-y)", a);
    needs_parentheses(text);
    snprintf(text, sizeof text, "r = not (x %s y)", a);
    needs_parentheses(text);
    snprintf(text, sizeof text, "r = (not x) %s (not y)", a);
    needs_parentheses(text);
    snprintf(text, sizeof text, "r = (x %s y)(z).w[0]", a);
    needs_parentheses(text);
}
END_TEST

START_TEST(other_parentheses) {
    static const char *const texts[] = {"r = (-x)(y)", "r = (not x).y", "r = (3).y", "r = -(-x)", "r = not (not x)", "r = (-x) ^ (-y) ^ z",
                                        "r = (fn(x) { x })(1)", "r = (if a { b } else { c })(1)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) needs_parentheses(texts[i]);
}
END_TEST

/* tree_equal tells trees apart. */
START_TEST(unequal) {
    static const char *const texts[] = {
        "a", "b", "1", "2", "\"a\"", "\"b\"", "a.b", "a.c", "a[1]", "a[2]", "a[1, 2]", "a()", "a(1)", "a(k = 1)", "a(j = 1)", "-a", "not a",
        "a + 1", "a - 1", "a and 1", "a or 1", "a..1", "[1]", "[1, 2]", "x = {a: 1}", "x = {b: 1}", "x = {a: 2}", "x = 1", "y = 1", "x ~ D",
        "obs x ~ D", "deterministic x = D", "param x = 1", "param x: p = 1", "param x: q = 1", "true", "false", "none", "missing",
        "fn f(a) { a }", "fn f(b) { a }", "fn f(a = 1) { a }", "fn f(a) { b }", "model f(a) { a }", "guide f(a) { a }", "fn g(a) { a }",
        "fn(a) { a }", "if a { }", "if a { b }", "if a { b } else { c }", "for t in x { }", "for s in x { }", "while x { }", "with x { }",
        "plate p(i in x) { }", "plate q(i in x) { }", "plate p(j in x) { }", "plate p(i in y) { }", "handler h() { }", "handler g() { }",
        "handler h() { on a() { } }", "handler h() { after a() { } }", "handler h() { on b() { } }", "import \"a\"", "import \"b\"",
        "\"{a}\"", "\"{b}\"", "\"c{a}\"",
    };
    enum { N = sizeof texts / sizeof *texts };
    Parsing *parsed[N];
    for (int i = 0; i < N; i++) parsed[i] = parse_bytes(texts[i], strlen(texts[i]));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            ck_assert_msg(tree_equal_functions(parsed[i]->chunk->main, parsed[j]->chunk->main) == (i == j), "%s and %s", texts[i], texts[j]);
    for (int i = 0; i < N; i++) parsing_free(parsed[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("print");
    TCase *tcase = tcase_create("print");
    tcase_add_test(tcase, programs);
    tcase_add_test(tcase, examples);
    tcase_add_test(tcase, scripts);
    tcase_add_loop_test(tcase, canonical, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tcase, parentheses, 0, OPERATORS_USED * OPERATORS_USED);
    tcase_add_test(tcase, other_parentheses);
    tcase_add_test(tcase, unequal);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
