/* Scopes, slots, cells, captures; the subscript rule; jumps; whose value is used. */
#include <check.h>

#include "tests/describe.h"
#include "tests/parsing.h"

typedef struct PlaceCase {
    const char *text, *tree;
} PlaceCase;

/* name.G global, name.L2 slot 2, name.C2 slot 2 holds a cell, name.K0 captured; <z.L2 to z.L0 at 0 up drawn> is what a
   plate lifts: the element's variable, the one outside, its position, whether the plate around lifts it too and whether
   only obs names it; (elem/3 …) is used at the indices of subscripts 0 and 1. */
static const PlaceCase cases[] = {
    {"x = 1; f = fn(a) { b = a + x; b }",
     "(= x.G 1) (= f.G (fn (a.L0) (do (= b.L1 (+ a.L0 x.G)) b.L1)))"},
    {"fn f(a) { n = 0; fn g() { n + a }; n = 2; g }",
     "(fn f.G (fn (a.C0) (do (= n.C1 0) (fn g.L2 (fn () (do (+ n.K0 a.K1)))) (= n.C1 2) g.L2)))"},
    {"fn f() { fn() { fn() { y }; y = 3 } }",
     "(fn f.G (fn () (do (fn () (do (fn () (do y.K0)) (= y.C0 3))))))"},
    {"fn f() { x = 1; fn() { fn() { x } } }",
     "(fn f.G (fn () (do (= x.C0 1) (fn () (do (fn () (do x.K0)))))))"},
    {"model m(x) { plate d(i in 0..n) { obs x[i] ~ D(mu) } }",
     "(model m.G (fn (x.L0) (do (plate d i.L1 (.. 0 n.G) <x.L2 to x.L0 at 0 drawn> (do (obs yes (elem/1 x.L2 i.L1) "
     "(call D.G mu.G)))))))"},
    {"model m() { plate d(i in 0..n) { z[i] ~ D; w = z[i]; q = w }; sum(z) }",
     "(model m.G (fn () (do (plate d i.L1 (.. 0 n.G) <z.L2 to z.L0 at 0> (do (~ (elem/1 z.L2 i.L1) D.G) (= w.L3 "
     "(elem/1 z.L2 i.L1)) (= q.L4 w.L3))) (call sum.G z.L0))))"},
    {"model m() { plate a(i in I) { plate b(j in J) { z[i, j] ~ D }; s = sum(z[i]) }; z }",
     "(model m.G (fn () (do (plate a i.L1 I.G <z.L2 to z.L0 at 0> (do (plate b j.L4 J.G <z.L5 to z.L2 at 0 up> (do "
     "(~ (elem/3 z.L5 i.L1 j.L4) D.G))) (= s.L3 (call sum.G (elem/1 z.L2 i.L1))))) z.L0)))"},
    {"model m() { plate a(i in I) { plate b(j in J) { z[j, i] ~ D }; z[0, i] }; z }",
     "(model m.G (fn () (do (plate a i.L1 I.G <z.L2 to z.L0 at 1> (do (plate b j.L3 J.G <z.L4 to z.L2 at 0 up> (do "
     "(~ (elem/3 z.L4 j.L3 i.L1) D.G))) (elem/2 z.L2 0 i.L1))) z.L0)))"},
    {"model m() { plate a(i in I) { plate b(j in J) { z[j] ~ D }; s = sum(z) }; z }",
     "(model m.G (fn () (do (plate a i.L0 I.G (do (plate b j.L3 J.G <z.L4 to z.L1 at 0> (do (~ (elem/1 z.L4 j.L3) "
     "D.G))) (= s.L2 (call sum.G z.L1)))) z.G)))"},
    {"plate a(i in I) { z[i] = 1; t = 2; fn() { t + i } }\nz",
     "(plate a i.C0 I.G <z.L1 to z.G at 0> (do (= (elem/1 z.L1 i.C0) 1) (= t.C2 2) (fn () (do (+ t.K0 i.K1))))) z.G"},
    {"model m(y) { plate a(i in I) { for t in 0..T { obs y[i, t] ~ D(y[i, t - 1]) } } }",
     "(model m.G (fn (y.L0) (do (plate a i.L1 I.G <y.L3 to y.L0 at 0 drawn> (do (for t.L2 (.. 0 T.G) (do (obs yes "
     "(elem/1 y.L3 i.L1 t.L2) (call D.G (elem/1 y.L3 i.L1 (- t.L2 1)))))))))))"},
    {"model m(y) { plate a(i in I) { obs y[i] ~ D(mean(y)) } }",
     "(model m.G (fn (y.L0) (do (plate a i.L1 I.G <y.L2 to y.L0 at 0 drawn> (do (obs yes (elem/1 y.L2 i.L1) (call "
     "D.G (call mean.G y.L0))))))))"},
    {"model m(y) { plate a(i in I) { v = y[i]; obs v ~ D; obs y ~ D } }",
     "(model m.G (fn (y.L0) (do (plate a i.L1 I.G (do (= v.L2 (index y.L0 i.L1)) (obs yes v.L2 D.G) (obs no y.L0 "
     "D.G))))))"},
    {"model m() { plate a(i in I) { z[0] ~ D; for t in 1..T { z[t] ~ D(z[t - 1]) } } }",
     "(model m.G (fn () (do (plate a i.L0 I.G (do (~ (index z.L2 0) D.G) (for t.L1 (.. 1 T.G) (do (~ (index z.L2 "
     "t.L1) (call D.G (index z.L2 (- t.L1 1)))))))))))"},
    {"handler h(p) { n = 0; on sample(s) { n = n + 1; k = s; fn() { n } }; after param(s) { p = 3 } }",
     "(handler h.G (fn (p.C0) (do (= n.C1 0))) (on sample (s.L0) (do (= n.K0 (+ n.K0 1)) (= k.L1 s.L0) (fn () (do "
     "n.K0)))) (after param (s.L0) (do (= p.K0 3))))"},
    {"model m() { mu ~ D }; guide m() { param a = 1; mu ~ D(a) }",
     "(model m.G (fn () (do (~ mu.L0 D.G)))) (guide m.G (fn () (do (param a.L0 1) (~ mu.L1 (call D.G a.L0)))))"},
    {"fn f() { model m() { 1 }; guide m() { 2 }; m }",
     "(fn f.G (fn () (do (model m.L0 (fn () (do 1))) (guide m.L0 (fn () (do 2))) m.L0)))"},
    {"fn f() { guide m() { 2 } }",
     "(fn f.G (fn () (do (guide m.G (fn () (do 2))))))"},
    {"fn f(a, b = a + c, d = fn() { a }) { c = 3 }",
     "(fn f.G (fn (a.C0 b.L1=(+ a.C0 c.L3) d.L2=(fn () (do a.K0))) (do (= c.L3 3))))"},
    {"model m(y) { plate a(i in I) { plate b(j in J) { obs y[i, j] ~ D } } }",
     "(model m.G (fn (y.L0) (do (plate a i.L1 I.G <y.L2 to y.L0 at 0 drawn> (do (plate b j.L3 J.G <y.L4 to y.L2 at "
     "0 up drawn> (do (obs yes (elem/3 y.L4 i.L1 j.L3) D.G))))))))"},
    {"model m(y) { fn() { obs y ~ D } }",
     "(model m.G (fn (y.C0) (do (fn () (do (obs no y.K0 D.G))))))"},
    {"x = plate a(i in I) { plate b(j in J) { i + j } }",
     "(= x.G (plate a i.L0 I.G (do (plate b j.L1 J.G (do (+ i.L0 j.L1))))))"},
    {"model m() { plate a(i in I) { param s = 1; param m[i] = 0; z[i] ~ D(m[i], s) } }",
     "(model m.G (fn () (do (plate a i.L2 I.G <m.L4 to m.L0 at 0> <z.L5 to z.L1 at 0> (do (param s.L3 1) (param "
     "(elem/1 m.L4 i.L2) 0) (~ (elem/1 z.L5 i.L2) (call D.G (elem/1 m.L4 i.L2) s.L3)))))))"},
    {"model m() { plate a(i in I) { plate b(j in J) { plate c(k in K) { z[i, j, k] ~ D }; w[j] = 1 } } }",
     "(model m.G (fn () (do (plate a i.L1 I.G <z.L2 to z.L0 at 0> (do (plate b j.L4 J.G <z.L5 to z.L2 at 0 up> "
     "<w.L6 to w.L3 at 0> (do (plate c k.L7 K.G <z.L8 to z.L5 at 0 up> (do (~ (elem/7 z.L8 i.L1 j.L4 k.L7) D.G))) "
     "(= (elem/1 w.L6 j.L4) 1))))))))"},
    {"model m(d) { plate a(i in I) { obs d.y[i] ~ D(d.x[i]) } }",
     "(model m.G (fn (d.L0) (do (plate a i.L1 I.G (do (obs no (index (. d.L0 y) i.L1) (call D.G (index (. d.L0 x) "
     "i.L1))))))))"},
    {"model m() { plate a(i in I) { r[i].mu = 1; t = r[i].mu } }",
     "(model m.G (fn () (do (plate a i.L1 I.G <r.L2 to r.L0 at 0> (do (= (. (elem/1 r.L2 i.L1) mu) 1) (= t.L3 (. "
     "(elem/1 r.L2 i.L1) mu)))))))"},
    {"for t in 0..3 { u = t }; t + u",
     "(for t.G (.. 0 3) (do (= u.G t.G))) (+ t.G u.G)"},
    {"fn f(x) { if x > 0 { y = 1 } else { y = 2 }; for k in 0..y { z = k }; z }",
     "(fn f.G (fn (x.L0) (do (if (> x.L0 0) (do (= y.L1 1)) (do (= y.L1 2))) (for k.L2 (.. 0 y.L1) (do (= z.L3 "
     "k.L2))) z.L3)))"},
    {"fn f() { fn g() { g() }; g() }",
     "(fn f.G (fn () (do (fn g.C0 (fn () (do (call g.K0)))) (call g.C0))))"},
    {"fn f() { plate a(i in I) { plate b(j in J) { fn() { i + j } } } }",
     "(fn f.G (fn () (do (plate a i.C0 I.G (do (plate b j.C1 J.G (do (fn () (do (+ i.K0 j.K1))))))))))"},
    {"plate a(i in I) { fn() { fn() { i } } }",
     "(plate a i.C0 I.G (do (fn () (do (fn () (do i.K0))))))"},
    {"y = [1]; plate a(i in I) { obs y[i] ~ D }",
     "(= y.G (list 1)) (plate a i.L0 I.G <y.L1 to y.G at 0 drawn> (do (obs yes (elem/1 y.L1 i.L0) D.G)))"},
    {"plate a(i in I) { obs y[i] ~ D }",
     "(plate a i.L0 I.G (do (obs no (index y.G i.L0) D.G)))"},
    {"handler h() { fn step() { n }; n = 0; on sample(s) { step() } }",
     "(handler h.G (fn () (do (fn step.C0 (fn () (do n.K0))) (= n.C1 0))) (on sample (s.L0) (do (call step.K0))))"},
    {"model m() { plate a(i in I) { z = 1; plate b(j in J) { w[j] = z }; obs w[0] ~ D; q = sum(w) } }",
     "(model m.G (fn () (do (plate a i.L0 I.G (do (= z.L1 1) (plate b j.L4 J.G <w.L5 to w.L2 at 0> (do (= (elem/1 "
     "w.L5 j.L4) z.L1))) (obs yes (index w.L2 0) D.G) (= q.L3 (call sum.G w.L2)))))))"},
    {"model m(y) { plate a(i in I) { plate b(j in J) { obs y[i, j] ~ D }; y[i] = 0 } }",
     "(model m.G (fn (y.L0) (do (plate a i.L1 I.G <y.L2 to y.L0 at 0> (do (plate b j.L3 J.G <y.L4 to y.L2 at 0 up "
     "drawn> (do (obs yes (elem/3 y.L4 i.L1 j.L3) D.G))) (= (elem/1 y.L2 i.L1) 0))))))"},
};

