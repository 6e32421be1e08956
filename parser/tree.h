/* The tree of a program: what the grammar builds, name resolution annotates, the printer prints and the runtime runs.

   Everything in a tree (nodes, names, lists) lives in the arena of its Chunk and dies with it. Fields marked [resolved]
   are filled in by name resolution (parser/resolve.h); all others by the grammar. */
#ifndef ELBO_PARSER_TREE_H
#define ELBO_PARSER_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "lexer/source.h"

typedef struct Node Node;
typedef struct Function Function;

/* A name or string constant, unique within its chunk: equal text, equal pointer. */
typedef struct Name {
    const char *text; /* NUL-terminated; may hold NULs when it is a string constant */
    uint32_t length;
    uint32_t index;   /* position in Chunk.names */
    void *object;     /* the runtime's own string for it; NULL until the runtime fills it in */
} Name;

typedef struct NodeList {
    Node **items;
    uint32_t count;
} NodeList;

/* Where a variable lives [resolved]. */
typedef enum Place {
    PLACE_GLOBAL,  /* index into Chunk.globals (names; the runtime links them to values: user's globals, then built-ins) */
    PLACE_LOCAL,   /* slot of the current frame */
    PLACE_CELL,    /* slot of the current frame which holds a cell, because an inner function captures the variable */
    PLACE_CAPTURE, /* index into the current closure's captured cells */
    PLACE_NONE     /* the name may only name a site: as a variable it cannot be read here (one per element, used as a whole) */
} Place;

typedef struct Variable {
    Name *name;
    Place place;
    uint32_t index;
} Variable;

/* A variable that is one per element of a plate (the subscript rule): inside the plate `inner` holds the element's value,
   and when the plate ends it becomes, with the plate's axis at `position`, (part of) the variable outside.
   Inside, an element that has not been assigned reads through to the variable outside. */
typedef struct Lifted {
    Name *name;
    Variable inner;
    Variable outer;          /* as seen from the code around the plate: the enclosing plate's `inner` when that lifts it too */
    struct Lifted *parent;   /* the same variable's Lifted in the enclosing plate, or NULL */
    uint32_t position;       /* how many subscripts that are not indices of enclosing plates stand before this plate's */
    bool only_drawn;         /* only `obs` names it: it is assigned only where data were missing */
    Span span;
} Lifted;

typedef enum NodeKind {
    /* values */
    NODE_NUMBER,      /* number */
    NODE_STRING,      /* string */
    NODE_TEXT,        /* list: interpolated string, alternating NODE_STRING and expressions */
    NODE_TRUE, NODE_FALSE, NODE_NONE, NODE_MISSING,
    NODE_NAME,        /* variable */
    NODE_BRACKET,     /* list: [a, b] */
    NODE_RECORD,      /* record */
    NODE_FUNCTION,    /* function: fn(x) { … } */
    /* access */
    NODE_CALL,        /* call */
    NODE_INDEX,       /* index: x[i, j], x[a..b] */
    NODE_FIELD,       /* field: r.name */
    /* operators */
    NODE_RANGE,       /* binary: a..b */
    NODE_UNARY,       /* unary */
    NODE_BINARY,      /* binary */
    NODE_AND, NODE_OR,/* binary, evaluated only as far as needed */
    /* control; these are expressions too */
    NODE_BLOCK,       /* list: { … }; only as a body */
    NODE_IF,          /* branch */
    NODE_FOR,         /* loop */
    NODE_WHILE,       /* loop */
    NODE_WITH,        /* with */
    NODE_PLATE,       /* plate */
    /* statements */
    NODE_ASSIGN,        /* assign: target = value */
    NODE_SAMPLE,        /* site: target ~ D */
    NODE_OBS,           /* site: obs target ~ D */
    NODE_PARAM,         /* param */
    NODE_DETERMINISTIC, /* site: deterministic target = value */
    NODE_DEFINE,        /* define: fn f(…) {…}, model m(…) {…}, guide m(…) {…} */
    NODE_HANDLER,       /* handler */
    NODE_RETURN,        /* unary.operand, may be NULL */
    NODE_BREAK, NODE_CONTINUE,
    NODE_IMPORT,        /* string */
    NODE_KINDS
} NodeKind;

typedef enum Operator {
    OPERATOR_ADD, OPERATOR_SUBTRACT, OPERATOR_MULTIPLY, OPERATOR_DIVIDE, OPERATOR_FLOOR_DIVIDE, OPERATOR_REMAINDER,
    OPERATOR_MATMUL, OPERATOR_POWER,
    OPERATOR_EQUAL, OPERATOR_NOT_EQUAL, OPERATOR_LESS, OPERATOR_LESS_EQUAL, OPERATOR_GREATER, OPERATOR_GREATER_EQUAL,
    OPERATOR_IN,
    OPERATOR_NEGATE, OPERATOR_NOT, /* unary */
    OPERATORS
} Operator;

typedef struct Argument {
    Name *keyword; /* NULL: positional */
    Node *value;
    Span span;     /* of the whole `keyword = value` */
} Argument;

typedef struct Field {
    Name *name;
    Node *value;
    Span span;
} Field;

typedef struct Parameter {
    Name *name;
    Variable variable;  /* [resolved] a LOCAL or CELL slot; parameter k is always slot k */
    Node *initial;      /* default, evaluated at the call in the function's own scope; NULL: none */
    Span span;
} Parameter;

