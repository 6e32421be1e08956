#include "runtime/trace.h"

#include <string.h>

#include "runtime/gc.h"
#include "runtime/mask.h"
#include "runtime/suggest.h"
#include "runtime/tape_score.h"

Trace *trace_new(State *S) {
    Trace *trace = gc_new(S, VALUE_TRACE, sizeof *trace);
    trace->plates = S->n_plates;
    trace->result = value_none();
    return trace;
}

void trace_mark(State *S, Object *object) {
    Trace *trace = (Trace *)object;
    gc_mark_value(S, trace->result);
    for (uint32_t k = 0; k < trace->n_axes; k++) gc_mark(S, trace->axes[k]);
    for (uint32_t k = 0; k < trace->n_subsets; k++) gc_mark_value(S, trace->subsets[k].index);
    for (uint32_t k = 0; k < trace->count; k++) {
        Site *site = &trace->sites[k];
        gc_mark(S, site->name);
        gc_mark(S, site->chunk);
        if (site->kind == MESSAGE_PARAM) gc_mark(S, site->constraint);
        else gc_mark(S, site->distribution);
        gc_mark_value(S, site->value);
        gc_mark_value(S, site->scored);
        gc_mark_value(S, site->scale);
        gc_mark(S, site->mask);
        gc_mark(S, site->lanes_on);
    }
}

void trace_release(State *S, Object *object) {
    Trace *trace = (Trace *)object;
    memory_free(S, trace->sites, trace->capacity * sizeof *trace->sites);
    memory_free(S, trace->axes, trace->axis_capacity * sizeof *trace->axes);
    memory_free(S, trace->subsets, trace->subset_capacity * sizeof *trace->subsets);
    memory_free(S, trace->table, trace->table_size * sizeof *trace->table);
}

/* ---- Sites by name: a hash table once there are more than a few ---- */

enum { LINEAR_SITES = 12 };

static void table_add(Trace *trace, uint32_t index) {
    uint32_t at = (uint32_t)trace->sites[index].name->hash & (trace->table_size - 1);
    while (trace->table[at] >= 0) at = (at + 1) & (trace->table_size - 1);
    trace->table[at] = (int32_t)index;
}

static void table_grow(State *S, Trace *trace) {
    uint32_t size = trace->table_size ? 2 * trace->table_size : 64;
    int32_t *table = memory_new(S, size * sizeof *table);
    memory_free(S, trace->table, trace->table_size * sizeof *table);
    memset(table, 0xff, size * sizeof *table);
    trace->table = table;
    trace->table_size = size;
    for (uint32_t k = 0; k < trace->count; k++)
        if (!trace->sites[k].alternative) table_add(trace, k);
}

Site *trace_find(const Trace *trace, const String *name) {
    if (!trace->table_size) {
        for (uint32_t k = 0; k < trace->count; k++)
            if (trace->sites[k].name == name && !trace->sites[k].alternative) return &trace->sites[k];
        return NULL;
    }
    uint32_t at = (uint32_t)name->hash & (trace->table_size - 1);
    for (; trace->table[at] >= 0; at = (at + 1) & (trace->table_size - 1))
        if (trace->sites[trace->table[at]].name == name) return &trace->sites[trace->table[at]];
    return NULL;
}

/* ---- Recording ---- */

static _Noreturn void raise_duplicate(State *S, const Site *before) {
    Position p = before->node ? source_position(&before->chunk->source, before->node->span.start) : (Position){0, 0};
    error_raise(S, "duplicate-site",
                error_text(S, "Each site needs a name of its own. In a loop give it an index: `%s[t] ~ …`.", before->name->text),
                "the site '%s' is there already, at line %u", before->name->text, p.line);
}

/* The two sides of an `if` may run sites of one name, under masks that have no lane in common. */
static void link_alternative(State *S, Trace *trace, Site *first, uint32_t index) {
    Site *site = &trace->sites[index];
    for (Site *other = first;; other = &trace->sites[other->next]) {
        if (!other->lanes_on || !site->lanes_on || mask_any(mask_and(S, other->lanes_on, value_array(site->lanes_on, 0))))
            raise_duplicate(S, other);
        if (other->is_observed != site->is_observed)
            error_raise(S, "mixed-site", "Give the two sites different names.", "the site '%s' is observed in some lanes and latent in others",
                        site->name->text);
        if (other->next >= 0) continue;
        other->next = (int32_t)index;
        site->alternative = true;
        return;
    }
}

const TraceSubset *site_subset(const Trace *trace, const Site *site, uint32_t k) {
    for (uint32_t i = trace->n_subsets; i-- > 0;)
        if (trace->subsets[i].at == site->plates_at + k) return &trace->subsets[i];
    return NULL;
}

bool site_subset_is(const TraceSubset *subset, const Plate *plate) {
    if (!subset || plate->whole == plate->size) return !subset && plate->whole == plate->size;
    if (subset->whole != plate->whole || subset->index.tag != plate->index.tag) return false;
    if (subset->index.tag == VALUE_NUMBER) return subset->index.as.number == plate->index.as.number;
    const Array *a = subset->index.as.array, *b = plate->index.as.array;
    return a == b || (a->layout == b->layout && memcmp(a->data, b->data, plate->size * sizeof *a->data) == 0);
}