START_TEST(places) {
    Parsing *p = parsing_new(cases[_i].text);
    Description *d = malloc(sizeof *d);
    ck_assert_msg(p->status == PARSE_OK, "%s\n%s", cases[_i].text, p->rendered);
    ck_assert_str_eq(describe_chunk(d, p->chunk, true), cases[_i].tree);
    free(d);
    parsing_free(p);
}
END_TEST

typedef struct MistakeCase {
    const char *text, *kinds, *place;
} MistakeCase;

static const MistakeCase mistakes[] = {
    {"plate a(i in I) { plate b(j in J) { z[i] ~ D } }", "missing-plate-index", "1:37"},
    {"plate a(i in I) { plate b(j in J) { plate c(k in K) { z[i, k] = 1 } } }", "missing-plate-index", "1:55"},
    {"model m(y) { plate a(i in I) { plate b(j in J) { obs y[i] ~ D } } }", "missing-plate-index", "1:54"},
    {"model m() { plate a(j in J) { theta[j] ~ D; theta[j + 1] = 2 } }", "plate-target", "1:45"},
    {"model m() { plate a(j in J) { theta[j + 1] = 2 } }", "plate-target", "1:31"},
    {"model m(x) { plate a(j in J) { x[0] = 2 } }", "plate-target", "1:32"},
    {"model m(r) { plate a(j in J) { r.a = 2 } }", "plate-target", "1:32"},
    {"x = [1]; plate a(j in J) { x[0] = 2 }", "plate-target", "1:28"},
    {"plate a(j in J) { x = 1; plate b(k in K) { x[0] = 2 } }", "plate-target", "1:44"},
    {"model m() { plate a(j in J) { z[j] ~ D; s = sum(z) } }", "element-only", "1:49"},
    {"model m() { plate a(j in J) { z[j] ~ D(z[j - 1]) } }", "element-only", "1:40"},
    {"model m() { plate a(j in J) { z[j] ~ D; f = fn() { z[j] } } }", "element-only", "1:52"},
    {"model m() { plate a(j in J) { z[j] ~ D; z = 3 } }", "element-only", "1:41"},
    {"model m() { plate a(j in J) { z = 3; z[j] ~ D } }", "element-only", "1:38"},
    {"plate a(i in I) { v = [1, 2]; v[0] = 3; v[i] = 4 }", "element-only", "1:41"},
    {"model m() { plate a(j in J) { z[j, 0] = 1; z[0, j] = 1 } }", "element-only", "1:44"},
    {"model m() { plate a(j in J) { z[0, j] = 1; x = z[j, 0] } }", "element-only", "1:48"},
    {"model m() { plate a(i in I) { plate b(j in J) { z[i, j] ~ D; x = z[i] } } }", "element-only", "1:66"},
    {"total = 0\nplate a(j in J) { total = total + x[j] }", "outer-variable", "2:27"},
    {"fn f() { n = 0; plate a(j in J) { y = n; n = 1 } }", "outer-variable", "1:39"},
    {"fn f(n) { plate a(j in J) { plate b(k in K) { n = n + 1 } } }", "outer-variable", "1:51"},
    {"fn f(n) { plate a(j in J) { n ~ D(n) } }", "outer-variable", "1:35"},
    {"n = 0; model m() { plate a(j in J) { n = n + 1 } }", "outer-variable", "1:42"},
    {"plate a(j in J) { j = 1 }", "bad-target", "1:19"},
    {"plate a(j in J) { for j in 0..3 { } }", "bad-target", "1:23"},
    {"plate a(i in I) { plate b(j in J) { i ~ D } }", "bad-target", "1:37"},
    {"fn f() { plate a(j in J) { return 1 } }", "crosses-plate", "1:28"},
    {"fn f() { plate a(j in J) { if x { return } } }", "crosses-plate", "1:35"},
    {"for t in T { plate a(j in J) { break } }", "crosses-plate", "1:32"},
    {"while c { plate a(j in J) { plate b(k in K) { continue } } }", "crosses-plate", "1:47"},
    {"return 1", "return-outside-function", "1:1"},
    {"if a { return 1 }", "return-outside-function", "1:8"},
    {"plate a(j in J) { return 1 }", "return-outside-function", "1:19"},
    {"handler h() { return 1 }", "return-outside-function", "1:15"},
    {"break", "break-outside-loop", "1:1"},
    {"plate a(j in J) { continue }", "break-outside-loop", "1:19"},
    {"for t in T { f = fn() { break } }", "break-outside-loop", "1:25"},
    {"while c { with h { fn f() { continue } } }", "break-outside-loop", "1:29"},
};

