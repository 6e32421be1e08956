/* SPDX-License-Identifier: GPL-3.0-or-later
   The collector: what can be reached stays, what cannot goes, for each type of object. Sessions without pools give each
   object a block of its own, so that the address sanitizer sees every mistake. */
#include "runtime/gc.h"
#include "tests/session.h"

static Session *s;
static State *S;

static void open_session(void) {
    s = session_new(true);
    S = s->state;
}

static void close_session(void) { session_close(s); }

static size_t objects(void) {
    size_t n = 0;
    for (Object *o = S->objects; o; o = o->next) n++;
    return n;
}

/* Programs whose value keeps objects of each type alive, and what the value is good for after a collection. */
typedef struct Keep {
    const char *make, *use, *output;
} Keep;

static const Keep keeps[] = {
    {"v_ = \"a text of its own {1 + 1}\"", "print(v_)", "a text of its own 2"},
    {"v_ = [1, 2] + 1", "print(v_)", "[2, 3]"},
    {"v_ = [\"a\", [1, \"b\"]]", "print(v_)", "[\"a\", [1, \"b\"]]"},
    {"v_ = {field_one_: [1], field_two_: {inner_: \"x\"}}", "print(v_)", "{field_one_: [1], field_two_: {inner_: \"x\"}}"},
    {"v_ = fn(x_) { x_ + 1 }", "print(v_(1))", "2"},
    {"fn make_(k_) { l_ = [k_, k_]; fn() { l_[0] + k_ } }\nv_ = make_(4)", "print(v_())", "8"},
    {"v_ = Normal([1, 2], [3, 4])", "print(v_, v_.cdf([1, 2]))", "Normal([1, 2], [3, 4]) [0.5, 0.5]"},
    {"v_ = interval(1, 2 + 3)", "print(v_)", "interval(1, 5)"},
    {"v_ = trace(fn() { plate p_(i_ in 0..3) { site_[i_] ~ Delta(i_) }; \"result\" })()", "print(v_.value, v_[\"site_\"], v_.sites.site_.plates)",
     "result [0, 1, 2] [\"p_\"]"},
    {"v_ = trace(fn() { site_ ~ Delta(7) })().sites.site_", "print(v_.value, v_.name, v_.distribution)", "7 site_ Delta(7, 0)"},
    {"v_ = trace(fn(x_) { if true { for k_ in 0..20 { z_[k_] ~ Delta(k_) } } })(1)", "print(v_[\"z_\"][19], log_prob(v_))", "19 0"},
    {"v_ = seed(3)", "with v_ { print(1) }", "1"},
    {"v_ = seed(fn() { 1 + 1 }, 3)", "print(v_())", "2"},
    {"v_ = Adam(lr = 0.5)", "print(v_)", "Adam(lr = 0.5, betas = [0.9, 0.999], eps = 1e-08)"},
    {"model m_(x_) { a_ ~ Normal(0, 1); obs x_ ~ Normal(a_, 1) }\nguide m_(x_) { param k_ = 0.5; param j_: positive = 1; a_ ~ Normal(k_, j_) }\n"
     "v_ = svi(m_, 1, steps = 0)", "print(v_.params, v_.losses, len(v_.history.k_))", "{k_: 0.5, j_: 1} [] 0"},
    {"fn f_() { v_ = []; for k_ in 0..3 { v_[k_] = \"t{k_}\" }; fn() { v_ } }\nv_ = f_()", "print(v_())", "[\"t0\", \"t1\", \"t2\"]"},
    {"model m_() { 1 }\nguide m_() { 2 }\nv_ = m_", "print(v_(), v_.guide())", "1 2"},
};

START_TEST(reachable_stays) {
    session_must(s, keeps[_i].make);
    gc_collect(S);
    gc_collect(S);
    /* What was freed is written over, if anything still points there. */
    session_must(s, "w_ = for k_ in 0..100 { [\"over {k_}\", {a: k_}, [k_, 1], fn() { k_ }] }");
    session_check(s, &(Program){keeps[_i].use, keeps[_i].output});
}
END_TEST

START_TEST(unreachable_goes) {
    session_must(s, "v_ = 0; m_ = 0; make_ = 0; f_ = 0; w_ = 0");
    session_must(s, keeps[_i].make);
    session_run(s, "v_ = 0; m_ = 0; make_ = 0; f_ = 0");
    gc_collect(S);
    size_t before = objects(), bytes = S->memory.in_use;
    for (int k = 0; k < 3; k++) {
        session_must(s, keeps[_i].make);
        ck_assert_uint_gt(objects(), before);
        session_run(s, "v_ = 0; m_ = 0; make_ = 0; f_ = 0");
        gc_collect(S);
        ck_assert_uint_eq(objects(), before);
        ck_assert_uint_eq(S->memory.in_use, bytes);
    }
}
END_TEST

