/* SPDX-License-Identifier: GPL-3.0-or-later
   Philox against Random123, and the streams' promise: a draw depends on seed, step, site and coordinates, on nothing else. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include <Random123/philox.h>

#include "runtime/philox.h"
#include "runtime/random.h"
#include "tests/lanes.h"

/* kat_vectors of Random123 1.14: philox4x32 10, counter, key, output. */
static const uint32_t known[][10] = {
    {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
     0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
    {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
     0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
    {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
     0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
};

START_TEST(known_answers) {
    uint32_t out[4];
    philox_block(known[_i], known[_i] + 4, out);
    for (int w = 0; w < 4; w++) ck_assert_uint_eq(out[w], known[_i][6 + w]);
}
END_TEST

START_TEST(random123_agrees) {
    PhiloxCounters c;
    philox4x32_ctr_t counter[PHILOX_COUNTERS];
    philox4x32_key_t key = {{0x12345678, 0x9abcdef0}};
    for (uint32_t i = 0; i < PHILOX_COUNTERS; i++)
        for (uint32_t w = 0; w < 4; w++) c.word[w][i] = counter[i].v[w] = i * 2654435761u + w * 40503u + (i << (8 * w));
    philox_rounds(PHILOX_COUNTERS, &c, key.v);
    for (int i = 0; i < PHILOX_COUNTERS; i++) {
        philox4x32_ctr_t out = philox4x32(counter[i], key);
        uint32_t block[4];
        philox_block(counter[i].v, key.v, block);
        for (int w = 0; w < 4; w++) {
            ck_assert_uint_eq(c.word[w][i], out.v[w]);
            ck_assert_uint_eq(block[w], out.v[w]);
        }
    }
}
END_TEST

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
    S->random.seed = 42;
    S->random.step = 7;
}

static void close_state(void) { elbo_close(S); }

/* Standard normals in the plates around, for `components` numbers of one event. The caller frees them. */
static double *normals(const Layout **layout, size_t components) {
    *layout = components == 1 ? S->lanes : layout_with_event(S, S->lanes, 1, (size_t[]){components});
    double *out = aligned_alloc(64, ((*layout)->size * sizeof *out + 63) / 64 * 64);
    random_normal(S, random_key(S, string_of(S, "mu")), *layout, 0, out);
    return out;
}

static void assert_same(double a, double b) { ck_assert_msg(memcmp(&a, &b, sizeof a) == 0, "%.17g is not %.17g", a, b); }

static const size_t counts[] = {1, 2, 5, 8, 9, 100, 1000};

START_TEST(number_of_particles) {
    const Layout *l, *many;
    lanes_enter(S, "particles", 1003, 0);
    double *all = normals(&many, 3);
    lanes_leave_all(S);
    lanes_enter(S, "particles", counts[_i], 0);
    double *some = normals(&l, 3);
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < counts[_i]; i++) assert_same(some[c * l->stride + i], all[c * many->stride + i]);
    free(all);
    free(some);
}
END_TEST

START_TEST(plate_inside_particles) {
    const Layout *l, *alone, *bare;
    lanes_enter(S, "data", 11, 0);
    double *without = normals(&alone, 1);
    lanes_leave_all(S);
    lanes_enter(S, "particles", counts[_i], 0);
    lanes_enter(S, "data", 11, 0);
    double *with = normals(&l, 1);
    for (size_t i = 0; i < 11; i++) assert_same(with[i], without[i]);
    lanes_leave_all(S);
    double *none = normals(&bare, 1);
    lanes_enter(S, "particles", counts[_i], 0);
    double *particles = normals(&l, 1);
    assert_same(none[0], particles[0]);
    free(without);
    free(with);
    free(none);
    free(particles);
}
END_TEST

/* A plate of one element counts as one with coordinate 0. */
START_TEST(plate_of_one) {
    const Layout *l, *narrow;
    lanes_enter(S, "particles", 5, 0);
    lanes_enter(S, "data", 2, 0);
    double *two = normals(&l, 1);
    lanes_leave_all(S);
    lanes_enter(S, "particles", 5, 0);
    lanes_enter(S, "data", 1, 0);
    double *one = normals(&narrow, 1);
    for (size_t i = 0; i < 5; i++) assert_same(one[i], two[i * l->row]);
    free(one);
    free(two);
}
END_TEST

START_TEST(order_of_nesting) {
    const Layout *ab, *ba;
    lanes_enter(S, "a", 3, 0);
    lanes_enter(S, "b", 5, 0);
    lanes_enter(S, "c", 9, 0);
    double *first = normals(&ab, 1);
    lanes_leave_all(S);
    lanes_enter(S, "b", 5, 0);
    lanes_enter(S, "a", 3, 0);
    lanes_enter(S, "c", 9, 0);
    double *second = normals(&ba, 1);
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < 5; b++)
            for (size_t c = 0; c < 9; c++)
                assert_same(first[a * ab->axis_stride[0] + b * ab->axis_stride[1] + c],
                            second[b * ba->axis_stride[0] + a * ba->axis_stride[1] + c]);
    free(first);
    free(second);
}
END_TEST