START_TEST(mistake) {
    const MistakeCase *c = &mistakes[_i];
    Parsing *p = parsing_new(c->text);
    char place[40];
    snprintf(place, sizeof place, "test.ppl:%s: ", c->place);
    ck_assert_msg(p->status == PARSE_ERRORS && strcmp(p->kinds, c->kinds) == 0, "%s\n%s", c->text, p->rendered);
    ck_assert_msg(strncmp(p->rendered, place, strlen(place)) == 0, "%s\n%s", c->text, p->rendered);
    parsing_end(p);
    ck_assert_int_eq(p->blocks, 0);
    free(p);
}
END_TEST

/* These look like the mistakes above and are none. */
static const char *const fine[] = {
    "fn f(n) { plate a(j in J) { n = 1; m = n } }",
    "fn f() { plate a(j in J) { y = n; n = 1 } }",
    "fn f(n) { plate a(j in J) { k = n } }",
    "fn f(n) { plate a(j in J) { g = fn() { n }; n = 1 } }",
    "fn f(x) { plate a(j in J) { x[j] = 2 * x[j] } }",
    "plate a(j in J) { for t in T { break } }",
    "fn f() { plate a(j in J) { g = fn() { return 1 } } }",
    "handler h() { on sample(s) { return } }",
    "while c { with h { break } }",
    "plate a(i in I) { plate b(i in J) { z[i] = 1 } }",
    "model m(y) { plate a(i in I) { obs y[i] ~ D(y[i - 1], sum(y), fn() { y[i] }) } }",
    "plate a(i in I) { v = [1, 2]; v[0] = 3; v[0] = v[1] }",
    "fn f(x) { x[0] = 1; r = {a: 1}; r.a = 2; r.b.c = 3 }",
};

