/* SPDX-License-Identifier: GPL-3.0-or-later
   Making distributions: arguments checked, quantities of the parameters prepared. */
#include "runtime/distribution.h"

#include <math.h>
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/gc.h"
#include "runtime/native.h"
#include "runtime/probe.h"
#include "runtime/provenance.h"
#include "runtime/spread.h"

const DistributionRow *distribution_find(const char *name) {
    for (const DistributionRow *const *row = distribution_rows; *row; row++)
        if (strcmp((*row)->name, name) == 0) return *row;
    return NULL;
}

/* ---- Checks ---- */

void distribution_check(State *S, const DistributionRow *row, const DistributionParameter *p, Value v) {
    if (!value_is_numeric(v)) native_type_error(S, row->name, p->name, "a number", v);
    const ConstraintRow *constraint = constraint_rows[p->constraint];
    double offender;
    if (!constraint_is_broken(S, constraint, NULL, v, &offender)) {
        if (RARELY(S->probing)) probe_demand(S, v, row, p);
        return;
    }
    if (number_is_missing(offender))
        error_raise(S, "bad-argument", "Only what `obs` observes may be missing.", "%s of %s is missing", p->name,
                    row->name);
    if (constraint->rank)
        error_raise(S, "bad-argument", NULL, "%s of %s %s", p->name, row->name, constraint_complaint(S, constraint, NULL, v));
    S->bad_number = !isfinite(offender);
    Provenance from = provenance_find(S, v, constraint->name);
    const char *demand = p->constraint == CONSTRAINT_POSITIVE && offender > 0 ? "finite" : constraint->description;
    error_raise(S, "bad-argument", *from.advice ? from.advice : NULL, "%s of %s must be %s, but it is %.10g here%s", p->name,
                row->name, demand, offender, from.origin);
}

/* The row's own condition on all parameters together, in each lane that is on. */
static void check_together(State *S, const Distribution *d) {
    const DistributionRow *row = d->row;
    const Layout *joint = S->mask ? layout_join(S, d->layout, S->mask->layout) : d->layout;
    double numbers[DISTRIBUTION_PARAMETERS][LANE_BLOCK], x[DISTRIBUTION_PARAMETERS][SPREAD_BLOCK], on[SPREAD_BLOCK];
    size_t length = joint->n_axes ? joint->axes[joint->n_axes - 1]->size : joint->components;
    for (size_t offset = 0, n; offset < joint->size; offset += n) {
        n = spread_stretch(joint, offset);
        for (unsigned k = 0; k < row->n_parameters; k++)
            spread_fill(value_layout(S, d->parameters[k]), value_data(d->parameters[k], numbers[k]), joint, offset, n,
                        x[k]);
        if (S->mask) spread_fill(S->mask->layout, S->mask->data, joint, offset, n, on);
        for (size_t i = 0; i < n; i++) {
            if ((S->mask && on[i] == 0) || (offset + i) % joint->row >= length) continue;
            double one[DISTRIBUTION_PARAMETERS];
            for (unsigned k = 0; k < row->n_parameters; k++) one[k] = x[k][i];
            if (row->accepts(one)) continue;
            if (row->n_parameters == 1)
                error_raise(S, "bad-argument", NULL, "in %s %s, but here it is %.10g", row->name, row->condition, one[0]);
            if (row->n_parameters == 2)
                error_raise(S, "bad-argument", NULL, "in %s %s, but here %s is %.10g and %s is %.10g", row->name,
                            row->condition, row->parameters[0].name, one[0], row->parameters[1].name, one[1]);
            error_raise(S, "bad-argument", NULL, "in %s %s, but here %s is %.10g, %s is %.10g and %s is %.10g", row->name,
                        row->condition, row->parameters[0].name, one[0], row->parameters[1].name, one[1], row->parameters[2].name, one[2]);
        }
    }
}

static const Layout *parameters_layout(State *S, const DistributionRow *row, const Value *parameters, unsigned which) {
    const Layout *layout = S->scalar;
    for (unsigned k = 0; k < row->n_parameters; k++) {
        if (!(which >> k & 1) || parameters[k].tag != VALUE_ARRAY) continue;
        const Layout *join = layout_join(S, layout, parameters[k].as.array->layout);
        if (!join)
            error_raise(S, "shape-mismatch", "Parameters are numbers, or vectors or matrices of one shape.",
                        "the parameters of %s have different shapes", row->name);
        layout = join;
    }
    return layout;
}

Distribution *distribution_of_checked(State *S, const DistributionRow *row, const Value *parameters) {
    Distribution *d = gc_new_head(S, VALUE_DISTRIBUTION, sizeof *d, offsetof(Distribution, single));
    d->row = row;
    for (unsigned k = 0; k < row->n_parameters; k++) d->parameters[k] = parameters[k];
    d->discrete = row->discrete;
    d->joint = row->composed && row->composed->joint;
    if (row->composed) {
        row->composed->make(S, d);
        if (RARELY(S->probing)) probe_wholes(S, parameters, row);
    } else {
        d->layout = parameters_layout(S, row, parameters, ~0u);
    }
    return d;
}

