/* The grammar: what each production builds, how tightly operators bind, and how errors are reported. */
#include <check.h>

#include "tests/describe.h"
#include "tests/parsing.h"

typedef struct TreeCase {
    const char *text, *tree;
} TreeCase;

static const TreeCase trees[] = {
    {"", ""},
    {"\n\n# nothing\n;;", ""},
    {"a", "a"},
    {"a; b\nc", "a b c"},
    /* values */
    {"1.5", "1.5"},
    {"\"a\"", "\"a\""},
    {"\"z{t}\"", "(text \"z\" t \"\")"},
    {"\"{a}{b + 1}c\"", "(text \"\" a \"\" (+ b 1) \"c\")"},
    {"\"a{\"b{c}\"}\"", "(text \"a\" (text \"b\" c \"\") \"\")"},
    {"true; false; none; missing", "true false none missing"},
    {"(a)", "a"},
    {"[]", "(list)"},
    {"[1]", "(list 1)"},
    {"[1, [2, 3], ]", "(list 1 (list 2 3))"},
    {"x = {}", "(= x (record))"},
    {"{a: 1}", "(record a:1)"},
    {"{a: 1, \"log b\": {c: 2},}", "(record a:1 log b:(record c:2))"},
    {"{\n a: 1,\n b: 2\n}", "(record a:1 b:2)"},
    {"{obs: 1, model: 2}", "(record obs:1 model:2)"},
    {"fn() { }", "(fn () (do))"},
    {"fn(a, b = 1,) { a; b }", "(fn (a b=1) (do a b))"},
    {"fn(x) {\n  x\n}\n", "(fn (x) (do x))"},
    /* access */
    {"f()", "(call f)"},
    {"f(a, k = b, )", "(call f a k=b)"},
    {"f(a)(b)[c].d", "(. (index (call (call f a) b) c) d)"},
    {"x[i, j]", "(index x i j)"},
    {"x[a..b]", "(index x (.. a b))"},
    {"x[-1]", "(index x (- 1))"},
    {"r.if.model.x", "(. (. (. r if) model) x)"},
    {"fn(x) { x }(1)", "(call (fn (x) (do x)) 1)"},
    {"\"a\".b", "(. \"a\" b)"},
    {"[1, 2][0]", "(index (list 1 2) 0)"},
    {"{a: 1}.a", "(. (record a:1) a)"},
    {"f(fn(x) { x }, k = fn() { 1 })", "(call f (fn (x) (do x)) k=(fn () (do 1)))"},
    {"f(\n  a,\n  b\n)", "(call f a b)"},
    /* operators */
    {"-2 ^ 2", "(- (^ 2 2))"},
    {"2 ^ -1", "(^ 2 (- 1))"},
    {"2 ^ -1 ^ 2", "(^ 2 (- (^ 1 2)))"},
    {"2 ^ -1 * 3", "(* (^ 2 (- 1)) 3)"},
    {"2 ^ 3 ^ 4", "(^ 2 (^ 3 4))"},
    {"--a", "(- (- a))"},
    {"a - -b", "(- a (- b))"},
    {"-a.b[0](c)", "(- (call (index (. a b) 0) c))"},
    {"a - b - c", "(- (- a b) c)"},
    {"a / b * c", "(* (/ a b) c)"},
    {"a @ b @ c", "(@ (@ a b) c)"},
    {"not not a", "(not (not a))"},
    {"not a == b", "(not (== a b))"},
    {"not a and b or c", "(or (and (not a) b) c)"},
    {"a in 0..n", "(in a (.. 0 n))"},
    {"0..n + 1", "(.. 0 (+ n 1))"},
    {"(a < b) == c", "(== (< a b) c)"},
    {"a +\n b *\n c", "(+ a (* b c))"},
    {"x < -1", "(< x (- 1))"},
    {"x<-1", "(< x (- 1))"},
    /* control */
    {"if a { b }", "(if a (do b))"},
    {"if a { b } else { c }", "(if a (do b) (do c))"},
    {"if a { b } else if c { d } else { e }", "(if a (do b) (if c (do d) (do e)))"},
    {"x = if a { 1 } else { 2 }", "(= x (if a (do 1) (do 2)))"},
    {"if {a: 1} == b { c }", "(if (== (record a:1) b) (do c))"},
    {"if a { b } + 1", "(+ (if a (do b)) 1)"},
    {"for t in 0..n { t }", "(for t (.. 0 n) (do t))"},
    {"y = for t in x { t }", "(= y (for t x (do t)))"},
    {"for a in b in c { d }", "(for a (in b c) (do d))"},
    {"while a { break; continue }", "(while a (do (break) (continue)))"},
    {"with h { a }", "(with h (do a))"},
    {"with condition({mu: 1}) { m() }", "(with (call condition (record mu:1)) (do (call m)))"},
    {"plate d(i in x) { i }", "(plate d i x (do i))"},
    {"y = plate d(i in 0..n) { i }", "(= y (plate d i (.. 0 n) (do i)))"},
    {"mean(plate p(s in 0..3) { s })", "(call mean (plate p s (.. 0 3) (do s)))"},
    {"fn f() { return }", "(fn f (fn () (do (return))))"},
    {"fn f() { return a + b }", "(fn f (fn () (do (return (+ a b)))))"},
    /* statements */
    {"x = 1", "(= x 1)"},
    {"x[0] = 1", "(= (index x 0) 1)"},
    {"r.a[1].b = 2", "(= (. (index (. r a) 1) b) 2)"},
    {"mu ~ D", "(~ mu D)"},
    {"theta[i, j] ~ D(a)", "(~ (index theta i j) (call D a))"},
    {"obs x ~ D", "(obs x D)"},
    {"obs d.y[i] ~ D", "(obs (index (. d y) i) D)"},
    {"param m = 0", "(param m 0)"},
    {"param m[j]: interval(0, 1) = 0", "(param (index m j): (call interval 0 1) 0)"},
    {"deterministic s = abs(z)", "(det s (call abs z))"},
    {"fn f(x) { x }", "(fn f (fn (x) (do x)))"},
    {"model m(x) { mu ~ D }", "(model m (fn (x) (do (~ mu D))))"},
    {"guide m() { param a = 1 }", "(guide m (fn () (do (param a 1))))"},
    {"handler h() { }", "(handler h (fn () (do)))"},
    {"handler h(p) {\n n = 0\n on sample(s) { n = 1 }\n after param(s) { s }\n k = 2\n}",
     "(handler h (fn (p) (do (= n 0) (= k 2))) (on sample (s) (do (= n 1))) (after param (s) (do s)))"},
    {"handler h() { on a() { } }", "(handler h (fn () (do)) (on a () (do)))"},
    {"import \"a.ppl\"", "(import \"a.ppl\")"},
    /* words that are names elsewhere */
    {"model = 3; obs = model + plate(1)", "(= model 3) (= obs (+ model (call plate 1)))"},
    {"x = obs(\"x\", D, 1)", "(= x (call obs \"x\" D 1))"},
    {"plate(\"d\", 0..n, fn(i) { i })", "(call plate \"d\" (.. 0 n) (fn (i) (do i)))"},
    {"on = 1; after = on", "(= on 1) (= after on)"},
    {"obs obs ~ obs", "(obs obs obs)"},
};