typedef enum FunctionKind {
    FUNCTION_MAIN,    /* the text of a chunk itself */
    FUNCTION_FN, FUNCTION_MODEL, FUNCTION_GUIDE,
    FUNCTION_HANDLER, /* the body of a handler: runs once to make its state */
    FUNCTION_CLAUSE   /* one `on`/`after` clause; captures the handler's variables as a closure does */
} FunctionKind;

/* One captured variable of an inner function, copied (as a cell) when the closure is made [resolved]. */
typedef struct Capture {
    Name *name;
    bool from_frame; /* true: slot `index` of the enclosing frame (a cell); false: capture `index` of the enclosing closure */
    uint32_t index;
} Capture;

struct Function {
    FunctionKind kind;
    Name *name; /* NULL for an anonymous fn */
    Parameter *parameters;
    uint32_t n_parameters;
    Node *body; /* NODE_BLOCK */
    Span span;
    Span head;  /* `fn f(x)`: for traces of calls */
    const Node *handler;  /* of HANDLER: its node, which has the clauses; else NULL */
    Function *parent;     /* [resolved] NULL for MAIN */
    uint32_t n_slots;     /* [resolved] parameters first, then locals, then those of the bodies of plates */
    uint32_t n_own;       /* [resolved] the slots before those of plates */
    Name **slot_names;    /* [resolved] n_slots of them, for messages and for reading a handler's state */
    uint32_t *cells;      /* [resolved] slots to hold cells, in ascending order, made at entry (those of a plate's body: see Plate) */
    uint32_t n_cells;
    Capture *captures;    /* [resolved] */
    uint32_t n_captures;
};

typedef enum DefineKind { DEFINE_FN, DEFINE_MODEL, DEFINE_GUIDE } DefineKind;

typedef enum ClauseWhen { CLAUSE_ON, CLAUSE_AFTER } ClauseWhen;

typedef struct Clause {
    ClauseWhen when;
    Name *message; /* sample, param, plate, factor, … as written */
    Function *function;
    Span span;
} Clause;

struct Node {
    uint8_t kind;  /* NodeKind */
    uint8_t op;    /* Operator, of NODE_UNARY and NODE_BINARY */
    bool used;     /* [resolved] the value is used (loops build a list only then) */
    bool grouped;  /* stood in parentheses (the printer keeps them) */
    Span span;
    uint64_t cache; /* scratch for the runtime; 0 at first */
    union {
        double number;
        Name *string;
        NodeList list;
        Variable variable;
        Function *function;
        struct { Field *fields; uint32_t count; } record;
        struct { Node *callee; Argument *arguments; uint32_t count; } call;
        struct {
            Node *object;
            NodeList subscripts;   /* a NODE_RANGE directly here is a slice */
            Lifted *lifted;        /* [resolved] object is a name that the innermost enclosing plate that lifts it makes one per element
                                      and the subscripts contain that plate's index; else NULL */
            uint32_t plate_subscripts; /* [resolved] bit k: subscript k is the index of a plate that lifts the variable */
        } index;
        struct { Node *object; Name *name; } field;
        struct { Node *operand; } unary;
        struct { Node *left, *right; } binary;
        struct { Node *condition, *then, *otherwise; } branch; /* otherwise: NODE_BLOCK, NODE_IF or NULL */
        struct { Variable variable; Node *over, *body; Span name_span; } loop; /* NODE_WHILE: over is the condition, variable unused */
        struct { Node *handler, *body; } with;
        struct {
            Name *name;
            Variable index;   /* [resolved] a slot; its value is the plate's index or element */
            Span index_span;
            Node *over;       /* range, vector, list, table … */
            Node *body;
            Lifted **lifted;  /* [resolved] */
            uint32_t n_lifted;
            uint32_t first_slot, n_slots; /* [resolved] slots of the body's own variables (index included), cleared at entry */
            uint32_t *cells;  /* [resolved] those among them that must hold cells */
            uint32_t n_cells;
        } plate;
        struct {
            Node *target; /* NODE_NAME, or NODE_INDEX / NODE_FIELD over one, resolved like an expression */
            Node *value;
        } assign;
        struct {
            Node *target;     /* SAMPLE, DETERMINISTIC: NODE_NAME or NODE_INDEX of one; OBS: any path that begins with a name */
            Node *value;      /* the distribution, or the deterministic value */
            Name *name;       /* the site's name; of OBS the target's last name */
            bool assigns;     /* [resolved] OBS: the target can be assigned (where data are missing): its root is a local
                                 variable of the function, and it is a name or one index of a name */
        } site;
        struct { Node *target, *constraint, *initial; Name *name; } param; /* constraint may be NULL */
        struct { DefineKind kind; Variable variable; Function *function; Span name_span; } define;
            /* fn, model: [resolved] the variable that is assigned. guide m: the variable that holds (or will hold) model m */
        struct { Variable variable; Function *function; Clause *clauses; uint32_t n_clauses; Span name_span; } handler;
    } as;
};

/* A parsed text. Owned by its maker; freed by chunk_free. */
typedef struct Chunk {
    const Source *source;
    Function *main;
    Name **names;
    uint32_t n_names;
    Name **globals; /* [resolved] what PLACE_GLOBAL indexes */
    bool *global_assigned; /* [resolved] the chunk assigns (or defines) it at top level */
    uint32_t n_globals;
    struct Arena *arena;
} Chunk;

#endif
