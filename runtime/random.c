/* Streams: from plates, lanes and components to Philox counters. */
#include "runtime/random.h"

#include <math.h>
#include <string.h>

#include "runtime/philox.h"
#include "runtime/threads.h"

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014: the finaliser of SplitMix64. */
static uint64_t mix(uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

RandomKey random_key(const State *S, const String *site) {
    uint64_t h = mix(mix(mix(S->random.seed) ^ S->random.step) ^ site->hash);
    return (RandomKey){{(uint32_t)h, (uint32_t)(h >> 32)}};
}

RandomKey random_key_numbered(const State *S, const String *site, uint64_t number) {
    uint64_t h = mix(mix(mix(mix(S->random.seed) ^ S->random.step) ^ site->hash) ^ number);
    return (RandomKey){{(uint32_t)h, (uint32_t)(h >> 32)}};
}

/* How lanes become counters in the plates around. An element of a subset has the coordinate that it has among all. */
typedef struct Coordinates {
    size_t inner;                 /* coordinate of the first lane along the innermost plate */
    bool inner_runs;              /* the layout's last axis is the innermost plate's */
    uint64_t outer;               /* the other plates' 64 bits at the first lane */
    uint64_t weight[LAYOUT_AXES]; /* what one step along each axis adds to them */
    const double *positions[LAYOUT_AXES]; /* of a subset's elements; NULL: lane k is element k */
} Coordinates;

static Coordinates coordinates_of(const State *S, const Layout *layout) {
    Coordinates c; /* weights and positions beyond the layout's axes stay empty */
    c.inner = 0;
    c.inner_runs = false;
    c.outer = 0;
    uint32_t axis = 0;
    for (uint32_t p = 0; p < S->n_plates; p++) {
        const Plate *plate = &S->plates[p];
        bool innermost = p + 1 == S->n_plates, is_subset = plate->whole > plate->size;
        uint64_t weight = innermost ? 0 : mix(plate->name->hash) | 1;
        size_t first = is_subset && !plate->axis ? (size_t)plate->index.as.number : plate->start;
        if (innermost) c.inner = first;
        c.outer += first * weight;
        /* The first value of a param has the lanes of its own plates only, and not those of particles around them. */
        if (!plate->axis || axis == layout->n_axes || layout->axes[axis] != plate->axis) continue;
        if (innermost) c.inner_runs = true;
        c.positions[axis] = is_subset ? plate->index.as.array->data : NULL;
        c.weight[axis++] = weight;
    }
    return c;
}

/* The coordinate of lane `lane` along axis `axis`, beyond that of the first. Padding has any. */
static size_t coordinate_along(const Coordinates *c, const Layout *layout, uint32_t axis, size_t lane) {
    if (!c->positions[axis]) return lane;
    return lane < layout->axes[axis]->size ? (size_t)c->positions[axis][lane] : 0;
}

/* The 64 bits of row `row`: those of all axes but the last. */
static uint64_t outer_of_row(const Coordinates *c, const Layout *layout, size_t row) {
    uint64_t outer = c->outer;
    for (uint32_t k = layout->n_axes; k-- > 1;) {
        size_t size = layout->axes[k - 1]->size;
        outer += coordinate_along(c, layout, k - 1, row % size) * c->weight[k - 1];
        row /= size;
    }
    return outer;
}

/* A block of counters on its way to numbers. When `paired`, counter i gives the lanes 2i and 2i + 1; otherwise one lane, from
   the half that its coordinate asks for. */
typedef struct Batch {
    PhiloxCounters counters;
    double first[PHILOX_COUNTERS], second[PHILOX_COUNTERS];
    uint8_t half[PHILOX_COUNTERS];
    size_t n;
    bool paired, normal;
    RandomKey key;
    double *out;
} Batch;

/* A lone counter does not fill a vector: rounds of integers have the same bits one by one. */
static void lone_block(Batch *b) {
    uint32_t in[4], out[4];
    for (unsigned w = 0; w < 4; w++) in[w] = (uint32_t)b->counters.word[w][0];
    philox_block(in, b->key.key, out);
    for (unsigned w = 0; w < 4; w++) b->counters.word[w][0] = out[w];
}

static void batch_flush(Batch *b) {
    size_t n = (b->n + PHILOX_MULTIPLE - 1) / PHILOX_MULTIPLE * PHILOX_MULTIPLE;
    for (unsigned w = 0; w < 4; w++) memset(b->counters.word[w] + b->n, 0, (n - b->n) * sizeof(uint64_t));
    if (b->n == 1) lone_block(b);
    else philox_rounds(n, &b->counters, b->key.key);
    philox_uniforms(n, &b->counters, b->first, b->second);
    if (b->normal) philox_normals(n, b->first, b->second);
    double *restrict out = b->out;
    if (b->paired) {
        philox_interleave(b->n, out, b->first, b->second);
        b->out += 2 * b->n;
    } else {
        for (size_t i = 0; i < b->n; i++) out[i] = b->half[i] ? b->second[i] : b->first[i];
        b->out += b->n;
    }
    b->n = 0;
}

/* Counters of a row of lanes that share the draw number and the outer coordinates. */
static void add_pairs(Batch *b, size_t coordinate, size_t lanes, uint32_t draw, uint64_t outer) {
    size_t pair = coordinate / 2;
    for (size_t left = lanes / 2; left;) {
        size_t n = PHILOX_COUNTERS - b->n < left ? PHILOX_COUNTERS - b->n : left;
        philox_count(&b->counters, b->n, n, pair, draw, outer);
        pair += n;
        left -= n;
        b->n += n;
        if (b->n == PHILOX_COUNTERS) batch_flush(b);
    }
}

static void add_single(Batch *b, size_t coordinate, uint32_t draw, uint64_t outer) {
    size_t i = b->n++;
    b->counters.word[0][i] = (uint32_t)(coordinate / 2);
    b->counters.word[1][i] = draw;
    b->counters.word[2][i] = (uint32_t)outer;
    b->counters.word[3][i] = outer >> 32;
    b->half[i] = coordinate & 1;
    if (b->n == PHILOX_COUNTERS) batch_flush(b);
}

/* An array that is to be filled, row by row in parts of FILL_PART lanes or fewer. */
typedef struct Fill {
    Coordinates c;
    RandomKey key;
    const Layout *layout;
    uint32_t first_draw;
    double *out;
    bool normal;
} Fill;

enum { FILL_PART = 4096 };

static size_t parts_of_row(const Layout *layout) { return (layout->row + FILL_PART - 1) / FILL_PART; }

/* Lanes start … start + n - 1 of a row; the rows of all components are counted. Without axes the row is the event. */
static void fill_row(const Fill *f, Batch *b, size_t row, size_t start, size_t n) {
    const Coordinates *c = &f->c;
    if (f->layout->n_axes == 0) {
        for (size_t i = start; i < start + n; i++) add_single(b, c->inner, f->first_draw + (uint32_t)i, c->outer);
        return;
    }
    uint32_t last = f->layout->n_axes - 1u, draw = f->first_draw + (uint32_t)(row / f->layout->rows);
    uint64_t outer = outer_of_row(c, f->layout, row % f->layout->rows), step = c->weight[last];
    if (b->paired) {
        add_pairs(b, c->inner + start, n, draw, outer);
        return;
    }
    for (size_t i = start; i < start + n; i++) {
        size_t along = coordinate_along(c, f->layout, last, i);
        add_single(b, c->inner_runs ? c->inner + along : c->inner, draw, outer + along * step);
    }
}

static void fill_range(void *context, size_t first, size_t last) {
    const Fill *f = context;
    const Layout *l = f->layout;
    size_t each = parts_of_row(l);
    Batch b;
    b.n = 0;
    b.normal = f->normal;
    b.key = f->key;
    b.out = f->out + first / each * l->row + first % each * FILL_PART;
    b.paired = f->c.inner_runs && f->c.inner % 2 == 0 && !f->c.positions[l->n_axes - 1u]; /* it runs along the last axis */
    for (size_t part = first; part < last; part++) {
        size_t start = part % each * FILL_PART;
        fill_row(f, &b, part / each, start, l->row - start < FILL_PART ? l->row - start : FILL_PART);
    }
    if (b.n) batch_flush(&b);
}

static void fill(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, double *out, bool normal) {
    if (layout->size == 0) return;
    Fill f = {.key = key, .layout = layout, .first_draw = first_draw, .out = out, .normal = normal};
    f.c = coordinates_of(S, layout);
    size_t parts = layout->size / layout->row * parts_of_row(layout);
    if (threads_pay(S, layout->size)) threads_run(S, parts, threads_grain(layout->row < FILL_PART ? layout->row : FILL_PART), fill_range, &f);
    else fill_range(&f, 0, parts);
}

void random_uniform(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, double *out) {
    fill(S, key, layout, first_draw, out, false);
}

void random_normal(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, double *out) {
    fill(S, key, layout, first_draw, out, true);
}

static void fill_some(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, const size_t at[], size_t n, double *out, bool normal) {
    Coordinates c = coordinates_of(S, layout);
    Batch b;
    b.n = 0;
    b.normal = normal;
    b.key = key;
    b.out = out;
    b.paired = false;
    uint32_t last = layout->n_axes - 1u;
    for (size_t i = 0; i < n; i++) {
        if (layout->n_axes == 0) {
            add_single(&b, c.inner, first_draw + (uint32_t)at[i], c.outer);
            continue;
        }
        size_t lane = at[i] % layout->stride, along = coordinate_along(&c, layout, last, lane % layout->row);
        uint64_t outer = outer_of_row(&c, layout, lane / layout->row) + along * c.weight[last];
        add_single(&b, c.inner_runs ? c.inner + along : c.inner, first_draw + (uint32_t)(at[i] / layout->stride), outer);
    }
    if (b.n) batch_flush(&b);
}

void random_uniform_some(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, const size_t at[], size_t n, double *out) {
    fill_some(S, key, layout, first_draw, at, n, out, false);
}

void random_normal_some(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, const size_t at[], size_t n, double *out) {
    fill_some(S, key, layout, first_draw, at, n, out, true);
}

LaneRandom random_lane(State *S, RandomKey key, const Layout *layout, size_t component, size_t lane_offset) {
    Coordinates c = coordinates_of(S, layout);
    size_t coordinate = c.inner;
    uint64_t outer = c.outer;
    if (layout->n_axes) {
        size_t lane = coordinate_along(&c, layout, layout->n_axes - 1u, lane_offset % layout->row);
        outer = outer_of_row(&c, layout, lane_offset / layout->row) + lane * c.weight[layout->n_axes - 1];
        if (c.inner_runs) coordinate += lane;
    }
    return (LaneRandom){.key = key,
                        .counter = {(uint32_t)(coordinate / 2), (uint32_t)component, (uint32_t)outer, (uint32_t)(outer >> 32)},
                        .components = (uint32_t)layout->components,
                        .half = coordinate & 1};
}

/* The two uniforms of the stream's next block. */
static void next_block(LaneRandom *r, double uniform[2]) {
    uint32_t word[4];
    philox_block(r->counter, r->key.key, word);
    r->counter[1] += r->components;
    for (unsigned half = 0; half < 2; half++) {
        uint64_t bits = ((uint64_t)word[2 * half] << 32 | word[2 * half + 1]) >> 12;
        uniform[half] = (double)bits * 0x1p-52 + 0x1p-53;
    }
}

double random_lane_uniform(LaneRandom *r) {
    double u[2];
    next_block(r, u);
    return u[r->half];
}

double random_lane_normal(LaneRandom *r) {
    double u[2];
    next_block(r, u);
    double angle = 6.283185307179586476925286766559 * u[1];
    return sqrt(-2 * log(u[0])) * (r->half ? sin(angle) : cos(angle));
}