START_TEST(production) {
    Parsing *p = parsing_new(trees[_i].text);
    Description *d = malloc(sizeof *d);
    ck_assert_msg(p->status == PARSE_OK || strstr(p->kinds, "return-outside"), "%s: %s", trees[_i].text, p->rendered);
    ck_assert_str_eq(describe_chunk(d, p->chunk, false), trees[_i].tree);
    free(d);
    parsing_free(p);
}
END_TEST

typedef struct Infix {
    const char *text;
    int level;
    enum { LEFT, RIGHT, NONE } way;
} Infix;

enum { LEVEL_OF_NOT = 3, LEVEL_OF_MINUS = 8 };

static const Infix infixes[] = {
    {"or", 1, LEFT},  {"and", 2, LEFT}, {"==", 4, NONE}, {"!=", 4, NONE}, {"<", 4, NONE},  {"<=", 4, NONE}, {">", 4, NONE},
    {">=", 4, NONE},  {"in", 4, NONE},  {"..", 5, NONE}, {"+", 6, LEFT},  {"-", 6, LEFT},  {"*", 7, LEFT},  {"/", 7, LEFT},
    {"//", 7, LEFT},  {"%", 7, LEFT},   {"@", 7, LEFT},  {"^", 9, RIGHT},
};
enum { INFIXES = sizeof infixes / sizeof *infixes };

