/* Values: what a program computes with.

   Ownership in one sentence: every object belongs to the collector (runtime/gc.h), which runs only at safe points
   (between statements and at back-edges of the evaluator), so C code may hold values freely as long as it does not run
   program code; what it holds across running program code must lie on the value stack. */
#ifndef ELBO_RUNTIME_VALUE_H
#define ELBO_RUNTIME_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A condition that hardly ever holds: its code is kept out of the way of what runs in every step. */
#define RARELY(condition) __builtin_expect(!!(condition), 0)

typedef struct elbo_State State;
typedef struct Object Object;
typedef struct String String;
typedef struct Array Array;
typedef struct List List;
typedef struct Record Record;
typedef struct Closure Closure;
typedef struct Native Native;
typedef struct Distribution Distribution;
typedef struct Layout Layout;
typedef struct Axis Axis;

/* Tags of values; from VALUE_STRING on the payload is an object whose header has the same tag. */
typedef enum ValueTag {
    VALUE_UNASSIGNED, /* an empty slot or an omitted argument; never seen by a program */
    VALUE_NONE,
    VALUE_MISSING,
    VALUE_BOOLEAN,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,      /* a vector or matrix, or a number or boolean that differs between lanes */
    VALUE_LIST,
    VALUE_RECORD,
    VALUE_CLOSURE,
    VALUE_NATIVE,     /* a built-in function */
    VALUE_DISTRIBUTION,
    VALUE_CONSTRAINT,
    VALUE_TRACE,
    VALUE_SITE,
    VALUE_FIT,
    VALUE_HANDLER,
    VALUE_WRAPPED,    /* a function under a handler: trace(f) */
    VALUE_OPTIMIZER,
    VALUE_SCHEDULE,
    VALUE_ESTIMATOR,  /* of the ELBO */
    VALUE_MESSAGE,    /* the site that a handler's clause is called with */
    VALUE_REPARAM,    /* how `reparam` rewrites a site: LocScale() */
    VALUE_TRANSFORM,  /* of Transformed(D, t) */
    VALUE_PICTURE,    /* what plot draws */
    VALUE_GRAPH,      /* of a model: its sites and what they depend on */
    /* never seen by a program: */
    VALUE_CELL,       /* a captured variable */
    VALUE_PARTIAL,    /* in a variable: assigned in some lanes only */
    VALUE_AXIS,
    VALUE_LAYOUT,
    VALUE_CHUNK,
    VALUE_TAGS
} ValueTag;

/* A dual number is a value with a node: the place on the tape where it was computed. Ids never repeat, so a node of a tape
   that was emptied is recognised, and the value counts as a constant. */
typedef struct Value {
    uint64_t tag : 8;
    uint64_t node : 56; /* of numbers and arrays; 0: constant */
    union {
        double number;
        bool boolean;
        Object *object;
        String *string;
        Array *array;
        List *list;
        Record *record;
        Closure *closure;
        Native *native;
        Distribution *distribution;
    } as;
} Value;

struct Object {
    Object *next;   /* all objects, for the sweep */
    Object *gray;   /* marked, its children not yet */
    uint8_t tag;    /* ValueTag */
    uint8_t mark;   /* the collector's colour */
    bool shared;    /* arrays, lists, records: somebody else may see it, so never write in place; sticky */
    uint32_t extra; /* the type's own use */
    size_t size;    /* bytes of the object's block */
};

/* Strings are interned: equal text, equal pointer. */
struct String {
    Object header;
    struct String *chain;
    uint64_t hash;  /* depends on the text only: names of sites key the random streams */
    uint64_t run;     /* the last run that had a site of this name, */
    const void *node; /* and where */
    bool summary;     /* it shows a value that has lanes: good to print, but no name */
    size_t length;
    char text[];    /* NUL behind */
};

/* A vector, a matrix, or any value with lanes. `data` holds layout->size doubles; components outermost, lanes innermost
   (runtime/layout.h). Elements beyond the lanes (padding) are defined but mean nothing. */
struct Array {
    Object header;
    const Layout *layout;
    bool boolean;         /* elements are truth values, 0 or 1 */
    uint8_t missing;      /* MissingState of the elements */
    double *data;         /* behind this struct, or inside base */
    Array *base;          /* who owns the data, when this is a view; else NULL */
    Array *log;           /* the logarithms of the elements, once some density has wanted them; NULL before */
    struct ArrayCache *cache; /* what is worth knowing once of a constant: runtime/array.h; NULL at first */
};

typedef enum MissingState { MISSING_UNKNOWN, MISSING_NO, MISSING_YES } MissingState;

/* A list, or, with `slots`, an array that is still built index by index. */
struct List {
    Object header;
    bool slots;
    bool rest_missing; /* it was `missing` before its first element: so is what lies past its end */
    uint32_t count, capacity;
    Value *items;
};

/* Fields keep the order in which they were made. */
struct Record {
    Object header;
    uint32_t count, capacity;
    String **names;
    Value *values;
};

typedef struct Cell {
    Object header;
    Value value;
} Cell;

/* A value that only the lanes of `mask` have. */
typedef struct Partial {
    Object header;
    Value value;
    Array *mask;
} Partial;

static inline Value value_unassigned(void) { return (Value){.tag = VALUE_UNASSIGNED}; }
static inline Value value_none(void) { return (Value){.tag = VALUE_NONE}; }
static inline Value value_missing(void) { return (Value){.tag = VALUE_MISSING}; }
static inline Value value_number(double x) { return (Value){.tag = VALUE_NUMBER, .as.number = x}; }
static inline Value value_dual(double x, uint64_t node) {
    return (Value){.tag = VALUE_NUMBER, .node = node, .as.number = x};
}
static inline Value value_boolean(bool b) { return (Value){.tag = VALUE_BOOLEAN, .as.boolean = b}; }
static inline Value value_object(void *object) {
    return (Value){.tag = ((Object *)object)->tag, .as.object = object};
}
static inline Value value_array(Array *array, uint64_t node) {
    return (Value){.tag = VALUE_ARRAY, .node = node, .as.array = array};
}
static inline bool value_is_object(Value v) { return v.tag >= VALUE_STRING; }
static inline Value value_detached(Value v) {
    v.node = 0;
    return v;
}

/* "number", "vector", "list", … for messages; looks at the event shape, never at lanes. */
const char *value_type_name(Value v);
/* Equality as `==` means it for values without lanes (deep for lists, records, distributions and traces). */
bool value_equal(Value a, Value b);

String *string_new(State *S, const char *text, size_t length);
String *string_of(State *S, const char *text);
List *list_new(State *S, uint32_t capacity);
void list_append(State *S, List *list, Value v);
Record *record_new(State *S, uint32_t capacity);
/* The value of a field, or NULL. */
Value *record_find(const Record *record, const String *name);
/* Sets a field in place: only for records nobody else sees yet. */
void record_set(State *S, Record *record, String *name, Value v);
/* The same where no field has that name yet. */
void record_append(State *S, Record *record, String *name, Value v);
Record *record_copy(State *S, const Record *record);

/* `missing` inside arrays is a NaN with a payload of its own, which arithmetic carries along. */
double missing_number(void);
bool number_is_missing(double x);

#endif