START_TEST(no_mistake) {
    Parsing *p = parsing_new(fine[_i]);
    ck_assert_msg(p->status == PARSE_OK, "%s\n%s", fine[_i], p->rendered);
    parsing_free(p);
}
END_TEST

static Node *statement(Parsing *p, uint32_t i) {
    return p->chunk->main->body->as.list.items[i];
}

START_TEST(frames) {
    Parsing *p = parsing_new("fn f(a, b) {\n"
                             "    c = 1\n"
                             "    plate p(i in b) { z[i] = c; w = i; plate q(j in w) { v = j; g = fn() { v + a + w } } }\n"
                             "    fn() { a + c }\n"
                             "}\n"
                             "k = 1\nprint(k, f)\n");
    static const char *const names[] = {"a", "b", "c", "z", "i", "z", "w", "j", "v", "g"};
    ck_assert_msg(p->status == PARSE_OK, "%s", p->rendered);
    Function *f = statement(p, 0)->as.define.function;
    ck_assert_ptr_eq(f->parent, p->chunk->main);
    ck_assert_ptr_null(p->chunk->main->parent);
    ck_assert_uint_eq(f->n_slots, 10);
    for (uint32_t i = 0; i < 10; i++) ck_assert_str_eq(f->slot_names[i]->text, names[i]);
    ck_assert_uint_eq(f->n_cells, 2); /* a and c */
    ck_assert(f->cells[0] == 0 && f->cells[1] == 2);
    Node *outer = f->body->as.list.items[1], *inner = outer->as.plate.body->as.list.items[2];
    ck_assert(outer->as.plate.first_slot == 4 && outer->as.plate.n_slots == 3);
    ck_assert(outer->as.plate.n_cells == 1 && outer->as.plate.cells[0] == 6);
    ck_assert(inner->as.plate.first_slot == 7 && inner->as.plate.n_slots == 3);
    ck_assert(inner->as.plate.n_cells == 1 && inner->as.plate.cells[0] == 8);
    Function *g = inner->as.plate.body->as.list.items[1]->as.assign.value->as.function;
    ck_assert_uint_eq(g->n_captures, 3);
    static const uint32_t slots[] = {8, 0, 6};
    for (int i = 0; i < 3; i++) ck_assert(g->captures[i].from_frame && g->captures[i].index == slots[i]);
    ck_assert_ptr_eq(g->parent, f);
    /* Globals: f, k are assigned here; print is not. */
    ck_assert_uint_eq(p->chunk->n_globals, 3);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert(p->chunk->global_assigned[i] == (strcmp(p->chunk->globals[i]->text, "print") != 0));
    ck_assert_uint_eq(p->chunk->main->n_slots, 0);
    parsing_free(p);
}
END_TEST

