#include "runtime/gc.h"

#include <string.h>

#include "runtime/constraint.h"
#include "runtime/distribution.h"
#include "runtime/handlers/reparam.h"
#include "runtime/native.h"
#include "runtime/message.h"
#include "runtime/probe.h"
#include "runtime/trace.h"
#include "runtime/written.h"

/* Bytes between two collections: few enough to stay in the processor's cache, so that memory is used again while it is warm,
   and in proportion to the objects that live, so that marking does not prevail. */
enum { GC_STRIDE = 192 * 1024, GC_STRIDE_PER_OBJECT = 128 };

static void mark_array(State *S, Object *object) {
    Array *array = (Array *)object;
    gc_mark(S, (void *)array->layout);
    gc_mark(S, array->base);
    gc_mark(S, array->log);
    if (array->cache) {
        gc_mark(S, array->cache->view_axis);
        gc_mark(S, array->cache->lane_view);
        gc_mark(S, array->cache->whole);
        gc_mark(S, array->cache->joint_statistics);
        gc_mark(S, array->cache->distinct);
        gc_mark(S, (void *)array->cache->identity);
    }
}

static void mark_values(State *S, const Value *values, size_t n) {
    for (size_t k = 0; k < n; k++) gc_mark_value(S, values[k]);
}

static void mark_list(State *S, Object *object) {
    List *list = (List *)object;
    mark_values(S, list->items, list->count);
}

static void release_list(State *S, Object *object) {
    List *list = (List *)object;
    memory_free(S, list->items, list->capacity * sizeof *list->items);
}

static void mark_record(State *S, Object *object) {
    Record *record = (Record *)object;
    for (uint32_t k = 0; k < record->count; k++) gc_mark(S, record->names[k]);
    mark_values(S, record->values, record->count);
}

static void release_record(State *S, Object *object) {
    Record *record = (Record *)object;
    memory_free(S, record->names, record->capacity * sizeof *record->names);
    memory_free(S, record->values, record->capacity * sizeof *record->values);
}

static void mark_closure(State *S, Object *object) {
    Closure *closure = (Closure *)object;
    gc_mark(S, closure->chunk);
    gc_mark_value(S, closure->guide);
    for (uint32_t k = 0; k < closure->function->n_captures; k++) gc_mark(S, closure->captures[k]);
}

static void mark_native(State *S, Object *object) {
    Native *native = (Native *)object;
    for (uint32_t k = 0; k < native->signature.n; k++) gc_mark(S, native->signature.names[k]);
}

static void mark_distribution(State *S, Object *object) {
    Distribution *d = (Distribution *)object;
    mark_values(S, d->parameters, d->row->n_parameters);
    gc_mark_value(S, d->factor);
    gc_mark_value(S, d->drawn);
    gc_mark_value(S, d->drawn_from);
    gc_mark(S, (void *)d->layout);
    for (unsigned k = 0; k < DISTRIBUTION_PREPARED; k++) gc_mark(S, d->prepared[k]);
}

static void mark_cell(State *S, Object *object) { gc_mark_value(S, ((Cell *)object)->value); }

static void mark_partial(State *S, Object *object) {
    gc_mark_value(S, ((Partial *)object)->value);
    gc_mark(S, ((Partial *)object)->mask);
}

static void mark_axis(State *S, Object *object) {
    gc_mark(S, ((Axis *)object)->name);
    gc_mark(S, ((Axis *)object)->index);
}

static void mark_layout(State *S, Object *object) {
    Layout *layout = (Layout *)object;
    for (unsigned k = 0; k < layout->n_axes; k++) gc_mark(S, layout->axes[k]);
}

static void mark_chunk(State *S, Object *object) {
    ChunkObject *chunk = (ChunkObject *)object;
    if (!chunk->chunk) return;
    for (uint32_t k = 0; k < chunk->chunk->n_names; k++) gc_mark(S, chunk->chunk->names[k]->object);
}

