/* SPDX-License-Identifier: GPL-3.0-or-later
   The protected call: it restores every mark of the state, also when calls nest. */
#include "runtime/gc.h"
#include "runtime/mask.h"
#include "runtime/message.h"
#include "runtime/text.h"
#include "runtime/trace.h"
#include "tests/session.h"

static Session *s;
static State *S;

static void open_session(void) {
    s = session_new(true);
    S = s->state;
}

static void close_session(void) { session_close(s); }

/* Moves every mark that there is, as running programs do, and then raises. */
static void move_all(State *state) {
    stack_push(state, value_number(1));
    stack_push(state, value_object(string_of(state, "held")));
    entry_begin(state);
    char name[20];
    for (size_t k = 0; k < 2; k++) {
        snprintf(name, sizeof name, "plate%u", (unsigned)state->n_plates);
        plate_enter(state, string_of(state, name), 3 + k);
    }
    state->mask = mask_full(state);
    state->depth += 7;
    state->run = ++state->last_run;
    state->random.seed = 99;
    state->random.step += 5;
    state->random.draws += 5;
    state->random.initial++;
    state->silent = true;
    state->signal = SIGNAL_OFF;
    MEMORY_GROW(state, state->handlers, state->n_handlers, state->handler_capacity);
    state->handlers[state->n_handlers++] = (HandlerFrame){.row = &handler_trace, .state = value_none()};
    text_append(state, "half a text", 11);
}

static void raise_after_moving(State *state, void *argument) {
    const char *kind = argument;
    move_all(state);
    if (!state->tape.recording) tape_begin(state);
    tape_leaf(state, layout_scalar(state));
    error_raise(state, kind, error_text(state, "advice %d", 7), "message %d of '%s'", 5, "it");
}

START_TEST(every_mark_is_restored) {
    RandomState before = S->random;
    uint64_t run = S->run;
    for (int k = 0; k < 3; k++) {
        ck_assert(!error_protect(S, raise_after_moving, "assertion"));
        session_is_at_rest(s);
        ck_assert(memcmp(&before, &S->random, sizeof before) == 0);
        ck_assert_uint_eq(S->run, run);
        ck_assert_str_eq(S->error.diagnostic.kind, "assertion");
        ck_assert_str_eq(S->error.diagnostic.message, "message 5 of 'it'");
        ck_assert_str_eq(S->error.diagnostic.advice, "advice 7");
        ck_assert_str_eq(S->error.calls, "  under trace\n");
        gc_collect(S);
    }
    session_check(s, &(Program){"print(1 + 1)", "2"});
}
END_TEST

static void raise_inside(State *state, void *argument) {
    size_t top = state->top;
    uint32_t plates = state->n_plates, handlers = state->n_handlers;
    move_all(state);
    top += 2;
    const Layout *lanes = state->lanes;
    Array *mask = state->mask;
    size_t text = state->text_used;
    RandomState random = state->random;
    ck_assert(!error_protect(state, raise_after_moving, "inner-kind"));
    ck_assert_uint_eq(state->top, top);
    ck_assert_uint_eq(state->n_plates, plates + 2);
    ck_assert_uint_eq(state->n_handlers, handlers + 1);
    ck_assert_ptr_eq(state->lanes, lanes);
    ck_assert_ptr_eq(state->mask, mask);
    ck_assert_uint_eq(state->text_used, text);
    ck_assert(memcmp(&random, &state->random, sizeof random) == 0);
    ck_assert(state->silent && state->signal == SIGNAL_OFF);
    if (argument) error_again(state);
}

START_TEST(calls_nest) {
    ck_assert(!error_protect(S, raise_inside, "again"));
    session_is_at_rest(s);
    ck_assert_str_eq(S->error.diagnostic.kind, "inner-kind");
}
END_TEST

static void recording_outside(State *state, void *argument) {
    (void)argument;
    tape_begin(state);
    Value leaf = value_dual(3, tape_leaf(state, layout_scalar(state)));
    ck_assert(error_protect(state, raise_inside, NULL));
    state->n_plates = 0;
    plate_update_lanes(state);
    state->n_handlers = 0;
    ck_assert(state->tape.recording);
    ck_assert(tape_has(state, leaf)); /* an error that is caught inside of a gradient leaves the gradient alone */
    error_raise(state, "assertion", NULL, "end");
}