static bool plates_are(const State *S, const Trace *trace, const Site *site) {
    if (site->n_plates != S->n_plates) return false;
    for (uint32_t k = 0; k < S->n_plates; k++)
        if (trace->axes[site->plates_at + k] != S->plates[k].identity || !site_subset_is(site_subset(trace, site, k), &S->plates[k])) return false;
    return true;
}

/* Where the plates around are noted in trace->axes. */
static uint32_t note_plates(State *S, Trace *trace) {
    if (trace->count && plates_are(S, trace, &trace->sites[trace->count - 1])) return trace->sites[trace->count - 1].plates_at;
    uint32_t at = trace->n_axes;
    for (uint32_t k = 0; k < S->n_plates; k++) {
        MEMORY_GROW(S, trace->axes, trace->n_axes, trace->axis_capacity);
        trace->axes[trace->n_axes++] = S->plates[k].identity;
        if (S->plates[k].whole == S->plates[k].size) continue;
        MEMORY_GROW(S, trace->subsets, trace->n_subsets, trace->subset_capacity);
        trace->subsets[trace->n_subsets++] = (TraceSubset){trace->n_axes - 1, S->plates[k].whole, S->plates[k].index};
    }
    return at;
}

static void fill_site(State *S, Site *site, const Message *m, uint32_t plates_at) {
    site->name = m->name;
    site->node = S->node;
    site->chunk = S->frame ? S->frame->closure->chunk : NULL;
    if (m->kind == MESSAGE_PARAM) site->constraint = m->constraint;
    else site->distribution = m->distribution;
    site->value = m->value;
    site->scored = m->scored;
    site->scale = m->scale;
    site->mask = m->mask;
    site->lanes_on = S->mask;
    site->next = -1;
    site->plates_at = plates_at;
    site->kind = (uint8_t)m->kind;
    site->is_observed = m->is_observed;
    site->is_auxiliary = m->is_auxiliary;
    site->alternative = false;
    site->own_plates = (uint8_t)m->own_plates;
    site->n_plates = (uint8_t)S->n_plates;
    site->read = S->tape.read;
}

void trace_record(State *S, Trace *trace, const Message *m) {
    Site *first = trace_find(trace, m->name);
    if (first && m->kind == MESSAGE_PARAM && first->kind == MESSAGE_PARAM) return;
    uint32_t plates_at = note_plates(S, trace), index = trace->count;
    MEMORY_GROW(S, trace->sites, trace->count, trace->capacity);
    fill_site(S, &trace->sites[index], m, plates_at);
    if (first) {
        link_alternative(S, trace, trace_find(trace, m->name), index);
        trace->count++;
        return;
    }
    trace->count++;
    trace->latents += m->kind == MESSAGE_SAMPLE && !m->is_observed && !m->is_auxiliary;
    if (trace->table_size && 2 * trace->count < trace->table_size) table_add(trace, index);
    else if (trace->count > LINEAR_SITES) table_grow(S, trace);
}

/* ---- Values and scores ---- */

Value trace_site_value(State *S, const Trace *trace, const Site *site) {
    Value v = site->value;
    for (int32_t k = site->next; k >= 0; k = trace->sites[k].next)
        v = value_merge(S, trace->sites[k].lanes_on, trace->sites[k].value, v, site->name->text);
    return v;
}

/* The score without its scale, summed over the given axes. */
static inline Value bare_score(State *S, const Site *site, Value scored, uint32_t n, Axis *const axes[], bool passing) {
    if (site->kind == MESSAGE_SAMPLE)
        return (passing ? distribution_term : distribution_score)(S, site->distribution, scored, site->mask, n, axes);
    Value weight = operation_sum(S, site->value);
    if (site->mask) weight = operation_select(S, value_array(site->mask, 0), weight, value_number(0));
    return operation_sum_lanes(S, weight, n, axes);
}

static bool is_one(Value scale) { return scale.tag == VALUE_NUMBER && !scale.node && scale.as.number == 1; }

static const Layout *site_lanes(State *S, const Trace *trace, const Site *site) {
    Axis *axes[PLATE_DEPTH];
    uint32_t n = 0;
    for (uint32_t k = 0; k < site->n_plates; k++)
        if (site_plates(trace, site)[k]->size > 1) axes[n++] = site_plates(trace, site)[k];
    return layout_intern(S, n, axes, 0, NULL);
}

static bool has_axes(State *S, Value v, uint32_t n, Axis *const axes[]) {
    for (uint32_t k = 0; k < n; k++)
        if (layout_has_axis(value_layout(S, v), axes[k])) return true;
    return false;
}