static void expect(const char *text, const char *tree, const char *kinds) {
    Parsing *p = parsing_new(text);
    Description *d = malloc(sizeof *d);
    if (kinds) ck_assert_msg(strcmp(p->kinds, kinds) == 0, "%s: %s", text, p->rendered);
    else {
        ck_assert_msg(p->status == PARSE_OK, "%s: %s", text, p->rendered);
        ck_assert_str_eq(describe_chunk(d, p->chunk, false), tree);
    }
    free(d);
    parsing_free(p);
}

START_TEST(infix_pairs) {
    const Infix *a = &infixes[_i / INFIXES], *b = &infixes[_i % INFIXES];
    char text[100], tree[100];
    snprintf(text, sizeof text, "r = x %s y %s z", a->text, b->text);
    bool left = a->level > b->level || (a->level == b->level && a->way != RIGHT);
    if (left) snprintf(tree, sizeof tree, "(= r (%s (%s x y) z))", b->text, a->text);
    else snprintf(tree, sizeof tree, "(= r (%s x (%s y z)))", a->text, b->text);
    expect(text, tree, a->level == b->level && a->way == NONE ? "chained-operator" : NULL);
    /* Round brackets let everything go together. */
    snprintf(text, sizeof text, "r = x %s (y %s z)", a->text, b->text);
    snprintf(tree, sizeof tree, "(= r (%s x (%s y z)))", a->text, b->text);
    expect(text, tree, NULL);
    snprintf(text, sizeof text, "r = (x %s y) %s z", a->text, b->text);
    snprintf(tree, sizeof tree, "(= r (%s (%s x y) z))", b->text, a->text);
    expect(text, tree, NULL);
}
END_TEST

START_TEST(prefix_pairs) {
    const Infix *a = &infixes[_i];
    char text[100], tree[100];
    snprintf(text, sizeof text, "r = - x %s y", a->text);
    snprintf(tree, sizeof tree, a->level > LEVEL_OF_MINUS ? "(= r (- (%s x y)))" : "(= r (%s (- x) y))", a->text);
    expect(text, tree, NULL);
    snprintf(text, sizeof text, "r = x %s - y", a->text);
    snprintf(tree, sizeof tree, "(= r (%s x (- y)))", a->text);
    expect(text, tree, NULL);
    snprintf(text, sizeof text, "r = not x %s y", a->text);
    snprintf(tree, sizeof tree, a->level > LEVEL_OF_NOT ? "(= r (not (%s x y)))" : "(= r (%s (not x) y))", a->text);
    expect(text, tree, NULL);
    snprintf(text, sizeof text, "r = x %s not y", a->text);
    snprintf(tree, sizeof tree, "(= r (%s x (not y)))", a->text);
    expect(text, tree, a->level > LEVEL_OF_NOT ? "syntax" : NULL);
}
END_TEST

typedef struct ErrorCase {
    const char *text, *kinds;
    const char *shown; /* part of what is rendered */
} ErrorCase;

