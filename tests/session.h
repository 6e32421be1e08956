/* What the tests of the running interpreter share: an interpreter with everything that it prints and reports kept, with
   memory that is counted and can be told to run out, and tables of programs with what they print. */
#ifndef ELBO_TESTS_SESSION_H
#define ELBO_TESTS_SESSION_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elbo.h"
#include "runtime/state.h"

typedef struct Session {
    elbo_State *state;
    char out[1 << 16], reports[1 << 16];
    size_t out_length, reports_length;
    long blocks;        /* of the host, not freed yet */
    long requests;      /* asked for so far */
    long fail_at;       /* this one fails; 0: none */
    bool fail_on;       /* and all after it */
    bool collect_often; /* each request makes the next safe point collect: for sessions without pools */
} Session;

static inline void *session_allocate(void *user, void *block, size_t old_size, size_t new_size) {
    Session *s = user;
    (void)old_size;
    if (new_size == 0) {
        if (block) s->blocks--;
        free(block);
        return NULL;
    }
    if (++s->requests == s->fail_at || (s->fail_on && s->fail_at && s->requests > s->fail_at)) return NULL;
    if (s->collect_often && s->state) s->state->gc_threshold = 0;
    void *bigger = realloc(block, new_size);
    if (!block) s->blocks++;
    return bigger;
}

static inline void session_keep(char *text, size_t size, size_t *used, const char *more, size_t length) {
    if (length > size - 1 - *used) length = size - 1 - *used;
    memcpy(text + *used, more, length);
    *used += length;
    text[*used] = '\0';
}

static inline void session_print(void *user, const char *text, size_t length) {
    Session *s = user;
    session_keep(s->out, sizeof s->out, &s->out_length, text, length);
}

static inline void session_report(void *user, const char *text, size_t length) {
    Session *s = user;
    session_keep(s->reports, sizeof s->reports, &s->reports_length, text, length);
}

static inline void session_clear(Session *s) {
    s->out_length = s->reports_length = 0;
    s->out[0] = s->reports[0] = '\0';
}

static inline elbo_Options session_options(Session *s, bool no_pools) {
    return (elbo_Options){.allocate = session_allocate, .print = session_print, .report = session_report, .user = s,
                          .no_pools = no_pools};
}

/* To be closed by session_close. */
static inline Session *session_new(bool no_pools) {
    Session *s = calloc(1, sizeof *s);
    elbo_Options options = session_options(s, no_pools);
    s->state = elbo_open(&options);
    ck_assert_ptr_nonnull(s->state);
    return s;
}

static inline void session_close(Session *s) {
    elbo_State *state = s->state;
    s->state = NULL;
    elbo_close(state);
    ck_assert_int_eq(s->blocks, 0);
    free(s);
}

static inline elbo_Status session_run(Session *s, const char *text) {
    session_clear(s);
    return elbo_run(s->state, "test.ppl", text, strlen(text));
}

/* Whether anything was reported but what holds of most small programs: that they are without latents, data or params. */
static inline bool session_complains(const Session *s) {
    static const char *const small[] = {"[no-latents]\n", "[no-observations]\n", "[guide-without-params]\n"};
    long reports = strstr(s->reports, "error: ") != NULL;
    for (const char *at = s->reports; (at = strstr(at, ": warning: ")); at++) reports++;
    for (unsigned k = 0; k < sizeof small / sizeof *small; k++)
        for (const char *at = s->reports; (at = strstr(at, small[k])); at++) reports--;
    return reports != 0 || (s->reports_length && !strstr(s->reports, ": warning: "));
}

/* Runs a program that must succeed, without a warning. */
static inline void session_must(Session *s, const char *text) {
    elbo_Status status = session_run(s, text);
    ck_assert_msg(status == ELBO_OK && !session_complains(s), "%s\n%s", text, s->reports);
}

static inline double session_number(Session *s, const char *variable) {
    double x = 0;
    ck_assert_msg(elbo_get_number(s->state, variable, &x), "there is no number %s", variable);
    return x;
}

/* What every run must leave as it was. */
static inline void session_is_at_rest(const Session *s) {
    const State *S = s->state;
    ck_assert_uint_eq(S->top, 0);
    ck_assert_ptr_null(S->frame);
    ck_assert_uint_eq(S->n_plates, 0);
    ck_assert_uint_eq(S->n_handlers, 0);
    ck_assert_uint_eq(S->first_handler, 0);
    ck_assert_ptr_null(S->clause);
    ck_assert_uint_eq(S->depth, 0);
    ck_assert_uint_eq(S->random.entered, 0);
    ck_assert_uint_eq(S->random.initial, 0);
    ck_assert_uint_eq(S->text_used, 0);
    ck_assert_uint_eq(S->run, 0);
    ck_assert_ptr_eq(S->lanes, S->scalar);
    ck_assert_ptr_null(S->mask);
    ck_assert_ptr_null(S->parameters);
    ck_assert_ptr_null(S->protect);
    ck_assert(S->signal == SIGNAL_NONE);
    ck_assert(!S->tape.recording);
    ck_assert(!S->silent);
    ck_assert(!S->gc_held);
}

/* A program and what it prints, without the last line's end. */
typedef struct Program {
    const char *text, *output;
} Program;

static inline void session_check(Session *s, const Program *p) {
    elbo_Status status = session_run(s, p->text);
    ck_assert_msg(status == ELBO_OK && !session_complains(s), "%s\n%s", p->text, s->reports);
    if (s->out_length) s->out[s->out_length - 1] = '\0';
    ck_assert_msg(strcmp(s->out, p->output) == 0, "%s\nprints\n%s\nand not\n%s", p->text, s->out, p->output);
    session_is_at_rest(s);
}

/* As it runs every day; and with a block of its own for each object and a collection at each safe point, which the
   address sanitizer watches. */
static inline void program_check(const Program *p) {
    Session *s = session_new(false);
    session_check(s, p);
    session_close(s);
    s = session_new(true);
    s->collect_often = true;
    session_check(s, p);
    session_close(s);
}

#define PROGRAMS(name)                                                                                                  \
    START_TEST(name) {                                                                                                  \
        program_check(&name##_table[_i]);                                                                               \
    }                                                                                                                   \
    END_TEST

#define ADD_PROGRAMS(suite, name)                                                                                       \
    do {                                                                                                                \
        TCase *name##_case = tcase_create(#name);                                                                       \
        tcase_add_loop_test(name##_case, name, 0, (int)(sizeof name##_table / sizeof *name##_table));                   \
        suite_add_tcase(suite, name##_case);                                                                            \
    } while (0)

static inline int session_run_suite(Suite *suite) {
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
