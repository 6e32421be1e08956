/* Decaying averages of the costs of score-function draws: keeping them. */
#include "inference/baseline.h"

#include <string.h>

#include "runtime/gc.h"

static size_t bytes_of(const Layout *layout) { return layout->size * sizeof(double); }

static void baseline_free(State *S, Baseline *b) {
    if (b->mean) memory_free(S, b->mean, bytes_of(b->layout));
    if (b->next) memory_free(S, b->next, bytes_of(b->layout));
    b->mean = b->next = NULL;
}

static void baseline_begin(State *S, Baseline *b, const Layout *layout) {
    b->layout = layout;
    b->mean = memory_new(S, bytes_of(layout));
    b->next = memory_new(S, bytes_of(layout));
    memset(b->mean, 0, bytes_of(layout));
}

static Baseline *baseline_find(Baselines *baselines, const String *name) {
    for (uint32_t n = 0, k = baselines->expected; n < baselines->count; n++, k++) {
        if (k >= baselines->count) k = 0;
        if (baselines->sites[k].name != name) continue;
        baselines->expected = k + 1;
        return &baselines->sites[k];
    }
    return NULL;
}

static Baseline *baseline_new(State *S, Baselines *baselines, String *name) {
    MEMORY_GROW(S, baselines->sites, baselines->count, baselines->capacity);
    Baseline *b = &baselines->sites[baselines->count++];
    *b = (Baseline){.name = name};
    return b;
}

Baseline *baseline_at(State *S, Baselines *baselines, String *name, const Layout *layout) {
    Baseline *b = baseline_find(baselines, name);
    if (b && b->layout == layout && b->next) return b;
    if (b) baseline_free(S, b);
    else b = baseline_new(S, baselines, name);
    baseline_begin(S, b, layout);
    return b;
}

void baselines_commit(Baselines *baselines) {
    for (uint32_t k = 0; k < baselines->count; k++) {
        Baseline *b = &baselines->sites[k];
        if (!b->pending) continue;
        double *mean = b->mean;
        b->mean = b->next;
        b->next = mean;
        b->pending = false;
    }
}

void baselines_drop(Baselines *baselines) {
    for (uint32_t k = 0; k < baselines->count; k++) baselines->sites[k].pending = false;
}

void baselines_copy(State *S, Baselines *to, const Baselines *from) {
    for (uint32_t k = 0; k < from->count; k++) {
        const Baseline *b = &from->sites[k];
        if (b->mean) memcpy(baseline_at(S, to, b->name, b->layout)->mean, b->mean, bytes_of(b->layout));
    }
}

void baselines_mark(State *S, const Baselines *baselines) {
    for (uint32_t k = 0; k < baselines->count; k++) {
        gc_mark(S, baselines->sites[k].name);
        gc_mark(S, (void *)baselines->sites[k].layout);
    }
}

void baselines_free(State *S, Baselines *baselines) {
    for (uint32_t k = 0; k < baselines->count; k++) baseline_free(S, &baselines->sites[k]);
    memory_free(S, baselines->sites, baselines->capacity * sizeof *baselines->sites);
}