static const ErrorCase errors[] = {
    /* brackets */
    {"x = f(1, 2\ny = 3\nprint(y)", "unclosed-bracket", "1:11: error: expected `)` to close the `(` of line 1"},
    {"x = [\n  1\n  2\n]\ny = 3", "unclosed-bracket", "a `,` is missing"},
    {"x = f(1]", "unclosed-bracket", "expected `)` to close the `(` of line 1"},
    {"x = [1)", "unclosed-bracket", "expected `]`"},
    {"if a { f( }\nb = 1", "unclosed-bracket", "expected `)`"},
    {"model f(x {\n mu ~ D\n return mu\n}\ny = 1", "unclosed-bracket", "1:10"},
    {"x = f(1\nmodel g() { }", "unclosed-bracket", "1:8"},
    {"x = 1)", "unopened-bracket", "this `)` closes nothing"},
    {"}\nx = 1", "unopened-bracket", "1:1"},
    {"if a { b ] }", "unopened-bracket", "in the block of line 1"},
    {"r = {\n a: 1\n b: 2\n}\nx = 1", "unclosed-bracket", "a `,` is missing"},
    {"x = [1, 2; 3, 4]\ny = 1", "syntax", "[[1, 2], [3, 4]]"},
    /* several errors, each told once */
    {"x = f(1 2)\ny = = 3\nz = 4 5\n", "syntax syntax syntax", "3:7"},
    {"fn f(x) {\n a b\n c d\n}\ng h", "syntax syntax syntax", "5:3"},
    {"f(\n  a b\n  c,\n  d\n)\ng h", "syntax syntax", "6:3"},
    {"1 a\n2 a\n3 a\n4 a\n5 a\n6 a\n7 a\n8 a\n9 a\n10 a\n11 a\n12 a",
     "syntax syntax syntax syntax syntax syntax syntax syntax syntax syntax", "10:4"},
    {"return 1\nx = y z\nbreak", "syntax return-outside-function break-outside-loop", "3:1"},
    /* what is meant */
    {"if x = 3 { }", "syntax", "To compare, write `==`"},
    {"while x = 3 { }", "syntax", "To compare, write `==`"},
    {"x = y = 3", "syntax", "only one `=`"},
    {"x = (y = 3)", "syntax", "To compare, write `==`"},
    {"x = {a = 1}", "syntax", "written with `:`"},
    {"if a { }\nelse { }", "line-break", "`else` must stand on the line of the `}`"},
    {"else { b() }", "syntax", "`else` without an `if`"},
    {"if a\n{ }", "line-break", "the `{` must stand on the line of the `if`"},
    {"if a", "syntax", "expected `{` and the block of `if`"},
    {"if a: b()", "syntax", "a block stands in curly brackets"},
    {"if a then b", "foreign-syntax", "`then` is no word of Elbo"},
    {"if a { } esle { }", "syntax", "did you mean `else`?"},
    {"a adn b", "syntax", "did you mean `and`?"},
    {"modle f(x) { }", "syntax", "did you mean `model`?"},
    {"retrun x", "syntax", "did you mean `return`?"},
    {"whlie x > 3 { }", "syntax", "did you mean `while`?"},
    {"fro t in x { }", "syntax", "did you mean `for`?"},
    {"prarm m = 0", "syntax", "did you mean `param`?"},
    {"def f(x): return x", "foreign-syntax", "fn f(x)"},
    {"f = lambda x: x", "foreign-syntax", "fn(x)"},
    {"f = function(x) { x }", "foreign-syntax", "fn(x)"},
    {"let x = 3", "foreign-syntax", "x = 1"},
    {"elif a { }", "foreign-syntax", "else if"},
    {"x <- 3", "foreign-syntax", "1:3: error: `<-` is no operator"},
    {"x <- -3 + 2", "foreign-syntax", "`<-` is no operator"},
    {"x = a ? b : c", "foreign-syntax", "if a { b } else { c }"},
    {"x = 3 // three of them", "foreign-syntax", "begins with `#`"},
    {"print \"a\"", "syntax", "called without brackets"},
    {"model (x) { }", "syntax", "It has a name"},
    {"plate (i in 0..3) { }", "syntax", "It has a name"},
    {"for in in x { }", "syntax", "cannot be a name"},
    {"fn f(if) { }", "syntax", "cannot be a name"},
    {"f = fn g(x) { }", "syntax", "has no name"},
    {"x = model f() { }", "syntax", "cannot stand inside"},
    {"x = (1, 2)", "syntax", "a list stands in square brackets"},
    {"f = fnn(x) { x }", "syntax", "a block cannot stand here"},
    {"fn f(,) { }", "syntax", "after `(`"},
    {"x = 0...3", "bad-number", "two dots"},
    {"my-name = 3", "bad-target", "my_name"},
    {"x = +3", "syntax", "no `+` before a value"},
    {"x[1..]", "syntax", "a beginning and an end"},
    {"x[..3]", "syntax", "a beginning and an end"},
    {"x[:3]", "syntax", "x[a..b]"},
    {"f(x ~ D)", "syntax", "sample(\"mu\""},
    {"a not in b", "syntax", "not (a in b)"},
    {"a + not b", "syntax", "(not a)"},
    {"print(\"{}\")", "syntax", "nothing between"},
    {"print(\"{x:.2f}\")", "syntax", "round"},
    {"{ x = 3\n y = 4\n}\nz = 1", "syntax", "a block cannot stand by itself"},
    {"with { x() }", "syntax", "something is missing between `with` and its block"},
    {"param m", "syntax", "initial value"},
    {"param m: positive", "syntax", "initial value"},
    {"obs x = D", "syntax", "`obs` needs `~`"},
    {"deterministic s", "syntax", "needs `=`"},
    {"import foo", "syntax", "expected a string after `import`"},
    {"x = 1\n  * 2", "line-break", "a line cannot begin with `*`"},
    {"* 2", "syntax", "a statement cannot begin with `*`"},
    {"r.3", "bad-number", "1:2"},
    /* checks behind the grammar */
    {"1 = x", "bad-target", "1:1"},
    {"f(x) = 3", "bad-target", "fn f(x)"},
    {"[a, b] = c", "bad-target", "one by one"},
    {"a == b = c", "bad-target", "`==`"},
    {"(a) = 3", "bad-target", "1:1"},
    {"if a { } = 3", "bad-target", "1:1"},
    {"r.a ~ D", "bad-target", "sample("},
    {"f(x) ~ D", "bad-target", "1:1"},
    {"z[0..3] ~ D", "bad-target", "a slice"},
    {"obs f(x) ~ D", "bad-target", "obs("},
    {"obs 3 ~ D", "syntax", "1:1"},
    {"param r.a = 1", "bad-target", "`param`"},
    {"deterministic r.a = 1", "bad-target", "`deterministic`"},
    {"f(a = 1, 2)", "keyword-order", "after the keyword `a`"},
    {"f(a = 1, a = 2)", "duplicate-keyword", "`a` is given twice"},
    {"f(g(x) = 1)", "bad-keyword", "1:3"},
    {"r = {a: 1, \"a\": 2}", "duplicate-field", "the field `a` twice"},
    {"fn f(a, a) { }", "duplicate-parameter", "`a`"},
    {"handler h(a, a) { }", "duplicate-parameter", "`a`"},
    {"a < b < c", "chained-operator", "a < b and b < c"},
    {"a == b != c in d", "chained-operator chained-operator", "do not chain"},
    {"a..b..c", "chained-operator", "ranges do not chain"},
};

