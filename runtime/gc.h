/* The collector: mark and sweep, counting bytes. It runs only at safe points (gc_point), never inside an allocation. */
#ifndef ELBO_RUNTIME_GC_H
#define ELBO_RUNTIME_GC_H

#include "runtime/state.h"

/* The mark of objects that the collector leaves alone; its colours are 0 and 1. */
enum { MARK_FIXED = 2 };

/* A zeroed object of `size` bytes with its header set. Raises out-of-memory. */
void *gc_new(State *S, ValueTag tag, size_t size);

/* The same with only the first `head` bytes zeroed: for what fills the rest itself. */
void *gc_new_head(State *S, ValueTag tag, size_t size, size_t head);

/* Marks one object (NULL is fine) or value: for mark functions of types. */
void gc_mark(State *S, void *object);
void gc_mark_value(State *S, Value v);

void gc_collect(State *S);
/* A safe point: collects if enough was allocated since the last time. */
static inline void gc_point(State *S) {
    if (S->memory.in_use > S->gc_threshold && !S->gc_held) gc_collect(S);
}
/* Makes all objects there are permanent: they are neither marked nor swept any more. For the built-ins, which refer only to
   each other and never change. */
void gc_fix_all(State *S);
/* Frees everything, when the state closes. */
void gc_free_all(State *S);

/* Receives names, one by one. */
typedef void OfferName(void *user, const char *name);

/* What a type of object gives to the collector and others; a table in gc.c has one row for each tag. NULL: nothing. */
typedef struct ObjectType {
    void (*mark)(State *S, Object *object);  /* marks what it refers to; NULL: nothing */
    void (*release)(State *S, Object *object); /* frees what it owns besides its block; NULL: nothing. What it refers to
                                                  may be dead too, but can still be read. */
    void (*print)(State *S, Object *object);   /* appends it to the text that is being built (runtime/text.h) */
    Value (*field)(State *S, Object *object, String *name); /* a field; VALUE_UNASSIGNED: there is none */
    Value (*call)(State *S, Object *object, const Value *arguments, unsigned n); /* object(x); runs no program code. NULL: it
                                                                                    cannot be called */
    Value (*index)(State *S, Object *object, String *name); /* object["name"]; NULL: as field */
    void (*fields)(State *S, Object *object, OfferName *offer, void *user); /* offers the names that `field` knows, which live
                                                                               until program code runs; NULL: it has none */
} ObjectType;

const ObjectType *gc_object_type(State *S, const Object *object);

#endif