/* A capture that comes from two functions further out. */
START_TEST(capture_chain) {
    Parsing *p = parsing_new("fn f(a) { fn(b) { fn(c) { a + b + c } } }");
    Function *f = statement(p, 0)->as.define.function;
    Function *g = f->body->as.list.items[0]->as.function, *h = g->body->as.list.items[0]->as.function;
    ck_assert(g->n_captures == 1 && g->captures[0].from_frame && g->captures[0].index == 0);
    ck_assert(h->n_captures == 2 && !h->captures[0].from_frame && h->captures[0].index == 0);
    ck_assert(h->captures[1].from_frame && h->captures[1].index == 0);
    parsing_free(p);
}
END_TEST

/* Everything that resolution fills in for one chunk is undone for none: the scratch field is clean. */
static void assert_clean(void *user, Node *node) {
    (void)user;
    ck_assert_uint_eq(node->cache, 0);
    tree_children(node, assert_clean, NULL);
}

START_TEST(cache_is_clean) {
    Parsing *p = parsing_new("x = 1 + 2 * f(3, [4, {a: 5}])\nfor t in 0..3 { if t { x } else { plate p(i in x) { y[i] ~ D } } }");
    assert_clean(NULL, p->chunk->main->body);
    parsing_free(p);
}
END_TEST