START_TEST(error) {
    const ErrorCase *c = &errors[_i];
    Parsing *p = parsing_new(c->text);
    ck_assert_msg(p->status == PARSE_ERRORS, "%s: %d %s", c->text, (int)p->status, p->rendered);
    ck_assert_ptr_null(p->chunk);
    ck_assert_msg(strcmp(p->kinds, c->kinds) == 0, "%s\n%s", c->text, p->rendered);
    ck_assert_msg(strstr(p->rendered, c->shown) != NULL, "%s\n%s", c->text, p->rendered);
    ck_assert(!p->bad_place && !p->empty_message);
    parsing_end(p);
    ck_assert_int_eq(p->blocks, 0);
    free(p);
}
END_TEST

/* Texts that are right as far as they go. */
static const char *const incomplete[] = {
    "f(", "f(a", "f(a,", "[1, 2", "x = {a: 1,", "x = {", "if a {", "if a {\n b\n", "model m() {\n x ~ D\n", "x = ", "x = a +",
    "a and", "mu ~", "x = 1 +\n\n", "f(fn(x) {\n x\n", "if a { b } else {", "handler h() {\n on sample(s) {\n }\n", "param m: ",
    "not", "f(\n# why\n", "r.",
};

START_TEST(ends_early) {
    for (int quiet = 0; quiet < 2; quiet++) {
        Parsing *p = calloc(1, sizeof *p);
        p->quiet = quiet;
        parsing_run(p, incomplete[_i], strlen(incomplete[_i]));
        ck_assert_msg(p->status == PARSE_INCOMPLETE, "%s", incomplete[_i]);
        ck_assert_uint_eq(p->errors, quiet ? 0 : 1);
        parsing_end(p);
        ck_assert_int_eq(p->blocks, 0);
        free(p);
    }
}
END_TEST