START_TEST(a_tape_outside_goes_on) {
    ck_assert(!error_protect(S, recording_outside, NULL));
    session_is_at_rest(s);
}
END_TEST

static void nothing(State *state, void *argument) {
    stack_push(state, value_none());
    *(bool *)argument = true;
}

START_TEST(success_changes_nothing) {
    bool ran = false;
    ck_assert(error_protect(S, nothing, &ran));
    ck_assert(ran);
    ck_assert_uint_eq(S->top, 1); /* what was done stays done */
    stack_pop(S, 1);
    session_is_at_rest(s);
}
END_TEST

static void raise_long(State *state, void *argument) {
    (void)argument;
    char *text = malloc(10001);
    memset(text, 'x', 10000);
    text[10000] = '\0';
    State *volatile keep = state;
    stack_push(keep, value_object(string_of(keep, text)));
    const char *interned = keep->stack[keep->top - 1].as.string->text;
    free(text);
    error_raise(keep, "assertion", interned, "%s", interned);
}

START_TEST(long_texts_are_cut) {
    ck_assert(!error_protect(S, raise_long, NULL));
    ck_assert_uint_gt(strlen(S->error.diagnostic.message), 100);
    ck_assert_uint_lt(strlen(S->error.diagnostic.message), 10000);
    ck_assert_uint_lt(strlen(S->error.diagnostic.advice), 10000);
}
END_TEST

static void no_memory(State *state, void *argument) {
    (void)argument;
    move_all(state);
    error_no_memory(state);
}

START_TEST(out_of_memory_asks_for_none) {
    long requests = 0;
    ck_assert(!error_protect(S, no_memory, NULL));
    session_is_at_rest(s);
    requests = s->requests;
    s->fail_at = s->requests + 1;
    s->fail_on = true;
    jmp_buf here, *before = S->protect;
    S->protect = &here;
    if (setjmp(here) == 0) error_no_memory(S);
    S->protect = before;
    s->fail_at = 0;
    ck_assert_int_eq(s->requests, requests);
    ck_assert(S->error.no_memory);
    ck_assert_str_eq(S->error.diagnostic.kind, "out-of-memory");
}
END_TEST

/* The calls and handlers that were active are shown below the message. */
static const char *const shown[][2] = {
    {"fn f_(x_) { x_ + \"a\" }\nfn g_(x_) { f_(x_) }\ng_(1)", "  in function 'f_', called at test.ppl:2:13\n  in function 'g_', called at test.ppl:3:1\n"},
    {"model m_() { 1 + \"a\" }\ntrace(seed(m_, 1))()", "  in model 'm_', called at test.ppl:2:1\n  under seed trace\n"},
    {"model m_() { 1 + \"a\" }\nf_ = m_\nfor k_ in 0..9 { f_ = seed(f_, k_) }\nf_()",
     "  in model 'm_', called at test.ppl:4:1\n  under seed seed seed seed seed seed …\n"},
    {"guide m_() { 1 + \"a\" }\nmodel m_() { 1 }\nm_.guide()", "  in guide 'm_', called at test.ppl:3:1\n"},
    {"map(fn(x_) { x_ + 1 }, [\"a\"])", "  in function 'fn', called at test.ppl:1:1\n"},
};

START_TEST(active_calls_are_shown) {
    ck_assert_int_eq(session_run(s, shown[_i][0]), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, shown[_i][1]), "%s\nreports\n%s\nwithout\n%s", shown[_i][0], s->reports, shown[_i][1]);
}
END_TEST

START_TEST(warnings_come_once) {
    ck_assert_int_eq(session_run(s, "for k_ in 0..5 { x_ = k_ }\n- k_"), ELBO_OK);
    const char *first = strstr(s->reports, "[unused-value]");
    ck_assert(first && !strstr(first + 1, "[unused-value]"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("protected calls");
    tcase_add_checked_fixture(tests, open_session, close_session);
    tcase_add_test(tests, every_mark_is_restored);
    tcase_add_test(tests, calls_nest);
    tcase_add_test(tests, a_tape_outside_goes_on);
    tcase_add_test(tests, success_changes_nothing);
    tcase_add_test(tests, long_texts_are_cut);
    tcase_add_test(tests, out_of_memory_asks_for_none);
    tcase_add_loop_test(tests, active_calls_are_shown, 0, sizeof shown / sizeof *shown);
    tcase_add_test(tests, warnings_come_once);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