/* Starts of tiles, odd ones too, of the inner plate and of an outer one. */
START_TEST(tiles) {
    static const size_t starts[] = {0, 1, 2, 7, 8, 30};
    const Layout *whole, *tile;
    lanes_enter(S, "particles", 6, 0);
    lanes_enter(S, "data", 40, 0);
    double *all = normals(&whole, 1);
    lanes_leave_all(S);
    lanes_enter(S, "particles", 4, 2);
    lanes_enter(S, "data", 10, starts[_i]);
    double *part = normals(&tile, 1);
    for (size_t p = 0; p < 4; p++)
        for (size_t i = 0; i < 10; i++) assert_same(part[p * tile->row + i], all[(p + 2) * whole->row + starts[_i] + i]);
    free(all);
    free(part);
}
END_TEST

/* Lanes, draws, sites, steps and seeds do not share numbers. */
START_TEST(no_repeats) {
    enum { N = 4 * 16 * 3 };
    double all[6][N];
    const char *sites[] = {"mu", "sigma"};
    lanes_enter(S, "particles", 4, 0);
    lanes_enter(S, "data", 16, 0);
    const Layout *l = layout_with_event(S, S->lanes, 1, (size_t[]){3});
    for (int k = 0; k < 6; k++) {
        S->random.seed = k < 4 ? 1 : 2;
        S->random.step = (uint64_t)(k / 2);
        random_uniform(S, random_key(S, string_of(S, sites[k % 2])), l, 0, all[k]);
    }
    double *flat = &all[0][0];
    for (int i = 0; i < 6 * N; i++) {
        ck_assert(flat[i] > 0 && flat[i] < 1);
        for (int j = 0; j < i; j++) ck_assert(flat[i] != flat[j]);
    }
}
END_TEST

/* The stream of one lane starts with that lane's uniform number and shares none with its neighbour. */
START_TEST(lane_streams) {
    lanes_enter(S, "particles", 3, 0);
    lanes_enter(S, "data", 10, 0);
    const Layout *l = layout_with_event(S, S->lanes, 1, (size_t[]){2});
    RandomKey key = random_key(S, string_of(S, "mu"));
    double u[2 * 3 * 16];
    random_uniform(S, key, l, 0, u);
    for (size_t c = 0; c < 2; c++)
        for (size_t offset = 0; offset < l->stride; offset++) {
            LaneRandom r = random_lane(S, key, l, c, offset);
            assert_same(random_lane_uniform(&r), u[c * l->stride + offset]);
        }
    LaneRandom even = random_lane(S, key, l, 0, 0), odd = random_lane(S, key, l, 0, 1);
    double a[100], b[100];
    for (int k = 0; k < 100; k++) {
        a[k] = random_lane_uniform(&even);
        b[k] = random_lane_uniform(&odd);
        for (int j = 0; j <= k; j++) ck_assert(a[k] != b[j] && b[k] != a[j] && (j == k || a[k] != a[j]));
    }
}
END_TEST

/* Moments of 400,000 normals and uniforms; bounds at 4.6 standard errors of each (fixed seed; see family_fit.h for
   tests of goodness of fit). */
START_TEST(moments) {
    enum { N = 400000 };
    lanes_enter(S, "data", N, 0);
    double *x = aligned_alloc(64, N * sizeof *x);
    RandomKey key = random_key(S, string_of(S, "x"));
    double power[5] = {0}, pairs = 0;
    random_normal(S, key, S->lanes, 0, x);
    for (size_t i = 0; i < N; i++)
        for (int k = 1; k < 5; k++) power[k] += pow(x[i], k) / N;
    for (size_t i = 0; i < N; i += 2) pairs += x[i] * x[i + 1] / (N / 2.0);
    ck_assert_double_lt(fabs(power[1]), 4.6 / sqrt(N));
    ck_assert_double_lt(fabs(power[2] - 1), 4.6 * sqrt(2.0 / N));
    ck_assert_double_lt(fabs(power[3]), 4.6 * sqrt(15.0 / N));
    ck_assert_double_lt(fabs(power[4] - 3), 4.6 * sqrt(96.0 / N));
    ck_assert_double_lt(fabs(pairs), 4.6 / sqrt(N / 2.0));
    free(x);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("random");
    TCase *philox = tcase_create("philox");
    tcase_add_loop_test(philox, known_answers, 0, 3);
    tcase_add_test(philox, random123_agrees);
    suite_add_tcase(suite, philox);
    TCase *streams = tcase_create("streams");
    tcase_add_checked_fixture(streams, open_state, close_state);
    tcase_add_loop_test(streams, number_of_particles, 0, 7);
    tcase_add_loop_test(streams, plate_inside_particles, 0, 7);
    tcase_add_test(streams, plate_of_one);
    tcase_add_test(streams, order_of_nesting);
    tcase_add_loop_test(streams, tiles, 0, 6);
    tcase_add_test(streams, no_repeats);
    tcase_add_test(streams, lane_streams);
    tcase_add_test(streams, moments);
    suite_add_tcase(suite, streams);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