static void release_chunk(State *S, Object *object) {
    ChunkObject *chunk = (ChunkObject *)object;
    if (chunk->chunk) {
        memory_free(S, chunk->globals, chunk->chunk->n_globals * sizeof *chunk->globals);
        chunk_free(chunk->chunk);
    }
    memory_free(S, (char *)chunk->source.text, chunk->source.length + 1);
    memory_free(S, (char *)chunk->source.name, chunk->name_size);
}

static void release_string(State *S, Object *object) {
    String *string = (String *)object;
    String **p = &S->strings[string->hash & (S->string_capacity - 1)];
    while (*p != string) p = &(*p)->chain;
    *p = string->chain;
    S->n_strings--;
}

static void release_array(State *S, Object *object) { array_free_parts(S, (Array *)object); }
static void release_axis(State *S, Object *object) { axis_forget(S, (Axis *)object); }
static void release_layout(State *S, Object *object) { layout_forget(S, (Layout *)object); }

static const ObjectType object_types[VALUE_TAGS] = {
    [VALUE_STRING] = {.release = release_string},
    [VALUE_ARRAY] = {.mark = mark_array, .release = release_array},
    [VALUE_LIST] = {.mark = mark_list, .release = release_list},
    [VALUE_RECORD] = {.mark = mark_record, .release = release_record},
    [VALUE_CLOSURE] = {.mark = mark_closure},
    [VALUE_NATIVE] = {.mark = mark_native},
    [VALUE_DISTRIBUTION] = {.mark = mark_distribution},
    [VALUE_CONSTRAINT] = {.mark = constraint_mark},
    [VALUE_TRACE] = {.mark = trace_mark, .release = trace_release, .print = trace_print, .field = trace_field, .index = trace_index, .fields = trace_fields},
    [VALUE_SITE] = {.mark = site_mark, .print = site_print, .field = site_field, .fields = site_field_names},
    [VALUE_HANDLER] = {.mark = handler_mark, .print = handler_print, .field = handler_field, .fields = handler_fields},
    [VALUE_MESSAGE] = {.mark = reference_mark, .print = reference_print, .field = reference_field},
    [VALUE_WRAPPED] = {.mark = wrapped_mark},
    [VALUE_REPARAM] = {.mark = reparam_mark, .print = reparam_print},
    [VALUE_CELL] = {.mark = mark_cell},
    [VALUE_PARTIAL] = {.mark = mark_partial},
    [VALUE_AXIS] = {.mark = mark_axis, .release = release_axis},
    [VALUE_LAYOUT] = {.mark = mark_layout, .release = release_layout},
    [VALUE_CHUNK] = {.mark = mark_chunk, .release = release_chunk},
};

const ObjectType *gc_object_type(State *S, const Object *object) {
    /* Types of the outer rooms (fits, optimizers) register themselves when the state opens. */
    const ObjectType *type = S->foreign_types[object->tag];
    return type ? type : &object_types[object->tag];
}

void *gc_new(State *S, ValueTag tag, size_t size) { return gc_new_head(S, tag, size, size); }

void *gc_new_head(State *S, ValueTag tag, size_t size, size_t head) {
    Object *object = memory_new(S, size);
    memset(object, 0, head);
    object->tag = (uint8_t)tag;
    object->mark = S->colour;
    object->size = size;
    object->next = S->objects;
    S->objects = object;
    return object;
}

void gc_mark(State *S, void *pointer) {
    Object *object = pointer;
    if (!object || object->mark == S->colour || object->mark == MARK_FIXED) return;
    object->mark = S->colour;
    if (gc_object_type(S, object)->mark) {
        object->gray = S->gray;
        S->gray = object;
    }
}

void gc_mark_value(State *S, Value v) {
    if (value_is_object(v)) gc_mark(S, v.as.object);
}