/* More text would not help these. */
static const char *const hopeless[] = {"x = )", "f(a]", "\"abc", "a b", "if a\n", "x = 1 2 +", "1 = 2; f(", "fn f(x) { a b"};

START_TEST(ends_wrong) {
    Parsing *p = parsing_new(hopeless[_i]);
    ck_assert_msg(p->status == PARSE_ERRORS, "%s", hopeless[_i]);
    parsing_free(p);
}
END_TEST

static char *repeat(const char *head, const char *part, size_t times, const char *tail) {
    char *text = malloc(strlen(head) + strlen(part) * times + strlen(tail) + 1), *end = text;
    end += sprintf(end, "%s", head);
    for (size_t i = 0; i < times; i++) end += sprintf(end, "%s", part);
    sprintf(end, "%s", tail);
    return text;
}

typedef struct DeepCase {
    const char *head, *part, *tail;
    size_t fine; /* so often is allowed; 0: never mind */
} DeepCase;

static const DeepCase deep[] = {
    {"", "(", "", 0},          {"", "[", "", 0},           {"x = ", "{a: ", "", 0},   {"", "if a { ", "", 0},
    {"", "f(", "", 0},         {"", "x[", "", 0},          {"", "\"{", "", 0},        {"", "fn() { ", "", 0},
    {"x = ", "-", "1", 900},   {"x = ", "not ", "a", 900}, {"x = 1", " + 1", "", 900}, {"x = 1", " ^ 1", "", 900},
    {"x = a", " and a", "", 900}, {"x = a", ".b", "", 900}, {"x = a", "[0]", "", 900}, {"x = a", "(0)", "", 900},
    {"if a { } ", "else if a { } ", "", 900}, {"x = a", " @ a", "", 900},
};

START_TEST(deep_nesting) {
    const DeepCase *c = &deep[_i];
    char *text = repeat(c->head, c->part, 100000, c->tail);
    Parsing *p = parsing_new(text);
    ck_assert_msg(p->status == PARSE_ERRORS && strcmp(p->kinds, "nesting-too-deep") == 0, "%s %s", c->part, p->rendered);
    parsing_end(p);
    ck_assert_int_eq(p->blocks, 0);
    free(p);
    free(text);
    if (c->fine) {
        text = repeat(c->head, c->part, c->fine, c->tail);
        p = parsing_new(text);
        ck_assert_msg(p->status == PARSE_OK, "%s %s", c->part, p->rendered);
        parsing_free(p);
        free(text);
    }
}
END_TEST

/* 200 levels of brackets are allowed. */
START_TEST(brackets_allowed) {
    char text[1000] = "x = ";
    memset(text + 4, '(', 200);
    text[204] = '1';
    memset(text + 205, ')', 200);
    text[405] = '\0';
    Parsing *p = parsing_new(text);
    ck_assert_msg(p->status == PARSE_OK, "%s", p->rendered);
    parsing_free(p);
}
END_TEST