/* Each lane of the plates inside has a scale of its own: scores are scaled before they are summed. */
static Value scaled_by_lanes(State *S, const Site *site, Value score, uint32_t n, Axis *const axes[]) {
    score = operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], score, site->scale);
    if (site->mask) score = operation_select(S, value_array(site->mask, 0), score, value_number(0));
    return operation_sum_lanes(S, score, n, axes);
}

/* In score mode: a term of the objective, which keeps its elements along the axes of draws, and is summed by linear operations. */
static Value score_as_term(State *S, const Trace *trace, const Site *site, Value scored, bool passing) {
    uint32_t n = site->n_plates - trace->plates;
    Axis *const *axes = site_plates(trace, site) + trace->plates;
    bool by_lanes = site->scale.tag == VALUE_ARRAY && has_axes(S, site->scale, n, axes);
    bool whole = !by_lanes && !S->tape.read && !score_has_axes(S, n, axes);
    Value score = bare_score(S, site, scored, whole ? n : 0, axes, passing);
    score = score_term_always(S, score, S->tape.read ? site_lanes(S, trace, site) : S->scalar);
    if (!is_one(site->scale)) {
        score = operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], score, site->scale);
        score_fixed_weight(S, score); /* it was there when the site ran */
    }
    if (by_lanes && site->mask) score = operation_select(S, value_array(site->mask, 0), score, value_number(0));
    return whole ? score : operation_sum_lanes(S, score, n, axes);
}

/* The log density of a site; when `passing`, as a term of a sum. */
static Value one_score(State *S, const Trace *trace, const Site *site, bool passing) {
    uint32_t n = site->n_plates - trace->plates;
    Axis *const *axes = site_plates(trace, site) + trace->plates;
    Value scored = site->scored.tag == VALUE_UNASSIGNED ? site->value : site->scored;
    if (scored.tag == VALUE_MISSING) return value_number(0);
    if (tape_in_score_mode(&S->tape)) {
        uint64_t read = S->tape.read;
        S->tape.read = site->read >= S->tape.base ? site->read : 0;
        Value score = score_as_term(S, trace, site, scored, passing);
        S->tape.read = read;
        return score;
    }
    bool by_lanes = site->scale.tag == VALUE_ARRAY && has_axes(S, site->scale, n, axes);
    if (by_lanes && site->kind == MESSAGE_SAMPLE)
        return scaled_by_lanes(S, site, distribution_score(S, site->distribution, scored, site->mask, 0, NULL), n, axes);
    if (by_lanes) return scaled_by_lanes(S, site, operation_sum(S, site->value), n, axes);
    Value score = bare_score(S, site, scored, n, axes, passing);
    return is_one(site->scale) ? score : operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], score, site->scale);
}

static bool has_score(const Site *site) { return site->kind == MESSAGE_SAMPLE || site->kind == MESSAGE_FACTOR; }

Value trace_site_score(State *S, const Trace *trace, const Site *site) {
    if (!has_score(site)) return value_number(0);
    Value score = one_score(S, trace, site, false);
    for (int32_t k = site->next; k >= 0; k = trace->sites[k].next) {
        Value parts[2] = {score, one_score(S, trace, &trace->sites[k], false)};
        score = operation_total(S, parts, NULL, 2);
    }
    return score;
}

static Value log_prob(State *S, const Trace *trace, bool passing) {
    size_t base = S->top, n = 0;
    stack_reserve(S, trace->count);
    for (uint32_t k = 0; k < trace->count; k++) {
        if (!has_score(&trace->sites[k])) continue;
        stack_push(S, one_score(S, trace, &trace->sites[k], true));
        n++;
    }
    Value total = value_number(0);
    if (n) total = passing ? operation_total_passing(S, S->stack + base, n) : operation_total(S, S->stack + base, NULL, n);
    S->top = base;
    return total;
}

Value trace_log_prob(State *S, const Trace *trace) { return log_prob(S, trace, false); }
Value trace_log_prob_passing(State *S, const Trace *trace) { return log_prob(S, trace, true); }

/* ---- Running ---- */

typedef struct TraceCall {
    Value function;
    const Value *arguments;
    unsigned n;
    Trace *replayed;
} TraceCall;

static Value call_body(State *S, const void *what) {
    const TraceCall *call = what;
    return call_value(S, call->function, call->arguments, call->n);
}

static Value replayed_body(State *S, const void *what) {
    const TraceCall *call = what;
    return handler_run_row(S, &handler_replay, value_object(call->replayed), call_body, call);
}

Trace *trace_run(State *S, Value f, const Value *arguments, unsigned n) {
    TraceCall call = {f, arguments, n, NULL};
    return (Trace *)handler_run_row(S, &handler_trace, value_unassigned(), call_body, &call).as.object;
}

Trace *trace_run_replayed(State *S, Value f, Trace *from, const Value *arguments, unsigned n) {
    TraceCall call = {f, arguments, n, from};
    from->replayed = from->unpaired = 0;
    from->replayed_partly = false;
    return (Trace *)handler_run_row(S, &handler_trace, value_unassigned(), replayed_body, &call).as.object;
}