static void mark_context(State *S) {
    /* Those that have ended too: see Plate.lanes. */
    for (uint32_t k = 0; k < PLATE_DEPTH; k++) {
        gc_mark(S, (void *)S->plates[k].around);
        gc_mark(S, (void *)S->plates[k].lanes);
        gc_mark(S, S->plates[k].name);
        gc_mark(S, S->plates[k].identity); /* the axis, if there is one */
        gc_mark_value(S, S->plates[k].index);
    }
    gc_mark(S, (void *)S->lanes);
    gc_mark(S, (void *)S->scalar);
    gc_mark(S, S->mask);
    gc_mark(S, S->parameters);
    for (uint32_t k = 0; k < S->n_handlers; k++) handler_frame_mark(S, &S->handlers[k]);
    messages_mark(S);
    for (Frame *f = S->frame; f; f = f->previous) {
        gc_mark(S, (void *)f->closure);
        gc_mark(S, f->mask);
        gc_mark(S, f->returned);
        gc_mark_value(S, f->result);
        for (PlateScope *scope = f->scope; scope; scope = scope->outer) gc_mark(S, scope->mask);
        for (Loop *loop = f->loop; loop; loop = loop->outer) {
            gc_mark(S, loop->entry);
            gc_mark(S, loop->mask);
            gc_mark(S, loop->alive);
            gc_mark(S, loop->broken);
            gc_mark(S, loop->continued);
        }
    }
}

static void mark_tape(State *S) {
    for (uint32_t k = 0; k < S->tape.n_kept; k++) gc_mark(S, S->tape.kept[k]);
    for (uint32_t k = 0; k < S->tape.n_nodes; k++) gc_mark(S, (void *)S->tape.nodes[k].layout);
}

static void mark_roots(State *S) {
    mark_values(S, S->stack, S->top);
    for (Global *g = S->used_globals; g; g = g->next) {
        gc_mark(S, g->name);
        gc_mark_value(S, g->value);
    }
    gc_mark(S, S->formulas);
    gc_mark(S, S->guides);
    gc_mark(S, S->imports);
    gc_mark(S, S->noted);
    probe_mark(S);
    mark_context(S);
    mark_tape(S);
}

/* In two passes, because releasing one dead object may read another. `dead` is linked by `gray`. */
static void release_dead(State *S, Object *dead) {
    for (Object *object = dead; object; object = object->gray) {
        const ObjectType *type = gc_object_type(S, object);
        if (type->release) type->release(S, object);
    }
    while (dead) {
        Object *next = dead->gray;
        memory_free(S, dead, dead->size);
        dead = next;
    }
}

void gc_collect(State *S) {
    S->colour = (uint8_t)(S->colour ^ 1);
    memset(S->joins, 0, sizeof S->joins);
    mark_roots(S);
    while (S->gray) {
        Object *object = S->gray;
        S->gray = object->gray;
        gc_object_type(S, object)->mark(S, object);
    }
    Object *dead = NULL;
    size_t live = 0;
    for (Object **p = &S->objects; *p;) {
        Object *object = *p;
        if (object->mark == S->colour) {
            p = &object->next;
            live++;
        } else {
            *p = object->next;
            object->gray = dead;
            dead = object;
        }
    }
    release_dead(S, dead);
    size_t stride = live * GC_STRIDE_PER_OBJECT;
    S->gc_threshold = S->memory.in_use + (stride > GC_STRIDE ? stride : GC_STRIDE);
    if (S->memory.pooled > S->memory.in_use + 64 * 1024 * 1024) memory_trim(&S->memory);
}

void gc_fix_all(State *S) {
    Object **p = &S->objects;
    for (; *p; p = &(*p)->next) (*p)->mark = MARK_FIXED;
    *p = S->fixed;
    S->fixed = S->objects;
    S->objects = NULL;
}

void gc_free_all(State *S) {
    Object *dead = NULL;
    Object *lists[2] = {S->objects, S->fixed};
    for (int k = 0; k < 2; k++)
        for (Object *object = lists[k]; object; object = object->next) {
            object->gray = dead;
            dead = object;
        }
    S->objects = S->fixed = NULL;
    release_dead(S, dead);
}