START_TEST(tables_are_swept) {
    gc_collect(S);
    size_t strings = S->n_strings, axes = S->n_axes, layouts = S->n_layouts;
    session_must(s, "for k_ in 0..50 { t_ = \"text number {k_}\"; plate p_(i_ in 0..k_ + 2) { u_ = i_ }; zeros(k_ + 100, k_ + 1) + 1 }; t_ = 0");
    ck_assert_uint_gt(S->n_strings, strings);
    ck_assert_uint_gt(S->n_axes, axes);
    ck_assert_uint_gt(S->n_layouts, layouts);
    session_must(s, "t_ = 0; k_ = 0; i_ = 0; u_ = 0; p_ = 0");
    gc_collect(S);
    strings = S->n_strings;
    /* the plate that ended last keeps its axis and its lanes */
    ck_assert_uint_le(S->n_axes, axes + 1);
    ck_assert_uint_le(S->n_layouts, layouts + 2);
    session_must(s, "t_ = \"once {1}\" == \"once {1}\"\nassert(t_)");
    gc_collect(S);
    ck_assert_uint_le(S->n_strings, strings);
}
END_TEST

START_TEST(cycles_go) {
    gc_collect(S);
    session_must(s, "fn even_(n_) { if n_ == 0 { true } else { odd_(n_ - 1) } }\nfn odd_(n_) { if n_ == 0 { false } else { even_(n_ - 1) } }\n"
                    "fn f_() { g_ = fn(n_) { if n_ == 0 { 0 } else { g_(n_ - 1) } }; h_ = fn() { h_ }; l_ = [g_, h_, \"x\"]; r_ = {me_: fn() { r_ }, l_: l_}; g_(3) }");
    session_must(s, "f_()");
    gc_collect(S);
    size_t before = objects();
    for (int k = 0; k < 10; k++) session_must(s, "f_()");
    gc_collect(S);
    ck_assert_uint_eq(objects(), before);
}
END_TEST

/* The collector may not recurse: nothing is too deep for it. */
START_TEST(deep_lists) {
    List *list = list_new(S, 1);
    stack_push(S, value_object(list));
    for (int k = 0; k < 1000000; k++) {
        List *outer = list_new(S, 1);
        list_append(S, outer, value_object(list));
        S->stack[S->top - 1] = value_object(outer);
        list = outer;
    }
    size_t before = objects();
    gc_collect(S);
    ck_assert_uint_eq(objects(), before);
    stack_pop(S, 1);
    gc_collect(S);
    ck_assert_uint_le(objects(), before - 1000001);
}
END_TEST

START_TEST(the_value_stack_holds) {
    gc_collect(S);
    size_t before = objects();
    for (int k = 0; k < 100; k++) stack_push(S, value_object(list_new(S, 3)));
    list_new(S, 3);
    gc_collect(S);
    ck_assert_uint_eq(objects(), before + 100);
    for (int k = 0; k < 50; k++) list_append(S, S->stack[S->top - 1].as.list, value_number(k));
    stack_pop(S, 100);
    gc_collect(S);
    ck_assert_uint_eq(objects(), before);
}
END_TEST

START_TEST(interned_strings_are_one) {
    String *a = string_of(S, "interned"), *b = string_new(S, "interned!", 8);
    ck_assert_ptr_eq(a, b);
    ck_assert_ptr_ne(a, string_of(S, "interneD"));
    uint64_t hash = a->hash;
    stack_push(S, value_object(a));
    gc_collect(S);
    ck_assert_ptr_eq(string_of(S, "interned"), a);
    stack_pop(S, 1);
    gc_collect(S);
    ck_assert_uint_eq(string_of(S, "interned")->hash, hash); /* names of sites key the random streams */
    for (int k = 0; k < 3000; k++) {
        char text[30];
        snprintf(text, sizeof text, "text %d", k);
        string_of(S, text);
    }
    ck_assert_ptr_eq(string_of(S, "text 77"), string_of(S, "text 77"));
}
END_TEST

START_TEST(a_safe_point_collects_in_time) {
    Session *pooled = session_new(false);
    session_must(pooled, "for k_ in 0..3000 { x_ = zeros(1000) + k_ }");
    ck_assert_uint_lt(pooled->state->memory.in_use, 8u << 20);
    session_close(pooled);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("gc");
    TCase *tests = tcase_create("collections");
    tcase_add_checked_fixture(tests, open_session, close_session);
    tcase_add_loop_test(tests, reachable_stays, 0, sizeof keeps / sizeof *keeps);
    tcase_add_loop_test(tests, unreachable_goes, 0, sizeof keeps / sizeof *keeps);
    tcase_add_test(tests, tables_are_swept);
    tcase_add_test(tests, cycles_go);
    tcase_add_test(tests, deep_lists);
    tcase_add_test(tests, the_value_stack_holds);
    tcase_add_test(tests, interned_strings_are_one);
    tcase_add_test(tests, a_safe_point_collects_in_time);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
