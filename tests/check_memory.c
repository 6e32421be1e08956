/* SPDX-License-Identifier: GPL-3.0-or-later
   The allocator gate: alignment, size classes, that blocks come again, and that everything goes back to the host. */
#include "config.h"

#include "runtime/gc.h"
#include "tests/session.h"

static Session *s;
static State *S;

static void open_pools(void) {
    s = session_new(false);
    S = s->state;
}

static void open_plain(void) {
    s = session_new(true);
    S = s->state;
}

static void close_session(void) { session_close(s); }

static const size_t sizes[] = {0, 1, 15, 16, 17, 48, 63, 64, 65, 100, 127, 128, 129, 1000, 4096, 8191, 8192, 8193, 10000, 100000,
                               1 << 20, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 10 << 20};
enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(blocks_are_aligned_and_apart) {
    enum { EACH = 5 };
    char *blocks[SIZES][EACH];
    size_t before = S->memory.in_use;
    for (size_t k = 0; k < SIZES; k++)
        for (int i = 0; i < EACH; i++) {
            blocks[k][i] = memory_new(S, sizes[k]);
            if (S->memory.pooling) ck_assert_uint_eq((uintptr_t)blocks[k][i] % (sizes[k] >= 64 ? 64 : 16), 0);
            memset(blocks[k][i], (int)(k * EACH + (size_t)i), sizes[k]);
        }
    for (size_t k = 0; k < SIZES; k++)
        for (int i = 0; i < EACH; i++)
            for (size_t at = 0; at < sizes[k]; at += sizes[k] > 1000 ? 997 : 1)
                ck_assert_int_eq((unsigned char)blocks[k][i][at], (int)(k * EACH + (size_t)i));
    for (size_t k = 0; k < SIZES; k++)
        for (int i = 0; i < EACH; i++) memory_free(S, blocks[k][i], sizes[k]);
    ck_assert_uint_eq(S->memory.in_use, before);
}
END_TEST

/* At most a quarter of a block is waste. */
START_TEST(classes_are_near) {
    for (size_t size = 1; size < 4 << 20; size += 1 + size / 7) {
        size_t before = S->memory.in_use;
        void *block = memory_new(S, size);
        size_t taken = S->memory.in_use - before;
        ck_assert_uint_ge(taken, size);
        ck_assert_msg(taken <= size + size / 4 + 64, "%zu bytes take %zu", size, taken);
        memory_free(S, block, size);
    }
}
END_TEST

#ifndef ELBO_NO_POOLS
START_TEST(blocks_come_again) {
    void *blocks[SIZES];
    uint64_t requests = 0;
    for (int turn = 0; turn < 10; turn++) {
        for (size_t k = 0; k < SIZES && sizes[k] <= 4 << 20; k++) blocks[k] = memory_new(S, sizes[k]);
        for (size_t k = 0; k < SIZES && sizes[k] <= 4 << 20; k++) memory_free(S, blocks[k], sizes[k]);
        if (turn) ck_assert_uint_eq(elbo_memory_requests(S), requests);
        requests = elbo_memory_requests(S);
    }
}
END_TEST
#endif

START_TEST(resizing_keeps_the_bytes) {
    size_t before = S->memory.in_use;
    char *block = NULL;
    size_t old = 0;
    for (size_t k = 1; k < SIZES; k++) {
        block = memory_resize(S, block, old, sizes[k]);
        for (size_t at = 0; at < old; at += 1 + old / 50) ck_assert_int_eq(block[at], (char)at);
        for (size_t at = 0; at < sizes[k]; at++) block[at] = (char)at;
        old = sizes[k];
    }
    block = memory_resize(S, block, old, 10);
    for (size_t at = 0; at < 10; at++) ck_assert_int_eq(block[at], (char)at);
    memory_free(S, block, 10);
    memory_free(S, NULL, 10);
    ck_assert_uint_eq(S->memory.in_use, before);
}
END_TEST