/* Whichever allocation fails, the parse says so and keeps nothing. */
START_TEST(memory_runs_out) {
    static const char part[] = "model m%(x, y = [1, 2]) {\n  z ~ Normal(0, \"a{x}\")\n  plate p(i in x) { w[i] ~ D(z, fn(k) { k + z }) }\n}\n";
    char *programs[] = {repeat("", part, 400, ""), repeat("", part, 1, ""), repeat("x = [", "1, ", 20000, "]"),
                        repeat("x = ", "-", 5000, "1"), repeat("", "a b\n", 3, "")};
    char *text = programs[_i];
    for (char *c = text; (c = strchr(c, '%')) != NULL;) *c = 'q';
    Parsing *p = calloc(1, sizeof *p);
    ParseStatus full = parsing_run(p, text, strlen(text));
    long needed = p->allocations;
    parsing_end(p);
    ck_assert_int_gt(needed, 1);
    for (long k = 1; k <= needed; k++) {
        p->fail_at = k;
        parsing_run(p, text, strlen(text));
        ck_assert_int_eq(p->status, PARSE_NO_MEMORY);
        ck_assert_ptr_null(p->chunk);
        parsing_end(p);
        ck_assert_int_eq(p->blocks, 0);
    }
    p->fail_at = needed + 1;
    ck_assert_int_eq(parsing_run(p, text, strlen(text)), full);
    parsing_end(p);
    ck_assert_int_eq(p->blocks, 0);
    free(p);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) free(programs[i]);
}
END_TEST

/* Names are one pointer each, found in their table. */
START_TEST(names) {
    Parsing *p = parsing_new("abc = 1; \"abc\"; r.abc; def = abc; \"\"");
    ck_assert_uint_eq(p->chunk->n_names, 4);
    for (uint32_t i = 0; i < p->chunk->n_names; i++) {
        ck_assert_uint_eq(p->chunk->names[i]->index, i);
        ck_assert_uint_eq(strlen(p->chunk->names[i]->text), p->chunk->names[i]->length);
        ck_assert_ptr_null(p->chunk->names[i]->object);
    }
    Node **items = p->chunk->main->body->as.list.items;
    ck_assert_ptr_eq(items[0]->as.assign.target->as.variable.name, items[1]->as.string);
    ck_assert_ptr_eq(items[2]->as.field.name, items[1]->as.string);
    parsing_free(p);
}
END_TEST

typedef struct SiteCase {
    const char *text, *name;
} SiteCase;

static const SiteCase sites[] = {
    {"mu ~ D", "mu"}, {"theta[1] ~ D", "theta"}, {"obs y ~ D", "y"}, {"obs y[0] ~ D", "y"}, {"obs d.y[0] ~ D", "y"},
    {"obs d.y ~ D", "y"}, {"obs d[0].y.z[1] ~ D", "z"}, {"obs d[0][1] ~ D", "d"}, {"deterministic s = 1", "s"},
};

START_TEST(site_names) {
    Parsing *p = parsing_new(sites[_i].text);
    ck_assert_str_eq(p->chunk->main->body->as.list.items[0]->as.site.name->text, sites[_i].name);
    parsing_free(p);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("parser");
    TCase *tcase = tcase_create("parser");
    tcase_add_loop_test(tcase, production, 0, sizeof trees / sizeof *trees);
    tcase_add_loop_test(tcase, infix_pairs, 0, INFIXES * INFIXES);
    tcase_add_loop_test(tcase, prefix_pairs, 0, INFIXES);
    tcase_add_loop_test(tcase, error, 0, sizeof errors / sizeof *errors);
    tcase_add_loop_test(tcase, ends_early, 0, sizeof incomplete / sizeof *incomplete);
    tcase_add_loop_test(tcase, ends_wrong, 0, sizeof hopeless / sizeof *hopeless);
    tcase_add_loop_test(tcase, deep_nesting, 0, sizeof deep / sizeof *deep);
    tcase_add_test(tcase, brackets_allowed);
    tcase_add_loop_test(tcase, memory_runs_out, 0, 5);
    tcase_add_test(tcase, names);
    tcase_add_loop_test(tcase, site_names, 0, sizeof sites / sizeof *sites);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