typedef struct UsedCase {
    const char *text, *flags; /* of the statements of all blocks, in the order of the text */
} UsedCase;

static const UsedCase used[] = {
    {"f()", "-"},
    {"f(); g()", "--"},
    {"x = if a { b(); c() } else { d() }", "--++"},
    {"if a { b() } else { c() }", "---"},
    {"x = for t in T { f(); g() }", "--+"},
    {"for t in T { f(); g() }", "---"},
    {"while c { f() }", "--"},
    {"x = while c { f() }", "-+"},
    {"with h { f(); g() }", "---"},
    {"x = with h { f(); g() }", "--+"},
    {"plate p(i in I) { f() }", "--"},
    {"print(plate p(i in I) { f() })", "-+"},
    {"fn k() { f(); g() }", "--+"},
    {"fn k() { for t in T { f() } }", "-++"},
    {"fn k() { for t in T { f() }; g() }", "---+"},
    {"fn k() { if a { for t in T { f() } } }", "-+++"},
    {"fn k() { return if a { f() } }", "-++"},
    {"handler h() { f(); on sample(s) { g(); h() } }", "----"},
    {"if a { x = fn() { f() } }", "--+"},
};

typedef struct Flags {
    char text[100];
    size_t length;
} Flags;

static void collect_flags(void *user, Node *node);

static void collect_function(void *user, Function *function) {
    collect_flags(user, function->body);
}

static void collect_flags(void *user, Node *node) {
    Flags *flags = user;
    if (node->kind == NODE_BLOCK) {
        for (uint32_t i = 0; i < node->as.list.count; i++) {
            flags->text[flags->length++] = node->as.list.items[i]->used ? '+' : '-';
            collect_flags(flags, node->as.list.items[i]);
        }
        return;
    }
    tree_children(node, collect_flags, flags);
    tree_functions(node, collect_function, flags);
}

START_TEST(used_flags) {
    Parsing *p = parsing_new(used[_i].text);
    Flags flags = {.length = 0};
    collect_flags(&flags, p->chunk->main->body);
    ck_assert_str_eq(flags.text, used[_i].flags);
    ck_assert_str_eq(p->kinds, "");
    parsing_free(p);
}
END_TEST

typedef struct UnusedCase {
    const char *text;
    unsigned script, interactive; /* warnings */
} UnusedCase;

static const UnusedCase unused[] = {
    {"x", 1, 0},
    {"a = 1\n- a", 1, 0},
    {"x == 3", 1, 0},
    {"\"note\"", 1, 0},
    {"x.y[0] + 1; [1, 2]", 2, 0},
    {"f(x)", 0, 0},
    {"x + f(x)", 0, 0},
    {"if a { b }", 1, 0},
    {"fn g() { b; c }", 1, 1},
    {"fn g() { c }", 0, 0},
    {"for t in T { t }", 1, 0},
    {"x = for t in T { t }", 0, 0},
    {"plate p(i in I) { i }", 1, 0},
    {"fn() { 1 }", 1, 0},
    {"handler h() { 1; on sample(s) { 2 } }", 2, 2},
    {"x = if a { b; c }", 1, 1},
};

START_TEST(unused_values) {
    for (int interactive = 0; interactive < 2; interactive++) {
        Parsing *p = calloc(1, sizeof *p);
        p->interactive = interactive;
        parsing_run(p, unused[_i].text, strlen(unused[_i].text));
        ck_assert_int_eq(p->status, PARSE_OK);
        ck_assert_msg(p->warnings == (interactive ? unused[_i].interactive : unused[_i].script), "%s\n%s", unused[_i].text,
                      p->rendered);
        parsing_free(p);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("resolve");
    TCase *tcase = tcase_create("resolve");
    tcase_add_loop_test(tcase, places, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tcase, mistake, 0, sizeof mistakes / sizeof *mistakes);
    tcase_add_loop_test(tcase, no_mistake, 0, sizeof fine / sizeof *fine);
    tcase_add_test(tcase, frames);
    tcase_add_test(tcase, capture_chain);
    tcase_add_test(tcase, cache_is_clean);
    tcase_add_loop_test(tcase, used_flags, 0, sizeof used / sizeof *used);
    tcase_add_loop_test(tcase, unused_values, 0, sizeof unused / sizeof *unused);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
