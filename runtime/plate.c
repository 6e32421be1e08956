/* Plates: entering and leaving, and values that cross their borders. */
#include "runtime/message.h"
#include "runtime/operations.h"
#include "runtime/subset.h"

void plate_update_lanes(State *S) {
    Axis *axes[PLATE_DEPTH];
    uint32_t n = 0;
    for (uint32_t k = 0; k < S->n_plates; k++)
        if (S->plates[k].axis) axes[n++] = S->plates[k].axis;
    S->lanes = layout_intern(S, n, axes, 0, NULL);
}

Value axis_index(State *S, Axis *axis) {
    if (!axis->index) {
        Axis *axes[1] = {axis};
        Array *a = array_new(S, layout_intern(S, 1, axes, 0, NULL));
        for (size_t k = 0; k < axis->size; k++) a->data[k] = (double)k;
        a->header.shared = true;
        array_cache(S, a)->identity = axis;
        axis->index = a;
    }
    return value_array(axis->index, 0);
}

static void plate_make(State *S, Plate *plate, String *name, size_t size) {
    Axis *axis = axis_intern(S, name, size, S->n_plates);
    const Layout *around = S->lanes;
    *plate = (Plate){.name = name, .size = size, .whole = size, .axis = size > 1 ? axis : NULL, .identity = axis, .index = value_number(0),
                     .around = around, .lanes = around};
    if (size == 1) return;
    plate->lanes = NULL;
    plate->index = axis_index(S, axis);
    S->n_plates++;
    plate_update_lanes(S);
    S->n_plates--;
    plate->lanes = S->lanes;
    S->lanes = around;
}

/* In a fit the same plates are entered in every step. */
Plate *plate_begin(State *S, String *name, size_t size) {
    if (S->n_plates == PLATE_DEPTH) error_raise(S, "too-deep", NULL, "plates are nested more than %d deep", PLATE_DEPTH);
    Plate *plate = &S->plates[S->n_plates];
    if (plate->name != name || plate->size != size || plate->around != S->lanes || !plate->lanes || plate->whole != size)
        plate_make(S, plate, name, size);
    plate->scale = S->n_plates ? plate[-1].scale : 1;
    plate->start = 0;
    S->n_plates++;
    S->lanes = plate->lanes;
    return plate;
}

/* How many of the elements the handlers let run. */
static size_t ask_handlers(State *S, String *name, size_t size) {
    Message m = message_new(S, MESSAGE_PLATE, name);
    m.value = value_number((double)size);
    message_send(S, &m);
    long n = value_to_integer(S, m.value, "the number of elements of a plate", 1, (long)size);
    return (size_t)n;
}

Value plate_enter(State *S, String *name, size_t whole) {
    size_t size = S->n_handlers ? ask_handlers(S, name, whole) : whole;
    for (uint32_t k = 0; k < S->n_plates; k++)
        if (S->plates[k].name == name)
            error_raise(S, "duplicate-plate", "Give the inner plate another name.", "the plate '%s' runs inside of a plate '%s'",
                        name->text, name->text);
    Plate *plate = plate_begin(S, name, size);
    if (size == whole) return plate->index;
    subset_begin(S, plate, whole);
    plate->scale *= (double)whole / (double)size;
    return plate->index;
}

void plate_leave(State *S) { S->lanes = S->plates[--S->n_plates].around; }

/* ---- Crossing ---- */

static Value cross_parts(State *S, Value v, Axis *const plates[], uint32_t depth, uint32_t n_plates) {
    if (v.tag == VALUE_RECORD) {
        Record *record = record_copy(S, v.as.record);
        for (uint32_t k = 0; k < record->count; k++)
            record->values[k] = cross_out_plates(S, record->values[k], plates, depth, n_plates);
        return value_object(record);
    }
    if (v.tag == VALUE_LIST && !v.as.list->slots) {
        List *list = list_new(S, v.as.list->count);
        for (uint32_t k = 0; k < v.as.list->count; k++)
            list_append(S, list, cross_out_plates(S, v.as.list->items[k], plates, depth, n_plates));
        return value_object(list);
    }
    return v.tag == VALUE_DISTRIBUTION ? cross_out_distribution(S, v.as.distribution, plates, depth, n_plates) : v;
}

Value cross_out_plates(State *S, Value v, Axis *const plates[], uint32_t depth, uint32_t n_plates) {
    if (n_plates <= depth) return v;
    if (!value_is_numeric(v)) return cross_parts(S, v, plates, depth, n_plates);
    for (uint32_t k = n_plates; k-- > depth;)
        v = operation_cross_out(S, v, plates[k]->size > 1 ? plates[k] : NULL, plates[k]->size, 0);
    return v;
}

static bool is_among(const Axis *axis, Axis *const plates[], uint32_t depth, uint32_t n) {
    for (uint32_t k = depth; k < n; k++)
        if (plates[k] == axis) return true;
    return false;
}

/* Axes that the target does not have become leading event axes, outermost first. */
static Value leave_foreign(State *S, Value v, Axis *const to[], uint32_t depth, uint32_t n_plates) {
    for (;;) {
        const Layout *l = value_layout(S, v);
        Axis *foreign = NULL;
        for (int k = l->n_axes - 1; k >= 0 && !foreign; k--)
            if (l->axes[k]->depth >= depth && !is_among(l->axes[k], to, depth, n_plates)) foreign = l->axes[k];
        if (!foreign) return v;
        v = operation_cross_out(S, v, foreign, foreign->size, 0);
    }
}

Value cross_in_here(State *S, Value v, uint32_t event_rank, uint32_t depth) {
    if (!value_is_numeric(v)) return v;
    Axis *to[PLATE_DEPTH];
    for (uint32_t k = 0; k < S->n_plates; k++) to[k] = S->plates[k].identity;
    v = leave_foreign(S, v, to, depth, S->n_plates);
    for (uint32_t k = depth; k < S->n_plates; k++) {
        const Plate *plate = &S->plates[k];
        const Layout *l = value_layout(S, v);
        if (layout_has_axis(l, to[k]) || l->rank <= event_rank) continue;
        v = subset_is_whole(plate, v, 0) ? subset_gather(S, plate, v, 0) : operation_cross_in(S, v, plate->axis, plate->size, 0);
    }
    return v;
}

Value cross_in_plates(State *S, Value v, uint32_t event_rank, Axis *const to[], uint32_t depth, uint32_t n_plates) {
    if (!value_is_numeric(v)) return v;
    v = leave_foreign(S, v, to, depth, n_plates);
    for (uint32_t k = depth; k < n_plates; k++) {
        const Layout *l = value_layout(S, v);
        if (layout_has_axis(l, to[k]) || l->rank <= event_rank) continue;
        v = operation_cross_in(S, v, to[k]->size > 1 ? to[k] : NULL, to[k]->size, 0);
    }
    return v;
}