Distribution *distribution_new(State *S, const DistributionRow *row, const Value *parameters) {
    for (unsigned k = 0, n = row->composed ? 0 : row->n_parameters; k < n; k++) distribution_check(S, row, &row->parameters[k], parameters[k]);
    Distribution *d = distribution_of_checked(S, row, parameters);
    if (row->accepts) check_together(S, d);
    return d;
}

/* ---- Parameters that are distributions ---- */

static void each_inner(Value v, void (*each)(Distribution *inner, void *context), void *context) {
    if (v.tag == VALUE_DISTRIBUTION) each(v.as.distribution, context);
    for (uint32_t k = 0; v.tag == VALUE_LIST && k < v.as.list->count; k++) each_inner(v.as.list->items[k], each, context);
}

void distribution_each_inner(const Distribution *d, void (*each)(Distribution *inner, void *context), void *context) {
    for (unsigned k = 0; k < d->row->n_parameters; k++) each_inner(d->parameters[k], each, context);
}

typedef struct Taped {
    const State *S;
    bool is;
} Taped;

static void find_taped(Distribution *d, void *context) {
    Taped *taped = context;
    for (unsigned k = 0; k < d->row->n_parameters; k++) taped->is |= tape_has(taped->S, d->parameters[k]);
    distribution_each_inner(d, find_taped, context);
}

bool distribution_is_taped(const State *S, const Distribution *d) {
    Taped taped = {S, false};
    find_taped((Distribution *)d, &taped);
    return taped.is;
}

Value distribution_parameter(State *S, Distribution *d, unsigned k) {
    const DistributionComposed *composed = d->row->composed;
    return composed && composed->parameter ? composed->parameter(S, d, k) : d->parameters[k];
}

/* ---- Prepared quantities ---- */

static void prepare_array(State *S, Distribution *d, unsigned which, const Layout *layout) {
    const DistributionRow *row = d->row;
    Array *array = array_new(S, layout);
    double numbers[DISTRIBUTION_PARAMETERS][LANE_BLOCK], x[DISTRIBUTION_PARAMETERS][SPREAD_BLOCK];
    const double *in[DISTRIBUTION_PARAMETERS] = {0};
    for (size_t offset = 0, n; offset < layout->size; offset += n) {
        n = spread_stretch(layout, offset);
        for (unsigned k = 0; k < row->n_parameters; k++) {
            if (!(row->prepared[which].depends >> k & 1)) continue;
            Value v = d->parameters[k];
            spread_fill(value_layout(S, v), value_data(v, numbers[k]), layout, offset, n, x[k]);
            in[k] = x[k];
        }
        row->prepared[which].compute(n, array->data + offset, in);
    }
    d->prepared[which] = array;
}

static void prepare_log(State *S, Distribution *d, unsigned which) {
    unsigned k = (unsigned)__builtin_ctz(d->row->prepared[which].depends);
    Value v = d->parameters[k];
    double number[LANE_BLOCK];
    if (v.tag == VALUE_ARRAY) d->prepared[which] = (Array *)array_log(S, v.as.array);
    else kernel_log(LANE_BLOCK, d->single[which], value_data(v, number));
}

void distribution_prepare(State *S, Distribution *d) {
    if (d->is_prepared) return;
    const DistributionRow *row = d->row;
    for (unsigned which = 0; which < DISTRIBUTION_PREPARED && prepared_exists(&row->prepared[which]); which++) {
        if (row->prepared[which].log) {
            prepare_log(S, d, which);
            continue;
        }
        const Layout *layout = d->layout == S->scalar
                                   ? S->scalar
                                   : parameters_layout(S, row, d->parameters, row->prepared[which].depends);
        if (layout != S->scalar) {
            prepare_array(S, d, which, layout);
            continue;
        }
        double numbers[DISTRIBUTION_PARAMETERS][LANE_BLOCK];
        const double *in[DISTRIBUTION_PARAMETERS] = {0};
        for (unsigned k = 0; k < row->n_parameters; k++)
            if (row->prepared[which].depends >> k & 1) in[k] = value_data(d->parameters[k], numbers[k]);
        row->prepared[which].compute(LANE_BLOCK, d->single[which], in);
    }
    d->is_prepared = true;
}

unsigned distribution_inputs(State *S, Distribution *d, DistributionInput inputs[]) {
    distribution_prepare(S, d);
    const DistributionRow *row = d->row;
    unsigned n = 0;
    for (unsigned k = 0; k < row->n_parameters; k++, n++) {
        inputs[n].layout = value_layout(S, d->parameters[k]);
        inputs[n].data = value_data(d->parameters[k], inputs[n].number);
    }
    for (unsigned k = 0; k < DISTRIBUTION_PREPARED && prepared_exists(&row->prepared[k]); k++, n++) {
        inputs[n].layout = d->prepared[k] ? d->prepared[k]->layout : S->scalar;
        inputs[n].data = d->prepared[k] ? d->prepared[k]->data : d->single[k];
    }
    return n;
}
