#include "runtime/state.h"

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/distribution.h"
#include "runtime/gc.h"
#include "runtime/message.h"
#include "runtime/native.h"
#include "runtime/probe.h"
#include "runtime/threads.h"
#include "runtime/watch.h"

static void *allocate_default(void *user, void *block, size_t old_size, size_t new_size) {
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

static void print_default(void *user, const char *text, size_t length) {
    (void)user;
    fwrite(text, 1, length, stdout);
}

static void report_default(void *user, const char *text, size_t length) {
    (void)user;
    fwrite(text, 1, length, stderr);
}

void stack_grow(State *S, size_t n) {
    size_t capacity = S->stack_capacity ? S->stack_capacity : 1024;
    while (capacity < S->top + n) capacity *= 2;
    S->stack = memory_resize(S, S->stack, S->stack_capacity * sizeof *S->stack, capacity * sizeof *S->stack);
    S->stack_capacity = capacity;
}

static void globals_grow(State *S) {
    size_t capacity = S->global_capacity ? 2 * S->global_capacity : 512;
    Global **table = memory_new(S, capacity * sizeof *table);
    memset(table, 0, capacity * sizeof *table);
    for (size_t k = 0; k < S->global_capacity; k++) {
        Global *g = S->globals[k];
        if (!g) continue;
        size_t at = g->name->hash & (capacity - 1);
        while (table[at]) at = (at + 1) & (capacity - 1);
        table[at] = g;
    }
    memory_free(S, S->globals, S->global_capacity * sizeof *table);
    S->globals = table;
    S->global_capacity = capacity;
}

Global *state_find_global(const State *S, const String *name) {
    size_t at = S->global_capacity ? name->hash & (S->global_capacity - 1) : 0;
    while (S->global_capacity && S->globals[at] && S->globals[at]->name != name) at = (at + 1) & (S->global_capacity - 1);
    return S->global_capacity ? S->globals[at] : NULL;
}

Global *state_global(State *S, String *name) {
    if (2 * S->n_globals >= S->global_capacity) globals_grow(S);
    size_t at = name->hash & (S->global_capacity - 1);
    while (S->globals[at]) {
        if (S->globals[at]->name == name) return S->globals[at];
        at = (at + 1) & (S->global_capacity - 1);
    }
    Global *g = memory_new(S, sizeof *g);
    *g = (Global){.name = name, .value = value_unassigned(), .builtin = value_unassigned()};
    S->globals[at] = g;
    S->n_globals++;
    return g;
}

Global *state_used_global(State *S, String *name) {
    Global *g = state_global(S, name);
    if (!g->used) {
        g->used = true;
        g->next = S->used_globals;
        S->used_globals = g;
    }
    return g;
}

static Native *add_native(State *S, const char *name, const char *signature) {
    Native *native = native_new(S, name, signature);
    state_global(S, string_of(S, name))->builtin = value_object(native);
    return native;
}

void native_add(State *S, const char *name, const char *signature, NativeMake *make, const void *row, const char *kind, const char *help) {
    Native *native = add_native(S, name, signature);
    native->kind = kind;
    native->help = help;
    native->make = make;
    native->made = row;
}

static void add_distribution(State *S, const DistributionRow *row) {
    add_native(S, row->name, distribution_signature(S, row))->distribution = row;
}

static const char *const elementwise_signatures[] = {"", "x", "x, y", "x, y, z", "x, y, z, w"};

static void add_elementwise(State *S, const Elementwise *row) {
    /* A function of the same name that takes more than elements (max of a vector) has the last word. */
    if (state_global(S, string_of(S, row->name))->builtin.tag == VALUE_UNASSIGNED)
        add_native(S, row->name, elementwise_signatures[row->arity])->elementwise = row;
}

static void add_constraints(State *S) {
    for (const ConstraintRow *const *each = constraint_rows; *each; each++) {
        const ConstraintRow *row = *each;
        if (row->n_bounds) {
            char signature[64];
            snprintf(signature, sizeof signature, row->n_bounds == 1 ? "%s" : "%s, %s", row->bounds[0], row->bounds[1]);
            add_native(S, row->name, signature)->constraint = row;
        } else {
            Constraint *constraint = constraint_new(S, row, NULL);
            state_global(S, string_of(S, row->name))->builtin = value_object(constraint);
        }
    }
}

static void add_constants(State *S) {
    static const struct {
        const char *name;
        double value;
    } constants[] = {{"pi", 3.14159265358979323846}, {"inf", __builtin_inf()}, {"nan", __builtin_nan("")}};
    for (size_t k = 0; k < sizeof constants / sizeof *constants; k++)
        state_global(S, string_of(S, constants[k].name))->builtin = value_number(constants[k].value);
}

static void add_builtins(State *S) {
    for (const NativeRow *const *table = native_tables; *table; table++)
        for (const NativeRow *row = *table; row->name; row++) add_native(S, row->name, row->signature)->row = row;
    for (const Elementwise *const *table = elementwise_tables; *table; table++)
        for (const Elementwise *row = *table; row->name; row++) add_elementwise(S, row);
    for (const DistributionRow *const *row = distribution_rows; *row; row++) add_distribution(S, *row);
    for (const HandlerRow *const *row = handler_rows; *row; row++)
        add_native(S, (*row)->name, (*row)->signature)->handler = *row;
    for (void (*const *generate)(State *) = native_generators; *generate; generate++) (*generate)(S);
    add_constraints(S);
    add_constants(S);
}

static void state_setup(State *S, void *unused) {
    (void)unused;
    stack_grow(S, 1024);
    S->scalar = layout_intern(S, 0, NULL, 0, NULL);
    S->lanes = S->scalar;
    add_builtins(S);
    gc_fix_all(S);
    S->formulas = record_new(S, 0);
    S->guides = record_new(S, 0);
    S->imports = record_new(S, 0);
    for (void (*const *open)(State *) = state_openers; *open; open++) (*open)(S);
}

elbo_State *elbo_open(const elbo_Options *options) {
    elbo_Options o = options ? *options : (elbo_Options){0};
    if (!o.allocate) o.allocate = allocate_default;
    if (!o.print) o.print = print_default;
    if (!o.report) o.report = report_default;
    State *S = o.allocate(o.user, NULL, 0, sizeof *S);
    if (!S) return NULL;
    memset(S, 0, sizeof *S);
    S->options = o;
    S->memory = (Memory){.allocate = o.allocate, .user = o.user, .pooling = !o.no_pools};
#ifdef ELBO_NO_POOLS
    S->memory.pooling = false;
#endif
    S->gc_threshold = SIZE_MAX;
    S->random.seed = o.seed;
    if (!error_open(S) || !error_protect(S, state_setup, NULL)) {
        elbo_close(S);
        return NULL;
    }
    S->gc_threshold = S->memory.in_use;
    return S;
}

void elbo_close(elbo_State *S) {
    if (!S) return;
    threads_close(S);
    gc_free_all(S);
    tape_free(S);
    probe_free(S);
    watch_free(S);
    for (size_t k = 0; k < S->global_capacity; k++)
        if (S->globals[k]) memory_free(S, S->globals[k], sizeof **S->globals);
    memory_free(S, S->globals, S->global_capacity * sizeof *S->globals);
    memory_free(S, S->strings, S->string_capacity * sizeof *S->strings);
    memory_free(S, S->axes, S->axis_capacity * sizeof *S->axes);
    memory_free(S, S->layouts, S->layout_capacity * sizeof *S->layouts);
    memory_free(S, S->stack, S->stack_capacity * sizeof *S->stack);
    memory_free(S, S->handlers, S->handler_capacity * sizeof *S->handlers);
    memory_free(S, S->text, S->text_size);
    memory_free(S, S->warned, S->warned_capacity * sizeof *S->warned);
    memory_free(S, S->error_text, S->error_text_size);
    memory_close(&S->memory);
    elbo_Options o = S->options;
    o.allocate(o.user, S, sizeof *S, 0);
}

void elbo_interrupt(elbo_State *S) { S->interrupted = 1; }
uint64_t elbo_memory_requests(const elbo_State *S) { return S->memory.requests; }
size_t elbo_memory_in_use(const elbo_State *S) { return S->memory.in_use; }

const char *elbo_version(void) { return PACKAGE_VERSION; }