START_TEST(trimming_gives_back) {
    if (!S->memory.pooling) return; /* built to have no pools */
    long blocks = s->blocks;
    void *held[20];
    for (int k = 0; k < 20; k++) held[k] = memory_new(S, 100000);
    ck_assert_int_eq(s->blocks, blocks + 20);
    for (int k = 0; k < 20; k++) memory_free(S, held[k], 100000);
    ck_assert_int_eq(s->blocks, blocks + 20);
    ck_assert_uint_ge(S->memory.pooled, 20 * 100000);
    memory_trim(&S->memory);
    ck_assert_int_le(s->blocks, blocks);
    void *again = memory_new(S, 100000);
    memory_free(S, again, 100000);
    void *huge = memory_new(S, 64 << 20);
    blocks = s->blocks;
    memory_free(S, huge, 64 << 20);
    ck_assert_int_eq(s->blocks, blocks - 1); /* large ones go back at once */
}
END_TEST

START_TEST(each_goes_to_the_host) {
    long blocks = s->blocks;
    void *held[10];
    for (int k = 0; k < 10; k++) held[k] = memory_new(S, 24);
    ck_assert_int_eq(s->blocks, blocks + 10);
    for (int k = 0; k < 10; k++) memory_free(S, held[k], 24);
    ck_assert_int_eq(s->blocks, blocks);
}
END_TEST

static void ask_too_much(State *state, void *argument) { *(void **)argument = memory_new(state, SIZE_MAX / 2); }

START_TEST(too_much_is_an_error) {
    void *block = NULL;
    ck_assert_ptr_null(memory_try(S, SIZE_MAX / 2));
    ck_assert_ptr_null(memory_try(S, SIZE_MAX));
    ck_assert(!error_protect(S, ask_too_much, &block));
    ck_assert(S->error.no_memory);
    ck_assert_ptr_null(block);
}
END_TEST

/* What programs make and drop is all found again: in use is as before, after the first runs have filled what stays. */
START_TEST(programs_leave_nothing) {
    static const char program[] =
        "fn f_(n_) { r_ = {a: [n_, 1]}; l_ = [\"s{n_}\", r_, fn() { n_ }]; l_[2]() + sum(r_.a) }\n"
        "for k_ in 0..50 { f_(k_) }\nplate p_(i_ in 0..50) { y_[i_] = i_ ^ 2 }\ny_ = grad(fn(v_) { v_ ^ 2 }, 3)";
    for (int k = 0; k < 3; k++) session_must(s, program);
    gc_collect(S);
    size_t before = elbo_memory_in_use(S);
    for (int k = 0; k < 20; k++) session_must(s, program);
    gc_collect(S);
    ck_assert_uint_eq(elbo_memory_in_use(S), before);
}
END_TEST

static void add_tests(Suite *suite, const char *name, void (*open)(void), bool pools) {
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, open, close_session);
    tcase_add_test(tests, blocks_are_aligned_and_apart);
    tcase_add_test(tests, resizing_keeps_the_bytes);
    tcase_add_test(tests, too_much_is_an_error);
    tcase_add_test(tests, programs_leave_nothing);
    if (pools) {
        tcase_add_test(tests, classes_are_near);
        tcase_add_test(tests, trimming_gives_back);
    } else {
        tcase_add_test(tests, each_goes_to_the_host);
    }
    suite_add_tcase(suite, tests);
}

int main(void) {
    Suite *suite = suite_create("memory");
    add_tests(suite, "pools", open_pools, true);
    add_tests(suite, "no pools", open_plain, false);
#ifndef ELBO_NO_POOLS
    TCase *tests = tcase_create("again");
    tcase_add_checked_fixture(tests, open_pools, close_session);
    tcase_add_test(tests, blocks_come_again);
    suite_add_tcase(suite, tests);
#endif
    return session_run_suite(suite);
}
