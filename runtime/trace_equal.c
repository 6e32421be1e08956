/* Equality of traces: two runs in which the same things happened. */
#include "runtime/trace.h"

static bool equal_subsets(const TraceSubset *a, const TraceSubset *b) {
    return a && b ? a->whole == b->whole && value_equal(a->index, b->index) : a == b;
}

static bool equal_plates(const Trace *a, const Site *one, const Trace *b, const Site *other) {
    if (one->n_plates - a->plates != other->n_plates - b->plates) return false;
    for (uint32_t k = 0; k < one->n_plates - a->plates; k++) {
        const Axis *x = site_plates(a, one)[a->plates + k], *y = site_plates(b, other)[b->plates + k];
        if (x->name != y->name || x->size != y->size) return false;
        if (!equal_subsets(site_subset(a, one, a->plates + k), site_subset(b, other, b->plates + k))) return false;
    }
    return true;
}

static bool equal_sites(const Trace *a, const Site *one, const Trace *b, const Site *other) {
    if (one->name != other->name || one->kind != other->kind || one->is_observed != other->is_observed || one->next != other->next)
        return false;
    if (!equal_plates(a, one, b, other) || !value_equal(one->value, other->value)) return false;
    return one->kind != MESSAGE_SAMPLE || distribution_equal(one->distribution, other->distribution);
}

bool trace_equal(const Trace *a, const Trace *b) {
    if (a == b) return true;
    if (a->count != b->count || !value_equal(a->result, b->result)) return false;
    for (uint32_t k = 0; k < a->count; k++)
        if (!equal_sites(a, &a->sites[k], b, &b->sites[k])) return false;
    return true;
}
